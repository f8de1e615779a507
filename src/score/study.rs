//! The design as scoring sees it, whether it comes from a plan of ours or with answers from elsewhere.
//!
//! Goes in: a plan with the counts of who arrived. Comes out: strata and cells
//! by name, each with its population where that is known. Scoring looks at
//! nothing else of a plan.

use crate::frame::margins::MarginCount;
use crate::model::Checked;
use crate::model::checked::{Grouping, Text};
use crate::plan::Plan;
use crate::plan::types::Entry;
use crate::score::weights::grouping_name;
use crate::store::types::Arrivals;

/// Strata and cells of a design.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Study {
    /// Strata, in the order in which they are shown.
    pub strata: Vec<StudyStratum>,
    /// Cells, by rising index.
    pub cells: Vec<StudyCell>,
    /// Counts of the eligible list by the values of some variables.
    pub margins: Vec<EligibleMargin>,
}

/// Names of some variables, and how many people of the eligible list have each combination of their values.
pub type EligibleMargin = (Vec<String>, Vec<(Vec<String>, f64)>);

/// A stratum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyStratum {
    /// Name.
    pub name: String,
    /// Title; empty when not given.
    pub title: Text,
}

/// A stratum or one of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyCell {
    /// The number that responses refer to.
    pub index: u32,
    /// Index of its stratum.
    pub stratum: usize,
    /// `stratum` or `stratum.part`.
    pub name: String,
    /// Title.
    pub title: Text,
    /// `N_h`: of the list for cells drawn at once, of those who came for daily and event entry, of the file for
    /// answers from elsewhere (clusters where there are clusters); `None` where it is not known.
    pub population: Option<u64>,
    /// Clusters of that population, where whole clusters were drawn from a list.
    pub clusters: Option<u64>,
}

impl Study {
    /// Returns how many people of the population have each value of a margin; nothing where that is not known.
    #[must_use]
    pub fn counts_of(&self, checked: &Checked, by: &[Grouping]) -> Option<Vec<(Vec<String>, f64)>> {
        let names: Vec<String> = by.iter().map(|g| grouping_name(checked, *g)).collect();
        if let Some((_, counts)) = self.margins.iter().find(|(margin, _)| *margin == names) {
            return Some(counts.clone());
        }
        if by != [Grouping::Stratum] {
            return None;
        }
        let population = |s: usize| self.cells_of(s).map(|(_, c)| c.population).sum::<Option<u64>>();
        let strata = self.strata.iter().enumerate();
        strata.map(|(i, s)| population(i).map(|n| (vec![s.name.clone()], n as f64))).collect()
    }

    /// Takes what scoring needs out of a plan.
    #[must_use]
    pub fn of(plan: &Plan, arrivals: &[Arrivals]) -> Self {
        let mut cells = Vec::new();
        for (stratum, s) in plan.strata.iter().enumerate() {
            for cell in &s.cells {
                let came = || arrivals.iter().filter(|a| a.cell == cell.index).map(|a| a.count).sum();
                let population = match s.entry {
                    Entry::AtOnce | Entry::Completes { .. } => cell.population,
                    Entry::Daily { .. } | Entry::Events { .. } => came(),
                };
                cells.push(StudyCell {
                    index: cell.index,
                    stratum,
                    name: cell.name.clone(),
                    title: cell.title.clone(),
                    population: Some(population),
                    clusters: cell.clusters.map(|c| c.count.population),
                });
            }
        }
        cells.sort_by_key(|c| c.index);
        let strata = plan.strata.iter();
        let strata = strata.map(|s| StudyStratum { name: s.name.clone(), title: s.title.clone() });
        let counts = |m: &MarginCount| m.counts.iter().map(|(v, n)| (v.clone(), *n as f64)).collect();
        let margins = plan.margins.iter().map(|m| (m.by.clone(), counts(m))).collect();
        Self { strata: strata.collect(), cells, margins }
    }

    /// Returns the position of the cell with this index.
    #[must_use]
    pub fn position(&self, cell: Option<u32>) -> Option<usize> {
        self.cells.binary_search_by_key(&cell?, |c| c.index).ok()
    }

    /// Returns the stratum of the cell with this index.
    #[must_use]
    pub fn stratum_of(&self, cell: Option<u32>) -> Option<usize> {
        self.position(cell).map(|i| self.cells[i].stratum)
    }

    /// Returns the cells of a stratum, each with its position.
    pub fn cells_of(&self, stratum: usize) -> impl Iterator<Item = (usize, &StudyCell)> {
        self.cells.iter().enumerate().filter(move |(_, c)| c.stratum == stratum)
    }
}
