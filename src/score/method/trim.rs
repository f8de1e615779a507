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
        let mean = weights.iter().sum::<f64>() / weights.len().max(1) as f64;
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
    /// How many were cut or lifted to a bound.
    pub cut: usize,
    /// Sum of the weight that was moved.
    pub moved: f64,
    /// Every weight is within the bounds, and the sum is kept.
    pub within: bool,
}

/// Cuts weights at bounds.
#[must_use]
pub fn trim(weights: &[f64], bounds: Bounds, strict: bool) -> Trimmed {
    let mut now = weights.to_vec();
    let mut cut = vec![false; now.len()];
    let mut moved = 0.0;
    // Each round fixes at least one more weight.
    for _ in 0..=now.len() {
        let mut excess = 0.0;
        for (w, cut) in now.iter_mut().zip(&mut cut) {
            let within = w.min(bounds.upper).max(bounds.lower);
            if *w > bounds.upper || *w < bounds.lower {
                excess += *w - within;
                moved += (*w - within).abs();
                *w = within;
                *cut = true;
            }
        }
        let free = cut.iter().filter(|c| !**c).count();
        if excess == 0.0 || free == 0 {
            break;
        }
        let part = excess / free as f64;
        now.iter_mut().zip(&cut).filter(|(_, cut)| !**cut).for_each(|(w, _)| *w += part);
        if !strict {
            break;
        }
    }
    let (before, after): (f64, f64) = (weights.iter().sum(), now.iter().sum());
    let kept = (before - after).abs() <= 1e-9 * before.abs();
    let within = kept && now.iter().all(|w| *w <= bounds.upper && *w >= bounds.lower);
    Trimmed { weights: now, cut: cut.iter().filter(|c| **c).count(), moved, within }
}
