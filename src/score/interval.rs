//! 95 % intervals: Student's t for means, Wilson's for shares.
//!
//! Wilson's interval takes the effective number `p(1−p)/v`, at most n, and the
//! t quantile of the design (Franco, Little, Louis and Slud 2019); with no
//! variance it takes n, so that a share of 0 or 1 never gets an empty interval.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Share of samples whose interval holds the true value.
pub const LEVEL: f64 = 0.95;

/// Returns the two-sided 95 % quantile of Student's t; nothing without degrees of freedom.
#[must_use]
pub fn t_quantile(df: u64) -> Option<f64> {
    if df == 0 {
        return None;
    }
    let t = StudentsT::new(0.0, 1.0, df as f64).ok()?;
    Some(t.inverse_cdf(1.0 - (1.0 - LEVEL) / 2.0))
}

/// Returns the ends of `value ± t·error`.
#[must_use]
pub fn student(value: f64, error: f64, df: u64) -> Option<(f64, f64)> {
    let half = t_quantile(df)? * error;
    Some((value - half, value + half))
}

/// Returns the ends of Wilson's interval for a share `p` with variance `v` from `n` answers.
#[must_use]
pub fn wilson(p: f64, v: f64, n: u64, df: u64) -> Option<(f64, f64)> {
    let t = t_quantile(df)?;
    let (p, n) = (p.clamp(0.0, 1.0), n as f64);
    let spread = p * (1.0 - p);
    // Below 1e-12 the quotient is rounding noise over rounding noise.
    let size = if v > 0.0 && spread > 1e-12 { (spread / v).min(n) } else { n };
    if size <= 0.0 {
        return None;
    }
    let t2 = t * t;
    let centre = (p + t2 / (2.0 * size)) / (1.0 + t2 / size);
    let half = t / (1.0 + t2 / size) * (spread / size + t2 / (4.0 * size * size)).sqrt();
    Some(((centre - half).max(0.0), (centre + half).min(1.0)))
}
