//! How many people of the list have each value of the variables that weights are made to agree with.
//!
//! Only of strata that are drawn at launch: who comes later is not known. Combinations of several variables that fewer
//! than ten people have stand in no summary.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::expr::Value;
use crate::frame::table::{Column, Table};
use crate::model::Checked;
use crate::model::checked::Grouping;

/// People of the eligible list by the values of some variables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarginCount {
    /// Names of the variables.
    pub by: Vec<String>,
    /// Values, and how many people have them.
    pub counts: Vec<(Vec<String>, u64)>,
}

/// Smaller counts of people who have two things in common are left out.
const HIDDEN_BELOW: u64 = 10;

/// Returns the margins whose figures only the list has; those of strata alone follow from their populations.
pub fn of_list(checked: &Checked) -> impl Iterator<Item = &[Grouping]> {
    let margins = checked.analysis.margins.iter().filter(|m| m.counts.is_none());
    margins.map(|m| m.by.as_slice()).filter(|by| *by != [Grouping::Stratum])
}

/// Returns the columns that they need.
pub fn fields(checked: &Checked) -> impl Iterator<Item = usize> {
    of_list(checked).flatten().filter_map(|g| if let Grouping::Field(i) = g { Some(*i) } else { None })
}

/// Counts people on the way through the list.
pub(super) struct Counting<'a> {
    checked: &'a Checked,
    counts: Vec<BTreeMap<Vec<String>, u64>>,
}

impl<'a> Counting<'a> {
    /// Begins with nobody.
    pub(super) fn new(checked: &'a Checked) -> Self {
        Self { checked, counts: of_list(checked).map(|_| BTreeMap::new()).collect() }
    }

    /// Tells whether there is anything to count.
    pub(super) fn any(&self) -> bool {
        !self.counts.is_empty()
    }

    /// Counts people of a block by its columns, each a row with its stratum; whose value is missing belongs to no figure.
    pub(super) fn block(&mut self, block: &Table, people: &[(usize, usize)]) {
        for (by, counts) in of_list(self.checked).zip(&mut self.counts) {
            // People of the same codes are put into words once.
            let mut same: HashMap<Vec<u32>, (usize, usize, u64)> = HashMap::new();
            let mut codes = Vec::new();
            for &(row, stratum) in people {
                codes.clear();
                codes.extend(by.iter().map_while(|g| code(block, *g, row, stratum)));
                if codes.len() < by.len() {
                    continue;
                }
                match same.get_mut(codes.as_slice()) {
                    Some((_, _, count)) => *count += 1,
                    None => _ = same.insert(codes.clone(), (row, stratum, 1)),
                }
            }
            for (row, stratum, count) in same.into_values() {
                let name = &self.checked.strata[stratum].name;
                let values: Option<Vec<String>> = by.iter().map(|g| value(block, row, *g, name)).collect();
                if let Some(values) = values {
                    *counts.entry(values).or_default() += count;
                }
            }
        }
    }

    /// Adds what another core counted.
    pub(super) fn merge(&mut self, other: Self) {
        for (all, more) in self.counts.iter_mut().zip(other.counts) {
            for (values, count) in more {
                *all.entry(values).or_default() += count;
            }
        }
    }

    /// Returns the figures, in the order of the spec.
    pub(super) fn finish(self) -> Vec<MarginCount> {
        let name = |g: &Grouping| g.name(self.checked.fields()).to_owned();
        let one = |(by, counts): (&[Grouping], &BTreeMap<Vec<String>, u64>)| MarginCount {
            by: by.iter().map(name).collect(),
            counts: counts
                .iter()
                .filter(|(_, n)| by.len() < 2 || **n >= HIDDEN_BELOW)
                .map(|(values, n)| (values.clone(), *n))
                .collect(),
        };
        of_list(self.checked).zip(&self.counts).map(one).collect()
    }
}

/// Returns a number for the value of a person; `None` where it is missing.
fn code(block: &Table, grouping: Grouping, row: usize, stratum: usize) -> Option<u32> {
    match grouping {
        Grouping::Stratum => u32::try_from(stratum).ok(),
        Grouping::Field(i) => match block.columns.get(i)?.as_ref()? {
            Column::Text { codes, .. } => codes.get(row).copied().filter(|code| *code != u32::MAX),
            Column::Flag(all) => all.get(row).copied().flatten().map(u32::from),
            Column::Number(_) | Column::Date(_) => None,
        },
        Grouping::Channel | Grouping::Language => None,
    }
}

fn value(block: &Table, row: usize, grouping: Grouping, stratum: &str) -> Option<String> {
    match grouping {
        Grouping::Stratum => Some(stratum.to_owned()),
        Grouping::Field(i) => match block.columns.get(i)?.as_ref()?.value(row) {
            Value::Text(text) => Some(text.to_string()),
            Value::Bool(yes) => Some(if yes { "yes" } else { "no" }.to_owned()),
            _ => None,
        },
        Grouping::Channel | Grouping::Language => None,
    }
}
