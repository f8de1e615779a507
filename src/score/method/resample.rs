//! The bootstrap over a design: intervals for what has no formula.
//!
//! Rao & Wu (1988), rescaled: in every stratum n − 1 of its n units (clusters)
//! are drawn with replacement, and the weights of a unit that was drawn r times
//! are multiplied by r·n/(n − 1). The spread of linear estimates is then that of
//! the with-replacement formula; there is no finite population correction. A
//! stratum with a single unit stays as it is and adds nothing. The random
//! numbers are those of `MRG32k3a` (L'Ecuyer 1999), which other programs have
//! built in, so that they draw the same replicates: each has a stream of its
//! own, 2^127 numbers from the next (L'Ecuyer, Simard, Chen & Kelton 2002), so
//! that order and threads don't matter.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::score::design::Design;

/// Draws replicates of the weights.
#[derive(Debug, Clone)]
pub struct Bootstrap {
    /// Units (clusters) of each stratum with their respondents.
    strata: Vec<Vec<Vec<usize>>>,
    weights: Vec<f64>,
    random: Random,
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
        Self { strata: strata.into_values().collect(), weights, random: Random::new(seed) }
    }

    /// Returns the weights of one replicate.
    #[must_use]
    pub fn replicate(&self, number: u64) -> Vec<f64> {
        let mut random = self.random.stream(number + 1);
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

/// A stream of random numbers: `MRG32k3a`, in R `RNGkind("L'Ecuyer-CMRG")`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Random([u64; 6]);

const MODULI: [u64; 2] = [4_294_967_087, 4_294_944_443];

/// What a step makes of three states of each component.
const STEPS: [Step; 2] = [
    [[0, 1, 0], [0, 0, 1], [MODULI[0] - 810_728, 1_403_580, 0]],
    [[0, 1, 0], [0, 0, 1], [MODULI[1] - 1_370_589, 0, 527_612]],
];

type Step = [[u64; 3]; 3];

/// The same of 2^127 steps.
static STREAMS: LazyLock<[Step; 2]> = LazyLock::new(|| {
    let far = |k: usize| (0..127).fold(STEPS[k], |a, _| times(&a, &a, MODULI[k]));
    [far(0), far(1)]
});

impl Random {
    /// Begins the first stream of a seed.
    ///
    /// Its lower and upper 32 bits stand in the first place of each component, the other places hold 12345.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let place = |bits: u64, k: usize| 1 + bits % (MODULI[k] - 1);
        let (low, high) = (place(seed & 0xFFFF_FFFF, 0), place(seed >> 32, 1));
        Self([low, 12_345, 12_345, high, 12_345, 12_345])
    }

    /// Returns the six numbers that it goes on from.
    #[must_use]
    pub fn state(&self) -> [u64; 6] {
        self.0
    }

    /// Returns the stream that is so many times 2^127 numbers on.
    #[must_use]
    pub fn stream(&self, number: u64) -> Self {
        let mut out = self.clone();
        for (k, far) in STREAMS.iter().enumerate() {
            let jump = power(far, number, MODULI[k]);
            for (i, row) in jump.iter().enumerate() {
                let sum = |j: usize| row[j] * self.0[3 * k + j] % MODULI[k];
                out.0[3 * k + i] = (sum(0) + sum(1) + sum(2)) % MODULI[k];
            }
        }
        out
    }

    /// Returns the next number between 0 and 1, both excluded.
    pub fn uniform(&mut self) -> f64 {
        let [a, b] = MODULI;
        let s = &mut self.0;
        let one = (1_403_580 * s[1] + 810_728 * (a - s[0])) % a;
        let two = (527_612 * s[5] + 1_370_589 * (b - s[3])) % b;
        *s = [s[1], s[2], one, s[4], s[5], two];
        let apart = if one > two { one - two } else { one + a - two };
        apart as f64 * 2.328_306_549_295_728e-10
    }

    /// Returns a whole number below `n`, which is not zero; off by less than n/2³² from even.
    pub fn below(&mut self, n: usize) -> usize {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below n")]
        let place = (self.uniform() * n as f64) as usize;
        place
    }
}

fn times(a: &Step, b: &Step, modulus: u64) -> Step {
    let sum = |i: usize, j: usize| (0..3).map(|k| a[i][k] * b[k][j] % modulus).sum::<u64>() % modulus;
    std::array::from_fn(|i| std::array::from_fn(|j| sum(i, j)))
}

fn power(a: &Step, mut exponent: u64, modulus: u64) -> Step {
    let (mut out, mut square) = ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], *a);
    while exponent > 0 {
        if exponent & 1 == 1 {
            out = times(&out, &square, modulus);
        }
        square = times(&square, &square, modulus);
        exponent >>= 1;
    }
    out
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
