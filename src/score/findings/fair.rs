//! Agents, teams, shops: a table that is fair to groups with few answers.
//!
//! Groups stand with their interval, an estimate drawn towards the mean of all (Fay & Herriot 1979), and an interval of
//! ranks instead of a rank: one plus the groups that are certainly better, up to all less those that are certainly worse.
//! "Certainly" holds for all pairs at once at 95 % (Bonferroni over the pairs; Mohamad, Goeman & van Zwet 2019). Groups
//! under the minimum are named without numbers. Groups with the same interval of ranks stand in the order of their names.

use serde::Serialize;

use crate::model::checked::Text;
use crate::score::Scores;
use crate::score::findings::outstanding::LEVEL;
use crate::score::findings::tables::{Kind, Point, Table, main_measure, minimum};
use crate::score::method::adjust::{Adjustment, adjust};
use crate::score::method::shrink::{self, Groups, shrink};
use crate::score::method::tail::{t_quantile, t_two_sided};

/// A fair table of one variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FairTable {
    /// Name of the variable.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Name of the score that is compared.
    pub measure: String,
    /// Title of the score.
    pub measure_title: Text,
    /// Fewest answers of a group that is compared.
    pub minimum: u64,
    /// Mean of the groups, each by its precision; absent for fewer than three.
    pub mean: Option<f64>,
    /// Standard deviation between groups, beyond sampling.
    pub between: Option<f64>,
    /// Groups that are compared.
    pub groups: Vec<FairGroup>,
    /// Groups with too few answers, or without an error.
    pub too_few: Vec<Named>,
}

/// A group that is compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FairGroup {
    /// Value in the data.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Answers.
    pub n: u64,
    /// Estimate.
    pub value: f64,
    /// Lower end of its 95 % interval, on the scale.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Estimate drawn towards the mean.
    pub drawn: Option<f64>,
    /// Best rank that it may have.
    pub rank_low: u64,
    /// Worst rank that it may have.
    pub rank_high: u64,
    /// Against the mean of the others, adjusted for the number of groups (Holm).
    pub verdict: Place,
}

/// Where a group stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Above the others.
    Above,
    /// Below the others.
    Below,
    /// Not to be told apart from the others.
    Within,
}

/// A group without numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Value in the data.
    pub name: String,
    /// Title.
    pub title: Text,
}

/// Makes a table of the main score for every variable with many groups.
#[must_use]
pub fn fair(tables: &[Table], scores: &Scores) -> Vec<FairTable> {
    let Some(main) = main_measure(scores) else { return Vec::new() };
    tables.iter().filter(|t| t.kind == Kind::Many).map(|t| one(t, scores, main)).collect()
}

fn one(table: &Table, scores: &Scores, main: usize) -> FairTable {
    let point = |k: usize| table.groups[k].points.get(main).copied().flatten();
    let known: Vec<(usize, Point)> =
        (0..table.groups.len()).filter_map(|k| point(k).map(|p| (k, p))).collect();
    let points: Vec<Point> = known.iter().map(|(_, p)| *p).collect();
    let given: Vec<Option<shrink::Group>> =
        points.iter().map(|p| Some(shrink::Group { value: p.value, variance: p.variance })).collect();
    let drawn = shrink(&given);
    let (ranks, verdicts) = (ranks(&points), verdicts(&points, drawn.as_ref()));
    let measure = &scores.measures[main];
    let (low, high) = (measure.low.unwrap_or(f64::NEG_INFINITY), measure.high.unwrap_or(f64::INFINITY));
    let row = |(i, (k, p)): (usize, &(usize, Point))| {
        let half = t_quantile(0.05, p.df).map(|t| t * p.variance.sqrt());
        FairGroup {
            name: table.groups[*k].name.clone(),
            title: table.groups[*k].title.clone(),
            n: p.n,
            value: p.value,
            low: half.map(|h| (p.value - h).clamp(low, high)),
            high: half.map(|h| (p.value + h).clamp(low, high)),
            drawn: drawn.as_ref().and_then(|d| d.groups[i]).map(|g| g.value),
            rank_low: ranks[i].0,
            rank_high: ranks[i].1,
            verdict: verdicts[i],
        }
    };
    let mut groups: Vec<FairGroup> = known.iter().enumerate().map(row).collect();
    groups.sort_by(|a, b| (a.rank_low, a.rank_high, &a.name).cmp(&(b.rank_low, b.rank_high, &b.name)));
    let few = table.groups.iter().enumerate().filter(|(k, _)| point(*k).is_none());
    FairTable {
        name: table.name.clone(),
        title: table.title.clone(),
        measure: measure.name.clone(),
        measure_title: measure.title.clone(),
        minimum: minimum(scores),
        mean: drawn.as_ref().map(|d| d.mean),
        between: drawn.as_ref().map(|d| d.between.sqrt()),
        groups,
        too_few: few.map(|(_, g)| Named { name: g.name.clone(), title: g.title.clone() }).collect(),
    }
}

/// Returns the best and the worst rank that every group may have, for all groups at once.
#[must_use]
pub fn ranks(points: &[Point]) -> Vec<(u64, u64)> {
    let k = points.len();
    let pairs = (k * k.saturating_sub(1) / 2).max(1) as f64;
    let mut out = vec![(1, k as u64); k];
    for i in 0..k {
        for j in i + 1..k {
            let (a, b) = (points[i], points[j]);
            let z = (a.value - b.value) / (a.variance + b.variance).sqrt();
            // Nothing under two can be certain, and spares the tail.
            let certain = z.abs() > 1.9 && t_two_sided(z, a.df.min(b.df)).is_some_and(|p| p * pairs <= LEVEL);
            if certain {
                let (better, worse) = if z > 0.0 { (i, j) } else { (j, i) };
                out[worse].0 += 1;
                out[better].1 -= 1;
            }
        }
    }
    out
}

/// Judges every group against the mean of the others.
fn verdicts(points: &[Point], drawn: Option<&Groups>) -> Vec<Place> {
    let z: Vec<Option<f64>> = (0..points.len()).map(|i| Some(drawn?.groups[i]?.z)).collect();
    let raw: Vec<Option<f64>> = z.iter().zip(points).map(|(z, p)| t_two_sided((*z)?, p.df)).collect();
    let p = adjust(&raw, Adjustment::Holm);
    let judge = |(z, p): (&Option<f64>, &Option<f64>)| match (z, p) {
        (Some(z), Some(p)) if *p <= LEVEL => {
            if *z > 0.0 {
                Place::Above
            } else {
                Place::Below
            }
        }
        _ => Place::Within,
    };
    z.iter().zip(&p).map(judge).collect()
}
