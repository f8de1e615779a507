//! What may be expected: completes, base weights, margins of error.
//!
//! Margins are those of a proportion of one half (Cochran 1977): within a cell
//! `z √(1/(4n) · (N − n)/(N − 1))` with n the expected completes, over all
//! cells by stratified weights `W_h = N_h / N`.

use crate::frame::allocate::{CellCount, Size, half_variance, margin, normal_quantile, whole};
use crate::frame::random::fraction;
use crate::frame::{CellSummary, Design, Entering, FrameSummary};
use crate::model::Checked;
use crate::model::checked::{Coordination, Sample, Stratum, Text};
use crate::plan::clusters;
use crate::plan::say::{each, say};
use crate::plan::types::{Cell, Count, Entry, Expected, PlanDraw, PlanStratum};
use crate::plan::words::{ASSUMED_RESPONSE, rounded, sample};

/// Confidence level of the margins that are printed.
pub const CONFIDENCE: f64 = 0.95;

/// What the sample clause asks of a cell, and which response is reckoned with.
#[derive(Debug, Clone, Copy)]
pub struct Reckoned {
    /// Sizes; for daily and event entry those of who came.
    pub size: Size,
    /// The same in clusters, where whole clusters are drawn.
    pub clusters: Option<Size>,
    /// Response rate.
    pub response: f64,
    /// The spec does not state it.
    pub assumed: bool,
}

/// Reckons all cells.
pub fn reckon(checked: &Checked, design: &Design, summary: &FrameSummary) -> Vec<Reckoned> {
    let fallback = fallback_response(checked);
    let counts: Vec<CellCount> = summary.cells.iter().map(CellSummary::units).collect();
    // A summary is only made where the allocation succeeds, so the fall-back is what was drawn.
    let sizes = whole(checked, design, &counts, summary.before.as_ref()).unwrap_or_default();
    let one = |(index, cell): (usize, &CellSummary)| {
        let stratum = design.cells.get(index).and_then(|c| checked.strata.get(c.stratum));
        let stated = stratum.and_then(stated_response);
        let drawn = Size { wanted: None, ideal: cell.drawn, invitations: cell.drawn, drawn: cell.drawn };
        let size = sizes.get(index).copied().flatten();
        // How many people the drawn clusters have is known from the draw alone.
        let clusters = size.filter(|_| cell.clusters.is_some());
        Reckoned {
            size: size.filter(|_| cell.clusters.is_none()).unwrap_or(drawn),
            clusters,
            response: stated.unwrap_or(fallback),
            assumed: stated.is_none(),
        }
    };
    summary.cells.iter().enumerate().map(one).collect()
}

fn stated_response(stratum: &Stratum) -> Option<f64> {
    match stratum.sample {
        Sample::Completes { response, .. } => Some(response),
        Sample::Margin { response, .. } | Sample::Points { response, .. } if response < 1.0 => Some(response),
        _ => None,
    }
}

/// Returns the mean of the rates that the spec states, else [`ASSUMED_RESPONSE`].
pub fn fallback_response(checked: &Checked) -> f64 {
    let stated: Vec<f64> = checked.strata.iter().filter_map(stated_response).collect();
    if stated.is_empty() { ASSUMED_RESPONSE } else { stated.iter().sum::<f64>() / stated.len() as f64 }
}

/// Makes the strata of the plan.
pub fn strata(
    checked: &Checked,
    design: &Design,
    summary: &FrameSummary,
    reckoned: &[Reckoned],
) -> Vec<PlanStratum> {
    let one = |(index, stratum): (usize, &Stratum)| PlanStratum {
        name: stratum.name.clone(),
        title: stratum.title.clone(),
        sample: each(&checked.campaign.languages, |w| sample(checked, stratum.sample, w)),
        entry: entry(design.entering[index]),
        draw: draw(stratum, summary),
        cells: design
            .cells_of(index)
            .filter_map(|c| {
                let (design, summary) = (design.cells.get(c)?, summary.cells.get(c)?);
                Some(cell(checked, design.index, &design.title, summary, reckoned.get(c)?))
            })
            .collect(),
    };
    checked.strata.iter().enumerate().map(one).collect()
}

/// Restates how a draw lies beside those of earlier campaigns.
fn draw(stratum: &Stratum, summary: &FrameSummary) -> PlanDraw {
    let start = summary.starts.get(&stratum.name).map_or(0.0, |start| fraction(*start));
    let (with, apart_from) = match &stratum.coordination {
        None => (None, Vec::new()),
        Some(Coordination::With(campaign)) => (Some(campaign.clone()), Vec::new()),
        Some(Coordination::Apart(campaigns)) => (None, campaigns.clone()),
    };
    PlanDraw { start, with, apart_from, panel_of: stratum.panel.clone() }
}

fn entry(entering: Entering) -> Entry {
    match entering {
        Entering::AtOnce => Entry::AtOnce,
        Entering::Completes { response } => Entry::Completes { response },
        Entering::Daily { share } => Entry::Daily { share },
        Entering::Events { share, .. } => Entry::Events { share },
    }
}

/// Returns the words for people at rest, suppressed, and without an address.
pub fn unavailable(languages: &[String]) -> [Text; 3] {
    [
        each(languages, |w| say!(w, "at_rest")),
        each(languages, |w| say!(w, "suppressed")),
        each(languages, |w| say!(w, "no_address")),
    ]
}

fn cell(checked: &Checked, index: u32, title: &Text, summary: &CellSummary, reckoned: &Reckoned) -> Cell {
    let invitations = reckoned.size.invitations;
    let completes = invitations as f64 * reckoned.response;
    let counts = [summary.at_rest, summary.suppressed, summary.no_address];
    let unavailable = counts.into_iter().zip(unavailable(&checked.campaign.languages));
    let clusters = clusters::of_cell(checked, summary, reckoned.response);
    let weight = match clusters.map(|c| c.count) {
        Some(c) => (c.drawn > 0).then(|| c.population as f64 / c.drawn as f64),
        None => (invitations > 0).then(|| summary.population as f64 / invitations as f64),
    };
    let some = |(count, label): (u64, Text)| (count > 0).then_some(Count { label, count });
    let mut cell = Cell {
        index,
        name: summary.name.clone(),
        title: title.clone(),
        population: summary.population,
        unavailable: unavailable.filter_map(some).collect(),
        contacts: summary.contacts,
        drawn: summary.drawn,
        clusters,
        waiting: summary.waiting.clone(),
        invitations,
        wanted: reckoned.size.wanted,
        completes: rounded(completes, 1),
        base_weight: weight,
        margin: None,
        digest: summary.digest.clone(),
    };
    let plain = margin(completes, CONFIDENCE, summary.population);
    cell.margin = plain.map(|m| rounded(m * cell.effect(true).sqrt(), 4));
    cell
}

/// Sums up all cells.
pub fn expected(strata: &[PlanStratum], messages: u64) -> Expected {
    let cells = || strata.iter().flat_map(|s| &s.cells);
    let population: u64 = cells().map(|c| c.population).sum();
    let variance: Option<f64> = cells()
        .filter(|c| c.population > 0)
        .map(|c| {
            let weight = c.population as f64 / population as f64;
            half_variance(c.completes, c.population).map(|v| weight * weight * v * c.effect(true))
        })
        .sum();
    Expected {
        invitations: cells().map(|c| c.invitations).sum(),
        messages,
        completes: rounded(cells().map(|c| c.completes).sum(), 1),
        margin: variance
            .filter(|_| population > 0)
            .map(|v| rounded(normal_quantile(CONFIDENCE) * v.sqrt(), 4)),
    }
}
