//! The whole numbers with the least variance.
//!
//! Rounding Neyman's allocation is not optimal. Wright (2012, “The equivalence of Neyman optimum allocation for sampling
//! and equal proportions for apportioning the U.S. House of Representatives”; 2017, “Exact optimal sample allocation”)
//! gives unit after unit to the stratum with the highest priority `N_h S_h / √(k (k + 1))`, where `k` is what it has:
//! each step takes away as much variance as one unit can.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::frame::allocate::share::Infeasible;

/// A stratum that waits for its next unit.
#[derive(Debug, PartialEq)]
struct Claim {
    priority: f64,
    cell: usize,
}

impl Eq for Claim {}

impl Ord for Claim {
    /// The higher priority first; ties to the earlier stratum.
    fn cmp(&self, other: &Self) -> Ordering {
        self.priority.total_cmp(&other.priority).then(other.cell.cmp(&self.cell))
    }
}

impl PartialOrd for Claim {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Shares out a whole number over strata so that the variance of the estimated total is least.
///
/// `weights` are `N_h S_h`; every stratum gets at least `least` (one at least where a variance is to exist, two where it
/// is to be estimated) and at most `most`. Strata without spread get more only when all others are full.
pub fn optimal(total: u64, weights: &[f64], bounds: &[(u64, u64)]) -> Result<Vec<u64>, Infeasible> {
    let least: u64 = bounds.iter().map(|b| b.0).sum();
    let most: u64 = bounds.iter().map(|b| b.1).fold(0, u64::saturating_add);
    if least > total {
        return Err(Infeasible::TooFew { least: least as f64, total: total as f64 });
    }
    if most < total {
        return Err(Infeasible::TooMany { most: most as f64, total: total as f64 });
    }
    let mut given: Vec<u64> = bounds.iter().map(|b| b.0).collect();
    let claim = |cell: usize, has: u64| {
        let has = has as f64;
        // Without any unit there is no estimate at all: nothing is more urgent.
        let priority = if has > 0.0 { weights[cell] / (has * (has + 1.0)).sqrt() } else { f64::INFINITY };
        Claim { priority, cell }
    };
    let open = |cell: usize, has: u64| bounds.get(cell).is_some_and(|b| has < b.1);
    let mut waiting: BinaryHeap<Claim> =
        (0..weights.len()).filter(|&c| open(c, given[c])).map(|c| claim(c, given[c])).collect();
    for _ in least..total {
        let Some(Claim { cell, .. }) = waiting.pop() else { break };
        given[cell] += 1;
        if open(cell, given[cell]) {
            waiting.push(claim(cell, given[cell]));
        }
    }
    Ok(given)
}
