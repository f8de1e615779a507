//! How large a sample has to be for a margin of error, and which margin a sample gives.
//!
//! Cochran (1977, ch. 4): `n0 = z² p (1 − p) deff / e²` for a proportion, `n0 = (z S / e)²` for a mean. In a finite
//! population `n = n0 / (1 + (n0 − 1) / N)` for the proportion, which is exact without a design effect, and
//! `n = n0 / (1 + n0 / N)` for the mean. Rounded up, never above N.

use statrs::distribution::{ContinuousCDF, Normal};

/// What is to be estimated, and how it spreads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Precision {
    /// A proportion, and the design effect of the sample.
    Share {
        /// Expected proportion; one half is the worst.
        share: f64,
        /// Variance beside that of a simple random sample.
        deff: f64,
    },
    /// A mean of values with this standard deviation; a net promoter score is one of +100, 0 and −100.
    Mean {
        /// Standard deviation.
        deviation: f64,
    },
}

/// Returns the sample size, not yet rounded, that gives a half-width; `None` stands for a population without end.
#[must_use]
pub fn sample_size(of: Precision, half_width: f64, confidence: f64, population: Option<f64>) -> f64 {
    let z = normal_quantile(confidence);
    match of {
        Precision::Share { share, deff } => {
            let first = z * z * share * (1.0 - share) / (half_width * half_width) * deff;
            population.map_or(first, |size| first / (1.0 + (first - 1.0) / size))
        }
        Precision::Mean { deviation } => {
            let first = (z * deviation / half_width).powi(2);
            population.map_or(first, |size| first / (1.0 + first / size))
        }
    }
}

/// Returns how many completes give a half-width for a proportion of one half, never above the population.
#[must_use]
pub fn completes_for_margin(half_width: f64, confidence: f64, population: u64) -> u64 {
    if population == 0 {
        return 0;
    }
    let of = Precision::Share { share: 0.5, deff: 1.0 };
    round_up(sample_size(of, half_width, confidence, Some(population as f64))).min(population)
}

/// Returns the half-width of an interval for a proportion of one half, with finite population correction.
#[must_use]
pub fn margin(completes: f64, confidence: f64, population: u64) -> Option<f64> {
    half_variance(completes, population).map(|v| normal_quantile(confidence) * v.sqrt())
}

/// Returns the half-width of an interval for a mean, with finite population correction.
#[must_use]
pub fn margin_of_mean(deviation: f64, completes: f64, confidence: f64, population: u64) -> Option<f64> {
    let size = population as f64;
    if completes <= 0.0 || population == 0 {
        return None;
    }
    let left = (1.0 - completes / size).max(0.0);
    Some(normal_quantile(confidence) * deviation * (left / completes).sqrt())
}

/// Returns the variance of an estimated proportion of one half: `1/(4n) · (N − n)/(N − 1)`.
#[must_use]
pub fn half_variance(completes: f64, population: u64) -> Option<f64> {
    let size = population as f64;
    if completes <= 0.0 || population == 0 {
        return None;
    }
    if completes >= size || population == 1 {
        return Some(0.0);
    }
    Some(0.25 / completes * (size - completes) / (size - 1.0))
}

/// Returns z for a two-sided interval.
#[must_use]
pub fn normal_quantile(confidence: f64) -> f64 {
    Normal::standard().inverse_cdf(0.5 + confidence / 2.0)
}

/// Rounds up, after taking away the noise of floating-point arithmetic.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped at zero, saturating above"
)]
pub fn round_up(x: f64) -> u64 {
    (x - NOISE - x.abs() * 1e-14).ceil().max(0.0) as u64
}

/// Arithmetic noise that is never meant.
pub(super) const NOISE: f64 = 1e-9;
