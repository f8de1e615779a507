//! Counts by hour and weekday: peaks beyond what chance explains.
//!
//! Goes in: how many complaints (or cases) fell into each place of a grid, and
//! how much could have fallen there (answers, or time). Comes out: what each place
//! should hold if complaints followed the exposure, the standardised residual, and
//! the chance of as many or more (binomial given the total, which is Poisson
//! sampling given its sum: Haberman 1973; Agresti 2013, ch. 3), adjusted for the
//! number of places (Holm 1979). One test of the whole comes first: Pearson's.

use crate::score::method::adjust::{Adjustment, adjust};
use crate::score::method::tail::{binomial_at_least, chi_square_above};

/// One place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// What was counted.
    pub count: u64,
    /// What was to be expected.
    pub expected: f64,
    /// Count less expected over its standard deviation.
    pub residual: f64,
    /// Chance of as many or more, adjusted for the number of places.
    pub p: f64,
}

/// All places.
#[derive(Debug, Clone, PartialEq)]
pub struct Peaks {
    /// The places, in the order they came; `None` where nothing could have fallen.
    pub places: Vec<Option<Place>>,
    /// Pearson's statistic of all places together.
    pub chi_square: f64,
    /// Its degrees of freedom.
    pub df: u64,
    /// Its p-value; with an expected count under 1 somewhere it is not reliable.
    pub p: f64,
}

/// Compares counts with exposures; nothing without counts or with fewer than two places that are exposed.
#[must_use]
pub fn peaks(counts: &[u64], exposure: &[f64]) -> Option<Peaks> {
    let exposed = |e: &f64| e.is_finite() && *e > 0.0;
    let open: Vec<usize> = (0..counts.len().min(exposure.len())).filter(|k| exposed(&exposure[*k])).collect();
    let total: u64 = open.iter().map(|k| counts[*k]).sum();
    let whole: f64 = open.iter().map(|k| exposure[*k]).sum();
    if open.len() < 2 || total == 0 {
        return None;
    }
    let mut found = Vec::new();
    let mut chi_square = 0.0;
    for &k in &open {
        let share = exposure[k] / whole;
        let expected = share * total as f64;
        let off = counts[k] as f64 - expected;
        chi_square += off * off / expected;
        let residual = off / (expected * (1.0 - share)).sqrt();
        found.push((k, expected, residual, binomial_at_least(counts[k], total, share)));
    }
    let p = adjust(&found.iter().map(|f| f.3).collect::<Vec<_>>(), Adjustment::Holm);
    let mut places = vec![None; counts.len()];
    for ((k, expected, residual, _), p) in found.iter().zip(p) {
        places[*k] = Some(Place { count: counts[*k], expected: *expected, residual: *residual, p: p? });
    }
    let df = open.len() as u64 - 1;
    Some(Peaks { places, chi_square, df, p: chi_square_above(chi_square, df as f64)? })
}

/// Compares the places of a grid with what its rows and columns let expect, so that a busy hour or weekday as such
/// is no peak; exposures share out what rows and columns don't tell.
///
/// Expected counts are fitted by proportional adjustment of the exposures to the counts' margins; the answer runs
/// row by row.
#[must_use]
pub fn grid_peaks(counts: &[Vec<u64>], exposure: &[Vec<f64>]) -> Option<Peaks> {
    let columns = counts.first()?.len();
    if counts.iter().any(|r| r.len() != columns) || exposure.len() != counts.len() {
        return None;
    }
    let fitted = fit(counts, exposure, columns);
    let flat: Vec<u64> = counts.iter().flatten().copied().collect();
    let mut out = peaks(&flat, &fitted.concat())?;
    let rows = counts.iter().filter(|r| r.iter().any(|n| *n > 0)).count() as u64;
    let used = (0..columns).filter(|c| counts.iter().any(|r| r[*c] > 0)).count() as u64;
    let total = flat.iter().sum::<u64>() as f64;
    for (k, place) in out.places.iter_mut().enumerate() {
        let Some(place) = place else { continue };
        let row = counts[k / columns].iter().sum::<u64>() as f64 / total;
        let column = counts.iter().map(|r| r[k % columns]).sum::<u64>() as f64 / total;
        // Rows and columns were fitted, which takes their part of the variance (Haberman 1973).
        let left = place.expected * (1.0 - row) * (1.0 - column);
        place.residual = if left > 0.0 { (place.count as f64 - place.expected) / left.sqrt() } else { 0.0 };
    }
    out.df = rows.saturating_sub(1) * used.saturating_sub(1);
    out.p = chi_square_above(out.chi_square, out.df as f64)?;
    Some(out)
}

/// Adjusts exposures until their rows and columns sum to the counts'.
fn fit(counts: &[Vec<u64>], exposure: &[Vec<f64>], columns: usize) -> Vec<Vec<f64>> {
    let mut fitted = exposure.to_vec();
    let sum = |list: &mut dyn Iterator<Item = f64>| list.sum::<f64>();
    for _ in 0..200 {
        for (row, have) in fitted.iter_mut().zip(counts) {
            let (all, now) = (have.iter().sum::<u64>() as f64, row.iter().sum::<f64>());
            let factor = if now > 0.0 { all / now } else { 0.0 };
            for x in row {
                *x *= factor;
            }
        }
        for c in 0..columns {
            let all = sum(&mut counts.iter().map(|r| r[c] as f64));
            let now = sum(&mut fitted.iter().map(|r| r[c]));
            let factor = if now > 0.0 { all / now } else { 0.0 };
            for row in &mut fitted {
                row[c] *= factor;
            }
        }
    }
    fitted
}
