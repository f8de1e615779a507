//! The cells of the plan in order of their index, each with its stratum and population.

use crate::plan::Plan;
use crate::plan::types::{Cell, Entry};
use crate::store::types::Arrivals;

/// A cell with what scoring needs of it.
#[derive(Debug, Clone, Copy)]
pub struct PlanCell<'a> {
    /// Index of its stratum in the plan.
    pub stratum: usize,
    /// The cell.
    pub cell: &'a Cell,
    /// `N_h`: of the list for cells drawn at once, of those who came for daily and event entry.
    pub population: u64,
}

/// Returns all cells, in order of their index.
#[must_use]
pub fn cells<'a>(plan: &'a Plan, arrivals: &[Arrivals]) -> Vec<PlanCell<'a>> {
    let mut out = Vec::new();
    for (stratum, s) in plan.strata.iter().enumerate() {
        for cell in &s.cells {
            let came = || arrivals.iter().filter(|a| a.cell == cell.index).map(|a| a.count).sum();
            let population = match s.entry {
                Entry::AtOnce | Entry::Completes { .. } => cell.population,
                Entry::Daily { .. } | Entry::Events { .. } => came(),
            };
            out.push(PlanCell { stratum, cell, population });
        }
    }
    out.sort_by_key(|c| c.cell.index);
    out
}
