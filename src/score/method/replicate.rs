//! Replicate weights: standard errors by doing everything again.
//!
//! The stratified jackknife (`JKn`; Rust & Rao 1996; Wolter 2007, ch. 4) leaves
//! out one unit (cluster) at a time and lets the others of its stratum stand in;
//! balanced repeated replication (`McCarthy` 1969; Wolter 2007, ch. 3) takes one of
//! two units of every stratum. Whatever follows (raking, classes, any formula) is
//! repeated under every replicate, so that its part of the error is counted.

use std::collections::BTreeMap;

use crate::score::design::Design;

/// Weights of every replicate.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicates {
    /// A weight for every respondent, by replicate.
    pub weights: Vec<Vec<f64>>,
    /// What the squared deviation of a replicate counts.
    pub scales: Vec<f64>,
}

/// Why there are no replicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A stratum has a single unit and is no census.
    Single(usize),
    /// A stratum has not exactly two units, which balanced replication needs.
    NotTwo(usize),
}

/// Makes the replicates of the stratified jackknife, with finite population correction where it is asked for.
pub fn jackknife(design: &Design, finite: bool) -> Result<Replicates, Fault> {
    let mut out = Replicates { weights: Vec::new(), scales: Vec::new() };
    for (cell, units) in clusters(design) {
        let n = units.len() as f64;
        let all = design.cells[cell].population;
        let fraction = if finite { all.map_or(0.0, |all| (n / all).min(1.0)) } else { 0.0 };
        if fraction >= 1.0 {
            continue;
        }
        if units.len() < 2 {
            return Err(Fault::Single(cell));
        }
        for left_out in &units {
            let mut weights: Vec<f64> = design.units.iter().map(|u| u.weight).collect();
            for unit in &units {
                let factor = if std::ptr::eq(unit, left_out) { 0.0 } else { n / (n - 1.0) };
                for i in unit {
                    weights[*i] *= factor;
                }
            }
            out.weights.push(weights);
            out.scales.push((n - 1.0) / n * (1.0 - fraction));
        }
    }
    Ok(out)
}

/// Makes balanced half samples: in every stratum one of two units gets double weight.
pub fn balanced(design: &Design) -> Result<Replicates, Fault> {
    let cells: Vec<(usize, Vec<Vec<usize>>)> = clusters(design).into_iter().collect();
    if let Some((cell, _)) = cells.iter().find(|(_, units)| units.len() != 2) {
        return Err(Fault::NotTwo(*cell));
    }
    // The next power of two above the strata has a Hadamard matrix (Sylvester 1867), whose first column is constant.
    let count = (cells.len() + 1).next_power_of_two();
    let replicate = |r: usize| {
        let mut weights: Vec<f64> = design.units.iter().map(|u| u.weight).collect();
        for (column, (_, units)) in cells.iter().enumerate() {
            let kept = usize::from((r & (column + 1)).count_ones() % 2 == 1);
            for i in &units[kept] {
                weights[*i] *= 2.0;
            }
            for i in &units[1 - kept] {
                weights[*i] = 0.0;
            }
        }
        weights
    };
    Ok(Replicates { weights: (0..count).map(replicate).collect(), scales: vec![1.0 / count as f64; count] })
}

/// Returns the units (clusters) of every cell, each with its respondents.
fn clusters(design: &Design) -> BTreeMap<usize, Vec<Vec<usize>>> {
    debug_assert!(design.is_of_single_people(), "people are drawn one by one");
    let mut places: BTreeMap<(usize, usize, usize), Vec<usize>> = BTreeMap::new();
    for (i, unit) in design.units.iter().enumerate() {
        let key = unit.cluster.map_or((unit.cell, 0, i), |c| (unit.cell, 1, c));
        places.entry(key).or_default().push(i);
    }
    let mut out: BTreeMap<usize, Vec<Vec<usize>>> = BTreeMap::new();
    for ((cell, ..), members) in places {
        out.entry(cell).or_default().push(members);
    }
    out
}

/// Returns the variance of whatever is computed from weights, about the mean of the replicates.
///
/// Nothing when it can't be computed for a replicate: what is left out would be what varies most.
#[must_use]
pub fn variance(replicates: &Replicates, statistic: impl Fn(&[f64]) -> Option<f64>) -> Option<f64> {
    let values: Vec<f64> = replicates.weights.iter().map(|w| statistic(w)).collect::<Option<_>>()?;
    if values.is_empty() {
        return None;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    Some(values.iter().zip(&replicates.scales).map(|(v, s)| s * (v - mean) * (v - mean)).sum())
}
