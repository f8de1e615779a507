//! Rank tests under the design.
//!
//! Lumley & Scott (2013, Biometrika 100): ranks estimated for the population
//! by summing weights, turned into scores, and compared by a regression on
//! group membership. Two groups give a t test, more an F test. Within a tie R's
//! `svyranktest` averages the running sums of weights in the order of the units,
//! and so does this; with equal weights the order does not matter.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::score::covariance::covariance;
use crate::score::design::{Design, Options};
use crate::score::method::linalg::Matrix;
use crate::score::method::regression::{Link, Observations, regress};
use crate::score::method::test::{FTest, TTest, t_test, wald};

/// What a rank counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Score {
    /// The share of the population below (Wilcoxon; Kruskal & Wallis for more than two groups).
    Wilcoxon,
    /// Its normal quantile (van der Waerden).
    VanDerWaerden,
    /// Whether it is in the upper half (Mood's median test).
    Median,
}

/// Result of a rank test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RankTest {
    /// Two groups: the difference in mean score, second less first.
    Two(TTest),
    /// More than two groups.
    Several(FTest),
}

/// Tests whether groups differ in the level of an answer: unit, group (from 0) and answer of everybody.
#[must_use]
pub fn rank_test(
    design: &Design,
    given: &[(usize, usize, f64)],
    score: Score,
    options: Options,
) -> Option<RankTest> {
    debug_assert!(design.is_of_single_people(), "people are ranked one by one");
    let mut given = given.to_vec();
    given.sort_by_key(|(unit, ..)| *unit);
    let mut groups: Vec<usize> = given.iter().map(|(_, g, _)| *g).collect();
    groups.sort_unstable();
    groups.dedup();
    if groups.len() < 2 || given.iter().any(|(u, _, y)| y.is_nan() || *u >= design.units.len()) {
        return None;
    }
    let all: f64 = given.iter().map(|(u, ..)| design.units[*u].weight).sum();
    if all.is_nan() || all <= 0.0 {
        return None;
    }
    let scores = scores(design, &given, score);
    let x = Matrix::from_fn(given.len(), groups.len(), |i, k| {
        f64::from(u8::from(k == 0 || given[i].1 == groups[k]))
    });
    let units: Vec<usize> = given.iter().map(|(u, ..)| *u).collect();
    let fit = regress(design, Observations { units: &units, x: &x, y: &scores }, Link::Linear).ok()?;
    let estimates = fit.estimates();
    if estimates.len() != groups.len() {
        return None;
    }
    let all = covariance(design, &estimates, options);
    let matrix = all.matrix.as_ref()?;
    let df = fit.df(all.df);
    if groups.len() == 2 {
        return t_test(estimates[1].value, Some(matrix.at(1, 1)), df).map(RankTest::Two);
    }
    let others: Vec<usize> = (1..groups.len()).collect();
    let values: Vec<f64> = others.iter().map(|k| estimates[*k].value).collect();
    wald(&values, &matrix.part(&others, &others), df).map(RankTest::Several)
}

/// Scores of the estimated ranks, in the order of the observations.
fn scores(design: &Design, given: &[(usize, usize, f64)], score: Score) -> Vec<f64> {
    let mut order: Vec<usize> = (0..given.len()).collect();
    order.sort_by(|a, b| given[*a].2.total_cmp(&given[*b].2));
    let weight = |i: usize| design.units[given[i].0].weight;
    let all: f64 = order.iter().map(|i| weight(*i)).sum();
    let normal = Normal::standard();
    let mut out = vec![0.0; given.len()];
    let mut sum = 0.0;
    for tie in order.chunk_by(|a, b| given[*a].2.total_cmp(&given[*b].2).is_eq()) {
        let mut running = 0.0;
        for i in tie {
            running += sum + weight(*i) / 2.0;
            sum += weight(*i);
        }
        let rank = running / tie.len() as f64;
        let value = match score {
            Score::Wilcoxon => rank / all,
            Score::VanDerWaerden => normal.inverse_cdf((rank / all).clamp(0.0, 1.0)),
            Score::Median => f64::from(u8::from(rank > all / 2.0)),
        };
        for i in tie {
            out[*i] = value;
        }
    }
    out
}
