//! Risk groups: runs of waves by hand and against a plain count, and whole waves with their own questionnaires.

use std::collections::{BTreeMap, BTreeSet};

use canvass::expr::{CompareOp, Expr, Value, Var};
use canvass::model::checked::{CleanRule, PrivacyMode, Risk, Score, ScoreKind, Text};
use canvass::score::risk::{Wave, in_a_row, verdicts};
use canvass::store::types::ResponseState;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{prop_assert_eq, proptest};

use super::build::nowhere;
use super::{Builder, answers};

type Keys = BTreeMap<i64, String>;

fn wave_of(answers: &[(&str, bool)]) -> BTreeMap<String, bool> {
    answers.iter().map(|(key, held)| ((*key).to_owned(), *held)).collect()
}

#[test]
fn runs_end_where_a_wave_says_no_and_go_on_where_somebody_did_not_answer() {
    // The latest first. `c` left the second wave out, `d` recovered in the last one, `e` was fine long ago.
    let waves = [
        wave_of(&[("a", true), ("b", true), ("c", true), ("d", false), ("e", true)]),
        wave_of(&[("a", true), ("b", false), ("d", true), ("e", true)]),
        wave_of(&[("a", true), ("b", true), ("c", true), ("d", true), ("e", true), ("f", true)]),
        wave_of(&[("c", true), ("d", true), ("e", false), ("f", true)]),
    ];
    let of = |length| in_a_row(length, waves.iter().cloned()).into_iter().collect::<String>();
    assert_eq!([of(1), of(2), of(3), of(4)], ["abcef", "acef", "ace", ""]);
    assert_eq!(in_a_row(1, std::iter::empty()), BTreeSet::new());
}

proptest! {
    /// Everybody's answered waves, written down one behind the other, say the same.
    #[test]
    fn runs_are_those_of_each_person(
        waves in proptest::collection::vec(proptest::collection::btree_map("[a-f]", proptest::bool::ANY, 0..6), 0..7),
        length in 1_u32..5,
    ) {
        let ours = in_a_row(length, waves.iter().cloned());
        let at_risk = |key: &String| {
            let answered: Vec<bool> = waves.iter().filter_map(|w| w.get(key).copied()).collect();
            answered.len() >= length as usize && answered[..length as usize].iter().all(|held| *held)
        };
        let people: BTreeSet<String> = waves.iter().flat_map(|w| w.keys().cloned()).collect();
        prop_assert_eq!(ours, people.into_iter().filter(at_risk).collect::<BTreeSet<String>>());
    }
}

/// Everybody with an index below 65 (score 2 of the builder's model).
fn low(waves: u32) -> Risk {
    let below = Expr::Compare(
        CompareOp::Less,
        Box::new(Expr::Var(Var::Score(2))),
        Box::new(Expr::Constant(Value::Number(65.0))),
    );
    Risk { name: "low".to_owned(), title: Text::default(), waves, condition: below }
}

/// A wave in which person number i gives this code to both items; 0 for nobody.
fn wave(codes: &[u8]) -> (Builder, Keys) {
    let mut wave = Builder::new(&[("all", 100)]);
    let mut keys = Keys::new();
    for (i, code) in codes.iter().enumerate().filter(|(_, code)| **code > 0) {
        wave.person(0, "east", Some(answers(&[("a", f64::from(*code)), ("b", f64::from(*code))])));
        keys.insert(wave.responses.last().unwrap().id, format!("k{i}"));
    }
    (wave, keys)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn found(declaring: &Builder, length: u32, waves: &[(Builder, Keys)], now: &str) -> Vec<String> {
    let of = |(w, keys): &(Builder, Keys)| {
        let wave = Wave { checked: &w.checked, plan: &w.plan, responses: &w.responses, keys };
        verdicts(&declaring.checked, &low(length), wave, at(now))
    };
    in_a_row(length, waves.iter().map(of)).into_iter().collect()
}

const NOW: &str = "2026-02-01T00:00:00Z";

#[test]
fn three_low_scores_in_a_row_make_a_risk() {
    // Codes 1 to 5 are 0, 25, 50, 75 and 100 points.
    let last = wave(&[3, 3, 4, 3, 3]);
    let before = wave(&[2, 4, 2, 0, 3]);
    let first = wave(&[1, 1, 1, 1, 3]);
    let oldest = wave(&[5, 1, 1, 1, 5]);
    let declaring = wave(&[]).0;
    let waves = [last, before, first, oldest];
    assert_eq!(found(&declaring, 3, &waves, NOW), ["k0", "k3", "k4"]);
    assert_eq!(found(&declaring, 4, &waves, NOW), Vec::<String>::new());
    assert_eq!(found(&declaring, 1, &waves, NOW), ["k0", "k1", "k3", "k4"]);
}

#[test]
fn what_does_not_count_as_an_answer() {
    let declaring = wave(&[]).0;
    let mut waves = [wave(&[3, 3, 3, 3]), wave(&[3, 3, 3, 3])];
    assert_eq!(found(&declaring, 2, &waves, NOW), ["k0", "k1", "k2", "k3"]);
    // Not completed, withdrawn, without a link.
    waves[0].0.responses[0].state = ResponseState::Started;
    waves[0].0.responses[1].state = ResponseState::Withdrawn;
    waves[1].1.remove(&3);
    assert_eq!(found(&declaring, 2, &waves, NOW), ["k3"]);
    // A score that is missing does not hold, and ends the run.
    waves[0].0.responses[3].answers.clear();
    assert_eq!(found(&declaring, 2, &waves, NOW), Vec::<String>::new());
    assert_eq!(found(&declaring, 1, &waves, NOW), ["k0", "k1", "k2"]);
    // Dropped by cleaning: as if not answered.
    let fast = Expr::Compare(
        CompareOp::Less,
        Box::new(Expr::Var(Var::Duration)),
        Box::new(Expr::Constant(Value::Number(200.0))),
    );
    waves[0].0.checked.clean.push(CleanRule { drop: true, label: Text::default(), condition: fast });
    assert_eq!(found(&declaring, 1, &waves, NOW), ["k0", "k1", "k3"]);
}

#[test]
fn links_end_with_keep_and_anonymous_waves_have_none() {
    let declaring = wave(&[]).0;
    let mut waves = [wave(&[3]), wave(&[3])];
    // The answers are of 2026-01-10.
    waves[1].0.checked.privacy.keep_days = Some(30);
    assert_eq!(found(&declaring, 2, &waves, "2026-02-09T02:01:00Z"), ["k0"]);
    assert_eq!(found(&declaring, 2, &waves, "2026-02-09T02:02:00Z"), Vec::<String>::new());
    waves[1].0.checked.privacy.keep_days = None;
    waves[1].0.checked.privacy.mode = PrivacyMode::Anonymous;
    assert_eq!(found(&declaring, 2, &waves, NOW), Vec::<String>::new());
    assert_eq!(found(&declaring, 1, &waves, NOW), ["k0"]);
}

#[test]
fn scores_are_found_by_name_and_only_on_the_same_scale() {
    let declaring = wave(&[]).0;
    let mut other = wave(&[3, 4]);
    // In this wave, another score stands before the index.
    let scoring = other.0.checked.scoring.as_mut().unwrap();
    let more = Score {
        name: "more".to_owned(),
        title: Text::default(),
        kind: ScoreKind::Dimension { weight: 0.0, items: vec![2], at_least: 1, if_asked: false },
        span: nowhere(),
    };
    scoring.scores.insert(2, more);
    assert_eq!(found(&declaring, 1, std::slice::from_ref(&other), NOW), ["k0"]);
    other.0.checked.scoring.as_mut().unwrap().high = 10.0;
    assert_eq!(found(&declaring, 1, std::slice::from_ref(&other), NOW), Vec::<String>::new());
    let mut unnamed = wave(&[3]);
    unnamed.0.checked.scoring = None;
    assert_eq!(found(&declaring, 1, &[unnamed], NOW), Vec::<String>::new());
}

#[test]
fn the_last_of_several_answers_in_a_wave_counts() {
    let declaring = wave(&[]).0;
    let mut twice = wave(&[3, 5]);
    twice.1.insert(2, "k0".to_owned());
    assert_eq!(found(&declaring, 1, std::slice::from_ref(&twice), NOW), Vec::<String>::new());
    let first = &mut twice.0.responses[0];
    first.completed_at = first.completed_at.map(|at| at + SignedDuration::from_secs(1));
    assert_eq!(found(&declaring, 1, &[twice], NOW), ["k0"]);
}
