//! Groups that stand out, beyond what chance and many looks explain.
//!
//! Every group of every table is looked at once a measure (times only for the main score): its estimate against the
//! mean of the other groups, whose own spread counts as error of that mean ([`crate::score::method::shrink`]); of two
//! groups, one against the other. Each look gives a p-value by Student's t with the group's degrees of freedom, and
//! all looks of the report together are adjusted by Benjamini & Hochberg (1995), so that of everything that is said
//! at most one in twenty is expected to be chance. Beside the estimate stands the one that is drawn towards the mean.

use serde::Serialize;

use crate::model::checked::Text;
use crate::score::Scores;
use crate::score::findings::tables::{Kind, Member, Point, Table, main_measure, minimum};
use crate::score::method::adjust::{Adjustment, adjust};
use crate::score::method::shrink::{self, shrink};
use crate::score::method::tail::t_two_sided;

/// Share of false findings among the findings that is accepted.
pub const LEVEL: f64 = 0.05;

/// What was looked at, and what stands out.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Outstanding {
    /// Fewest answers of a group that is looked at.
    pub minimum: u64,
    /// Groups that were looked at.
    pub groups: u64,
    /// Looks: groups times measures.
    pub looks: u64,
    /// Names of the tables, with how many of their groups could be looked at.
    pub tables: Vec<Looked>,
    /// What stands out, table by table.
    pub found: Vec<StandOut>,
}

/// A table that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Looked {
    /// Name of the variable.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Groups that were looked at.
    pub groups: u64,
}

/// A group that stands out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StandOut {
    /// Name of the table.
    pub table: String,
    /// Title of the table.
    pub table_title: Text,
    /// The table is `hour` or `weekday` (0 is Monday) of answering.
    pub time: bool,
    /// Name of the group.
    pub group: String,
    /// Title of the group.
    pub title: Text,
    /// Name of the measure.
    pub measure: String,
    /// Title of the measure.
    pub measure_title: Text,
    /// Answers of the group.
    pub n: u64,
    /// Estimate.
    pub value: f64,
    /// Mean of all groups, each by its precision; of two groups, the other one.
    pub mean: f64,
    /// Estimate less that.
    pub difference: f64,
    /// Estimate drawn towards the mean; absent for two groups.
    pub drawn: Option<f64>,
    /// Chance of such a distance if sampling were all, adjusted for all looks.
    pub p: f64,
    /// Unusual even among groups that differ as these do.
    pub unusual: bool,
}

/// A look before it is judged.
struct Look {
    table: usize,
    group: usize,
    measure: usize,
    point: Point,
    mean: f64,
    drawn: Option<f64>,
    z: f64,
    unusual: bool,
}

/// Looks at all groups of all tables.
#[must_use]
pub fn outstanding(tables: &[Table], scores: &Scores) -> Outstanding {
    let main = main_measure(scores);
    let mut looks = Vec::new();
    for (t, table) in tables.iter().enumerate() {
        for m in (0..scores.measures.len()).filter(|m| table.kind != Kind::Time || Some(*m) == main) {
            looks.extend(look(t, table, m));
        }
    }
    let raw: Vec<Option<f64>> = looks.iter().map(|l| t_two_sided(l.z, l.point.df)).collect();
    let p = adjust(&raw, Adjustment::BenjaminiHochberg);
    let found = looks.iter().zip(&p).filter_map(|(l, p)| {
        let p = p.filter(|p| *p <= LEVEL)?;
        Some(stand_out(&tables[l.table], scores, l, p))
    });
    let looked: Vec<Looked> = tables
        .iter()
        .map(|table| Looked {
            name: table.name.clone(),
            title: table.title.clone(),
            groups: taking_part(table, scores.measures.len(), |m| {
                table.kind != Kind::Time || Some(m) == main
            }),
        })
        .filter(|l| l.groups > 0)
        .collect();
    Outstanding {
        minimum: minimum(scores),
        groups: looked.iter().map(|l| l.groups).sum(),
        looks: looks.len() as u64,
        found: found.collect(),
        tables: looked,
    }
}

/// Counts the groups that are looked at by one measure or more.
fn taking_part(table: &Table, measures: usize, looked: impl Fn(usize) -> bool) -> u64 {
    let mut seen = vec![false; table.groups.len()];
    for m in (0..measures).filter(|m| looked(*m)) {
        let has = |g: &Member| g.points.get(m).copied().flatten().is_some();
        if table.groups.iter().filter(|g| has(g)).count() > 1 {
            seen.iter_mut().zip(&table.groups).for_each(|(seen, g)| *seen |= has(g));
        }
    }
    seen.iter().filter(|s| **s).count() as u64
}

/// Looks at the groups of a table with the eyes of one measure.
fn look(table: usize, groups: &Table, measure: usize) -> Vec<Look> {
    let points: Vec<Option<Point>> =
        groups.groups.iter().map(|g: &Member| g.points.get(measure).copied().flatten()).collect();
    let known: Vec<(usize, Point)> =
        points.iter().enumerate().filter_map(|(i, p)| p.map(|p| (i, p))).collect();
    if let [a, b] = known[..] {
        return vec![of_two(table, measure, a, b)];
    }
    let given: Vec<Option<shrink::Group>> =
        points.iter().map(|p| p.map(|p| shrink::Group { value: p.value, variance: p.variance })).collect();
    let Some(all) = shrink(&given) else { return Vec::new() };
    let one = |(group, point): &(usize, Point)| {
        let found = all.groups[*group]?;
        Some(Look {
            table,
            group: *group,
            measure,
            point: *point,
            mean: all.mean,
            drawn: Some(found.value),
            z: found.z,
            unusual: found.p_unusual <= LEVEL,
        })
    };
    known.iter().filter_map(one).collect()
}

/// Of two groups the lower one is told of.
fn of_two(table: usize, measure: usize, a: (usize, Point), b: (usize, Point)) -> Look {
    let ((group, point), (_, other)) = if b.1.value < a.1.value { (b, a) } else { (a, b) };
    let z = (point.value - other.value) / (point.variance + other.variance).sqrt();
    let df = point.df.min(other.df);
    Look {
        table,
        group,
        measure,
        point: Point { df, ..point },
        mean: other.value,
        drawn: None,
        z,
        unusual: false,
    }
}

fn stand_out(table: &Table, scores: &Scores, look: &Look, p: f64) -> StandOut {
    let (group, measure) = (&table.groups[look.group], &scores.measures[look.measure]);
    StandOut {
        table: table.name.clone(),
        table_title: table.title.clone(),
        time: table.kind == Kind::Time,
        group: group.name.clone(),
        title: group.title.clone(),
        measure: measure.name.clone(),
        measure_title: measure.title.clone(),
        n: look.point.n,
        value: look.point.value,
        mean: look.mean,
        difference: look.point.value - look.mean,
        drawn: look.drawn,
        p,
        unusual: look.unusual,
    }
}
