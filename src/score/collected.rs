//! Answers that were collected elsewhere, with the design that they bring.
//!
//! Goes in: the rows of a file, each with its stratum, cluster and weight.
//! Comes out: the design of those who answered, with base weights as the file
//! has them (without a weight: population over rows of the stratum, or 1) and,
//! when the spec asks for it, raised for those who did not answer. Which column
//! is what stands in the spec (`responses`).

use std::collections::BTreeMap;

use crate::model::Checked;
use crate::model::checked::Grouping;
use crate::score::adjustment::{Adjustment, Kind};
use crate::score::design::{CellDesign, ClassCount, Design, Unit};
use crate::score::study::Study;
use crate::score::types::{Caution, WeightClass};
use crate::score::weights::{grouping_name, names_of};
use crate::store::types::Response;

/// A file of finished answers.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    /// Strata with their populations (clusters where there are clusters); each is one cell.
    pub study: Study,
    /// Rows that can be used, in the order of their keys.
    pub rows: Vec<CollectedRow>,
    /// The file has weights of its own.
    pub weighted: bool,
    /// Rows of the file.
    pub read: u64,
    /// What could not be used, in words, with how often.
    pub problems: Vec<(String, u64)>,
}

/// A row of the file.
#[derive(Debug, Clone)]
pub struct CollectedRow {
    /// What was answered; `cell` is the stratum's.
    pub response: Response,
    /// Cluster, numbered over all strata.
    pub cluster: Option<usize>,
    /// Weight as the file has it, else 1.
    pub weight: f64,
    /// Answered at all; rows of people who did not stand for the weights of the others.
    pub responded: bool,
    /// How many people the row stands for: 1 in a file, more where rows that are alike were counted.
    pub count: u64,
}

/// The design of those who answered, before any calibration.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// Cells and units: first the kept respondents in the given order, then those who did not answer.
    pub design: Design,
    /// Classes of the adjustment.
    pub classes: Vec<WeightClass>,
    /// What the reader must know.
    pub cautions: Vec<Caution>,
}

/// Weighs the kept rows (places in `collected.rows`, all of people who answered).
#[must_use]
pub fn weigh(checked: &Checked, collected: &Collected, kept: &[usize]) -> Weighed {
    let adjusting = !checked.analysis.nonresponse.is_empty();
    let silent: Vec<usize> = if adjusting {
        (0..collected.rows.len()).filter(|i| !collected.rows[*i].responded).collect()
    } else {
        Vec::new()
    };
    let rows: Vec<&CollectedRow> = kept.iter().chain(&silent).map(|i| &collected.rows[*i]).collect();
    let mut design = base(collected, &rows);
    let (mut classes, mut cautions) = (Vec::new(), Vec::new());
    if adjusting {
        (classes, cautions) = raise(checked, collected, &mut design, &rows, kept.len());
    }
    cautions.extend(alone(collected, &design));
    Weighed { design, classes, cautions }
}

/// Returns the design with the weights that rows come with.
fn base(collected: &Collected, rows: &[&CollectedRow]) -> Design {
    let cells = collected.study.cells.iter().map(|cell| CellDesign {
        name: cell.name.clone(),
        population: cell.population.map(|n| n as f64),
        ..CellDesign::default()
    });
    let cell_of = |row: &CollectedRow| collected.study.position(row.response.cell).unwrap_or(0);
    let unit = |row: &&CollectedRow| Unit {
        cell: cell_of(row),
        class: 0,
        weight: row.weight,
        cluster: row.cluster,
        count: row.count,
    };
    let mut design =
        Design { cells: cells.collect(), units: rows.iter().map(unit).collect(), ..Design::default() };
    let drawn = design.reached(0..design.units.len());
    for (i, cell) in design.cells.iter_mut().enumerate() {
        let n = drawn.get(&i).copied().unwrap_or(0);
        cell.classes = vec![ClassCount { invited: n, answered: n }];
    }
    if !collected.weighted {
        for unit in &mut design.units {
            let population = design.cells[unit.cell].population;
            let n = drawn.get(&unit.cell).copied().unwrap_or(1);
            unit.weight = population.map_or(1.0, |all| all / n as f64);
        }
    }
    design
}

/// Lets those who answered stand for all of their class.
fn raise(
    checked: &Checked,
    collected: &Collected,
    design: &mut Design,
    rows: &[&CollectedRow],
    respondents: usize,
) -> (Vec<WeightClass>, Vec<Caution>) {
    let by = &checked.analysis.nonresponse;
    let key = |row: &CollectedRow| -> Vec<String> {
        let one = |g: &Grouping| match g {
            Grouping::Stratum => {
                let stratum = collected.study.stratum_of(row.response.cell);
                stratum.map(|s| collected.study.strata[s].name.clone()).unwrap_or_default()
            }
            _ => row.response.fields.get(&grouping_name(checked, *g)).cloned().unwrap_or_default(),
        };
        by.iter().map(one).collect()
    };
    let keys: Vec<Vec<String>> = rows.iter().map(|row| key(row)).collect();
    let mut places: BTreeMap<&Vec<String>, usize> = keys.iter().map(|k| (k, 0)).collect();
    places.values_mut().zip(0..).for_each(|(place, i)| *place = i);
    let class: Vec<usize> = keys.iter().map(|k| places[k]).collect();
    let before: Vec<f64> = design.units.iter().map(|u| u.weight).collect();
    let mut sums = vec![(0.0, 0.0, 0_u64, 0_u64); places.len()];
    for (i, (&c, &w)) in class.iter().zip(&before).enumerate() {
        let unit = design.units[i];
        sums[c].0 += w * unit.people();
        sums[c].2 += unit.count;
        if i < respondents {
            sums[c].1 += w * unit.people();
            sums[c].3 += unit.count;
        }
    }
    let factor = |c: usize| if sums[c].1 > 0.0 { sums[c].0 / sums[c].1 } else { 0.0 };
    let after: Vec<f64> = class
        .iter()
        .zip(&before)
        .enumerate()
        .map(|(i, (&c, w))| if i < respondents { w * factor(c) } else { 0.0 })
        .collect();
    for (unit, w) in design.units.iter_mut().zip(&after) {
        unit.weight = *w;
    }
    let answered: Vec<bool> = (0..rows.len()).map(|i| i < respondents).collect();
    design.adjustments.push(Adjustment { before, after, kind: Kind::Response { class, answered } });
    let classes = places.iter().map(|(key, &c)| WeightClass {
        cell: String::new(),
        groups: vec![(*key).clone()],
        invited: sums[c].2,
        kept: sums[c].3,
        weight: (sums[c].1 > 0.0).then(|| factor(c)),
    });
    let empty = places
        .iter()
        .filter(|(_, c)| sums[**c].3 == 0)
        .map(|(key, c)| Caution::ClassSilent { class: names_of(checked, by, key), people: sums[*c].2 });
    (classes.collect(), empty.collect())
}

/// Names the strata that a single unit stands for.
fn alone(collected: &Collected, design: &Design) -> Vec<Caution> {
    let reached = design.reached(0..design.units.len());
    let mut out = Vec::new();
    for (i, cell) in collected.study.cells.iter().enumerate() {
        if reached.get(&i) == Some(&1) && cell.population != Some(1) {
            out.push(Caution::SingleRespondent { cell: cell.name.clone() });
        }
    }
    out
}
