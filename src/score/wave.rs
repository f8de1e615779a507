//! A wave ready to be estimated: the kept answers of drawn people under their weighted design.
//!
//! Goes in: answers of a launched campaign with its plan and sample, or answers
//! that were collected elsewhere with their own design. Comes out: respondents
//! with their scores, cleaned; the design with its weights, calibrated; and what
//! was counted on the way. Everything that is estimated, compared or exported
//! starts here, so that all of it rests on the same people and weights.

use std::collections::BTreeMap;

use crate::expr::Value;
use crate::model::Checked;
use crate::model::checked::{FieldKind, Grouping};
use crate::plan::Plan;
use crate::score::asked::Asked;
use crate::score::calibration::calibrate;
use crate::score::clean::clean;
use crate::score::collected::{self, Collected, Weighed};
use crate::score::design::{Design, Single, Unit};
use crate::score::formula::Sources;
use crate::score::kish::kish;
use crate::score::rates;
use crate::score::respondent::{Respondent, zone};
use crate::score::study::Study;
use crate::score::types::{Caution, CellResponse, Cleaning, ResponseTotal, Weights};
use crate::score::views::Views;
use crate::score::weights::{Weighting, grouping_name, weigh};
use crate::store::types::{Arrivals, Response, ResponseState, SampleUnit};

/// A wave.
pub struct Wave<'a> {
    /// The campaign.
    pub checked: &'a Checked,
    /// Strata and cells.
    pub study: Study,
    /// The design; its first units are `respondents`.
    pub design: Design,
    /// Kept answers of drawn people, by pseudonym.
    pub respondents: Vec<Respondent<'a>>,
    /// Kept answers by open links.
    pub others: Vec<Respondent<'a>>,
    /// All completed answers, dropped ones included.
    pub completed: Vec<Respondent<'a>>,
    /// What was left out.
    pub cleaning: Cleaning,
    /// How many were asked and answered, per cell.
    pub response: Vec<CellResponse>,
    /// The same over all cells.
    pub response_total: ResponseTotal,
    /// The weights in figures.
    pub weights: Weights,
    /// What the reader must know.
    pub cautions: Vec<Caution>,
}

impl<'a> Wave<'a> {
    /// Prepares the answers of a launched campaign.
    #[must_use]
    pub fn of_campaign(
        checked: &'a Checked,
        plan: &Plan,
        sample: &[SampleUnit],
        arrivals: &[Arrivals],
        responses: &'a [Response],
    ) -> Self {
        let mut ordered: Vec<&Response> = responses.iter().collect();
        ordered.sort_by(|a, b| (&a.pseudonym, a.id).cmp(&(&b.pseudonym, b.id)));
        let completed = completed(checked, ordered.iter().copied());
        let study = Study::of(plan, arrivals);
        let (keep, cleaning) = clean(checked, &study, &completed);
        let kept = completed.iter().zip(&keep).filter(|(_, k)| **k).map(|(r, _)| r.clone());
        let (respondents, others): (Vec<_>, Vec<_>) = kept.partition(|r| is_drawn(&study, r.response));
        let answers: Vec<&Response> = respondents.iter().map(|r| r.response).collect();
        let linked: BTreeMap<i64, &SampleUnit> =
            sample.iter().filter_map(|u| u.response.map(|id| (id, u))).collect();
        let asked = Asked::of(checked, &study.cells, sample, &answers, &linked);
        let weighting = weigh(checked, &study.cells, &asked);
        let counts = rates::answered(&study, &ordered, &answers);
        let response = rates::per_cell(&study.cells, &asked, counts);
        let outside = ordered.iter().filter(|r| !is_drawn(&study, r)).count() as u64;
        let field = |i: usize, name: &str| {
            let response = answers[i];
            let drawn = linked.get(&response.id).and_then(|u| u.fields.get(name));
            drawn.or_else(|| response.fields.get(name)).cloned()
        };
        let value = |i: usize, grouping: Grouping| {
            value_of(checked, &study, answers.get(i)?, grouping, |name| field(i, name))
        };
        let (design, weights, cautions) = calibrated(checked, &study, weighting, &value);
        Self {
            checked,
            response_total: rates::total(&response, outside),
            response,
            study,
            design,
            respondents,
            others,
            completed,
            cleaning,
            weights,
            cautions,
        }
    }

    /// Prepares answers that were collected elsewhere.
    #[must_use]
    pub fn of_collected(checked: &'a Checked, collected: &'a Collected) -> Self {
        let study = collected.study.clone();
        let places: Vec<usize> = (0..collected.rows.len()).filter(|i| collected.rows[*i].responded).collect();
        let completed = completed(checked, places.iter().map(|i| &collected.rows[*i].response));
        let (keep, cleaning) = clean(checked, &study, &completed);
        let kept: Vec<usize> = places.iter().zip(&keep).filter(|(_, k)| **k).map(|(i, _)| *i).collect();
        let respondents: Vec<Respondent> =
            completed.iter().zip(&keep).filter(|(_, k)| **k).map(|(r, _)| r.clone()).collect();
        let response = rates::of_collected(collected, &kept);
        let (design, weights, cautions) = weighed(checked, collected, &kept);
        Self {
            checked,
            response_total: rates::total(&response, 0),
            response,
            study,
            design,
            respondents,
            others: Vec::new(),
            completed,
            cleaning,
            weights,
            cautions,
        }
    }

    /// Returns what estimates are made from.
    #[must_use]
    pub fn sources(&self) -> Sources<'_> {
        Sources {
            checked: self.checked,
            study: &self.study,
            design: &self.design,
            respondents: &self.respondents,
        }
    }

    /// Returns the single view from which everything is estimated.
    #[must_use]
    pub fn views(&self) -> Views<'_> {
        Views::one(self.sources())
    }
}

/// Weighs kept rows of answers that were collected elsewhere (places in `collected.rows`, all of people who answered).
#[must_use]
pub fn weighed(checked: &Checked, collected: &Collected, kept: &[usize]) -> (Design, Weights, Vec<Caution>) {
    let Weighed { design, classes, cautions } = collected::weigh(checked, collected, kept);
    let summary = Weights { classes, ..Weights::of(checked, &design) };
    let value = |i: usize, grouping: Grouping| {
        let response = &collected.rows[*kept.get(i)?].response;
        value_of(checked, &collected.study, response, grouping, |name| response.fields.get(name).cloned())
    };
    calibrated(checked, &collected.study, Weighting { design, summary, cautions }, &value)
}

fn completed<'a>(checked: &Checked, responses: impl Iterator<Item = &'a Response>) -> Vec<Respondent<'a>> {
    let zone = zone(checked);
    let done = responses.filter(|r| r.state == ResponseState::Completed);
    done.map(|r| Respondent::new(checked, r, &zone)).collect()
}

/// Tells whether a response is one of a drawn person.
#[must_use]
pub fn is_drawn(study: &Study, response: &Response) -> bool {
    study.position(response.cell).is_some()
}

/// Returns the value of a variable for a response, as calibration looks at it; `field` gives those of the list.
pub(super) fn value_of(
    checked: &Checked,
    study: &Study,
    response: &Response,
    grouping: Grouping,
    field: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let value = match grouping {
        Grouping::Stratum => study.stratum_of(response.cell).map(|s| study.strata[s].name.clone()),
        Grouping::Channel => Some(response.channel.to_string()),
        Grouping::Language => Some(response.language.to_string()),
        Grouping::Field(i) => {
            let value = field(&grouping_name(checked, grouping)).map(|v| v.trim().to_owned());
            let truth = checked.fields().get(i).is_some_and(|f| f.kind == FieldKind::YesNo);
            value.map(|v| if truth { yes_no(&v).to_owned() } else { v })
        }
    };
    value.filter(|v| !v.is_empty())
}

/// However a list writes it, the figures of the population say `yes` or `no`.
fn yes_no(text: &str) -> &'static str {
    match FieldKind::YesNo.read(text) {
        Ok(Value::Bool(true)) => "yes",
        Ok(Value::Bool(false)) => "no",
        _ => "",
    }
}

/// Makes the weights agree with known figures, and sees to single units; `value` gives a unit's value of a variable.
pub(super) fn calibrated(
    checked: &Checked,
    study: &Study,
    weighting: Weighting,
    value: &dyn Fn(usize, Grouping) -> Option<String>,
) -> (Design, Weights, Vec<Caution>) {
    let Weighting { mut design, summary: mut weights, mut cautions } = weighting;
    design.single = Single::from(checked.analysis.single);
    let (calibrated, more) = calibrate(checked, study, &mut design, value);
    cautions.extend(more);
    if calibrated.is_some() {
        weights = Weights { classes: weights.classes, calibrated, ..Weights::of(checked, &design) };
    }
    (design, weights, in_order(cautions))
}

impl Weights {
    /// Describes the weights of a design's respondents.
    #[must_use]
    pub fn of(checked: &Checked, design: &Design) -> Self {
        let all = || design.units.iter().map(|u| u.weight).filter(|w| *w > 0.0);
        let total = design.units.iter().filter(|u| u.weight > 0.0).map(Unit::total).sum();
        let weighted = design.units.iter().enumerate().filter(|(_, u)| u.weight > 0.0).map(|(i, _)| i);
        let kish = kish(design, weighted);
        let by = checked.analysis.nonresponse.iter().map(|g| grouping_name(checked, *g));
        Self {
            adjusted_by: by.collect(),
            sum: total,
            smallest: all().reduce(f64::min),
            largest: all().reduce(f64::max),
            design_effect: kish.design_effect,
            n_effective: kish.n_effective,
            classes: Vec::new(),
            calibrated: None,
        }
    }
}

/// Cautions about the whole come before those about a cell.
fn in_order(mut cautions: Vec<Caution>) -> Vec<Caution> {
    cautions.sort_by_key(|c| match c {
        Caution::NotAdjusted | Caution::NotUsable { .. } | Caution::NotCalibrated { .. } => 0,
        Caution::MarginUnknown { .. } | Caution::MarginsDiffer { .. } => 1,
        Caution::MarginEmpty { .. } | Caution::MarginMissed { .. } | Caution::MarginValueUnknown { .. } => 2,
        Caution::NotRepresented { .. } | Caution::ClassSilent { .. } => 3,
        Caution::SingleRespondent { .. } => 4,
        Caution::ClassesJoined { .. } => 5,
    });
    cautions
}
