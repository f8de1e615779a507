//! Sharing out a number over cells: in proportion, within bounds, in whole numbers.

use std::fmt;

use crate::frame::allocate::precision::NOISE;

/// Why a number can't be shared out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Infeasible {
    /// The smallest numbers together are more than there is to share out.
    TooFew {
        /// Sum of the lower bounds.
        least: f64,
        /// What there is.
        total: f64,
    },
    /// The largest numbers together are less than has to be shared out.
    TooMany {
        /// Sum of the upper bounds.
        most: f64,
        /// What there is.
        total: f64,
    },
}

impl fmt::Display for Infeasible {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::TooFew { least, total } => {
                write!(f, "the smallest numbers add up to {least}, but only {total} can be shared out")
            }
            Self::TooMany { most, total } => {
                write!(f, "{total} are to be shared out, but the largest numbers add up to {most}")
            }
        }
    }
}

impl std::error::Error for Infeasible {}

/// The least and the most that a cell may get.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// At least.
    pub least: f64,
    /// At most.
    pub most: f64,
}

/// Shares out a number in proportion to weights, within bounds: `x_h = clamp(λ w_h, least_h, most_h)`.
///
/// With sizes as weights the allocation is proportional, with ones equal, and with `N_h S_h` it is Neyman's, which
/// has the least variance of all within these bounds (Neyman 1934; Wesołowski, Wieczorkowski & Wójciak 2024,
/// “Recursive Neyman algorithm for optimum sample allocation under box constraints”). The sum grows with λ in straight
/// pieces between the bounds, so λ is found exactly, not by approximation.
pub fn bounded(total: f64, weights: &[f64], bounds: &[Bounds]) -> Result<Vec<f64>, Infeasible> {
    let least: f64 = bounds.iter().map(|b| b.least).sum();
    let most: f64 = bounds.iter().map(|b| b.most).sum();
    let slack = NOISE * total.abs().max(1.0);
    if least > total + slack {
        return Err(Infeasible::TooFew { least, total });
    }
    if most < total - slack {
        return Err(Infeasible::TooMany { most, total });
    }
    let cells: Vec<(f64, Bounds)> = weights.iter().copied().zip(bounds.iter().copied()).collect();
    // λ at which a cell leaves its lower bound, and reaches its upper one.
    let turns = |&(w, b): &(f64, Bounds)| if w > 0.0 { vec![b.least / w, b.most / w] } else { Vec::new() };
    let mut steps: Vec<f64> = cells.iter().flat_map(turns).collect();
    steps.sort_by(f64::total_cmp);
    let at = |factor: f64| -> Vec<f64> {
        cells.iter().map(|&(w, b)| (factor * w).max(b.least).min(b.most)).collect()
    };
    // The last turn at which not all is shared out yet.
    let before = steps.partition_point(|&factor| at(factor).iter().sum::<f64>() < total);
    let (low, high) = (before.checked_sub(1).map_or(0.0, |i| steps[i]), steps.get(before).copied());
    let Some(high) = high else {
        return Ok(spread_rest(total, at(low), bounds));
    };
    let inside = |&(w, b): &(f64, Bounds)| w > 0.0 && b.least / w <= low && b.most / w >= high;
    let free: f64 = cells.iter().filter(|c| inside(c)).map(|c| c.0).sum();
    let fixed: f64 = at(low).iter().zip(&cells).filter(|(_, c)| !inside(c)).map(|(x, _)| x).sum();
    Ok(at(if free > 0.0 { (total - fixed) / free } else { high }))
}

/// Cells without weight get what is left once all others are full, in their order.
fn spread_rest(total: f64, mut given: Vec<f64>, bounds: &[Bounds]) -> Vec<f64> {
    let mut rest = total - given.iter().sum::<f64>();
    for (x, b) in given.iter_mut().zip(bounds) {
        let more = rest.min(b.most - *x).max(0.0);
        *x += more;
        rest -= more;
    }
    given
}

/// Shares out a whole number by largest remainders (Hamilton), ties to the earlier.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "floor of a number that is not negative"
)]
pub fn hamilton(total: u64, shares: &[f64]) -> Vec<u64> {
    let sum: f64 = shares.iter().sum();
    if sum <= 0.0 {
        return vec![0; shares.len()];
    }
    let quotas: Vec<f64> = shares.iter().map(|s| total as f64 * s / sum).collect();
    let mut numbers: Vec<u64> = quotas.iter().map(|q| (q + NOISE).floor() as u64).collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    // Rounded, so that remainders that differ by arithmetic noise alone are ties.
    let remainder = |i: usize| ((quotas[i] - numbers[i] as f64) / NOISE).round();
    let keys: Vec<f64> = (0..shares.len()).map(remainder).collect();
    order.sort_by(|&a, &b| keys[b].total_cmp(&keys[a]));
    let given: u64 = numbers.iter().sum();
    let left = usize::try_from(total.saturating_sub(given)).unwrap_or(0);
    for i in order.into_iter().cycle().take(left) {
        numbers[i] += 1;
    }
    numbers
}
