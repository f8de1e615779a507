//! The waves before a campaign, as they were launched: their main score, and what risk groups need.
//!
//! Goes in: the store, and the campaign that is reported. Comes out: the main score of every earlier wave that can be
//! compared with it, oldest first, and who is in the risk groups. The series ends where a wave says that its score can't
//! be compared with the one before, has it on another scale, or was launched by a version that is not understood.

use jiff::Timestamp;

use crate::model::Checked;
use crate::plan::Plan;
use crate::report::comparable::{Versions, breaks};
use crate::report::risk::{RiskError, Stored, chain, risk_members};
use crate::score::design::variance;
use crate::score::findings::{PastWave, RiskMembers};
use crate::score::formula::{estimate_score, range};
use crate::score::respondent::zone;
use crate::score::wave::Wave;
use crate::store::types::{Arrivals, Response, SampleUnit};
use crate::store::{Store, StoreError};

/// What earlier waves tell a report.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Who is in the risk groups.
    pub risks: Vec<RiskMembers>,
    /// The main score of earlier waves, oldest first.
    pub waves: Vec<PastWave>,
    /// Of these, those before the wave before, as far as they are asked for.
    pub older: Vec<Older>,
}

/// A wave before the wave before.
#[derive(Debug, Clone)]
pub struct Older {
    checked: Checked,
    plan: Plan,
    sample: Vec<SampleUnit>,
    arrivals: Vec<Arrivals>,
    responses: Vec<Response>,
}

impl Older {
    /// Prepares its answers.
    #[must_use]
    pub fn wave(&self) -> Wave<'_> {
        Wave::of_campaign(&self.checked, &self.plan, &self.sample, &self.arrivals, &self.responses)
    }
}

/// Reads what a report of the campaign says of earlier waves; `older` keeps the answers of waves before the one before, and
/// for whom the conditions of risk groups held.
pub async fn past(
    store: &Store,
    campaign: &str,
    checked: &Checked,
    now: Timestamp,
    older: bool,
) -> Result<Past, StoreError> {
    if checked.campaign.follows.is_none() && checked.analysis.risks.is_empty() {
        return Ok(Past::default());
    }
    let waves = match chain(store, campaign).await {
        Ok(waves) => waves,
        Err(RiskError::Store(error)) => return Err(error),
        Err(RiskError::Words(why)) => return Ok(unknown(checked, &why)),
    };
    let mut out = Past { risks: risk_members(&waves, now, older), ..Past::default() };
    let Some(main) = main_score(checked) else { return Ok(out) };
    let mut comparable = comparable(checked, &main);
    for (stored, place) in waves.into_iter().skip(1).zip(0..) {
        if !comparable || same_scale(checked, &stored.checked) != Some(true) {
            break;
        }
        let at = middle(&stored);
        let Stored { checked, plan, responses, .. } = stored;
        let name = &checked.campaign.name;
        let (sample, arrivals) = (store.sample(name).await?, store.arrivals(name).await?);
        let one = Older { checked, plan, sample, arrivals, responses };
        let Some(point) = point(&one.wave(), &main, at) else { break };
        out.waves.insert(0, point);
        comparable = self::comparable(&one.checked, &main);
        if older && place > 0 {
            out.older.insert(0, one);
        }
    }
    Ok(out)
}

fn unknown(checked: &Checked, why: &str) -> Past {
    let group = |risk: &crate::model::checked::Risk| RiskMembers {
        name: risk.name.clone(),
        why: Some(why.to_owned()),
        ..RiskMembers::default()
    };
    Past { risks: checked.analysis.risks.iter().map(group).collect(), ..Past::default() }
}

/// Returns the name of the main score: the first index, else the first score.
#[must_use]
pub fn main_score(checked: &Checked) -> Option<String> {
    let scores = &checked.scoring.as_ref()?.scores;
    let index = scores.iter().find(|s| matches!(s.kind, crate::model::checked::ScoreKind::Index { .. }));
    index.or(scores.first()).map(|s| s.name.clone())
}

/// Tells whether a wave's score may be compared with that of the wave before.
fn comparable(checked: &Checked, score: &str) -> bool {
    let lines = breaks(checked, &Versions::default(), &zone(checked));
    !lines.iter().any(|line| line.everything || line.touches.iter().any(|t| t == score))
}

fn same_scale(a: &Checked, b: &Checked) -> Option<bool> {
    let (a, b) = (a.scoring.as_ref()?, b.scoring.as_ref()?);
    Some(a.low.total_cmp(&b.low).is_eq() && a.high.total_cmp(&b.high).is_eq())
}

/// Days since 1970 of a wave's middle.
fn middle(stored: &Stored) -> f64 {
    let schedule = &stored.plan.schedule;
    middle_of(&schedule.open, &schedule.close)
}

/// Returns the middle between two moments in days since 1970; zero where they can't be read.
#[must_use]
pub fn middle_of(open: &str, close: &str) -> f64 {
    let seconds = |text: &str| text.parse::<Timestamp>().map_or(0.0, |t| t.as_second() as f64);
    f64::midpoint(seconds(open), seconds(close)) / 86_400.0
}

/// Estimates the score of a wave; nothing where it may not be shown or has no error.
#[must_use]
pub fn point(wave: &Wave, score: &str, at: f64) -> Option<PastWave> {
    let place = wave.checked.scoring.as_ref()?.scores.iter().position(|s| s.name == score)?;
    let scale = range(wave.checked, place)?;
    let everybody: Vec<usize> = (0..wave.respondents.len()).collect();
    let linear = estimate_score(wave.sources(), &everybody, place)?;
    if wave.design.people(linear.members()) < wave.checked.analysis.hide_below {
        return None;
    }
    let options = wave.design.options(wave.checked.analysis.finite_correction);
    let variance = variance(&wave.design, &linear.influence, options)
        .value
        .filter(|v| v.sqrt() > 1e-9 * (scale.high - scale.low))?;
    Some(PastWave { name: wave.checked.campaign.name.clone(), at, value: linear.value, variance })
}
