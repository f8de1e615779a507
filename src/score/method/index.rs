//! Composite scores of several items, and how well they hang together.
//!
//! A composite is the weighted mean of a person's answered items, whose weights
//! are spread over those answered, missing below a minimum. An index of the
//! ACSI type is one of three items on 1–10 with known weights (Fornell et al.
//! 1996). Cronbach's (1951) alpha takes complete cases.

/// Averages the answered items by their weights; nothing when fewer than `at_least` were answered.
#[must_use]
pub fn composite(items: &[Option<f64>], weights: &[f64], at_least: usize) -> Option<f64> {
    let known: Vec<(f64, f64)> = items.iter().zip(weights).filter_map(|(x, w)| x.map(|x| (x, *w))).collect();
    let weight: f64 = known.iter().map(|(_, w)| w).sum();
    (known.len() >= at_least.max(1) && weight > 0.0)
        .then(|| known.iter().map(|(x, w)| x * w).sum::<f64>() / weight)
}

/// Moves a code of a scale from `low` to `high` onto 0–100.
#[must_use]
pub fn rescale(code: f64, low: f64, high: f64) -> f64 {
    (code - low) / (high - low) * 100.0
}

/// Tells whether somebody gave one and the same answer to every item, having answered all.
#[must_use]
pub fn straight_line(items: &[Option<f64>]) -> bool {
    items.len() > 1 && items[0].is_some() && items.iter().all(|x| *x == items[0])
}

/// Returns Cronbach's alpha over complete rows, each with a weight; nothing for one item, one row or no spread.
#[must_use]
pub fn alpha(rows: &[Vec<Option<f64>>], weights: &[f64]) -> Option<f64> {
    let complete: Vec<(Vec<f64>, f64)> = rows
        .iter()
        .zip(weights)
        .filter_map(|(row, w)| Some((row.iter().copied().collect::<Option<Vec<f64>>>()?, *w)))
        .collect();
    let k = complete.first()?.0.len();
    let spread = |of: &dyn Fn(&[f64]) -> f64| {
        let sum: f64 = complete.iter().map(|(_, w)| w).sum();
        let mean = complete.iter().map(|(row, w)| w * of(row)).sum::<f64>() / sum;
        complete.iter().map(|(row, w)| w * (of(row) - mean).powi(2)).sum::<f64>() / sum
    };
    let total = spread(&|row| row.iter().sum());
    if k < 2 || complete.len() < 2 || total.is_nan() || total <= 0.0 {
        return None;
    }
    let parts: f64 = (0..k).map(|j| spread(&|row| row[j])).sum();
    Some(k as f64 / (k as f64 - 1.0) * (1.0 - parts / total))
}
