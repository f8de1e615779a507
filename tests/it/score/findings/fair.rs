//! Fair tables: ranks that hold, and silence about groups with few answers.

use canvass::model::checked::{FieldKind, Grouping};
use canvass::score::findings::Beside;
use canvass::score::findings::fair::{Place, fair, ranks};
use canvass::score::findings::tables::{Kind, Point};

use super::{Random, found, scores, table};
use crate::score::{Builder, answers};

#[test]
fn the_true_ranks_of_all_groups_lie_in_their_intervals() {
    let mut random = Random(17);
    let runs = 300;
    let (mut held, mut width) = (0, 0.0);
    for _ in 0..runs {
        let truths: Vec<f64> = (0..8).map(|k| 50.0 + 6.0 * f64::from(k)).collect();
        let points: Vec<Point> = truths.iter().map(|t| random.point(*t, 60)).collect();
        let found = ranks(&points);
        // The largest mean has rank 1.
        held += u32::from(found.iter().enumerate().all(|(k, (a, b))| (*a..=*b).contains(&(8 - k as u64))));
        width += found.iter().map(|(a, b)| (b - a) as f64).sum::<f64>() / 8.0 / f64::from(runs);
    }
    println!("all eight ranks held in {held} of {runs}; intervals are {width:.1} wide");
    assert!(held >= 276, "{held} of {runs}");
    assert!(width < 4.0, "{width}");
}

#[test]
fn groups_that_are_alike_share_all_ranks_and_stand_by_name() {
    let (mut random, scores) = (Random(29), scores());
    let tables = [table(Kind::Many, &mut random, &vec![vec![70.0, 60.0, 65.0]; 9])];
    let out = fair(&tables, &scores);
    assert_eq!(out[0].groups.len(), 9);
    assert!(out[0].groups.iter().all(|g| (g.rank_low, g.rank_high) == (1, 9) && g.verdict == Place::Within));
    let names: Vec<&str> = out[0].groups.iter().map(|g| g.name.as_str()).collect();
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn agents_with_few_answers_are_named_without_numbers() {
    let mut builder = Builder::new(&[("key", 4000)]);
    builder.checked.analysis.segments = vec![vec![Grouping::Field(0)]];
    builder.checked.frame.as_mut().unwrap().fields[0].kind = FieldKind::Text;
    let mut random = Random(41);
    for (agent, n, liking) in [
        ("ann", 60, 4.6),
        ("bob", 45, 3.0),
        ("cai", 40, 3.0),
        ("dan", 12, 5.0),
        ("eve", 4, 1.0),
        ("fay", 40, 5.0),
    ] {
        for _ in 0..n {
            let x = if agent == "fay" { 5.0 } else { (liking + random.normal()).round().clamp(1.0, 5.0) };
            builder.person(0, agent, Some(answers(&[("a", x), ("b", x)])));
        }
    }
    let out = found(&builder, Beside::default());
    let table = &out.fair[0];
    let names: Vec<&str> = table.groups.iter().map(|g| g.name.as_str()).collect();
    assert_eq!(names, ["ann", "bob", "cai"]);
    assert_eq!(table.groups[0].verdict, Place::Above);
    assert_eq!((table.groups[0].rank_low, table.groups[0].rank_high), (1, 1));
    assert_eq!((table.groups[1].rank_low, table.groups[1].rank_high), (2, 3));
    // `fay` gave fives only: a sample says nothing about her spread.
    let few: Vec<&str> = table.too_few.iter().map(|g| g.name.as_str()).collect();
    assert_eq!(few, ["dan", "eve", "fay"]);
    let json = serde_json::to_value(table).unwrap();
    for named in json["too_few"].as_array().unwrap() {
        assert!(!named.to_string().contains(|c: char| c.is_ascii_digit()), "{named}");
    }
    assert_eq!(table.minimum, 30);
}
