//! Quantiles of the program on answers small enough to reckon by hand.

use canvass::score::compare::contrast::Side;
use canvass::score::compare::types::Reason;
use canvass::score::design::{CellDesign, ClassCount, Design, Unit, variance};
use canvass::score::estimate::judge;
use canvass::score::interval::t_quantile;
use canvass::score::method::quantile::linear;

/// One cell of so many people (`None`: drawn with replacement), with these weights.
fn design(population: Option<f64>, weights: &[f64]) -> Design {
    let n = weights.len() as u64;
    let cell = CellDesign {
        name: "all".to_owned(),
        population,
        classes: vec![ClassCount { invited: n, answered: n }],
        ..CellDesign::default()
    };
    let unit = |w: &f64| Unit { cell: 0, class: 0, weight: *w, cluster: None, count: 1 };
    Design { cells: vec![cell], units: weights.iter().map(unit).collect(), ..Design::default() }
}

#[test]
fn the_median_and_its_interval_by_hand() {
    // 1 to 100, one each: the share at or below 50 is one half, its variance 0.25 / 99.
    let design = design(None, &[1.0; 100]);
    let all: Vec<usize> = (0..100).collect();
    let found = linear(&design, &all, |i| Some(i as f64 + 1.0), 0.5).unwrap();
    assert_eq!(found.value.to_bits(), 50.0_f64.to_bits());
    let judged = judge(&design, &found, &all, None, true);
    let t = t_quantile(99).unwrap();
    // 0.5 ± 1.984 · 0.05025 is 0.4003 and 0.5997: the 41st and the 60th answer.
    assert_eq!(judged.interval, Some((41.0, 60.0)));
    let error = 19.0 / (2.0 * t);
    assert!((judged.error.unwrap() - error).abs() < 1e-12);
    // Comparisons and targets of groups rest on influence values; they tell the same error.
    let v = variance(&design, &found.influence, design.options(false)).value.unwrap();
    assert!((v.sqrt() - error).abs() < 1e-8);
}

#[test]
fn one_person_with_most_of_the_weight_is_the_median() {
    let design = design(None, &[0.9, 0.05, 0.05]);
    let found = linear(&design, &[0, 1, 2], |i| Some([1.0, 5.0, 9.0][i]), 0.5).unwrap();
    assert_eq!(found.value.to_bits(), 1.0_f64.to_bits());
}

#[test]
fn an_end_beyond_the_sample_leaves_no_error_and_no_comparison() {
    let design = design(None, &[1.0; 60]);
    let all: Vec<usize> = (0..60).collect();
    // 59 of 60 are at or below 2: the share's interval goes beyond 1.
    let found = linear(&design, &all, |i| Some(if i < 59 { 2.0 } else { 7.0 }), 0.5).unwrap();
    let judged = judge(&design, &found, &all, None, true);
    assert_eq!((judged.value, judged.interval, judged.error), (2.0, None, None));
    assert_eq!(Side { design: &design, linear: &found }.fault(), Some(Reason::ErrorUnknown));
}

#[test]
fn everybody_alike_and_nobody() {
    let design = design(Some(100.0), &[2.0; 50]);
    let all: Vec<usize> = (0..50).collect();
    let found = linear(&design, &all, |_| Some(3.0), 0.9).unwrap();
    let judged = judge(&design, &found, &all, None, true);
    assert_eq!((judged.interval, judged.error, judged.no_variation), (None, None, true));
    assert!(linear(&design, &all, |_| None, 0.9).is_none());
    assert!(linear(&design, &[], |_| Some(1.0), 0.9).is_none());
}

#[test]
fn a_census_has_no_error() {
    let design = design(Some(30.0), &[1.0; 30]);
    let all: Vec<usize> = (0..30).collect();
    let found = linear(&design, &all, |i| Some(i as f64), 0.5).unwrap();
    let judged = judge(&design, &found, &all, None, true);
    assert_eq!((judged.interval, judged.error), (Some((14.0, 14.0)), Some(0.0)));
}
