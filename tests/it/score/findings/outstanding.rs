//! Groups that stand out: on noise almost never, and where there is something it is found.

use canvass::model::checked::{FieldKind, Grouping};
use canvass::score::findings::Beside;
use canvass::score::findings::outstanding::outstanding;
use canvass::score::findings::tables::Kind;

use super::{Random, found, scores, table};
use crate::score::{Builder, answers};

#[test]
fn on_noise_at_most_one_report_in_twenty_says_anything() {
    let (mut random, scores) = (Random(5), scores());
    let runs = 300;
    let mut alarms = 0;
    for _ in 0..runs {
        let tables = [4, 10, 20].map(|k| table(Kind::Few, &mut random, &vec![vec![70.0, 60.0, 65.0]; k]));
        let out = outstanding(&tables, &scores);
        assert_eq!((out.groups, out.looks), (34, 102));
        alarms += u32::from(!out.found.is_empty());
    }
    // One in twenty is 15 of 300, with a standard deviation of 3.8.
    println!("{alarms} of {runs} reports on noise say that something stands out");
    assert!((1..=26).contains(&alarms), "{alarms} of {runs}");
}

#[test]
fn what_really_stands_out_is_found_and_little_else() {
    let (mut random, scores) = (Random(11), scores());
    let (mut hits, mut misses, mut false_share) = (0, 0, 0.0);
    let runs = 100;
    for _ in 0..runs {
        let mut truths = vec![vec![70.0, 60.0, 65.0]; 20];
        truths[3][0] = 48.0;
        truths[7][2] = 87.0;
        let out = outstanding(&[table(Kind::Few, &mut random, &truths)], &scores);
        let right = |f: &&canvass::score::findings::outstanding::StandOut| {
            (f.group == "g03" && f.measure == "da" && f.difference < 0.0)
                || (f.group == "g07" && f.measure == "csi" && f.difference > 0.0)
        };
        let good = out.found.iter().filter(right).count();
        hits += good;
        misses += 2 - good;
        false_share += (out.found.len() - good) as f64 / out.found.len().max(1) as f64 / f64::from(runs);
        for f in out.found.iter().filter(right) {
            // Drawn towards the mean, and not beyond it.
            let drawn = f.drawn.unwrap();
            assert!((drawn - f.mean).abs() <= (f.value - f.mean).abs());
            assert!((drawn - f.mean) * (f.value - f.mean) >= 0.0);
        }
    }
    println!("{hits} found, {misses} missed, {:.1} % false among the found", 100.0 * false_share);
    assert!(hits > 9 * misses, "{hits} found, {misses} missed");
    assert!(false_share <= 0.08, "{false_share}");
}

/// Answers on a scale of five, through the whole program.
#[test]
fn campaigns_without_differences_stay_quiet() {
    let mut random = Random(23);
    let mut alarms = 0;
    for _ in 0..40 {
        let mut builder = Builder::new(&[("key", 4000), ("active", 9000)]);
        builder.checked.analysis.segments = vec![vec![Grouping::Field(0)], vec![Grouping::Channel]];
        builder.checked.frame.as_mut().unwrap().fields[0].kind = FieldKind::Text;
        for i in 0..400_u32 {
            let x = |random: &mut Random| 1.0 + random.below(5) as f64;
            let given = answers(&[("a", x(&mut random)), ("b", x(&mut random))]);
            builder.person(i % 2, &format!("r{}", random.below(8)), Some(given));
        }
        let out = found(&builder, Beside::default());
        assert!(out.outstanding.looks >= 24, "{:?}", out.outstanding);
        assert_eq!(
            out.outstanding.tables.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(),
            ["stratum", "region"]
        );
        alarms += u32::from(!out.outstanding.found.is_empty());
    }
    assert!(alarms <= 7, "{alarms} of 40");
}

#[test]
fn of_two_groups_the_lower_one_is_told_of() {
    let (mut random, scores) = (Random(3), scores());
    let tables = [table(Kind::Few, &mut random, &[vec![80.0, 60.0, 65.0], vec![40.0, 60.0, 65.0]])];
    let out = outstanding(&tables, &scores);
    assert_eq!(out.looks, 3);
    let f = &out.found[0];
    assert_eq!((f.group.as_str(), f.measure.as_str(), f.drawn), ("g01", "da", None));
    let (a, b) = (tables[0].groups[0].points[0].unwrap(), tables[0].groups[1].points[0].unwrap());
    assert!((f.difference - (b.value - a.value)).abs() < 1e-12);
}

#[test]
fn one_group_or_groups_of_one_are_not_compared() {
    for people in [1_usize, 40] {
        let mut builder = Builder::new(&[("key", 400)]);
        builder.checked.analysis.segments = vec![vec![Grouping::Field(0)]];
        builder.checked.analysis.hide_below = 1;
        let groups = if people == 1 { 50 } else { 1 };
        for g in 0..groups {
            for i in 0..people {
                let x = 1.0 + ((i + g) % 5) as f64;
                builder.person(0, &format!("r{g}"), Some(answers(&[("a", x), ("b", x)])));
            }
        }
        let out = found(&builder, Beside { hours: true, days: true, ..Beside::default() });
        assert_eq!((out.outstanding.looks, out.outstanding.found.len()), (0, 0));
        assert!(out.fair.iter().all(|t| t.groups.len() < 2));
        assert!(!format!("{out:?}").contains("NaN"));
    }
    let nobody =
        found(&Builder::new(&[("key", 400)]), Beside { hours: true, days: true, ..Beside::default() });
    assert_eq!(nobody.outstanding.looks, 0);
}
