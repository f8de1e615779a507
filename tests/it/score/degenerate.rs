//! Odd answers to every method: nobody, one, everybody alike, weights of zero, nothing known. Never a panic, never a
//! number that is none.

use canvass::score::covariance::covariance;
use canvass::score::design::{CellDesign, ClassCount, Design, Options, Single, Unit};
use canvass::score::linear::mean;
use canvass::score::method::adjust::{Adjustment, adjust};
use canvass::score::method::calibrate::{Distance, calibrate};
use canvass::score::method::change::{Wave, independent, of_first, of_second, overlapping, stack};
use canvass::score::method::chisq::{table_test, wald_tests};
use canvass::score::method::drivers::{complete, correlations, importance, warnings};
use canvass::score::method::effect::{Against, design_effect};
use canvass::score::method::index::{alpha, composite};
use canvass::score::method::linalg::Matrix;
use canvass::score::method::margin::Margin;
use canvass::score::method::nonresponse;
use canvass::score::method::poststratify::poststratify;
use canvass::score::method::projection::Projection;
use canvass::score::method::proportion::{Method, Share, interval};
use canvass::score::method::quantile::{self, Rule};
use canvass::score::method::quantile_score::score_interval;
use canvass::score::method::rake::{Stop, rake, rake_within};
use canvass::score::method::rank::{RankTest, Score, rank_test};
use canvass::score::method::ratio::ratio;
use canvass::score::method::regression::{Link, Observations, regress};
use canvass::score::method::replicate::{jackknife, variance as replicated};
use canvass::score::method::resample::{Bootstrap, Random, percentiles};
use canvass::score::method::test::TTest;
use canvass::score::method::trim::{Bounds, trim};
use canvass::score::method::ttest::two_groups;

/// Fails on what is no number.
fn fine(what: &str, numbers: impl IntoIterator<Item = f64>) {
    for x in numbers {
        assert!(x.is_finite(), "{what}: {x}");
    }
}

fn fine_test(what: &str, test: Option<TTest>) {
    if let Some(t) = test {
        fine(what, [t.estimate, t.error, t.t, t.df, t.p, t.low, t.high]);
        assert!((0.0..=1.0).contains(&t.p), "{what}");
    }
}

struct Odd {
    design: Design,
    y: Vec<Option<f64>>,
    group: Vec<usize>,
    other: Vec<usize>,
    options: Options,
}

fn odd(random: &mut Random) -> Odd {
    let strata = 1 + random.below(3);
    let n = [0, 1, 2, 3, 5, 12, 30][random.below(7)];
    let (alike, zeros, clusters, gaps) =
        (random.below(4) == 0, random.below(3), random.below(3) == 0, random.below(4));
    let cell = |k: usize| CellDesign {
        name: k.to_string(),
        population: [None, Some(0.0), Some(3.0), Some(500.0)][(k + n) % 4],
        classes: vec![ClassCount { invited: 1, answered: 1 }],
        ..CellDesign::default()
    };
    let mut out = Odd {
        design: Design { cells: (0..strata).map(cell).collect(), ..Design::default() },
        y: Vec::new(),
        group: Vec::new(),
        other: Vec::new(),
        options: Options {
            finite: random.below(2) == 0,
            single: [Single::Unknown, Single::Certainty, Single::Adjust, Single::Average][random.below(4)],
        },
    };
    let widths = (1 + random.below(3), 1 + random.below(3));
    for _ in 0..n {
        let weight =
            if zeros == 0 && random.below(2) == 0 { 0.0 } else { 0.1 + random.below(500) as f64 / 10.0 };
        let cluster = clusters.then(|| random.below(3));
        out.design.units.push(Unit { cell: random.below(strata), class: 0, weight, cluster, count: 1 });
        let value = if alike { 4.0 } else { random.below(5) as f64 };
        out.y.push((gaps == 0 || random.below(gaps + 1) > 0).then_some(value));
        out.group.push(random.below(widths.0));
        out.other.push(random.below(widths.1));
    }
    out
}

#[test]
fn estimates_and_tests_of_odd_answers() {
    let mut random = Random::new(2026);
    for _ in 0..600 {
        let odd = odd(&mut random);
        let (design, options) = (&odd.design, odd.options);
        let n = odd.y.len();
        let all: Vec<usize> = (0..n).collect();
        let of = |g: usize| -> Vec<usize> { (0..n).filter(|i| odd.group[*i] == g).collect() };
        let y = |i: usize| odd.y[i];
        fine_test("t", two_groups(design, (&of(0), &of(1)), y, options));
        if let Some(effect) = design_effect(design, &all, y, Against::WithReplacement, options) {
            fine("design effect", [effect]);
        }
        if let Some(ratio) = ratio(design, &all, y, |i| Some(odd.group[i] as f64)) {
            fine("ratio", ratio.influence.iter().map(|z| z.1).chain([ratio.value]));
        }
        for rule in
            [Rule::Math, Rule::School, Rule::ShahVaish].into_iter().chain((1..=9).map(Rule::HyndmanFan))
        {
            for method in [Method::Wald, Method::Logit, Method::KornGraubard { truncated: true }] {
                if let Some(q) = quantile::estimate(design, &all, y, 0.5, (rule, method), options) {
                    fine("quantile", [Some(q.value), q.low, q.high, q.error].into_iter().flatten());
                }
            }
        }
        if let Some(ends) = score_interval(design, &all, y, 0.5, Rule::Math, options) {
            fine("score interval", [ends.0, ends.1]);
        }
        let ranked: Vec<(usize, usize, f64)> =
            all.iter().filter_map(|i| Some((*i, odd.group[*i], y(*i)?))).collect();
        for score in [Score::Wilcoxon, Score::VanDerWaerden, Score::Median] {
            match rank_test(design, &ranked, score, options) {
                Some(RankTest::Two(t)) => fine_test("rank", Some(t)),
                Some(RankTest::Several(f)) => fine("ranks", [f.f, f.df1, f.df2, f.p]),
                None => {}
            }
        }
        let table: Vec<(usize, usize, usize)> =
            all.iter().map(|i| (*i, odd.group[*i], odd.other[*i])).collect();
        if let Some(t) = table_test(design, &table, options) {
            fine("table", [t.pearson, t.second_order.f, t.second_order.p, t.first_order]);
            fine("saddlepoint", t.saddlepoint());
            let (wald, adjusted) = wald_tests(design, &table, options, t.design_df);
            fine("Wald", wald.iter().chain(&adjusted).flat_map(|w| [w.f, w.p]));
        }
        let known: Vec<usize> = all.iter().copied().filter(|i| y(*i).is_some()).collect();
        let x = Matrix::from_fn(known.len(), 3, |r, c| {
            [1.0, odd.group[known[r]] as f64, odd.other[known[r]] as f64][c]
        });
        let (plain, shares): (Vec<f64>, Vec<f64>) =
            known.iter().map(|i| (y(*i).unwrap(), f64::from(u8::from(y(*i).unwrap() > 2.0)))).unzip();
        for (values, link) in [(&plain, Link::Linear), (&shares, Link::Logistic)] {
            let given = Observations { units: &known, x: &x, y: values };
            if let Ok(fit) = regress(design, given, link) {
                let covariance = covariance(design, &fit.estimates(), options);
                fine("slopes", fit.estimates().iter().map(|c| c.value));
                fit.tests(&covariance).into_iter().for_each(|t| fine_test("slope", t));
                if let Some(f) = fit.term(&[1, 2], &covariance) {
                    fine("term", [f.f, f.p]);
                }
            }
        }
        waves(&odd, &all);
    }
}

fn waves(odd: &Odd, all: &[usize]) {
    let keys: Vec<u64> = all.iter().map(|i| *i as u64).collect();
    let Some(linear) = mean(&odd.design, all, |i| odd.y[i]) else { return };
    let wave = Wave::new(&odd.design, &linear, odd.options);
    fine_test("independent", independent(wave, wave));
    let same = (&odd.design, keys.as_slice(), &linear);
    fine_test("overlapping", overlapping(same, same, odd.options).map(|o| o.0));
    let stacked = stack((&odd.design, &keys), (&odd.design, &keys));
    let both = [of_first(&linear, &odd.design), of_second(&linear, &odd.design, &odd.design)];
    if let Some(v) = covariance(&stacked, &both, odd.options).of(&[-1.0, 1.0]) {
        fine("stacked", [v]);
    }
}

#[test]
fn weights_of_odd_answers() {
    let mut random = Random::new(99);
    for round in 0..1500 {
        let odd = odd(&mut random);
        let n = odd.y.len();
        let mut weights: Vec<f64> = odd.design.units.iter().map(|u| u.weight).collect();
        if round % 7 == 0 && n > 1 {
            weights[1] = [-2.0, f64::NAN, f64::INFINITY][round % 3];
        }
        let margin = |category: &[usize], random: &mut Random| {
            let count = 1 + random.below(3);
            let targets = (0..count).map(|_| random.below(4) as f64 * 10.0).collect();
            Margin { name: String::new(), category: category.to_vec(), targets }
        };
        let margins = [margin(&odd.group, &mut random), margin(&odd.other, &mut random)];
        if let Ok(factors) = poststratify(&weights, &margins[0]) {
            fine("post-strata", factors);
        }
        if let Ok(raked) = rake(&weights, &margins, Stop::default()) {
            fine("raking", raked.factors.into_iter().chain(raked.misses.iter().map(|m| m.reached)));
        }
        if let Ok(raked) = rake_within(&weights, &margins, (Some(0.3), Some(3.0)), Stop::default()) {
            fine("raking within bounds", raked.factors);
        }
        let x = Matrix::from_fn(n, 3, |r, c| [1.0, odd.group[r] as f64, odd.other[r] as f64][c]);
        let totals = [10.0 + random.below(900) as f64, random.below(300) as f64, random.below(300) as f64];
        let ways =
            [Distance::Linear, Distance::Raking, Distance::Logit(0.3, 3.0), Distance::Bounded(0.3, 3.0)];
        for distance in ways {
            if let Ok(out) = calibrate(&x, &weights, &totals, distance) {
                fine("calibration", out.factors.into_iter().chain(out.misses.iter().map(|m| m.reached)));
            }
        }
        if weights.iter().all(|w| w.is_finite() && *w >= 0.0) {
            let influence: Vec<(usize, f64)> = (0..n).map(|i| (i, odd.y[i].unwrap_or(0.0))).collect();
            let lists = [odd.group.clone(), odd.other.clone()];
            fine("margins", Projection::margins(&lists, &weights).residuals(&influence).iter().map(|r| r.1));
            fine("numbers", Projection::numbers(x, &weights).residuals(&influence).iter().map(|r| r.1));
            let cut = trim(&weights, Bounds::of_mean(&weights, Some(0.5), Some(2.0)), round % 2 == 0);
            fine("trimming", cut.weights);
            let people: Vec<(f64, usize, bool)> =
                (0..n).map(|i| (weights[i], odd.group[i], odd.other[i] == 0)).collect();
            if let Ok(adjusted) = nonresponse::adjust(&people) {
                fine("classes", adjusted);
            }
        }
    }
}

#[test]
fn drivers_replicates_and_shares_of_odd_answers() {
    let mut random = Random::new(31);
    for _ in 0..1000 {
        let odd = odd(&mut random);
        let n = odd.y.len();
        let row = |i: usize| (i, vec![odd.y[i], Some(odd.group[i] as f64), Some(odd.other[i] as f64)]);
        let whole = complete(&(0..n).map(row).collect::<Vec<_>>());
        let weights: Vec<f64> = whole.units.iter().map(|i| odd.design.units[*i].weight).collect();
        if let Ok(out) = correlations(&whole.rows, &weights).and_then(|c| importance(&c)) {
            fine("drivers", out.drivers.iter().flat_map(|d| [d.johnson, d.last, d.first, d.pratt]));
            fine("drivers", out.drivers.iter().filter_map(|d| d.lmg));
            let _ = warnings(&out, whole.units.len());
        }
        let weighted = |w: &[f64]| {
            let sum: f64 = w.iter().sum();
            (sum > 0.0).then(|| w.iter().zip(&odd.y).map(|(w, y)| w * y.unwrap_or(0.0)).sum::<f64>() / sum)
        };
        if let Some(v) =
            jackknife(&odd.design, odd.options.finite).ok().and_then(|r| replicated(&r, weighted))
        {
            fine("jackknife", [v]);
        }
        let bootstrap = Bootstrap::new(&odd.design, 1);
        if let Some(out) = percentiles(&bootstrap, 20, |w| Some(vec![weighted(w)?])) {
            fine("bootstrap", out.intervals.iter().flat_map(|i| [i.0, i.1]));
        }
        let rows: Vec<Vec<Option<f64>>> = (0..n).map(|i| vec![odd.y[i], Some(odd.group[i] as f64)]).collect();
        if let Some(a) = alpha(&rows, &odd.design.units.iter().map(|u| u.weight).collect::<Vec<_>>()) {
            fine("alpha", [a]);
        }
        for row in &rows {
            if let Some(x) = composite(row, &[0.0, random.below(2) as f64], random.below(3)) {
                fine("composite", [x]);
            }
        }
    }
    for p in [0.0, 1e-14, 0.3, 1.0] {
        for variance in [0.0, 1e-20, 0.01, 3.0] {
            for (n, df) in [(0, 1.0), (1, 1.0), (2, f64::INFINITY), (500, 0.0), (500, 12.5)] {
                let share = Share { p, variance, n, df };
                let ways = [
                    Method::Wald,
                    Method::Logit,
                    Method::Arcsine,
                    Method::Likelihood,
                    Method::KornGraubard { truncated: true },
                    Method::KornGraubard { truncated: false },
                    Method::Wilson { truncated: true },
                    Method::Wilson { truncated: false },
                ];
                for method in ways {
                    if let Some((low, high)) = interval(share, method) {
                        assert!(
                            low <= high && low >= 0.0 && high <= 1.0,
                            "{method:?} {share:?}: {low} {high}"
                        );
                    }
                }
            }
        }
    }
    assert_eq!(adjust(&[], Adjustment::Hommel), []);
    assert_eq!(adjust(&[None, Some(0.3), Some(f64::NAN)], Adjustment::Holm), [None, Some(0.3), None]);
}
