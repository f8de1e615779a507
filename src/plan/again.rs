//! A launched campaign planned again: a changed spec, the same people.
//!
//! The counts and digests of the launched plan take the place of a list, so that the hash of the changed plan covers
//! the draw that was made, whatever the list has become since.

use crate::frame::ClusterTotals;
use crate::frame::coordinate::Starts;
use crate::frame::random::number;
use crate::frame::{CellSummary, FrameSummary, OverlapCount, SUMMARY_VERSION, clauses_hash};
use crate::model::Checked;
use crate::plan::expect::unavailable;
use crate::plan::types::PlanCluster;
use crate::plan::types::{Cell, Entry, Plan, PlanStep, PlanStratum};

/// Plans a changed spec with what was drawn for the launched plan.
#[must_use]
pub fn again(launched: &Plan, checked: &Checked) -> Plan {
    let mut plan = crate::plan::make(checked, &counted(launched, checked), launched.seed);
    // When arrivals and events are expected is known from their lists alone.
    let comes = |s: &PlanStratum| matches!(s.entry, Entry::Daily { .. } | Entry::Events { .. });
    if plan.strata.iter().any(comes) {
        for step in &mut plan.steps {
            let same = |s: &&PlanStep| s.name == step.name && s.timing == step.timing;
            if let Some(before) = launched.steps.iter().find(same) {
                (step.first, step.last) = (before.first.clone(), before.last.clone());
                step.launch_last.clone_from(&before.launch_last);
            }
        }
    }
    plan
}

/// Returns what a launched plan counted, in the form of a list's summary.
#[must_use]
pub fn counted(plan: &Plan, checked: &Checked) -> FrameSummary {
    let overlap = |o: &crate::plan::types::Overlap| OverlapCount {
        takes: o.takes.clone(),
        also: o.also.clone(),
        count: o.count,
    };
    FrameSummary {
        version: SUMMARY_VERSION,
        clauses: clauses_hash(checked),
        seed: plan.seed,
        rows: plan.frame.rows,
        bad_rows: plan.frame.bad_rows,
        bad_cells: plan.frame.bad_cells,
        excluded: plan.frame.excluded.iter().map(|c| c.count).collect(),
        once: plan.frame.once,
        eligible: plan.frame.eligible,
        unmatched: plan.unmatched,
        overlaps: plan.overlaps.iter().map(overlap).collect(),
        unparted: vec![0; checked.strata.len()],
        cells: plan.strata.iter().flat_map(|s| &s.cells).map(|c| cell(plan, c)).collect(),
        events: Vec::new(),
        quotas: Vec::new(),
        margins: plan.margins.clone(),
        starts: starts(plan),
        clusters: plan.frame.cluster.as_ref().map(totals),
        before: plan.before.clone(),
    }
}

/// Returns where the draws of coordinated strata started, times 2^52.
#[must_use]
pub fn starts(plan: &Plan) -> Starts {
    let coordinated = plan.strata.iter().filter(|s| s.draw.with.is_some() || !s.draw.apart_from.is_empty());
    coordinated.map(|s| (s.name.clone(), number(s.draw.start))).collect()
}

fn totals(cluster: &PlanCluster) -> ClusterTotals {
    ClusterTotals { alone: cluster.alone, spanning: cluster.spanning }
}

fn cell(plan: &Plan, cell: &Cell) -> CellSummary {
    let [at_rest, suppressed, no_address] = unavailable(&plan.languages)
        .map(|label| cell.unavailable.iter().find(|c| c.label == label).map_or(0, |c| c.count));
    CellSummary {
        name: cell.name.clone(),
        population: cell.population,
        at_rest,
        suppressed,
        no_address,
        contacts: cell.contacts,
        drawn: cell.drawn,
        clusters: cell.clusters.map(|c| c.count),
        waiting: cell.waiting.clone(),
        first: None,
        last: None,
        digest: cell.digest.clone(),
    }
}
