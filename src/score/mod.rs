//! From answers to numbers: every number with its error.
//!
//! Goes in: the model, the plan, who was drawn and invited, and the responses.
//! Comes out: [`Scores`]. Pure: sums are formed in the order of the responses'
//! pseudonyms, so that the same answers give the same bytes. May not ask the
//! clock, read files, or know who a person is. Formulas and their sources stand
//! in `docs/statistics.md`; one statistic a file.

pub mod cases;
pub mod cells;
pub mod clean;
pub mod design;
pub mod estimate;
pub mod formula;
pub mod groups;
pub mod interval;
pub mod items;
pub mod kish;
pub mod linear;
pub mod period;
pub mod rates;
pub mod respondent;
pub mod risk;
pub mod spread;
pub mod suppress;
pub mod target;
pub mod types;
pub mod weights;

pub use self::types::{Estimate, Scores};

use crate::model::Checked;
use crate::model::checked::ScoreKind;
use crate::plan::Plan;
use crate::score::cells::{PlanCell, cells};
use crate::score::design::{CellDesign, ClassCount, Design, Unit};
use crate::score::formula::Sources;
use crate::score::respondent::{Respondent, zone};
use crate::score::types::{Caution, Group, Measure};
use crate::score::weights::{Weighting, weigh};
use crate::store::types::{Arrivals, Response, ResponseState, SampleUnit};

/// Scores a campaign.
#[must_use]
pub fn score(
    checked: &Checked,
    plan: &Plan,
    sample: &[SampleUnit],
    arrivals: &[Arrivals],
    responses: &[Response],
) -> Scores {
    let mut ordered: Vec<&Response> = responses.iter().collect();
    ordered.sort_by(|a, b| (&a.pseudonym, a.id).cmp(&(&b.pseudonym, b.id)));
    let zone = zone(checked);
    let completed: Vec<Respondent> = ordered
        .iter()
        .filter(|r| r.state == ResponseState::Completed)
        .map(|r| Respondent::new(checked, r, &zone))
        .collect();
    let (keep, cleaning) = clean::clean(checked, plan, &completed);
    let kept = || completed.iter().zip(&keep).filter(|(_, k)| **k).map(|(r, _)| r);
    let cells = cells(plan, arrivals);
    let drawn: Vec<Respondent> = kept().filter(|r| is_drawn(&cells, r.response)).cloned().collect();
    let others: Vec<Respondent> = kept().filter(|r| !is_drawn(&cells, r.response)).cloned().collect();
    let answers: Vec<&Response> = drawn.iter().map(|r| r.response).collect();
    let Weighting { design, summary, cautions } = weigh(checked, &cells, sample, &answers);
    let sources = Sources { checked, design: &design, respondents: &drawn };
    let response = rates::per_cell(&cells, sample, &ordered, &answers);
    let outside = ordered.iter().filter(|r| !is_drawn(&cells, r)).count() as u64;
    let response_total = rates::total(&response, outside);
    let overall = groups::overall(sources, response_total.population);
    let strata = groups::strata(sources, plan, &cells);
    Scores {
        scale: checked.scoring.as_ref().map_or((0.0, 100.0), |s| (s.low, s.high)),
        hide_below: checked.analysis.hide_below,
        finite_correction: checked.analysis.finite_correction,
        cleaning,
        response_total,
        response,
        weights: summary,
        measures: measures(checked),
        parts: groups::parts(sources, plan, &cells, &strata),
        segments: groups::segments(sources, plan),
        targets: target::targets(sources, plan, &cells, &overall, &strata),
        benchmarks: target::benchmarks(sources, &overall),
        periods: period::periods(sources),
        items: items::items(sources, plan),
        cases: cases::cases(checked, plan, &completed),
        with_case: completed
            .iter()
            .filter(|r| is_drawn(&cells, r.response) && cases::raised(checked, plan, r))
            .count() as u64,
        self_selected: self_selected(checked, &others),
        overall,
        strata,
        cautions: cautions_in_order(cautions),
    }
}

fn is_drawn(cells: &[PlanCell], response: &Response) -> bool {
    response.cell.is_some_and(|cell| cells.iter().any(|c| c.cell.index == cell))
}

fn measures(checked: &Checked) -> Vec<Measure> {
    let scores = checked.scoring.as_ref().map_or(&[][..], |s| &s.scores);
    let one = |(i, score): (usize, &crate::model::checked::Score)| {
        let range = formula::range(checked, i);
        let (kind, weight) = match &score.kind {
            ScoreKind::Dimension { weight, .. } => ("dimension", Some(*weight)),
            ScoreKind::Index { .. } => ("index", None),
            ScoreKind::Kpi(_) => ("kpi", None),
        };
        Measure {
            name: score.name.clone(),
            title: score.title.clone(),
            kind,
            weight,
            low: range.map(|r| r.low),
            high: range.map(|r| r.high),
        }
    };
    scores.iter().enumerate().map(one).collect()
}

/// Means over answers by open links: everybody counts once, and nothing is said about a population.
fn self_selected(checked: &Checked, others: &[Respondent]) -> Option<Group> {
    if others.is_empty() {
        return None;
    }
    let n = others.len() as u64;
    let design = Design {
        cells: vec![CellDesign {
            name: "self_selected".to_owned(),
            population: None,
            classes: vec![ClassCount { invited: n, answered: n }],
        }],
        units: vec![Unit { cell: 0, class: 0, weight: 1.0, cluster: None }; others.len()],
    };
    let mut group = groups::overall(Sources { checked, design: &design, respondents: others }, 0);
    "self_selected".clone_into(&mut group.name);
    group.population = None;
    Some(group)
}

/// Cautions about the whole come before those about a cell.
fn cautions_in_order(mut cautions: Vec<Caution>) -> Vec<Caution> {
    cautions.sort_by_key(|c| match c {
        Caution::NotAdjusted | Caution::NotUsable { .. } => 0,
        Caution::NotRepresented { .. } => 1,
        Caution::SingleRespondent { .. } => 2,
        Caution::ClassesJoined { .. } => 3,
    });
    cautions
}
