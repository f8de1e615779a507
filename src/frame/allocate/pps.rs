//! Inclusion probabilities in proportion to size.
//!
//! `π_i = min(1, λ x_i)` with `Σ π_i = n`: units so large that `n x_i / Σ x` reaches 1 are taken with certainty, and the
//! rest of the number is shared out over the rest of the units, as often as that makes further ones certain (Tillé 2006,
//! *Sampling Algorithms*, section 2.10; Särndal, Swensson & Wretman 1992, section 3.6.2). The language has no word for such
//! draws: its strata are simple random samples.

use crate::frame::allocate::share::Infeasible;

/// Returns the probability of each unit to be among `total`; units without a size (zero, negative, not a number) have none.
pub fn inclusion_probabilities(total: f64, sizes: &[f64]) -> Result<Vec<f64>, Infeasible> {
    let has_size = |x: f64| x > 0.0 && x.is_finite();
    let mut order: Vec<usize> = (0..sizes.len()).filter(|&i| has_size(sizes[i])).collect();
    if !(total >= 0.0 && total <= order.len() as f64) {
        return Err(if total > 0.0 {
            Infeasible::TooMany { most: order.len() as f64, total }
        } else {
            Infeasible::TooFew { least: 0.0, total }
        });
    }
    order.sort_by(|&a, &b| sizes[b].total_cmp(&sizes[a]));
    // Sums from the small end: what is left once the largest are taken.
    let mut left = vec![0.0; order.len() + 1];
    for (place, &unit) in order.iter().enumerate().rev() {
        left[place] = left[place + 1] + sizes[unit];
    }
    let certain = |place: &usize| (total - *place as f64) * sizes[order[*place]] >= left[*place];
    let taken = (0..order.len()).take_while(certain).count();
    let factor = if taken < order.len() { (total - taken as f64) / left[taken] } else { 0.0 };
    let mut probabilities = vec![0.0; sizes.len()];
    for (place, &unit) in order.iter().enumerate() {
        probabilities[unit] = if place < taken { 1.0 } else { (factor * sizes[unit]).clamp(0.0, 1.0) };
    }
    Ok(probabilities)
}
