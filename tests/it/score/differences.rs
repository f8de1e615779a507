//! Comparisons on campaigns small enough to reckon by hand: never a false star, never a number of a hidden group.

use std::collections::BTreeMap;

use canvass::model::checked::{Action, Grouping, Promise, ScoreKind, Text};
use canvass::score::compare::measures::{Told, measures};
use canvass::score::compare::people::Waves;
use canvass::score::compare::types::{Contrast, Magnitude, Outcome, People, Reason};
use canvass::score::compare::waves::{Breaks, change};
use canvass::score::compare::{Pair, WaveChange};
use canvass::score::types::Verdict;
use canvass::score::wave::Wave;
use jiff::civil::date;

use super::{Builder, answers};

fn near(a: Option<f64>, b: f64) {
    let a = a.unwrap();
    assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

/// A stratum of ten thousand with answers to `a` by region.
fn campaign(people: &[(&str, f64)]) -> Builder {
    let mut out = Builder::new(&[("all", 10_000)]);
    for (region, a) in people {
        out.person(0, region, Some(answers(&[("a", *a), ("b", 3.0), ("nps", 5.0)])));
    }
    out.checked.analysis.segments = vec![vec![Grouping::Field(0)]];
    out.checked.analysis.hide_below = 1;
    out
}

fn groups(campaign: &Builder) -> BTreeMap<String, Contrast> {
    let scores = campaign.score();
    let all = &scores.comparisons[0];
    all.groups.iter().map(|g| (g.name.clone(), g.contrasts[0].clone())).collect()
}

#[test]
fn a_group_against_the_rest_by_hand() {
    let east: Vec<(&str, f64)> = [1.0, 2.0, 3.0, 4.0].map(|x| ("east", x)).to_vec();
    let west: Vec<(&str, f64)> = [2.0, 3.0, 4.0, 5.0, 5.0, 5.0].map(|x| ("west", x)).to_vec();
    let found = groups(&campaign(&[east, west].concat()));
    // On 0…100: 0, 25, 50, 75 (mean 37.5) against 25, 50, 75, 100, 100, 100 (mean 75).
    let east = &found["east"];
    near(east.value, 37.5);
    near(east.other, 75.0);
    near(east.difference, -37.5);
    let squares = 3125.0 / 16.0 + 5000.0 / 36.0;
    near(east.standard_error, (squares * 10.0 / 9.0_f64).sqrt());
    near(east.df, 9.0);
    let deviation = ((3125.0 + 5000.0) / 8.0_f64).sqrt();
    near(east.size, -37.5 / deviation);
    assert_eq!(east.magnitude, Some(Magnitude::Large));
    near(found["west"].difference, 37.5);
    near(found["west"].p, east.p.unwrap());
    // Two groups and two scores that vary; `b` is 3 for everybody, which is not tested and does not count.
    near(east.p_adjusted, (4.0 * east.p.unwrap()).min(1.0));
}

#[test]
fn one_answer_or_answers_all_alike_are_never_starred() {
    let mut people = vec![("west", 1.0)];
    people.extend((0..40).map(|i| ("east", 4.0 + f64::from(i % 2))));
    let found = groups(&campaign(&people));
    assert_eq!((found["west"].outcome, found["west"].reason), (Outcome::NotTested, Some(Reason::OneAnswer)));
    assert_eq!(found["west"].p, None);

    let mut people = vec![("west", 1.0); 20];
    people.extend((0..40).map(|i| ("east", 4.0 + f64::from(i % 2))));
    let found = groups(&campaign(&people));
    assert_eq!(found["west"].reason, Some(Reason::Alike));
    near(found["west"].difference, -87.5);

    let found = groups(&campaign(&[("west", 3.0); 30]));
    assert_eq!((found["east"].reason, found["west"].reason), (Some(Reason::Empty), Some(Reason::Empty)));
    let scores = campaign(&[]).score();
    assert!(scores.comparisons[0].groups.iter().all(|g| g.contrasts.iter().all(|c| c.p.is_none())));
    assert_eq!(scores.comparisons[0].family.tests, 0);
}

#[test]
fn hidden_groups_are_not_compared_and_nothing_is_said_of_a_small_rest() {
    let mut people: Vec<(&str, f64)> = (0..60).map(|i| ("east", f64::from(1 + i % 5))).collect();
    people.extend((0..5).map(|i| ("west", f64::from(1 + i))));
    let mut campaign = campaign(&people);
    campaign.checked.analysis.hide_below = 10;
    let scores = campaign.score();
    for group in &scores.comparisons[0].groups {
        for contrast in &group.contrasts {
            assert_eq!(contrast.reason, Some(Reason::Hidden), "{}", group.name);
            let json = serde_json::to_value(contrast).unwrap();
            assert!(json.as_object().unwrap().values().all(|v| !v.is_number()), "{json}");
        }
    }
    assert!(scores.comparisons[0].tables.iter().all(|t| t.p.is_none()));
    // Without a region, these five are the rest of `east`.
    for response in &mut campaign.responses[60..] {
        response.fields.clear();
    }
    for unit in &mut campaign.sample[60..] {
        unit.fields.clear();
    }
    let scores = campaign.score();
    assert_eq!(scores.comparisons[0].groups[0].contrasts[0].reason, Some(Reason::Hidden));
}

#[test]
fn where_nothing_is_shown_it_is_said_what_could_have_been_seen() {
    let people: Vec<(&str, f64)> =
        (0..80).map(|i| (if i % 2 == 0 { "east" } else { "west" }, f64::from(1 + (i / 2) % 5))).collect();
    let found = groups(&campaign(&people));
    let east = &found["east"];
    assert_eq!(east.outcome, Outcome::NotShown);
    // R: uniroot(function(d) pt(qt(.975, 79), 79, ncp = d, lower = FALSE) - .8, c(1, 6), tol = 1e-12)
    let units = east.smallest.unwrap() / east.standard_error.unwrap();
    assert!((units - 2.836_221_067).abs() < 1e-8, "{units}");
}

pub fn wave(campaign: &Builder) -> Wave<'_> {
    Wave::of_campaign(&campaign.checked, &campaign.plan, &campaign.sample, &[], &campaign.responses)
}

/// Numbers of a wave's people: the place in the campaign.
fn numbers(wave: &Wave) -> Vec<Option<u64>> {
    wave.respondents.iter().map(|r| Some(r.response.id as u64)).collect()
}

fn changed(before: &Builder, after: &Builder, same: bool, breaks: &Breaks) -> WaveChange {
    let (old, new) = (wave(before), wave(after));
    let people = same.then(|| (numbers(&old), numbers(&new)));
    change(&Waves::of(&Pair::new(&old, &new, people)), breaks)
}

fn two_waves() -> (Builder, Builder) {
    let first: Vec<(&str, f64)> = (0..50).map(|i| ("east", f64::from(1 + i % 5))).collect();
    // One in five rises by a point.
    let second: Vec<(&str, f64)> = (0..50)
        .map(|i| ("east", (f64::from(1 + i % 5) + f64::from(u8::from(i % 5 == 1))).min(5.0)))
        .collect();
    (campaign(&first), campaign(&second))
}

#[test]
fn the_same_people_show_a_change_that_different_people_would_not() {
    let (before, after) = two_waves();
    let panel = changed(&before, &after, true, &Breaks::default());
    assert_eq!((panel.people, panel.n_both), (People::Overlapping, Some(50)));
    let da = &panel.measures[0].contrast;
    // Differences are 25 for ten of fifty: mean 5, variance 10·20² + 40·5² over 49.
    near(da.difference, 5.0);
    near(da.standard_error, ((10.0 * 400.0 + 40.0 * 25.0) / 49.0 / 50.0_f64).sqrt());
    near(da.df, 49.0);
    assert_eq!(da.outcome, Outcome::Higher);

    let strangers = changed(&before, &after, false, &Breaks::default());
    assert_eq!(strangers.people, People::NotMatched);
    let da = &strangers.measures[0].contrast;
    near(da.difference, 5.0);
    assert_eq!(da.outcome, Outcome::NotShown);
    assert!(da.smallest.unwrap() > 15.0);
    assert_eq!(panel.measures[1].contrast.reason, Some(Reason::Alike), "`b` is 3 for everybody");
}

#[test]
fn an_empty_wave_and_broken_figures_are_said_and_not_starred() {
    let (before, after) = two_waves();
    let empty = campaign(&[]);
    for (a, b) in [(&empty, &after), (&before, &empty), (&empty, &empty)] {
        for same in [true, false] {
            let found = changed(a, b, same, &Breaks::default());
            assert_eq!(found.family.tests, 0);
            let json = serde_json::to_string(&found).unwrap();
            assert!(!json.contains("NaN") && !json.contains("inf"), "{json}");
            assert!(found.measures.iter().all(|m| m.contrast.outcome == Outcome::NotTested));
        }
    }
    let broken = BTreeMap::from([("da".to_owned(), "another scale".to_owned())]);
    let found = changed(&before, &after, true, &Breaks { broken, ..Breaks::default() });
    let da = &found.measures[0];
    assert_eq!((da.contrast.reason, da.broken.as_deref()), (Some(Reason::Broken), Some("another scale")));
    assert_eq!((da.contrast.difference, da.contrast.p), (None, None));
    assert!(da.contrast.value.is_some());
}

#[test]
fn the_change_of_an_index_is_opinion_and_weights() {
    let (before, mut after) = two_waves();
    let scoring = after.checked.scoring.as_mut().unwrap();
    for (score, share) in scoring.scores.iter_mut().zip([0.3, 0.7]) {
        if let ScoreKind::Dimension { weight, .. } = &mut score.kind {
            *weight = share;
        }
    }
    let reweighted = BTreeMap::from([("csi".to_owned(), "price matters more".to_owned())]);
    let found = changed(&before, &after, true, &Breaks { reweighted, ..Breaks::default() });
    let csi = found.measures.iter().find(|m| m.name == "csi").unwrap();
    assert_eq!(csi.contrast.outcome, Outcome::NotTested, "the printed change mixes two things");
    let split = &found.splits[0];
    // `da` is 50, then 55; `db` 50: 0.6·da + 0.4·db = 50, then 0.3·da + 0.7·db = 51.5.
    near(Some(split.change), 1.5);
    near(split.opinion_new.difference, 0.3 * 5.0);
    assert!(split.weights_new.difference.unwrap().abs() < 1e-9);
    near(split.opinion.difference, (0.3 + 0.6) / 2.0 * 5.0);
    near(split.weights.difference, 1.5 - 2.25);
    assert_eq!(split.opinion.outcome, Outcome::Higher);
    near(split.opinion.standard_error, 0.45 * ((10.0 * 400.0 + 40.0 * 25.0) / 49.0 / 50.0_f64).sqrt());
}

#[test]
fn a_promise_comes_true_does_not_or_stays_open() {
    let (before, mut after) = two_waves();
    for response in &mut after.responses {
        for at in [&mut response.started_at, &mut response.updated_at] {
            *at += jiff::SignedDuration::from_hours(24 * 60);
        }
        response.completed_at =
            response.completed_at.map(|at| at + jiff::SignedDuration::from_hours(24 * 60));
    }
    let action = |name: &str, promised: f64| Action {
        name: name.to_owned(),
        title: Text::default(),
        stratum: None,
        improves: Some(Promise::Score(0, promised)),
        impact: None,
        difficulty: None,
        owner: None,
        due: Some(date(2026, 1, 20)),
        status: None,
        verify_days: Some(21),
    };
    after.checked.actions = vec![action("little", 1.0), action("much", 20.0), action("as_found", 5.0)];
    let mut late = action("late", 1.0);
    late.due = Some(date(2026, 3, 1));
    after.checked.actions.push(late);
    let (old, new) = (wave(&before), wave(&after));
    let pair = Pair::new(&old, &new, Some((numbers(&old), numbers(&new))));
    let breaks = Breaks::default();
    let found = measures(&Told::Two(&pair, &breaks), &[]);
    let verdicts: Vec<(&str, Verdict)> = found.iter().map(|m| (m.action.as_str(), m.verdict)).collect();
    assert_eq!(
        verdicts,
        [("little", Verdict::Met), ("much", Verdict::NotMet), ("as_found", Verdict::NotDecided)],
        "and of `late` nobody can tell yet"
    );
    near(found[0].contrast.difference, 5.0);
    assert!(measures(&Told::One(&new), &[]).iter().all(|m| m.contrast.reason == Some(Reason::Empty)));
}
