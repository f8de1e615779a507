//! From answers to numbers: every number with its error.
//!
//! Goes in: the model, the plan, who was drawn and invited, and the responses.
//! Comes out: [`Scores`]. Pure: sums are formed in the order of the responses'
//! pseudonyms, so that the same answers give the same bytes. May not ask the
//! clock, read files, or know who a person is. Formulas and their sources stand
//! in `docs/statistics.md`; one statistic a file.

pub mod adjustment;
pub mod asked;
pub mod calibration;
pub mod cases;
pub mod clean;
mod clusters;
pub mod collected;
pub mod compare;
pub mod covariance;
pub mod design;
pub mod estimate;
pub mod findings;
pub mod formula;
pub mod groups;
pub mod interval;
pub mod items;
pub mod kish;
pub mod linear;
pub mod method;
pub mod period;
pub mod rates;
pub mod respondent;
pub mod risk;
pub mod segments;
pub mod spread;
pub mod strata;
pub mod study;
pub mod suppress;
pub mod tally;
pub mod target;
pub mod types;
pub mod views;
pub mod wave;
pub mod weights;
mod within;

pub use self::types::{Estimate, Scores};

use crate::model::Checked;
use crate::model::checked::ScoreKind;
use crate::plan::Plan;
use crate::score::design::{CellDesign, ClassCount, Design, Unit};
use crate::score::formula::Sources;
use crate::score::respondent::Respondent;
use crate::score::study::Study;
use crate::score::types::{
    CaseCount, Caution, CellResponse, Cleaning, Group, Measure, ResponseTotal, Weights,
};
use crate::score::views::Views;
use crate::score::wave::{Wave, is_drawn};
use crate::store::types::{Arrivals, Response, SampleUnit};

/// Scores a campaign.
#[must_use]
pub fn score(
    checked: &Checked,
    plan: &Plan,
    sample: &[SampleUnit],
    arrivals: &[Arrivals],
    responses: &[Response],
) -> Scores {
    scores(&Wave::of_campaign(checked, plan, sample, arrivals, responses))
}

/// Makes all estimates of a wave.
#[must_use]
pub fn scores(wave: &Wave) -> Scores {
    let (checked, study) = (wave.checked, &wave.study);
    let with_case = wave
        .completed
        .iter()
        .filter(|r| is_drawn(study, r.response) && cases::raised(checked, study, r))
        .count();
    estimated(
        wave.views(),
        Beside {
            cleaning: wave.cleaning.clone(),
            response_total: wave.response_total.clone(),
            response: wave.response.clone(),
            weights: wave.weights.clone(),
            cases: cases::cases(checked, study, &wave.completed),
            with_case: with_case as u64,
            self_selected: self_selected(checked, study, &wave.others),
            cautions: wave.cautions.clone(),
        },
    )
}

/// What is told of a wave beside its estimates.
struct Beside {
    cleaning: Cleaning,
    response_total: ResponseTotal,
    response: Vec<CellResponse>,
    weights: Weights,
    cases: Vec<CaseCount>,
    with_case: u64,
    self_selected: Option<Group>,
    cautions: Vec<Caution>,
}

fn estimated(views: Views, beside: Beside) -> Scores {
    let checked = views.everybody.checked;
    let overall = groups::overall(views, beside.response_total.population);
    let strata = groups::strata(views);
    let segments = segments::segments(views);
    Scores {
        scale: checked.scoring.as_ref().map_or((0.0, 100.0), |s| (s.low, s.high)),
        hide_below: checked.analysis.hide_below,
        finite_correction: checked.analysis.finite_correction,
        cleaning: beside.cleaning,
        response_total: beside.response_total,
        response: beside.response,
        weights: beside.weights,
        measures: measures(checked),
        parts: groups::parts(views, &strata),
        comparisons: compare::segments::segments(views, &overall, &strata, &segments),
        segments,
        targets: target::targets(views, &overall, &strata),
        benchmarks: target::benchmarks(views, &overall),
        periods: period::periods(views),
        items: items::items(views),
        cases: beside.cases,
        with_case: beside.with_case,
        self_selected: beside.self_selected,
        overall,
        strata,
        cautions: beside.cautions,
    }
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
fn self_selected(checked: &Checked, study: &Study, others: &[Respondent]) -> Option<Group> {
    if others.is_empty() {
        return None;
    }
    let n = others.len() as u64;
    let design = Design {
        cells: vec![CellDesign {
            name: "self_selected".to_owned(),
            classes: vec![ClassCount { invited: n, answered: n }],
            ..CellDesign::default()
        }],
        units: vec![Unit { cell: 0, class: 0, weight: 1.0, cluster: None, count: 1 }; others.len()],
        ..Design::default()
    };
    let everybody = Sources { checked, study, design: &design, respondents: others };
    let mut group = groups::overall(Views::one(everybody), None);
    "self_selected".clone_into(&mut group.name);
    group.population = None;
    Some(group)
}
