//! `score` as a whole, on campaigns small enough to reckon by hand.

use canvass::expr::{ArithmeticOp, CompareOp, Expr, Value, Var};
use canvass::model::checked::{
    Benchmark, CaseRule, CleanRule, During, Formula, Grouping, Score, ScoreKind, Target, Text,
};
use canvass::score::target::verdict;
use canvass::score::types::{Caution, Note, Verdict};
use canvass::store::types::{Answer, ResponseState};
use jiff::civil::date;

use super::build::{nowhere, text};
use super::{Builder, answers};

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

fn two_strata() -> Builder {
    let mut campaign = Builder::new(&[("key", 100), ("active", 300)]);
    for i in 0..20_u32 {
        let x = f64::from(i % 5) + 1.0;
        campaign.person(0, "east", (i < 10).then(|| answers(&[("a", x), ("b", 5.0), ("nps", 9.0)])));
        campaign.person(1, "west", (i < 15).then(|| answers(&[("a", 3.0), ("b", x), ("nps", 6.0)])));
    }
    campaign
}

#[test]
fn stratum_means_are_joined_by_population() {
    let mut campaign = two_strata();
    campaign.checked.analysis.nonresponse = vec![Grouping::Stratum];
    let scores = campaign.score();
    // `a` is 1…5 twice in `key` (mean 50 of 100) and always 3 in `active` (50); `b` is 5 (100) and 1…5 thrice (50).
    let of = |group: usize, score: usize| scores.strata[group].estimates[score].value.unwrap();
    near(of(0, 0), 50.0);
    near(of(0, 1), 100.0);
    near(of(1, 1), 50.0);
    near(of(0, 2), 70.0);
    near(scores.overall.estimates[1].value.unwrap(), (100.0 * 100.0 + 300.0 * 50.0) / 400.0);
    // Variance of 0, 25, …, 100 thrice: 1250 · 15/14; (1 − 15/300) of it over 15, times (300/400)².
    let error = (0.75_f64.powi(2) * (1.0 - 15.0 / 300.0) * (1250.0 * 15.0 / 14.0) / 15.0).sqrt();
    near(scores.overall.estimates[1].standard_error.unwrap(), error);
    assert_eq!(scores.overall.estimates[1].df, Some(23));
    assert_eq!(scores.overall.estimates[1].notes, [Note::Unreliable]);
    near(scores.weights.sum, 400.0);
    near(scores.response_total.weighted_rate.unwrap(), (5.0 * 10.0 + 15.0 * 15.0) / 400.0);
    near(scores.response[0].counts.rate.unwrap(), 0.5);
    assert!(scores.cautions.is_empty(), "{:?}", scores.cautions);
}

#[test]
fn without_adjustment_only_base_weights_count() {
    let scores = two_strata().score();
    // Weights 5 and 15, ten and fifteen answers.
    near(scores.overall.estimates[1].value.unwrap(), (50.0 * 100.0 + 225.0 * 50.0) / 275.0);
}

#[test]
fn differing_response_without_adjustment_is_said() {
    let mut campaign = Builder::new(&[("key", 100), ("active", 300)]);
    for i in 0..40 {
        campaign.person(0, "east", (i < 10).then(|| answers(&[("a", 3.0)])));
        campaign.person(1, "east", (i < 20).then(|| answers(&[("a", 3.0)])));
    }
    assert_eq!(campaign.score().cautions, [Caution::NotAdjusted]);
    campaign.checked.analysis.nonresponse = vec![Grouping::Stratum];
    assert_eq!(campaign.score().cautions, []);
}

#[test]
fn an_interval_stays_on_the_scale_and_says_so() {
    let mut campaign = Builder::new(&[("key", 1000)]);
    for i in 0..40 {
        campaign.person(0, "east", Some(answers(&[("a", if i == 0 { 1.0 } else { 5.0 })])));
    }
    let estimate = &campaign.score().overall.estimates[0];
    assert_eq!((estimate.high, estimate.clipped), (Some(100.0), true));
    assert!(estimate.low.unwrap() > 90.0);
}

#[test]
fn answers_that_are_all_alike_get_no_interval_but_shares_do() {
    let mut campaign = Builder::new(&[("key", 1000)]);
    for _ in 0..40 {
        campaign.person(0, "east", Some(answers(&[("a", 5.0)])));
    }
    let scores = campaign.score();
    let mean = &scores.overall.estimates[0];
    assert_eq!((mean.low, mean.high), (None, None));
    assert!(mean.notes.contains(&Note::NoVariation));
    let top2 = scores.items[0].top2.as_ref().unwrap();
    assert_eq!(top2.high, Some(1.0));
    let low = top2.low.unwrap();
    // Wilson with n = 40 and t with 39 degrees of freedom, 2.022691: 40 / (40 + t²).
    near((low * 1e6).round(), 907_209.0);
}

#[test]
fn kpi_errors_pass_through_the_formula() {
    let mut campaign = two_strata();
    let scoring = campaign.checked.scoring.as_mut().unwrap();
    let times = |x: f64, score: usize| {
        let factors = (Box::new(Formula::Number(x)), Box::new(Formula::Score(score)));
        Formula::Arithmetic(ArithmeticOp::Multiply, factors.0, factors.1)
    };
    let sum = Formula::Arithmetic(ArithmeticOp::Add, Box::new(times(0.6, 0)), Box::new(times(0.4, 1)));
    let ratio = Formula::Arithmetic(
        ArithmeticOp::Divide,
        Box::new(Formula::Score(0)),
        Box::new(Formula::Number(0.0)),
    );
    for (name, formula) in [("sum", sum), ("promoters", Formula::Nps(2)), ("none", ratio)] {
        scoring.scores.push(Score {
            name: name.to_owned(),
            title: text(name, name),
            kind: ScoreKind::Kpi(formula),
            span: nowhere(),
        });
    }
    let scores = campaign.score();
    // With both items answered by everybody, the sum of means is the mean of sums: the index.
    let [index, sum, nps, none] = &scores.overall.estimates[2..6] else { panic!("six measures") };
    near(sum.value.unwrap(), index.value.unwrap());
    near(sum.standard_error.unwrap(), index.standard_error.unwrap());
    near(nps.value.unwrap(), 100.0 * (50.0 - 225.0) / 275.0);
    assert_eq!(nps.low, None, "each stratum is of one mind, so its spread is unknown");
    assert_eq!((none.value, &none.notes[..]), (None, &[Note::Empty][..]));
    let json = serde_json::to_string(&scores).unwrap();
    assert!(!json.contains("NaN") && !json.contains("inf"));
}

#[test]
fn missing_parts_spread_their_weight_until_too_much_is_missing() {
    let mut campaign = Builder::new(&[("key", 1000)]);
    for _ in 0..20 {
        campaign.person(0, "east", Some(answers(&[("a", 4.0)])));
        let mut not_applicable = answers(&[("b", 2.0)]);
        not_applicable.insert("a".to_owned(), Answer::NotApplicable);
        campaign.person(0, "east", Some(not_applicable));
    }
    let scores = campaign.score();
    // `a` carries 60 % and stands alone at 75; `b` carries 40 %, less than half, so no index.
    let index = &scores.overall.estimates[2];
    assert_eq!((index.n, index.value), (Some(20), Some(75.0)));
    let item = &scores.items[0];
    assert_eq!((item.n, item.not_applicable, item.not_answered), (Some(20), Some(20), Some(0)));
}

#[test]
fn a_period_changes_the_ruler_and_its_effect_stands_apart() {
    let mut campaign = two_strata();
    let scoring = campaign.checked.scoring.as_mut().unwrap();
    scoring.during.push(During { from: date(2026, 1, 1), to: date(2026, 1, 31), weights: vec![(1, 0.7)] });
    let scores = campaign.score();
    let (a, b) = (scores.strata[0].estimates[0].value.unwrap(), scores.strata[0].estimates[1].value.unwrap());
    near(scores.strata[0].estimates[2].value.unwrap(), 0.3 * a + 0.7 * b);
    let period = &scores.periods[0];
    let index = scores.overall.estimates[2].value.unwrap();
    near(period.usual.value.unwrap() + period.effect.value.unwrap(), index);
}

#[test]
fn cleaning_counts_and_cases() {
    let mut campaign = two_strata();
    let below = |item, x: f64| {
        let (item, x) = (Expr::Var(Var::Item(item)), Expr::Constant(Value::Number(x)));
        Expr::Compare(CompareOp::LessEqual, Box::new(item), Box::new(x))
    };
    let rule = |drop, label: &str, condition| CleanRule { drop, label: Text::single("en", label), condition };
    campaign.checked.clean = vec![
        rule(false, "low a", below(0, 2.0)),
        rule(true, "lowest a", below(0, 1.0)),
        rule(true, "after", below(0, 5.0)),
    ];
    campaign.checked.clean.pop();
    campaign.checked.cases = vec![CaseRule {
        name: "unhappy".to_owned(),
        title: Text::default(),
        condition: below(0, 2.0),
        notify: None,
        due_hours: Some(24),
    }];
    campaign.responses[1].state = ResponseState::Started;
    let scores = campaign.score();
    let cleaning = &scores.cleaning;
    assert_eq!((cleaning.completed, cleaning.dropped, cleaning.kept, cleaning.flagged), (24, 2, 22, 2));
    assert_eq!(cleaning.rules.iter().map(|r| r.count).collect::<Vec<_>>(), [4, 2]);
    assert_eq!(scores.cases[0].count, 4, "dropped ones are called back too");
    assert_eq!(scores.response_total.counts.partial, 1);
    assert_eq!(scores.response_total.counts.kept, 22);
}

#[test]
fn verdicts() {
    assert_eq!(verdict((75.0, 80.0), 75.0, true), Verdict::Met);
    assert_eq!(verdict((70.0, 74.9), 75.0, true), Verdict::NotMet);
    assert_eq!(verdict((70.0, 75.0), 75.0, true), Verdict::NotDecided);
    assert_eq!(verdict((1.0, 3.0), 3.0, false), Verdict::Met);
    assert_eq!(verdict((3.1, 4.0), 3.0, false), Verdict::NotMet);
}

#[test]
fn targets_are_judged_without_finite_correction() {
    let mut campaign = Builder::new(&[("key", 40)]);
    for i in 0..40 {
        campaign.person(0, "east", Some(answers(&[("a", f64::from(i % 5) + 1.0)])));
    }
    let scoring = campaign.checked.scoring.as_mut().unwrap();
    scoring.targets.push(Target { score: 0, stratum: None, at_least: true, value: 49.0, by: None });
    scoring.benchmarks.push(Benchmark { score: 0, value: 60.0, label: text("行业", "Trade") });
    let scores = campaign.score();
    assert_eq!(scores.overall.estimates[0].standard_error, Some(0.0), "everybody answered");
    assert_eq!(scores.overall.estimates[0].low, Some(50.0));
    assert_eq!(scores.targets[0].verdict, Verdict::NotDecided);
    near(scores.benchmarks[0].difference.unwrap(), -10.0);
    assert!(scores.benchmarks[0].high.unwrap() < 2.0);
    campaign.checked.analysis.finite_correction = true;
    assert_eq!(campaign.score().targets[0].verdict, Verdict::Met);
}

#[test]
fn small_classes_are_joined_and_weights_still_add_up() {
    let mut campaign = Builder::new(&[("key", 900)]);
    campaign.checked.analysis.nonresponse = vec![Grouping::Field(0)];
    for i in 0..30 {
        campaign.person(0, "east", (i < 20).then(|| answers(&[("a", 4.0)])));
        campaign.person(0, "west", (i < 10).then(|| answers(&[("a", 2.0)])));
        campaign.person(0, "north", (i < 3).then(|| answers(&[("a", 1.0)])));
    }
    let scores = campaign.score();
    let classes = &scores.weights.classes;
    assert_eq!(classes.len(), 2);
    assert_eq!(classes[1].groups, [["north"], ["west"]]);
    assert_eq!((classes[1].invited, classes[1].kept), (60, 13));
    near(scores.weights.sum, 900.0);
    assert_eq!(scores.cautions, [Caution::ClassesJoined { cell: "key".to_owned() }]);
}

#[test]
fn a_cell_that_nobody_answers_for_is_named() {
    let mut campaign = Builder::new(&[("key", 100), ("active", 300), ("fresh", 50)]);
    for i in 0..40 {
        campaign.person(0, "east", Some(answers(&[("a", f64::from(i % 5) + 1.0)])));
        campaign.person(1, "east", None);
        campaign.person(2, "east", (i == 0).then(|| answers(&[("a", 1.0)])));
    }
    let scores = campaign.score();
    assert!(
        scores.cautions.contains(&Caution::NotRepresented { cell: "active".to_owned(), population: 300 })
    );
    assert!(scores.cautions.contains(&Caution::SingleRespondent { cell: "fresh".to_owned() }));
    let index = &scores.overall.estimates[0];
    assert!(index.value.is_some());
    assert_eq!((index.standard_error, index.low), (None, None));
    assert!(index.notes.contains(&Note::SingleRespondent { cells: vec!["fresh".to_owned()] }));
}

#[test]
fn open_links_stand_beside_the_sample() {
    let mut campaign = two_strata();
    for response in campaign.responses.iter_mut().take(12) {
        response.cell = None;
    }
    let scores = campaign.score();
    let others = scores.self_selected.unwrap();
    assert_eq!((others.n, others.population), (Some(12), None));
    assert_eq!(scores.response_total.self_selected, 12);
    assert_eq!(scores.overall.n, Some(13));
}

#[test]
fn the_order_of_responses_does_not_matter() {
    let mut campaign = two_strata();
    campaign.checked.analysis.nonresponse = vec![Grouping::Field(0)];
    let first = serde_json::to_string(&campaign.score()).unwrap();
    campaign.responses.reverse();
    campaign.responses.swap(3, 9);
    assert_eq!(serde_json::to_string(&campaign.score()).unwrap(), first);
}
