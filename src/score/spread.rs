//! How scores spread between people: what sizes and powers of the next wave are reckoned with.
//!
//! The standard deviation is that of the values whose mean the estimate is; for a formula over several means, of its
//! influence values (Deville 1999), so that `deviation / √n` is its error in a simple random sample. Weighted as the
//! estimate is.

use crate::model::Checked;
use crate::plan::types::Plan;
use crate::plan::{GroupBefore, ScoreBefore, WaveBefore};
use crate::score::design::Design;
use crate::score::formula::estimate_score;
use crate::score::kish::kish;
use crate::score::linear::Linear;
use crate::score::wave::Wave;
use crate::store::types::{Arrivals, Response, SampleUnit};

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
    let wave = Wave::of_campaign(checked, plan, sample, arrivals, responses);
    let (drawn, design, sources) = (&wave.respondents, &wave.design, wave.sources());
    let everybody: Vec<usize> = (0..drawn.len()).collect();
    let of = |stratum: usize| -> Vec<usize> {
        let inside = |i: &usize| wave.study.stratum_of(drawn[*i].response.cell) == Some(stratum);
        (0..drawn.len()).filter(inside).collect()
    };
    let scores = checked.scoring.iter().flat_map(|s| &s.scores).enumerate();
    let one = |(index, score): (usize, &crate::model::checked::Score)| {
        let group = |name: &str, members: &[usize]| {
            estimate_score(sources, members, index).and_then(|e| group(name, design, &e))
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
    let weight = |i: usize| design.units[i].total();
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
