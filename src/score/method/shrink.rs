//! Many small groups at once: which really stand out, and where each probably is.
//!
//! Estimates of groups scatter by sampling even when the groups are all alike.
//! With known sampling variances v, the spread τ² between the groups is estimated
//! by Paule & Mandel's (1982) equation, and each estimate is drawn towards the
//! common mean by v/(v + τ²) (Fay & Herriot 1979; Morris 1983, whose variance
//! counts the error of the mean too). Two questions are kept apart, each with the
//! group itself left out of mean and spread: is it off by more than its own
//! sampling error explains (p), and is it unusual even among groups that differ
//! as these do (Spiegelhalter 2005; `p_unusual`)? Both are adjusted for the number
//! of groups (Holm 1979).

use crate::score::method::adjust::{Adjustment, adjust};
use crate::score::method::tail::normal_above;

/// A group's estimate with its sampling variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// The estimate.
    pub value: f64,
    /// Its sampling variance; above zero.
    pub variance: f64,
}

/// What is made of a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shrunk {
    /// The estimate drawn towards the mean.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// How far it was drawn: 0 not at all, 1 to the mean.
    pub drawn: f64,
    /// Estimate less the mean of the other groups, over the standard error of that difference.
    pub z: f64,
    /// Chance of such a difference if sampling were all, adjusted for the number of groups.
    pub p: f64,
    /// Chance of such a difference among groups that differ as the others do, adjusted alike.
    pub p_unusual: f64,
}

/// All groups together.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    /// Mean of the groups, each by its precision.
    pub mean: f64,
    /// Variance between the groups beyond sampling.
    pub between: f64,
    /// The groups, in the order they came; `None` for one without a usable variance.
    pub groups: Vec<Option<Shrunk>>,
}

/// Draws groups towards their mean; nothing for fewer than three with a usable variance.
#[must_use]
pub fn shrink(groups: &[Option<Group>]) -> Option<Groups> {
    let usable = |g: &Group| g.value.is_finite() && g.variance.is_finite() && g.variance > 0.0;
    let known: Vec<(usize, Group)> =
        groups.iter().enumerate().filter_map(|(i, g)| g.filter(usable).map(|g| (i, g))).collect();
    if known.len() < 3 {
        return None;
    }
    let all: Vec<Group> = known.iter().map(|(_, g)| *g).collect();
    let between = between(&all);
    let (mean, mean_variance) = centre(&all, between);
    let others: Vec<(f64, f64)> = (0..all.len()).map(|k| against_others(&all, k)).collect();
    let p = |pick: &dyn Fn(&(f64, f64)) -> f64| {
        let raw: Vec<Option<f64>> = others.iter().map(|o| Some(2.0 * normal_above(pick(o).abs()))).collect();
        adjust(&raw, Adjustment::Holm)
    };
    let (chance, unusual) = (p(&|o| o.0), p(&|o| o.1));
    let mut out = vec![None; groups.len()];
    for (k, (place, group)) in known.iter().enumerate() {
        let drawn = group.variance / (group.variance + between);
        out[*place] = Some(Shrunk {
            value: drawn * mean + (1.0 - drawn) * group.value,
            error: ((1.0 - drawn) * group.variance + drawn * drawn * mean_variance).sqrt(),
            drawn,
            z: others[k].0,
            p: chance[k].unwrap_or(1.0),
            p_unusual: unusual[k].unwrap_or(1.0),
        });
    }
    Some(Groups { mean, between, groups: out })
}

/// Mean by precision, and its variance.
fn centre(groups: &[Group], between: f64) -> (f64, f64) {
    let weight = |g: &Group| 1.0 / (g.variance + between);
    let sum: f64 = groups.iter().map(weight).sum();
    (groups.iter().map(|g| weight(g) * g.value).sum::<f64>() / sum, 1.0 / sum)
}

/// Solves Σ (y − ȳ)²/(v + τ²) = k − 1 for τ², or gives zero when sampling explains it all.
fn between(groups: &[Group]) -> f64 {
    let excess = |t: f64| {
        let (mean, _) = centre(groups, t);
        groups.iter().map(|g| (g.value - mean).powi(2) / (g.variance + t)).sum::<f64>()
            - (groups.len() as f64 - 1.0)
    };
    if excess(0.0) <= 0.0 {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, groups.iter().map(|g| g.variance).fold(0.0, f64::max));
    while excess(high) > 0.0 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if excess(middle) > 0.0 { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// A group against the others: with sampling alone, and with their spread.
fn against_others(groups: &[Group], k: usize) -> (f64, f64) {
    let mut others = groups.to_vec();
    let own = others.remove(k);
    let z = |between: f64, own_between: f64| {
        let (mean, variance) = centre(&others, between);
        (own.value - mean) / (own.variance + own_between + variance).sqrt()
    };
    let spread = between(&others);
    // The mean of the others is as uncertain as they differ, in either question.
    (z(spread, 0.0), z(spread, spread))
}
