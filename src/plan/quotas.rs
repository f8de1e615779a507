//! Whether quotas can be filled: completes expected of the people who count for them.
//!
//! Where the list decides who counts, the completes of each cell are divided by how many of those who can be invited count
//! for the quota; of daily and event cells, and where answers decide, all completes may count.

use crate::frame::{CellSummary, FrameSummary};
use crate::model::Checked;
use crate::model::checked::Text;
use crate::plan::say::{each, say};
use crate::plan::types::{Cell, PlanQuota, PlanStratum};
use crate::plan::words::{grouped, rounded};

/// Works out what may be expected of each quota.
pub fn quotas(checked: &Checked, summary: &FrameSummary, strata: &[PlanStratum]) -> Vec<PlanQuota> {
    let cells: Vec<&Cell> = strata.iter().flat_map(|s| &s.cells).collect();
    let one = |quota: &crate::model::checked::Quota| {
        let known = summary.quotas.iter().find(|q| q.name == quota.name);
        let share = |cell: &Cell| {
            let found = known.and_then(|q| q.cells.get(cell.index as usize).copied());
            let available = summary.cells.get(cell.index as usize).map_or(0, CellSummary::available);
            match found {
                Some(n) if cell.digest.is_some() && available > 0 => n as f64 / available as f64,
                Some(_) if cell.digest.is_some() => 0.0,
                _ => 1.0,
            }
        };
        PlanQuota {
            name: quota.name.clone(),
            number: quota.number,
            people: known.map(|q| q.cells.iter().sum()),
            completes: rounded(cells.iter().map(|c| c.completes * share(c)).sum(), 1),
        }
    };
    checked.quotas.iter().map(one).collect()
}

/// Says which quotas can't be expected to be filled.
pub fn warnings(quotas: &[PlanQuota], languages: &[String]) -> Vec<Text> {
    let one = |quota: &PlanQuota| {
        let completes = crate::frame::allocate::round_up(quota.completes.round());
        if completes >= quota.number {
            return None;
        }
        let (name, number, about) = (&quota.name, grouped(quota.number), grouped(completes));
        Some(each(languages, |w| match quota.people {
            Some(people) => {
                let people = w.counted("n_people", people);
                say!(w, "quota_people", name = name, about = about, number = number, people = people)
            }
            None => say!(w, "quota_answers", name = name, about = about, number = number),
        }))
    };
    quotas.iter().filter_map(one).collect()
}
