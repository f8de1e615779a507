//! The smallest difference that a comparison could have shown.
//!
//! Printed beside “no difference shown”: with the standard error and degrees of
//! freedom that the comparison had, the true difference that a two-sided test at
//! the level finds with the power (Cohen 1988; by the noncentral t).

use crate::frame::allocate::{noncentral_t_above, smallest};
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
    // Twenty standard errors beyond the quantile are found for certain.
    let units = smallest(2.0 * t + 20.0, power, |shift| noncentral_t_above(t, df, shift))?;
    Some(units * error)
}
