//! Ratios of two totals: combined over strata, by stratum, and the totals they predict.
//!
//! Cochran (1977, ch. 6): the combined ratio is linearised as a quotient; the
//! separate estimator has a ratio in each stratum and multiplies it with the
//! stratum's known total of the denominator.

use crate::expr::ArithmeticOp;
use crate::score::design::{Design, Options, variance};
use crate::score::linear::{Linear, total};

/// Estimates the ratio of two totals over the members with both values.
#[must_use]
pub fn ratio(
    design: &Design,
    members: &[usize],
    numerator: impl Fn(usize) -> Option<f64>,
    denominator: impl Fn(usize) -> Option<f64>,
) -> Option<Linear> {
    let both = |i: &usize| numerator(*i).is_some() && denominator(*i).is_some();
    let known: Vec<usize> = members.iter().copied().filter(both).collect();
    let (above, below) = (total(design, &known, numerator), total(design, &known, denominator));
    Linear::combine(ArithmeticOp::Divide, &above, &below)
}

/// A total that ratios predict.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Predicted {
    /// The total.
    pub value: f64,
    /// Its standard error; `None` where it can't be estimated.
    pub error: Option<f64>,
}

/// Predicts a total from ratios, each times the known total of its denominator; ratios of different strata are
/// independent.
#[must_use]
pub fn predict(design: &Design, ratios: &[(Linear, f64)], options: Options) -> Predicted {
    let value = ratios.iter().map(|(r, known)| r.value * known).sum();
    let part =
        |(r, known): &(Linear, f64)| variance(design, &r.influence, options).value.map(|v| v * known * known);
    let error = ratios.iter().map(part).sum::<Option<f64>>().map(f64::sqrt);
    Predicted { value, error }
}
