//! Drivers from odd answers: a statement each time, never a number that is none.

use canvass::model::checked::{Drivers, Measured};
use canvass::score::findings::drivers::{DriverFault, DriverWarning};
use canvass::score::findings::{Beside, DriverFinding};

use super::{Random, found};
use crate::score::{Builder, answers, build::text};

/// `drivers of a by b, nps`, with these answers.
fn explained(rows: &[Vec<(&str, f64)>]) -> DriverFinding {
    let mut builder = Builder::new(&[("key", 4000)]);
    builder.checked.analysis.drivers =
        vec![Drivers { outcome: Measured::Item(0), by: vec![Measured::Item(1), Measured::Item(2)] }];
    for row in rows {
        builder.person(0, "east", Some(answers(row)));
    }
    let out = found(&builder, Beside { seed: 4, ..Beside::default() });
    let again = found(&builder, Beside { seed: 4, ..Beside::default() });
    assert_eq!(out, again);
    let printed = format!("{out:?}");
    assert!(!printed.contains("NaN") && !printed.contains("inf,"), "{printed}");
    out.drivers.into_iter().next().unwrap()
}

fn noisy(n: usize, of: impl Fn(&mut Random) -> [f64; 3]) -> Vec<Vec<(&'static str, f64)>> {
    let mut random = Random(8);
    (0..n)
        .map(|_| {
            let [a, b, nps] = of(&mut random);
            vec![("a", a), ("b", b), ("nps", nps)]
        })
        .collect()
}

fn five(random: &mut Random) -> f64 {
    1.0 + random.below(5) as f64
}

#[test]
fn a_strong_driver_has_the_larger_share_and_its_place() {
    let found = explained(&noisy(300, |r| {
        let (b, nps) = (five(r), r.below(11) as f64);
        [(0.8 * b + 0.5 + 0.7 * r.normal()).round().clamp(1.0, 5.0), b, nps]
    }));
    assert!(found.ranked, "{:?}", found.warnings);
    let (b, nps) = (&found.drivers[0], &found.drivers[1]);
    assert!(b.share.unwrap() > 0.9 && nps.share.unwrap() < 0.1);
    assert!(b.low.unwrap() > nps.high.unwrap());
    let sum: f64 = found.drivers.iter().map(|d| d.lmg.unwrap()).sum();
    assert!((sum - found.r_squared.unwrap()).abs() < 1e-12);
    assert_eq!(found.replicates, 1000);
    assert_eq!(found.complete, Some(300));
    // A mean of 3 on 1–5 is 50 on 0–100.
    let mean = found.drivers[1].performance.unwrap();
    assert!((40.0..60.0).contains(&mean), "{mean}");
}

#[test]
fn what_can_not_be_explained_is_told() {
    let same = explained(&noisy(60, |r| [3.0, five(r), r.below(11) as f64]));
    assert_eq!(same.fault, Some(DriverFault::Constant { driver: text("问题 a", "Question a") }));
    let collinear = explained(&noisy(60, |r| {
        let b = five(r);
        [five(r), b, 2.0 * b]
    }));
    assert_eq!(collinear.fault, Some(DriverFault::Dependent { driver: text("问题 nps", "Question nps") }));
    let few = explained(&noisy(3, |r| [five(r), five(r), r.below(11) as f64]));
    assert_eq!((few.fault.clone(), few.complete), (Some(DriverFault::TooFew { wanted: 10 }), None));
    let missing = explained(&vec![vec![("b", 3.0)]; 40]);
    assert_eq!(
        (missing.fault.clone(), missing.complete),
        (Some(DriverFault::TooFew { wanted: 10 }), Some(0))
    );
    assert_eq!(explained(&[]).fault, Some(DriverFault::TooFew { wanted: 10 }));
    for found in [&same, &collinear, &missing] {
        assert!(!found.ranked && found.drivers.iter().all(|d| d.share.is_none() && d.quadrant.is_none()));
    }
}

#[test]
fn doubtful_shares_are_no_order() {
    let noise = explained(&noisy(80, |r| [five(r), five(r), r.below(11) as f64]));
    assert!(noise.warnings.iter().any(|w| matches!(w, DriverWarning::NothingExplained { .. })), "{noise:?}");
    let few = explained(&noisy(15, |r| {
        let b = five(r);
        [b, b, r.below(11) as f64]
    }));
    assert!(few.warnings.contains(&DriverWarning::FewAnswers { answers: 15, wanted: 20 }), "{few:?}");
    // Explained completely: rounding must not turn it into nothing.
    assert!(!few.warnings.iter().any(|w| matches!(w, DriverWarning::NothingExplained { .. })));
    let near = explained(&noisy(200, |r| {
        let b = five(r);
        let nps = (2.0 * b + f64::from(u8::from(r.uniform() < 0.05))).min(10.0);
        [(b + 0.5 * r.normal()).round().clamp(1.0, 5.0), b, nps]
    }));
    assert!(near.warnings.iter().any(|w| matches!(w, DriverWarning::Collinear { .. })), "{near:?}");
    for found in [noise, few, near] {
        assert!(!found.ranked && found.performance_line.is_none());
        assert!(found.drivers.iter().all(|d| d.quadrant.is_none() && d.share.is_some()));
    }
}
