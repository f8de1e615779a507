//! The bootstrap over a design: intervals for what has no formula.
//!
//! Rao & Wu (1988), rescaled: in every stratum n − 1 of its n units (clusters)
//! are drawn with replacement, and the weights of a unit that was drawn r times
//! are multiplied by r·n/(n − 1). The spread of linear estimates is then that of
//! the with-replacement formula; there is no finite population correction. A
//! stratum with a single unit stays as it is and adds nothing. The random
//! numbers are `SplitMix64`'s (Steele, Lea & Flood 2014), seeded by an argument
//! and the number of the replicate, so that order and threads don't matter.

use std::collections::BTreeMap;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::score::design::Design;

/// Draws replicates of the weights.
#[derive(Debug, Clone)]
pub struct Bootstrap {
    /// Units (clusters) of each stratum with their respondents.
    strata: Vec<Vec<Vec<usize>>>,
    weights: Vec<f64>,
    seed: u64,
}

impl Bootstrap {
    /// Prepares for a design.
    #[must_use]
    pub fn new(design: &Design, seed: u64) -> Self {
        debug_assert!(design.is_of_single_people(), "people are drawn one by one");
        let mut places: BTreeMap<(usize, usize, usize), Vec<usize>> = BTreeMap::new();
        for (i, unit) in design.units.iter().enumerate() {
            let key = unit.cluster.map_or((unit.cell, 0, i), |c| (unit.cell, 1, c));
            places.entry(key).or_default().push(i);
        }
        let mut strata: BTreeMap<usize, Vec<Vec<usize>>> = BTreeMap::new();
        for ((cell, ..), members) in places {
            strata.entry(cell).or_default().push(members);
        }
        let weights = design.units.iter().map(|u| u.weight).collect();
        Self { strata: strata.into_values().collect(), weights, seed }
    }

    /// Returns the weights of one replicate.
    #[must_use]
    pub fn replicate(&self, number: u64) -> Vec<f64> {
        let mut random = Random(self.seed ^ number.wrapping_mul(0xD1B5_4A32_D192_ED03));
        let mut weights = self.weights.clone();
        for units in self.strata.iter().filter(|units| units.len() > 1) {
            let n = units.len();
            let mut drawn = vec![0_u32; n];
            (1..n).for_each(|_| drawn[random.below(n)] += 1);
            let factor = n as f64 / (n as f64 - 1.0);
            for (unit, times) in units.iter().zip(&drawn) {
                for i in unit {
                    weights[*i] *= f64::from(*times) * factor;
                }
            }
        }
        weights
    }
}

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// Returns the next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Returns a whole number below `n`, which is not zero; off by less than n/2⁶⁴ from even.
    pub fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.bits()) * n as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }
}

/// Returns the 95 % percentile interval of every number that a statistic gives.
///
/// Replicates for which there is nothing are left out and counted; nothing is returned when more than a tenth are.
#[must_use]
pub fn percentiles(
    bootstrap: &Bootstrap,
    replicates: u32,
    statistic: impl Fn(&[f64]) -> Option<Vec<f64>> + Sync,
) -> Option<Percentiles> {
    let replicate = |r: u32| statistic(&bootstrap.replicate(u64::from(r)));
    let values: Vec<Vec<f64>> = (0..replicates).into_par_iter().filter_map(replicate).collect();
    let lost = replicates - u32::try_from(values.len()).unwrap_or(replicates);
    if values.is_empty() || lost > replicates / 10 {
        return None;
    }
    let interval = |k: usize| {
        let mut list: Vec<f64> = values.iter().map(|v| v[k]).collect();
        list.sort_by(f64::total_cmp);
        (at(&list, 0.025), at(&list, 0.975))
    };
    Some(Percentiles { intervals: (0..values[0].len()).map(interval).collect(), replicates, lost })
}

/// Intervals by the bootstrap.
#[derive(Debug, Clone, PartialEq)]
pub struct Percentiles {
    /// Ends of the interval of every number.
    pub intervals: Vec<(f64, f64)>,
    /// Replicates drawn.
    pub replicates: u32,
    /// Replicates without a result.
    pub lost: u32,
}

/// Linear between order statistics (Hyndman and Fan's seventh definition).
fn at(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let below = place.floor();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
    let (low, high) = (below as usize, place.ceil() as usize);
    sorted[low] + (sorted[high] - sorted[low]) * (place - below)
}
