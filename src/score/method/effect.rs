//! Design effects: the variance under the design over that of a simple random sample of as many answers.
//!
//! Kish (1965). The simple random sample's variance is the weighted spread of
//! the answers, n/(n − 1) Σw(y − ȳ)²/Σw, over n; without replacement it is
//! corrected by 1 − n/Σw, which needs weights that sum to the population.

use crate::score::design::{Design, Options, variance};
use crate::score::linear::mean;

/// What a sample is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// Drawn with replacement; any scale of weights will do.
    WithReplacement,
    /// Drawn without; weights sum to the population.
    WithoutReplacement,
}

/// Returns the design effect of a mean over the members with a value; that of the total is the same when it is
/// computed over everybody.
#[must_use]
pub fn design_effect(
    design: &Design,
    members: &[usize],
    value: impl Fn(usize) -> Option<f64>,
    against: Against,
    options: Options,
) -> Option<f64> {
    let linear = mean(design, members, &value)?;
    let plain = simple(design, &linear.influence, against)?;
    Some(variance(design, &linear.influence, options).value? / plain)
}

/// Returns the variance of a mean's influence values under simple random sampling of as many answers.
#[must_use]
pub fn simple(design: &Design, influence: &[(usize, f64)], against: Against) -> Option<f64> {
    let weight = |i: usize| design.units[i].total();
    let n = design.people(influence.iter().map(|(i, _)| *i)) as f64;
    let sum: f64 = influence.iter().map(|(i, _)| weight(*i)).sum();
    // The influence of a mean is (y − ȳ)/Σw.
    let squares: f64 = influence.iter().map(|(i, z)| weight(*i) * z * z).sum();
    // Where raking has driven weights to nothing, all who count are alike and only rounding is left.
    let largest = influence.iter().map(|(_, z)| z * z).fold(0.0, f64::max);
    if n < 2.0 || squares <= 1e-24 * sum * largest {
        return None;
    }
    let keep = match against {
        Against::WithReplacement => 1.0,
        Against::WithoutReplacement => 1.0 - n / sum,
    };
    let out = sum * squares / (n - 1.0) * keep;
    (out > 0.0 && out.is_finite()).then_some(out)
}
