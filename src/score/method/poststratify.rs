//! Post-stratification: weights that meet the population counts of one classification exactly.
//!
//! Every weight of a class is multiplied by the class's people over the sum of
//! its weights (Holt & Smith 1979; Särndal, Swensson & Wretman 1992, ch. 7).
//! Standard errors come from the residuals about the class means:
//! [`projection`](crate::score::method::projection).

use crate::score::method::margin::{Margin, Unreachable, examine, sums};

/// Returns the factor of every respondent's weight.
pub fn poststratify(weights: &[f64], classes: &Margin) -> Result<Vec<f64>, Unreachable> {
    examine(weights, std::slice::from_ref(classes))?;
    let sums = sums(weights, classes);
    let factors: Vec<f64> = sums
        .iter()
        .zip(&classes.targets)
        .map(|(sum, wanted)| if *sum > 0.0 { wanted / sum } else { 1.0 })
        .collect();
    Ok(classes.category.iter().map(|c| factors[*c]).collect())
}
