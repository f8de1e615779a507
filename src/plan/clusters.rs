//! Whole clusters in the plan: what they do to margins, and what a reviewer should know of them.
//!
//! People of a cluster answer alike, so that a sample of clusters tells less than as many people drawn singly: a variance
//! is multiplied by 1 + (b − 1) ρ (Kish 1965, 5.4), with ρ the correlation within clusters and b the answers expected
//! from a cluster, averaged over the answers, since clusters are of unequal size (Holt 1980).

use crate::frame::{CellSummary, ClusterCount, FrameSummary};
use crate::model::Checked;
use crate::model::checked::{Frame, Text};
use crate::plan::expect::Reckoned;
use crate::plan::say::{Words, each, say};
use crate::plan::types::{CellClusters, PlanCluster};
use crate::plan::words::{grouped, rounded};

/// Correlation within clusters that is supposed where a spec states none.
pub const ASSUMED_CORRELATION: f64 = 0.1;

/// Returns the correlation that margins are reckoned with, and whether nothing states it.
#[must_use]
pub fn correlation(frame: &Frame) -> (f64, bool) {
    let stated = frame.cluster.as_ref().and_then(|c| c.correlation);
    (stated.unwrap_or(ASSUMED_CORRELATION), stated.is_none())
}

/// Restates the clause with what is known of clusters over all cells.
#[must_use]
pub fn clause(frame: &Frame, summary: &FrameSummary) -> Option<PlanCluster> {
    let column = frame.cluster.as_ref()?.column.clone();
    let (correlation, supposed) = correlation(frame);
    let totals = summary.clusters.unwrap_or_default();
    Some(PlanCluster { column, correlation, supposed, alone: totals.alone, spanning: totals.spanning })
}

/// Returns the clusters of a cell with what they do to its margin.
#[must_use]
pub fn of_cell(checked: &Checked, cell: &CellSummary, response: f64) -> Option<CellClusters> {
    let count = cell.clusters?;
    let (correlation, _) = correlation(checked.frame.as_ref()?);
    Some(CellClusters { count, effect: rounded(effect(count, cell.drawn, response, correlation), 4) })
}

/// Returns the design effect of clusters from each of which a share of the invited answers.
#[must_use]
pub fn effect(count: ClusterCount, invited: u64, response: f64, correlation: f64) -> f64 {
    if invited == 0 {
        return 1.0;
    }
    // Of m people each answers with the same probability r: E x² / E x = 1 + r (m² − m) / m.
    let others = response * (count.squares as f64 / invited as f64 - 1.0);
    1.0 + others.max(0.0) * correlation
}

/// Says what a reviewer should know of clusters.
pub fn warnings(checked: &Checked, summary: &FrameSummary, reckoned: &[Reckoned], all: &mut Vec<Text>) {
    let Some(frame) = &checked.frame else { return };
    let Some(clause) = clause(frame, summary) else { return };
    let languages = &checked.campaign.languages;
    let column = || clause.column.clone();
    let mut tell = |say: &dyn Fn(&Words) -> String| all.push(each(languages, say));
    let key = if clause.supposed { "clusters_supposed" } else { "clusters_stated" };
    let figure = ("correlation", clause.correlation.to_string());
    tell(&|w| w.fill(key, &[("column", column()), figure.clone()]));
    if clause.alone > 0 {
        tell(&|w| w.counted_with("clusters_alone", clause.alone, &[("column", column())]));
    }
    if clause.spanning > 0 {
        tell(&|w| w.counted_with("clusters_spanning", clause.spanning, &[("column", column())]));
    }
    for (cell, reckoned) in summary.cells.iter().zip(reckoned) {
        let (Some(count), Some(size)) = (cell.clusters, reckoned.clusters) else { continue };
        let short = size.ideal.saturating_sub(size.invitations);
        if short > 0 && size.ideal < count.population {
            let wanted = |w: &Words| w.counted("n_clusters", size.ideal);
            let drawn = grouped(count.drawn);
            tell(&|w| say!(w, "clusters_short", name = cell.name, wanted = wanted(w), drawn = drawn));
        }
        if count.drawn == 1 && count.population > 1 {
            tell(&|w| say!(w, "clusters_single", name = cell.name));
        }
    }
}
