//! Methods that no reference case has: tails, drivers' bootstrap, shrinkage, peaks, breaks, half samples, power.

use canvass::score::design::{CellDesign, ClassCount, Design, Options, Unit, variance};
use canvass::score::linear::mean;
use canvass::score::method::breaks::{Course, Point, breaks, last_against_forecast};
use canvass::score::method::drivers::{
    Complete, Fault, Warning, complete, correlations, importance, intervals, warnings,
};
use canvass::score::method::linalg::{Matrix, Solver, eigen};
use canvass::score::method::margin::{Margin, Unreachable};
use canvass::score::method::peaks::{grid_peaks, peaks};
use canvass::score::method::power::smallest_difference;
use canvass::score::method::rake::{Stop, rake, rake_within};
use canvass::score::method::replicate::{self, balanced};
use canvass::score::method::resample::{Bootstrap, Random, percentiles};
use canvass::score::method::shrink::{Group, shrink};
use canvass::score::method::tail::{
    beta_quantile, binomial_at_least, chi_square_above, f_above, t_quantile, t_two_sided,
};
use serde_json::Value;

/// Numbers of R; the file names the functions.
fn expected() -> Value {
    serde_json::from_str(include_str!("../../fixtures/score/methods.json")).unwrap()
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn near(what: &str, ours: f64, theirs: f64, tolerance: f64) {
    let off = (ours - theirs).abs();
    assert!(off <= tolerance * theirs.abs() + 1e-300, "{what}: {ours} is not R's {theirs}");
}

#[test]
fn tails_keep_their_digits() {
    let expected = expected();
    let rows =
        |name: &str| -> Vec<Vec<f64>> { expected[name].as_array().unwrap().iter().map(numbers).collect() };
    for r in rows("t") {
        near(&format!("t {r:?}"), t_two_sided(r[0], r[1]).unwrap(), r[2], 1e-11);
        if r[2] > 0.0 {
            near(&format!("t quantile {r:?}"), t_quantile(r[2], r[1]).unwrap(), r[0], 1e-9);
        }
    }
    for r in rows("f") {
        near(&format!("F {r:?}"), f_above(r[0], r[1], r[2]).unwrap(), r[3], 1e-10);
    }
    for r in rows("chi_square") {
        near(&format!("chi-square {r:?}"), chi_square_above(r[0], r[1]).unwrap(), r[2], 1e-10);
    }
    for r in rows("beta_quantile") {
        near(&format!("beta {r:?}"), beta_quantile(r[0], r[1], r[2]).unwrap(), r[3], 1e-10);
    }
    for r in rows("binomial") {
        near(&format!("{r:?}"), binomial_at_least(r[0] as u64, r[1] as u64, r[2]).unwrap(), r[3], 1e-10);
    }
    for r in rows("noncentral_shift") {
        near(&format!("power {r:?}"), smallest_difference(1.0, r[0], 0.05, r[1]).unwrap(), r[2], 1e-6);
    }
    let odd = [f64::NAN, -1.0, 0.0];
    assert!(odd.iter().all(|df| t_two_sided(1.0, *df).is_none() && f_above(1.0, *df, 3.0).is_none()));
}

#[test]
fn groups_are_drawn_to_their_mean() {
    let expected = &expected()["groups"];
    let group = |(y, v): (f64, f64)| Some(Group { value: y, variance: v });
    let given: Vec<Option<Group>> =
        numbers(&expected["y"]).into_iter().zip(numbers(&expected["v"])).map(group).collect();
    let ours = shrink(&given).unwrap();
    near("between", ours.between, expected["between"].as_f64().unwrap(), 1e-9);
    near("mean", ours.mean, expected["mean"].as_f64().unwrap(), 1e-9);
    let (shrunk, error) = (numbers(&expected["shrunk"]), numbers(&expected["error"]));
    for (k, group) in ours.groups.iter().enumerate() {
        near("shrunk", group.unwrap().value, shrunk[k], 1e-9);
        near("error", group.unwrap().error, error[k], 1e-9);
    }
    // A group without a variance keeps its place, and the others stay as they were.
    let mut with_gap = given.clone();
    with_gap.insert(2, None);
    let gap = shrink(&with_gap).unwrap();
    assert_eq!(gap.groups[2], None);
    assert_eq!((gap.groups[0], gap.groups[3]), (ours.groups[0], ours.groups[2]));
    assert_eq!(shrink(&given[..2]), None);
}

/// Standard normal values as sums of twelve.
fn normal(random: &mut Random) -> f64 {
    (0..12).map(|_| random.below(1 << 30) as f64 / f64::from(1 << 30)).sum::<f64>() - 6.0
}

#[test]
fn groups_that_are_alike_rarely_stand_out_and_one_that_is_not_does() {
    let mut random = Random::new(77);
    let (rounds, mut false_alarms, mut found) = (400, 0, 0);
    for _ in 0..rounds {
        let variances: Vec<f64> = (0..20).map(|k| 1.0 + f64::from(k % 5)).collect();
        let mut given: Vec<Option<Group>> = variances
            .iter()
            .map(|v| Some(Group { value: 70.0 + v.sqrt() * normal(&mut random), variance: *v }))
            .collect();
        let out = shrink(&given).unwrap();
        false_alarms += usize::from(out.groups.iter().flatten().any(|g| g.p < 0.05));
        given[3] = Some(Group { value: 60.0, variance: 4.0 });
        let out = shrink(&given).unwrap();
        found += usize::from(out.groups[3].unwrap().p < 0.05);
    }
    assert!(false_alarms <= rounds * 8 / 100, "{false_alarms} of {rounds} without any difference");
    assert!(found >= rounds * 90 / 100, "found {found} of {rounds}");
}

#[test]
fn a_step_in_a_series() {
    let expected = &expected()["waves"];
    let values = numbers(&expected["value"]).into_iter().zip(numbers(&expected["variance"])).enumerate();
    let points: Vec<Point> =
        values.map(|(i, (value, variance))| Point { at: i as f64 + 1.0, value, variance }).collect();
    let ours = breaks(&points, Course::Trend).unwrap();
    let holm = numbers(&expected["holm"]);
    assert_eq!(ours.len(), holm.len());
    for ((step, theirs), p) in ours.iter().zip(expected["steps"].as_array().unwrap()).zip(holm) {
        let theirs = numbers(theirs);
        assert_eq!(step.wave as f64, theirs[0]);
        near("height", step.height, theirs[1], 1e-9);
        near("error", step.error, theirs[2], 1e-9);
        near("p", step.p, p, 1e-7);
    }
    let forecast = last_against_forecast(&points, Course::Trend).unwrap();
    near("off the forecast", forecast.height, expected["forecast"][0].as_f64().unwrap(), 1e-9);
    near("error", forecast.error, expected["forecast"][1].as_f64().unwrap(), 1e-9);
    assert_eq!(breaks(&points[..4], Course::Trend), None);
    assert_eq!(breaks(&points[..2], Course::Level), None);
}

#[test]
fn peaks_by_hour_and_weekday() {
    let all = expected();
    let counts =
        |list: &Value| -> Vec<u64> { list.as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect() };
    let expected = &all["counts"];
    let ours = peaks(&counts(&expected["count"]), &numbers(&expected["exposure"])).unwrap();
    near("chi-square", ours.chi_square, expected["chi_square"].as_f64().unwrap(), 1e-9);
    near("p", ours.p, expected["p"].as_f64().unwrap(), 1e-9);
    let (residual, holm) = (numbers(&expected["residual"]), numbers(&expected["holm"]));
    for (k, place) in ours.places.iter().enumerate() {
        near("residual", place.unwrap().residual, residual[k], 1e-9);
        near("adjusted p", place.unwrap().p, holm[k], 1e-9);
    }
    let expected = &all["grid"];
    let grid: Vec<Vec<u64>> = expected["count"].as_array().unwrap().iter().map(counts).collect();
    let ours = grid_peaks(&grid, &vec![vec![1.0; 3]; 3]).unwrap();
    near("chi-square", ours.chi_square, expected["chi_square"].as_f64().unwrap(), 1e-9);
    near("p", ours.p, expected["p"].as_f64().unwrap(), 1e-9);
    for (place, theirs) in ours.places.iter().zip(numbers(&expected["expected"])) {
        near("expected", place.unwrap().expected, theirs, 1e-9);
    }
    assert_eq!(peaks(&[0, 0, 0], &[1.0; 3]), None);
    assert_eq!(peaks(&[3, 4], &[1.0, 0.0]), None);
    assert_eq!(peaks(&[3, 4, 0], &[1.0, 2.0, 0.0]).unwrap().places[2], None);
}

fn pairs_in_strata(strata: usize) -> (Design, Vec<f64>) {
    let mut random = Random::new(5);
    let cell = |k: usize| CellDesign {
        name: k.to_string(),
        population: None,
        classes: vec![ClassCount { invited: 2, answered: 2 }],
        ..CellDesign::default()
    };
    let unit =
        |k: usize| Unit { cell: k / 2, class: 0, weight: 1.0 + (k % 5) as f64, cluster: None, count: 1 };
    let design = Design {
        cells: (0..strata).map(cell).collect(),
        units: (0..2 * strata).map(unit).collect(),
        ..Design::default()
    };
    let values = (0..2 * strata).map(|_| normal(&mut random)).collect();
    (design, values)
}

/// R: RNGkind("L'Ecuyer-CMRG"); .Random.seed <- s <- c(.Random.seed[1], 8L, 12345L, 12345L, 1L, 12345L, 12345L); runif(3);
/// .Random.seed <- s <- parallel::nextRNGStream(parallel::nextRNGStream(s)); s; runif(2)
#[test]
fn random_numbers_are_those_of_r() {
    let mut random = Random::new(7);
    let mut stream = random.stream(2);
    let first = [(); 3].map(|()| random.uniform());
    assert_eq!(first, [0.516_593_692_463_703_5, 0.741_133_422_161_394_8, 0.821_298_722_138_194]);
    let state = [1_748_558_052, 718_159_948, 2_955_761_254, 3_933_244_759, 3_083_903_158, 1_797_272_192];
    assert_eq!(stream.state(), state);
    assert_eq!([(); 2].map(|()| stream.uniform()), [0.061_872_610_093_444_34, 0.919_118_484_290_466_9]);
    assert_eq!(Random::new(7).stream(1).stream(1), Random::new(7).stream(2));
}

/// For a total, balanced half samples give the formula's variance exactly; the bootstrap comes near it.
#[test]
fn half_samples_and_bootstrap_of_a_total() {
    let (design, values) = pairs_in_strata(21);
    let influence: Vec<(usize, f64)> = values.iter().copied().enumerate().collect();
    let exact = variance(&design, &influence, Options::default()).value.unwrap();
    let total = |w: &[f64]| Some(w.iter().zip(&values).map(|(w, y)| w * y).sum::<f64>());
    let halves = balanced(&design).unwrap();
    assert_eq!(halves.weights.len(), 32);
    near("half samples", replicate::variance(&halves, total).unwrap(), exact, 1e-10);
    let bootstrap = Bootstrap::new(&design, 1);
    let drawn: Vec<f64> = (0..4000).map(|r| total(&bootstrap.replicate(r)).unwrap()).collect();
    let centre = drawn.iter().sum::<f64>() / 4000.0;
    let spread = drawn.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / 3999.0;
    near("bootstrap", spread, exact, 0.08);
    assert_eq!(bootstrap.replicate(17), Bootstrap::new(&design, 1).replicate(17));
    assert_ne!(bootstrap.replicate(17), Bootstrap::new(&design, 2).replicate(17));
    let ends = percentiles(&bootstrap, 1000, |w| Some(vec![total(w)?])).unwrap();
    let point = total(&design.units.iter().map(|u| u.weight).collect::<Vec<_>>()).unwrap();
    let half = 1.96 * exact.sqrt();
    near("lower end", ends.intervals[0].0 - point, -half, 0.15);
    near("upper end", ends.intervals[0].1 - point, half, 0.15);
}

#[test]
fn drivers_that_can_not_be_told_apart() {
    let mut random = Random::new(9);
    let column = |random: &mut Random| -> Vec<f64> { (0..60).map(|_| normal(random)).collect() };
    let (a, b, noise) = (column(&mut random), column(&mut random), column(&mut random));
    let y: Vec<f64> = (0..60).map(|i| a[i] + 0.5 * b[i] + noise[i]).collect();
    let of = |columns: &[&[f64]]| {
        let rows = Matrix::from_fn(60, columns.len(), |i, k| columns[k][i]);
        correlations(&rows, &[1.0; 60]).and_then(|c| importance(&c))
    };
    let both = of(&[&y, &a, &b]).unwrap();
    assert_eq!(warnings(&both, 60), []);
    assert!(both.shares()[0] > both.shares()[1]);
    assert!((both.shares().iter().sum::<f64>() - 1.0).abs() < 1e-12);
    let sum: Vec<f64> = (0..60).map(|i| a[i] - 2.0 * b[i]).collect();
    assert_eq!(of(&[&y, &a, &b, &sum]).unwrap_err(), Fault::Dependent(3));
    let nearly: Vec<f64> = (0..60).map(|i| a[i] + 0.01 * noise[i]).collect();
    let out = of(&[&y, &a, &nearly]).unwrap();
    let said = warnings(&out, 60);
    assert!(said.iter().all(|w| matches!(w, Warning::Collinear { inflation, .. } if *inflation > 100.0)));
    assert_eq!(said.len(), 2);
    assert_eq!(of(&[&y, &[4.0; 60], &a]).unwrap_err(), Fault::Constant(1));
    assert!(warnings(&of(&[&noise, &a, &b]).unwrap(), 15).len() >= 2);
    let few = Matrix::from_fn(2, 3, |i, k| (i * k) as f64);
    assert_eq!(correlations(&few, &[1.0, 1.0]).unwrap_err(), Fault::TooFew);
}

/// The interval for a driver's share covers what more answers settle on, is reproducible, and shrinks with n.
#[test]
fn intervals_of_drivers() {
    let survey = |n: usize, seed: u64| -> (Design, Complete) {
        let mut random = Random::new(seed);
        let rows: Vec<(usize, Vec<Option<f64>>)> = (0..n)
            .map(|i| {
                let (a, b) = (normal(&mut random), normal(&mut random));
                (i, vec![Some(a + 0.5 * b + normal(&mut random)), Some(a), Some(b)])
            })
            .collect();
        let (mut design, _) = pairs_in_strata(1);
        design.units = vec![Unit { cell: 0, class: 0, weight: 1.0, cluster: None, count: 1 }; n];
        (design, complete(&rows))
    };
    // R² is 1.25/2.25; a's part of it is 1/1.25.
    let (mut held, mut width) = (0, 0.0);
    for seed in 0..60 {
        let (design, given) = survey(150, seed);
        let out = intervals(&design, &given, 200, 7).unwrap();
        let (low, high) = out.intervals[0];
        held += usize::from(low <= 0.8 && 0.8 <= high);
        width += (high - low) / 60.0;
        assert_eq!(intervals(&design, &given, 200, 7).unwrap(), out);
    }
    assert!((50..=60).contains(&held), "{held} of 60 hold the truth");
    let (design, given) = survey(2400, 1);
    let (low, high) = intervals(&design, &given, 200, 7).unwrap().intervals[0];
    near("a fourth as wide", high - low, width / 4.0, 0.3);
}

#[test]
fn margins_that_can_not_be_met_are_named() {
    let weights = [1.0, 2.0, 3.0, 4.0];
    let margin = |category: &[usize], targets: &[f64]| Margin {
        name: "m".to_owned(),
        category: category.to_vec(),
        targets: targets.to_vec(),
    };
    let a = margin(&[0, 0, 1, 1], &[5.0, 5.0]);
    let of = |b: &Margin| rake(&weights, &[a.clone(), b.clone()], Stop::default());
    assert!(of(&margin(&[0, 1, 0, 1], &[4.0, 6.0])).unwrap().converged());
    let other = of(&margin(&[0, 1, 0, 1], &[4.0, 7.0])).unwrap_err();
    assert_eq!(other, Unreachable::Totals { margin: 1, first: 10.0, sum: 11.0 });
    let empty = of(&margin(&[0, 1, 0, 1], &[4.0, 4.0, 2.0])).unwrap_err();
    assert_eq!(empty, Unreachable::Empty { margin: 1, category: 2 });
    let outside = of(&margin(&[0, 1, 0, 3], &[4.0, 6.0])).unwrap_err();
    assert_eq!(outside, Unreachable::Category { margin: 1, respondent: 3 });
    let negative = rake(&[1.0, -1.0, 1.0, 1.0], std::slice::from_ref(&a), Stop::default()).unwrap_err();
    assert_eq!(negative, Unreachable::Weight { respondent: 1 });
    assert_eq!(rake(&[0.0; 4], std::slice::from_ref(&a), Stop::default()).unwrap_err(), Unreachable::Nobody);
    // The same split twice with different targets: each margin alone can be met, both can't.
    let same = of(&margin(&[0, 0, 1, 1], &[6.0, 4.0])).unwrap();
    assert!(!same.converged());
    assert_eq!((same.misses[0].margin, same.misses[0].category), (0, 0));
    assert!((same.misses[0].reached - 6.0).abs() < 1e-9 && same.misses[0].wanted == 5.0);
}

/// Five margins over 20,000 people; every margin is met, and weights stay within the bounds where that is possible.
#[test]
fn raking_within_bounds() {
    let mut random = Random::new(3);
    let sizes = [2, 5, 8, 6, 10];
    let weights: Vec<f64> = (0..20_000).map(|_| 0.2 + random.below(1000) as f64 / 300.0).collect();
    let margins: Vec<Margin> = sizes
        .iter()
        .map(|k| {
            let category: Vec<usize> = (0..20_000).map(|_| random.below(*k)).collect();
            let share = |j: usize| 2.0 * (j as f64 + 1.0) / (k * (k + 1)) as f64;
            Margin { name: k.to_string(), category, targets: (0..*k).map(|j| 1e6 * share(j)).collect() }
        })
        .collect();
    let free = rake(&weights, &margins, Stop::default()).unwrap();
    assert!(free.converged() && free.sweeps < 100, "{} sweeps, {:?}", free.sweeps, free.misses);
    let largest = |g: &[f64]| weights.iter().zip(g).map(|(w, g)| w * g).fold(0.0, f64::max) / 50.0;
    let bound = rake_within(&weights, &margins, (None, Some(7.0)), Stop::default()).unwrap();
    assert!(bound.converged());
    assert!(largest(&free.factors) > 9.0, "{}", largest(&free.factors));
    assert!(largest(&bound.factors) < 7.01, "{}", largest(&bound.factors));
}

#[test]
fn small_matrices() {
    let root = Matrix::from_fn(7, 7, |r, c| normal(&mut Random::new((7 * r + c) as u64)));
    let square = root.transposed().times(&root);
    let (values, vectors) = eigen(&square);
    let again =
        Matrix::from_fn(7, 7, |i, j| (0..7).map(|k| vectors.at(i, k) * values[k] * vectors.at(j, k)).sum());
    let inverse = Solver::new(&square).inverse();
    let one = square.times(&inverse);
    for i in 0..7 {
        for j in 0..7 {
            assert!((again.at(i, j) - square.at(i, j)).abs() < 1e-10);
            assert!((one.at(i, j) - f64::from(u8::from(i == j))).abs() < 1e-8);
        }
    }
    assert!(values.windows(2).all(|w| w[0] >= w[1]));
}

/// Where all weights are one and everybody is drawn with replacement, the mean's error is the textbook's.
#[test]
fn the_textbook_mean() {
    let (mut design, values) = pairs_in_strata(30);
    design.units.iter_mut().for_each(|u| (u.cell, u.weight) = (0, 1.0));
    let members: Vec<usize> = (0..60).collect();
    let linear = mean(&design, &members, |i| Some(values[i])).unwrap();
    let centre = values.iter().sum::<f64>() / 60.0;
    let spread = values.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / 59.0;
    near(
        "error",
        variance(&design, &linear.influence, Options::default()).value.unwrap(),
        spread / 60.0,
        1e-12,
    );
}
