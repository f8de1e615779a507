//! Trimming: weights cut at bounds, their excess given to the others.
//!
//! What is cut is spread in equal parts over the weights within the bounds, so
//! that their sum stays (Potter 1990; `trimWeights` of R's `survey`). Spreading
//! can lift a weight over the bound; `strict` goes on until none is outside,
//! and a weight that was cut once stays at its bound (as in `survey` 4.4).

use crate::score::method::quantile::{Rule, quantile};

/// Largest and smallest weight allowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Smallest; negative infinity for none.
    pub lower: f64,
    /// Largest; infinity for none.
    pub upper: f64,
}

impl Bounds {
    /// Makes bounds from multiples of the mean weight.
    #[must_use]
    pub fn of_mean(weights: &[f64], lower: Option<f64>, upper: Option<f64>) -> Self {
        Self::of_mean_of(weights, &vec![1.0; weights.len()], lower, upper)
    }

    /// Makes the same where a weight stands for several people.
    #[must_use]
    pub fn of_mean_of(weights: &[f64], people: &[f64], lower: Option<f64>, upper: Option<f64>) -> Self {
        let sum: f64 = weights.iter().zip(people).map(|(w, people)| w * people).sum();
        let mean = sum / people.iter().sum::<f64>().max(1.0);
        Self {
            lower: lower.map_or(f64::NEG_INFINITY, |x| x * mean),
            upper: upper.map_or(f64::INFINITY, |x| x * mean),
        }
    }

    /// Makes an upper bound from the median and a multiple of the distance between the quartiles; nothing without weights.
    #[must_use]
    pub fn of_quartiles(weights: &[f64], times: f64) -> Option<Self> {
        let each: Vec<(f64, f64)> = weights.iter().map(|w| (*w, 1.0)).collect();
        let at = |p| quantile(&each, p, Rule::HyndmanFan(7));
        Some(Self { lower: f64::NEG_INFINITY, upper: at(0.5)? + times * (at(0.75)? - at(0.25)?) })
    }
}

/// Trimmed weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Trimmed {
    /// Weights, in the order they came.
    pub weights: Vec<f64>,
    /// How many of the list were cut or lifted to a bound.
    pub cut: usize,
    /// Sum of the weight that was moved.
    pub moved: f64,
    /// Every weight is within the bounds, and the sum is kept.
    pub within: bool,
}

/// Cuts weights at bounds.
#[must_use]
pub fn trim(weights: &[f64], bounds: Bounds, strict: bool) -> Trimmed {
    trim_of(weights, &vec![1.0; weights.len()], bounds, strict)
}

/// Cuts weights at bounds, each of which stands for several people.
#[must_use]
pub fn trim_of(weights: &[f64], people: &[f64], bounds: Bounds, strict: bool) -> Trimmed {
    let mut now = weights.to_vec();
    let mut cut = vec![false; now.len()];
    let mut moved = 0.0;
    // Each round fixes at least one more weight.
    for _ in 0..=now.len() {
        let mut excess = 0.0;
        for ((w, cut), people) in now.iter_mut().zip(&mut cut).zip(people) {
            let within = w.min(bounds.upper).max(bounds.lower);
            if *w > bounds.upper || *w < bounds.lower {
                excess += (*w - within) * people;
                moved += (*w - within).abs() * people;
                *w = within;
                *cut = true;
            }
        }
        let free: f64 = cut.iter().zip(people).filter(|(c, _)| !**c).map(|(_, people)| people).sum();
        if excess == 0.0 || free <= 0.0 {
            break;
        }
        let part = excess / free;
        now.iter_mut().zip(&cut).filter(|(_, cut)| !**cut).for_each(|(w, _)| *w += part);
        if !strict {
            break;
        }
    }
    let sum = |list: &[f64]| list.iter().zip(people).map(|(w, people)| w * people).sum::<f64>();
    let (before, after) = (sum(weights), sum(&now));
    let kept = (before - after).abs() <= 1e-9 * before.abs();
    let within = kept && now.iter().all(|w| *w <= bounds.upper && *w >= bounds.lower);
    Trimmed { weights: now, cut: cut.iter().filter(|c| **c).count(), moved, within }
}
