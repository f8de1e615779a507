//! How many of each cell are drawn.
//!
//! Fixed shares are rounded by Hamilton's method, ties to the earlier cell.
//! Sample size for a margin of error after Cochran (1977, ch. 4): `n0 = z² /
//! (4 e²)` for a proportion of one half, `n = n0 / (1 + (n0 − 1) / N)`, rounded
//! up, never above N. An explicit number above the population is an error; a
//! computed one is capped, and the plan names what can still be had.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::model::checked::{Sample, Stratum};

/// What is known of a cell before allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellCount {
    /// Eligible people (`N_h`).
    pub population: u64,
    /// Those of them that may be invited.
    pub available: u64,
}

/// What a cell gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Completes wanted, for `completes`.
    pub wanted: Option<u64>,
    /// Invitations that the sample clause asks for.
    pub ideal: u64,
    /// Invitations that can be sent: the same, capped at the available.
    pub invitations: u64,
    /// People in draw order that may be invited; for `completes` all available.
    pub drawn: u64,
}

/// Allocates the sample of a stratum that is drawn at launch over its cells.
pub fn sizes(stratum: &Stratum, cells: &[CellCount]) -> Result<Vec<Size>, String> {
    let population: u64 = cells.iter().map(|c| c.population).sum();
    let too_many = |asked: u64, what: &str| {
        let name = &stratum.name;
        format!(
            "stratum `{name}` asks for {asked} {what}, but only {population} people are eligible; ask for {population} or fewer, or write `sample all`"
        )
    };
    let plain = |total: u64| plain(stratum, cells, total);
    match stratum.sample {
        Sample::All => Ok(cells.iter().map(|c| capped(None, c.population, *c)).collect()),
        Sample::Number(number) if number > population => Err(too_many(number, "invitations")),
        Sample::Number(number) => Ok(plain(number)),
        Sample::Share(share) => Ok(plain(round_up(share * population as f64))),
        Sample::Margin { half_width, confidence, response } => {
            let completes = completes_for_margin(half_width, confidence, population);
            Ok(plain(round_up(completes as f64 / response)))
        }
        Sample::Completes { number, .. } if number > population => Err(too_many(number, "completes")),
        Sample::Completes { number, response } => {
            let wanted = split(stratum, cells, number);
            let size = |(wanted, cell): (u64, &CellCount)| Size {
                drawn: cell.available,
                ..capped(Some(wanted), round_up(wanted as f64 / response), *cell)
            };
            Ok(wanted.into_iter().zip(cells).map(size).collect())
        }
        // Daily draws take who comes; there is nothing to allocate.
        Sample::DailyShare(_) => Ok(cells.iter().map(|c| capped(None, c.available, *c)).collect()),
    }
}

fn plain(stratum: &Stratum, cells: &[CellCount], total: u64) -> Vec<Size> {
    let numbers = split(stratum, cells, total);
    numbers.into_iter().zip(cells).map(|(n, cell)| capped(None, n, *cell)).collect()
}

fn capped(wanted: Option<u64>, ideal: u64, cell: CellCount) -> Size {
    let invitations = ideal.min(cell.available);
    Size { wanted, ideal, invitations, drawn: invitations }
}

fn split(stratum: &Stratum, cells: &[CellCount], total: u64) -> Vec<u64> {
    if stratum.parts.is_empty() {
        return cells.iter().map(|_| total).collect();
    }
    hamilton(total, &stratum.parts.iter().map(|p| p.share).collect::<Vec<_>>())
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

/// Returns how many completes give a half-width for a proportion of one half, never above the population.
#[must_use]
pub fn completes_for_margin(half_width: f64, confidence: f64, population: u64) -> u64 {
    if population == 0 {
        return 0;
    }
    let z = normal_quantile(confidence);
    let first = z * z * 0.25 / (half_width * half_width);
    round_up(first / (1.0 + (first - 1.0) / population as f64)).min(population)
}

/// Returns the half-width of an interval for a proportion of one half, with finite population correction.
#[must_use]
pub fn margin(completes: f64, confidence: f64, population: u64) -> Option<f64> {
    half_variance(completes, population).map(|v| normal_quantile(confidence) * v.sqrt())
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
const NOISE: f64 = 1e-9;
