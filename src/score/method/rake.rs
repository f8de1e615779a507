//! Raking: weights that meet several margins at once.
//!
//! Iterative proportional fitting (Deming & Stephan 1940): margin after margin
//! the weights of each category are multiplied until they sum to its count;
//! the fixed point is Deville & Särndal's (1992) multiplicative calibration.
//! Respondents with the same categories get the same factor, so that a step
//! costs the number of different combinations, not that of respondents. For
//! standard errors see [`projection`](crate::score::method::projection).

use crate::score::method::margin::{Margin, Miss, Unreachable, examine, misses};
use crate::score::method::trim::{Bounds, trim_of};

/// When raking stops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// Largest number of sweeps over all margins.
    pub sweeps: u32,
    /// A category counts as met when it is off by at most this share of the population.
    pub tolerance: f64,
}

impl Default for Stop {
    fn default() -> Self {
        Self { sweeps: 1000, tolerance: 1e-13 }
    }
}

/// A margin that is further off than this share of the population, after all sweeps, contradicts another one.
const UNMET: f64 = 1e-6;

/// Raked weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Raked {
    /// Factor of every respondent's weight.
    pub factors: Vec<f64>,
    /// Sweeps over all margins.
    pub sweeps: u32,
    /// Categories that were not met; empty when raking converged.
    pub misses: Vec<Miss>,
}

impl Raked {
    /// Tells whether all margins are met.
    #[must_use]
    pub fn converged(&self) -> bool {
        self.misses.is_empty()
    }
}

/// Multiplies weights until they meet the margins.
pub fn rake(weights: &[f64], margins: &[Margin], stop: Stop) -> Result<Raked, Unreachable> {
    examine(weights, margins)?;
    let table = Table::new(weights, margins);
    let mut factors = vec![1.0; table.weights.len()];
    let mut sweeps = 0;
    let mut before = f64::INFINITY;
    while sweeps < stop.sweeps {
        let off = table.sweep(&mut factors, margins);
        // What no longer falls is the rounding of long sums.
        if off <= stop.tolerance || (off < 1e-11 && off >= before) {
            break;
        }
        before = off;
        sweeps += 1;
    }
    let factors: Vec<f64> = table.combination.iter().map(|c| factors[*c]).collect();
    let raked: Vec<f64> = weights.iter().zip(&factors).map(|(w, g)| w * g).collect();
    // Summing a million weights in another order differs in the last digits.
    let misses = misses(&raked, margins, stop.tolerance.max(1e-11));
    Ok(Raked { factors, sweeps: sweeps.max(1), misses })
}

/// Weights summed by combination of categories.
struct Table {
    /// Combination of every respondent.
    combination: Vec<usize>,
    weights: Vec<f64>,
    /// Category by combination, one list a margin.
    category: Vec<Vec<usize>>,
}

impl Table {
    fn new(weights: &[f64], margins: &[Margin]) -> Self {
        // Refined margin by margin: the numbers stay below respondents × categories.
        let mut combination = vec![0_usize; weights.len()];
        let mut category: Vec<Vec<usize>> = Vec::new();
        let mut count = 1;
        for margin in margins {
            let width = margin.targets.len();
            let mut place = vec![usize::MAX; count * width];
            let mut kept: Vec<usize> = Vec::new();
            for (at, c) in combination.iter_mut().zip(&margin.category) {
                let key = *at * width + c;
                if place[key] == usize::MAX {
                    place[key] = kept.len();
                    kept.push(key);
                }
                *at = place[key];
            }
            for list in &mut category {
                *list = kept.iter().map(|key| list[key / width]).collect();
            }
            category.push(kept.iter().map(|key| key % width).collect());
            count = kept.len().max(1);
        }
        let mut sums = vec![0.0; count];
        weights.iter().zip(&combination).for_each(|(w, c)| sums[*c] += w);
        Self { combination, weights: sums, category }
    }

    /// Meets margin after margin; returns how far off the worst category was, as a share of the population.
    fn sweep(&self, factors: &mut [f64], margins: &[Margin]) -> f64 {
        let mut worst = 0.0_f64;
        for (margin, category) in margins.iter().zip(&self.category) {
            let mut sums = vec![0.0; margin.targets.len()];
            for ((w, g), c) in self.weights.iter().zip(&*factors).zip(category) {
                sums[*c] += w * g;
            }
            let all: f64 = margin.targets.iter().sum();
            let ratios: Vec<f64> = sums
                .iter()
                .zip(&margin.targets)
                .map(|(sum, wanted)| {
                    worst = worst.max((sum - wanted).abs() / all);
                    if *sum > 0.0 { wanted / sum } else { 1.0 }
                })
                .collect();
            factors.iter_mut().zip(category).for_each(|(g, c)| *g *= ratios[*c]);
        }
        worst
    }
}

/// Rakes, cuts weights at multiples of their mean, and rakes again, until margins and bounds both hold.
///
/// Each round adds the cut weights' excess to the others and rakes the result; the last word is the margins', so
/// a weight may end a little above its bound. Where the margins contradict one another weights are cut once, so that
/// none is beyond its bound. [`Raked::sweeps`] counts the sweeps of all rounds.
pub fn rake_within(
    weights: &[f64],
    margins: &[Margin],
    bounds: (Option<f64>, Option<f64>),
    stop: Stop,
) -> Result<Raked, Unreachable> {
    rake_people(weights, &vec![1.0; weights.len()], margins, bounds, stop)
}

/// The same where a weight stands for several people, who are alike in all margins.
pub fn rake_people(
    weights: &[f64],
    people: &[f64],
    margins: &[Margin],
    (lower, upper): (Option<f64>, Option<f64>),
    stop: Stop,
) -> Result<Raked, Unreachable> {
    let of_all = |weights: &[f64]| -> Vec<f64> { weights.iter().zip(people).map(|(w, n)| w * n).collect() };
    let mut out = rake(&of_all(weights), margins, stop)?;
    let mut before = f64::INFINITY;
    for _ in 0..50 {
        let raked: Vec<f64> = weights.iter().zip(&out.factors).map(|(w, g)| w * g).collect();
        let bounds = Bounds::of_mean_of(&raked, people, lower, upper);
        let beyond = raked.iter().map(|w| (w / bounds.upper).max(bounds.lower / w) - 1.0).fold(0.0, f64::max);
        // A thousandth beyond a bound that was chosen by eye is within it; margins that need more weight than the
        // bound allows bring it no nearer.
        if beyond <= 1e-3 || beyond > 0.999 * before {
            break;
        }
        before = beyond;
        let trimmed = trim_of(&raked, people, bounds, true);
        // Margins that can't be met are not met by turns either, and where turns end would be chance.
        if !misses(&of_all(&raked), margins, UNMET).is_empty() {
            let factors = trimmed.weights.iter().zip(weights);
            let factors = factors.map(|(t, w)| if *w > 0.0 { t / w } else { 1.0 }).collect();
            let misses = misses(&of_all(&trimmed.weights), margins, stop.tolerance.max(1e-11));
            return Ok(Raked { factors, sweeps: out.sweeps, misses });
        }
        let next = rake(&of_all(&trimmed.weights), margins, stop)?;
        let factor = |((t, g), w): ((&f64, &f64), &f64)| if *w > 0.0 { t * g / w } else { 1.0 };
        let factors = trimmed.weights.iter().zip(&next.factors).zip(weights).map(factor).collect();
        out = Raked { factors, sweeps: out.sweeps + next.sweeps, misses: next.misses };
    }
    Ok(out)
}
