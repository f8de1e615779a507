//! Small groups stay hidden, and can't be computed from what is shown.

use canvass::model::checked::Grouping;
use canvass::score::suppress::suppress;
use canvass::score::types::Note;
use proptest::prelude::*;

use super::{Builder, answers};

fn table(columns: usize) -> impl Strategy<Value = Vec<Vec<Option<u64>>>> {
    let cell = prop_oneof![1 => Just(None), 6 => (1_u64..40).prop_map(Some)];
    prop::collection::vec(prop::collection::vec(cell, columns), 1..7)
}

proptest! {
    #[test]
    fn no_line_gives_a_cell_away(counts in (1_usize..6).prop_flat_map(table), threshold in 1_u64..20) {
        let hidden = suppress(&counts, threshold);
        let columns = counts[0].len();
        for (r, row) in counts.iter().enumerate() {
            for (c, n) in row.iter().enumerate() {
                prop_assert!(n.is_none_or(|n| n >= threshold || hidden[r][c]));
                prop_assert!(n.is_some() || !hidden[r][c]);
            }
        }
        let mut lines: Vec<Vec<(usize, usize)>> = Vec::new();
        lines.extend((0..counts.len()).map(|r| (0..columns).map(|c| (r, c)).collect()));
        lines.extend((0..columns).map(|c| (0..counts.len()).map(|r| (r, c)).collect()));
        for line in lines.iter().filter(|l| l.len() > 1) {
            let covered: Vec<u64> =
                line.iter().filter(|(r, c)| hidden[*r][*c]).map(|(r, c)| counts[*r][*c].unwrap()).collect();
            let visible = line.iter().any(|(r, c)| !hidden[*r][*c] && counts[*r][*c].is_some());
            let safe = covered.is_empty() || (covered.len() > 1 && covered.iter().sum::<u64>() >= threshold);
            prop_assert!(safe || !visible, "{counts:?} {hidden:?}");
        }
    }
}

fn campaign(sizes: &[(u32, &str, usize)]) -> Builder {
    let mut out = Builder::new(&[("key", 400), ("active", 800), ("fresh", 300)]);
    for &(cell, region, n) in sizes {
        for i in 0..n {
            let x = 1.0 + (i % 5) as f64;
            out.person(cell, region, Some(answers(&[("a", x), ("b", 6.0 - x), ("nps", (i % 11) as f64)])));
        }
    }
    out
}

#[test]
fn a_small_stratum_takes_another_with_it() {
    let scores = campaign(&[(0, "east", 40), (1, "east", 60), (2, "east", 9)]).score();
    let hidden: Vec<bool> = scores.strata.iter().map(|s| s.hidden).collect();
    assert_eq!(hidden, [true, false, true], "`fresh` is small; `key` is the smallest of the others");
    let json = serde_json::to_value(&scores.strata[2]).unwrap();
    assert_eq!(json["n"], serde_json::Value::Null);
    for estimate in json["estimates"].as_array().unwrap() {
        let numbers = estimate.as_object().unwrap().values().filter(|v| v.is_number()).count();
        assert_eq!(numbers, 0, "{estimate}");
    }
    assert!(scores.overall.estimates.iter().all(|e| e.value.is_some()));
}

#[test]
fn an_empty_group_is_empty_and_not_hidden() {
    let scores = campaign(&[(0, "east", 40), (1, "east", 60)]).score();
    assert!(scores.strata.iter().all(|s| !s.hidden));
    assert_eq!(scores.strata[2].n, Some(0));
    assert_eq!(scores.strata[2].estimates[0].notes, [Note::Empty]);
}

#[test]
fn segments_hide_their_small_groups() {
    let mut campaign = campaign(&[(0, "east", 40), (1, "west", 60), (1, "", 5)]);
    campaign.checked.analysis.segments = vec![vec![Grouping::Stratum], vec![Grouping::Field(0)]];
    let scores = campaign.score();
    assert_eq!(scores.segments.len(), 1, "strata have their own table");
    let names: Vec<&str> = scores.segments[0].groups.iter().map(|g| g.name.as_str()).collect();
    assert_eq!(names, ["east", "west"]);
    assert_eq!(scores.segments[0].groups[0].title.get("en"), "East");
    assert!(scores.segments[0].groups.iter().all(|g| !g.hidden));
}

#[test]
fn nothing_is_shown_of_a_handful() {
    let mut campaign = campaign(&[(0, "east", 6)]);
    campaign.checked.scoring.as_mut().unwrap().targets = vec![canvass::model::checked::Target {
        score: 2,
        stratum: None,
        at_least: true,
        value: 10.0,
        by: None,
    }];
    let scores = campaign.score();
    assert!(scores.overall.hidden);
    assert!(scores.items.iter().all(|i| i.hidden || i.n == Some(0)));
    let target = &scores.targets[0];
    assert_eq!((target.value, target.low), (None, None));
    assert_eq!(target.verdict, canvass::score::types::Verdict::Hidden);
}
