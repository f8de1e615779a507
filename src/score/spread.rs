//! How scores spread between people: what sizes and powers of the next wave are reckoned with.
//!
//! The standard deviation is that of the values whose mean the estimate is; for a formula over several means, of its
//! influence values (Deville 1999), so that `deviation / √n` is its error in a simple random sample. Weighted as the
//! estimate is.

use crate::model::Checked;
use crate::plan::types::Plan;
use crate::plan::{GroupBefore, ScoreBefore, WaveBefore};
use crate::score::clean;
use crate::score::design::Design;
use crate::score::formula::{Sources, estimate_score};
use crate::score::kish::kish;
use crate::score::linear::Linear;
use crate::score::respondent::{Respondent, zone};
use crate::score::study::Study;
use crate::score::weights::{Weighting, weigh};
use crate::store::types::{Arrivals, Response, ResponseState, SampleUnit};

/// Strata with fewer answers are not told: their figures could speak of single people.
const LEAST: u64 = 10;

/// Returns value and spread of every score of a campaign, over all and by stratum.
#[must_use]
pub fn spread(
    checked: &Checked,
    plan: &Plan,
    sample: &[SampleUnit],
    arrivals: &[Arrivals],
    responses: &[Response],
) -> WaveBefore {
    let mut ordered: Vec<&Response> = responses.iter().collect();
    ordered.sort_by(|a, b| (&a.pseudonym, a.id).cmp(&(&b.pseudonym, b.id)));
    let zone = zone(checked);
    let done = ordered.into_iter().filter(|r| r.state == ResponseState::Completed);
    let completed: Vec<Respondent> = done.map(|r| Respondent::new(checked, r, &zone)).collect();
    let study = Study::of(plan, arrivals);
    let (keep, _) = clean::clean(checked, &study, &completed);
    let kept = completed.iter().zip(&keep).filter(|(r, k)| **k && r.response.cell.is_some()).map(|(r, _)| r);
    let drawn: Vec<Respondent> = kept.cloned().collect();
    let answers: Vec<&Response> = drawn.iter().map(|r| r.response).collect();
    let Weighting { design, .. } = weigh(checked, &study.cells, sample, &answers);
    let sources = Sources { checked, study: &study, design: &design, respondents: &drawn };
    let everybody: Vec<usize> = (0..drawn.len()).collect();
    let of = |stratum: usize| -> Vec<usize> {
        let inside = |i: &usize| study.stratum_of(drawn[*i].response.cell) == Some(stratum);
        (0..drawn.len()).filter(inside).collect()
    };
    let scores = checked.scoring.iter().flat_map(|s| &s.scores).enumerate();
    let one = |(index, score): (usize, &crate::model::checked::Score)| {
        let group = |name: &str, members: &[usize]| {
            estimate_score(sources, members, index).and_then(|e| group(name, &design, &e))
        };
        let strata = plan.strata.iter().enumerate();
        Some(ScoreBefore {
            score: score.name.clone(),
            overall: group("", &everybody)?,
            strata: strata.filter_map(|(i, s)| group(&s.name, &of(i))).collect(),
        })
    };
    WaveBefore {
        campaign: plan.campaign.clone(),
        answers: drawn.len() as u64,
        scores: scores.filter_map(one).collect(),
    }
}

fn group(name: &str, design: &Design, estimate: &Linear) -> Option<GroupBefore> {
    let kish = kish(design, estimate.members());
    let n = kish.n as f64;
    if kish.n < LEAST {
        return None;
    }
    let weight = |i: usize| design.units[i].weight;
    let total: f64 = estimate.members().map(weight).sum();
    let square = |(i, z): &(usize, f64)| weight(*i) * (z * total) * (z * total);
    let variance = estimate.influence.iter().map(square).sum::<f64>() / total * n / (n - 1.0);
    Some(GroupBefore {
        stratum: name.to_owned(),
        answers: kish.n,
        effective: rounded(kish.n_effective.unwrap_or(n)),
        value: rounded(estimate.value),
        deviation: rounded(variance.sqrt()),
    })
}

/// Six decimals are more than a plan can show, and the same on every machine.
fn rounded(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}
