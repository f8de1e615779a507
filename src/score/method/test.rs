//! One estimate against zero, and several at once: Student's t and Wald's F.
//!
//! Degrees of freedom are the design's and need not be whole. An estimate
//! whose error can't be estimated, or is zero, is not tested: nothing.

use crate::score::method::linalg::{Matrix, Solver};
use crate::score::method::tail::{f_above, t_quantile, t_two_sided};

/// An estimate against zero, with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TTest {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub error: f64,
    /// Estimate over error.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Tests an estimate with a variance.
#[must_use]
pub fn t_test(estimate: f64, variance: Option<f64>, df: f64) -> Option<TTest> {
    let error = variance.filter(|v| *v > 0.0)?.sqrt();
    let t = estimate / error;
    let half = t_quantile(0.05, df)? * error;
    let p = t_two_sided(t, df)?;
    Some(TTest { estimate, error, t, df, p, low: estimate - half, high: estimate + half })
}

/// Several estimates against zero together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FTest {
    /// The statistic.
    pub f: f64,
    /// Degrees of freedom of the numerator.
    pub df1: f64,
    /// Degrees of freedom of the denominator.
    pub df2: f64,
    /// p-value.
    pub p: f64,
}

/// Tests several estimates with their covariances; nothing when these are singular.
#[must_use]
pub fn wald(estimates: &[f64], covariance: &Matrix, df2: f64) -> Option<FTest> {
    let solver = Solver::new(covariance);
    if estimates.is_empty() || !solver.is_full() {
        return None;
    }
    let df1 = estimates.len() as f64;
    let f = solver.solve(estimates).iter().zip(estimates).map(|(a, b)| a * b).sum::<f64>() / df1;
    Some(FTest { f, df1, df2, p: f_above(f, df1, df2)? })
}
