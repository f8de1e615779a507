//! What is said of groups does not depend on answers of hidden groups: nothing of them can be worked out from it.

use canvass::model::checked::{FieldKind, Grouping};
use canvass::score::findings::Beside;
use proptest::prelude::*;

use super::{Random, found};
use crate::score::{Builder, answers};

/// A campaign with groups of these sizes; answers of hidden groups follow another seed.
fn campaign(sizes: &[usize], seed: u64, hidden: &[String], other: u64) -> Builder {
    let mut builder = Builder::new(&[("key", 4000)]);
    builder.checked.analysis.segments = vec![vec![Grouping::Field(0)]];
    builder.checked.frame.as_mut().unwrap().fields[0].kind = FieldKind::Text;
    for (g, size) in sizes.iter().enumerate() {
        let name = format!("r{g}");
        let seed = if hidden.contains(&name) { other } else { seed };
        let mut random = Random(seed.wrapping_add(1000 * g as u64));
        for _ in 0..*size {
            let mut x = || (1.0 + (g % 3) as f64 + random.below(3) as f64).min(5.0);
            let given = answers(&[("a", x()), ("b", x())]);
            builder.person(0, &name, Some(given));
        }
    }
    builder
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn hidden_answers_change_nothing_that_is_said_of_groups(
        sizes in prop::collection::vec(prop_oneof![0_usize..12, 28..70_usize], 3..9),
        (seed, other) in (0_u64..1000, 1000_u64..2000),
    ) {
        let first = campaign(&sizes, seed, &[], other);
        let groups = first.score().segments[0].groups.clone();
        let hidden: Vec<String> = groups.iter().filter(|g| g.hidden).map(|g| g.name.clone()).collect();
        let (a, b) = (
            found(&first, Beside::default()),
            found(&campaign(&sizes, seed, &hidden, other), Beside::default()),
        );
        prop_assert_eq!(&a.outstanding, &b.outstanding);
        prop_assert_eq!(&a.fair, &b.fair);
        for name in &hidden {
            prop_assert!(a.outstanding.found.iter().all(|f| f.group != *name));
            prop_assert!(a.fair.iter().flat_map(|t| &t.groups).all(|g| g.name != *name));
        }
        prop_assert!(a.fair.iter().flat_map(|t| &t.groups).all(|g| g.n >= 30));
    }
}
