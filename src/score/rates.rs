//! From the draw to the kept response, in counts.
//!
//! The response rate is AAPOR's RR1 (Standard Definitions, 2023): completed
//! over everybody invited, whether or not they could be reached; partial
//! responses do not count as answered.

use crate::score::asked::Asked;
use crate::score::collected::{Collected, CollectedRow};
use crate::score::study::{Study, StudyCell};
use crate::score::types::{CellResponse, ResponseCounts, ResponseTotal};
use crate::store::types::{Response, ResponseState};

/// Counts answers per cell, by position; `kept` are the completed responses that the cleaning rules left.
#[must_use]
pub fn answered(study: &Study, responses: &[&Response], kept: &[&Response]) -> Vec<ResponseCounts> {
    let mut counts = vec![ResponseCounts::default(); study.cells.len()];
    for response in responses {
        if let Some(cell) = study.position(response.cell) {
            counts[cell].add(response.state);
        }
    }
    for cell in kept.iter().filter_map(|r| study.position(r.cell)) {
        counts[cell].kept += 1;
    }
    counts
}

/// Adds who was asked to the counts of answers per cell.
#[must_use]
pub fn per_cell(cells: &[StudyCell], asked: &Asked, counts: Vec<ResponseCounts>) -> Vec<CellResponse> {
    let one = |(i, counts): (usize, ResponseCounts)| {
        let (c, (drawn, invited)) = (&cells[i], asked.drawn[i]);
        CellResponse {
            name: c.name.clone(),
            title: c.title.clone(),
            population: c.population,
            counts: ResponseCounts {
                drawn,
                invited,
                rate: ratio(counts.completed as f64, invited as f64),
                ..counts
            },
            base_weight: match c.clusters {
                Some(all) => ratio(all as f64, asked.clusters[i] as f64),
                None => c.population.and_then(|all| ratio(all as f64, invited as f64)),
            },
        }
    };
    counts.into_iter().enumerate().map(one).collect()
}

impl ResponseCounts {
    /// Counts an answer.
    pub fn add(&mut self, state: ResponseState) {
        self.started += 1;
        match state {
            ResponseState::Started => self.partial += 1,
            ResponseState::Withdrawn => self.withdrawn += 1,
            ResponseState::Screened => self.screened += 1,
            ResponseState::Completed => self.completed += 1,
        }
    }
}

/// Counts per stratum of answers that were collected elsewhere: everybody in the file was asked. `kept` are the
/// places of the rows that the cleaning rules left.
#[must_use]
pub fn of_collected(collected: &Collected, kept: &[usize]) -> Vec<CellResponse> {
    let mut counts = vec![ResponseCounts::default(); collected.study.cells.len()];
    let place = |row: &CollectedRow| collected.study.position(row.response.cell);
    for row in &collected.rows {
        let Some(count) = place(row).map(|i| &mut counts[i]) else { continue };
        let answered = if row.responded { row.count } else { 0 };
        count.drawn += row.count;
        count.invited += row.count;
        count.started += answered;
        count.completed += answered;
    }
    for &i in kept {
        let row = &collected.rows[i];
        if let Some(cell) = place(row) {
            counts[cell].kept += row.count;
        }
    }
    of_counts(&collected.study, counts)
}

/// Adds the rate to the counts of every stratum of answers that were collected elsewhere.
#[must_use]
pub fn of_counts(study: &Study, counts: Vec<ResponseCounts>) -> Vec<CellResponse> {
    let one = |(cell, mut counts): (&StudyCell, ResponseCounts)| {
        counts.rate = ratio(counts.completed as f64, counts.invited as f64);
        CellResponse {
            name: cell.name.clone(),
            title: cell.title.clone(),
            population: cell.population,
            base_weight: None,
            counts,
        }
    };
    study.cells.iter().zip(counts).map(one).collect()
}

/// Adds the cells up.
#[must_use]
pub fn total(cells: &[CellResponse], self_selected: u64) -> ResponseTotal {
    let sum = |f: fn(&ResponseCounts) -> u64| cells.iter().map(|c| f(&c.counts)).sum::<u64>();
    let (invited, completed) = (sum(|c| c.invited), sum(|c| c.completed));
    let weighted = |f: fn(&ResponseCounts) -> u64| {
        cells.iter().filter_map(|c| c.base_weight.map(|w| w * f(&c.counts) as f64)).sum::<f64>()
    };
    ResponseTotal {
        population: cells.iter().map(|c| c.population).sum(),
        counts: ResponseCounts {
            drawn: sum(|c| c.drawn),
            invited,
            started: sum(|c| c.started),
            partial: sum(|c| c.partial),
            withdrawn: sum(|c| c.withdrawn),
            screened: sum(|c| c.screened),
            completed,
            kept: sum(|c| c.kept),
            rate: ratio(completed as f64, invited as f64),
        },
        weighted_rate: ratio(weighted(|c| c.completed), weighted(|c| c.invited)),
        self_selected,
    }
}

fn ratio(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then(|| a / b)
}
