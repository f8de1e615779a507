//! The smallest difference that a comparison could have shown.
//!
//! Printed beside “no difference shown”: with the standard error and degrees of
//! freedom that the comparison had, the true difference that a two-sided test at
//! the level finds with the power (Cohen 1988; by the noncentral t).

use crate::frame::allocate::noncentral_t_above;
use crate::score::method::tail::t_quantile;

/// Returns the smallest difference that is found with a power, for a test with this standard error.
#[must_use]
pub fn smallest_difference(error: f64, df: f64, level: f64, power: f64) -> Option<f64> {
    if !(error > 0.0 && error.is_finite() && df > 0.0 && power > 0.0 && power < 1.0) {
        return None;
    }
    let t = t_quantile(level, df)?;
    // Beyond a million degrees of freedom the noncentral t is the normal.
    let df = df.min(1e6);
    let miss = |shift: f64| noncentral_t_above(t, df, shift) - power;
    // Most powers lie within two standard errors of the quantile; twenty beyond it are found for certain.
    let near = t + 2.0;
    let ends = if miss(near) >= 0.0 { (0.0, near) } else { (near, 2.0 * t + 20.0) };
    Some(root(ends, miss)? * error)
}

/// Returns where a rising function is zero: false position with the Illinois rule (Dowell & Jarratt 1971).
fn root((mut low, mut high): (f64, f64), function: impl Fn(f64) -> f64) -> Option<f64> {
    let (mut below, mut above) = (function(low), function(high));
    if below > 0.0 || above < 0.0 {
        return None;
    }
    let mut last = 0;
    for _ in 0..200 {
        let middle = (low * above - high * below) / (above - below);
        let value = function(middle);
        if value.abs() <= 1e-15 || high - low <= 1e-14 * high {
            return Some(middle);
        }
        if value < 0.0 {
            (low, below) = (middle, value);
            above = if last < 0 { above / 2.0 } else { above };
            last = -1;
        } else {
            (high, above) = (middle, value);
            below = if last > 0 { below / 2.0 } else { below };
            last = 1;
        }
    }
    Some(f64::midpoint(low, high))
}
