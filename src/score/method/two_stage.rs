//! Variance of a sample of clusters and of people within them.
//!
//! Särndal, Swensson & Wretman (1992, eq. 4.3.21; Lumley 2010, ch. 3): between
//! clusters as if each were known in full, plus the part f₁ of the variance
//! within each drawn cluster. A second stage that was taken in full adds nothing;
//! without a population of clusters the first stage says it all.

use std::collections::BTreeMap;

/// One respondent of a two-stage sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Person {
    /// Stratum of the first stage.
    pub stratum: usize,
    /// Cluster, unique within its stratum.
    pub cluster: usize,
    /// Weight times influence value.
    pub total: f64,
    /// Clusters of the stratum in the population; `None` for drawn with replacement.
    pub clusters: Option<f64>,
    /// People of the cluster in the population; `None` for no correction.
    pub people: Option<f64>,
}

/// A variance with its degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoStage {
    /// The variance; `None` when a stratum has a single cluster that is not all of it, or a drawn cluster that
    /// counts has a single respondent who is not all of it.
    pub variance: Option<f64>,
    /// Clusters less strata.
    pub df: u64,
}

/// Computes the variance of the sum of the totals.
#[must_use]
pub fn two_stage(people: &[Person]) -> TwoStage {
    let mut strata: BTreeMap<usize, BTreeMap<usize, Vec<&Person>>> = BTreeMap::new();
    for person in people {
        strata.entry(person.stratum).or_default().entry(person.cluster).or_default().push(person);
    }
    let df = strata.values().map(|clusters| clusters.len() as u64 - 1).sum();
    TwoStage { variance: strata.values().map(of_stratum).sum(), df }
}

fn of_stratum(clusters: &BTreeMap<usize, Vec<&Person>>) -> Option<f64> {
    let population = clusters.values().next().and_then(|c| c[0].clusters);
    let sums: Vec<f64> = clusters.values().map(|c| c.iter().map(|p| p.total).sum()).collect();
    let fraction = share(sums.len(), population);
    let between = spread(&sums, fraction)?;
    let one = |members: &Vec<&Person>| {
        let totals: Vec<f64> = members.iter().map(|p| p.total).collect();
        spread(&totals, share(totals.len(), members[0].people))
    };
    if fraction == 0.0 {
        return Some(between);
    }
    let within: f64 = clusters.values().map(one).sum::<Option<f64>>()?;
    Some(between + fraction * within)
}

fn share(n: usize, population: Option<f64>) -> f64 {
    population.map_or(0.0, |all| if all > 0.0 { (n as f64 / all).min(1.0) } else { 1.0 })
}

/// (1 − f) n/(n − 1) Σ (t − t̄)².
fn spread(totals: &[f64], fraction: f64) -> Option<f64> {
    let n = totals.len() as f64;
    if fraction >= 1.0 {
        return Some(0.0);
    }
    if totals.len() < 2 {
        return None;
    }
    let mean = totals.iter().sum::<f64>() / n;
    Some((1.0 - fraction) * n / (n - 1.0) * totals.iter().map(|t| (t - mean).powi(2)).sum::<f64>())
}
