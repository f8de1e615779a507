//! Risk groups: people for whom a condition held in each of the last waves that they answered.
//!
//! Goes in: the campaign that declares the group, and the waves that there are, the latest first, each with its own
//! launched spec, its responses, and whose they are. Comes out: keys. A wave is answered by a completed response that
//! cleaning keeps; of several responses in one wave the last one counts. Scores and fields are found by their names, for
//! every wave has a questionnaire of its own. A condition that can't be said (a score is missing, or has another scale
//! than in the declaring campaign) does not hold. Responses whose link to the person is gone, or should be by the wave's
//! `keep`, are nobody's.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::expr::{Env, Value, Var, truth};
use crate::model::Checked;
use crate::model::checked::{PrivacyMode, Risk};
use crate::plan::Plan;
use crate::score::clean;
use crate::score::respondent::{Respondent, ResponseEnv, zone};
use crate::score::study::Study;
use crate::store::types::{Response, ResponseState};

/// A wave as risk groups look at it.
#[derive(Debug, Clone, Copy)]
pub struct Wave<'a> {
    /// Its launched spec.
    pub checked: &'a Checked,
    /// Its launched plan.
    pub plan: &'a Plan,
    /// Its responses.
    pub responses: &'a [Response],
    /// Keys of people by id of their response, as far as the link is there.
    pub keys: &'a BTreeMap<i64, String>,
}

/// Tells for everybody who answered a wave whether the condition held; `now` is the moment as of which links are kept.
#[must_use]
pub fn verdicts(declaring: &Checked, group: &Risk, wave: Wave, now: Timestamp) -> BTreeMap<String, bool> {
    let Wave { checked, plan, responses, keys } = wave;
    // An anonymous wave promises that nobody ever looks.
    if checked.privacy.mode == PrivacyMode::Anonymous {
        return BTreeMap::new();
    }
    let zone = zone(checked);
    let completed: Vec<Respondent> = responses
        .iter()
        .filter(|r| r.state == ResponseState::Completed)
        .map(|r| Respondent::new(checked, r, &zone))
        .collect();
    let study = Study::of(plan, &[]);
    let (keep, _) = clean::clean(checked, &study, &completed);
    let kept = |r: &Response| {
        let until = checked.privacy.keep_days.map(|days| SignedDuration::from_hours(24 * i64::from(days)));
        until.is_none_or(|until| r.completed_at.unwrap_or(r.updated_at) + until > now)
    };
    let mut last: BTreeMap<&str, ((Option<Timestamp>, i64), bool)> = BTreeMap::new();
    for (respondent, _) in completed.iter().zip(&keep).filter(|(r, keep)| **keep && kept(r.response)) {
        let Some(key) = keys.get(&respondent.response.id) else { continue };
        let env = ByName { declaring, inner: ResponseEnv { checked, study: &study, respondent } };
        let verdict = truth(&group.condition, &env).holds();
        let when = (respondent.response.completed_at, respondent.response.id);
        let known = last.entry(key).or_insert((when, verdict));
        if when >= known.0 {
            *known = (when, verdict);
        }
    }
    last.into_iter().map(|(key, (_, verdict))| (key.to_owned(), verdict)).collect()
}

/// Returns those for whom the verdict was yes in each of the last `length` waves that they answered; waves come the
/// latest first.
#[must_use]
pub fn in_a_row(length: u32, waves: impl Iterator<Item = BTreeMap<String, bool>>) -> BTreeSet<String> {
    let mut runs: BTreeMap<String, u32> = BTreeMap::new();
    let mut broken: BTreeSet<String> = BTreeSet::new();
    for (key, verdict) in waves.flatten() {
        let run = runs.get(&key).copied().unwrap_or(0);
        if run >= length || broken.contains(&key) {
            continue;
        }
        if verdict {
            runs.insert(key, run + 1);
        } else {
            broken.insert(key);
        }
    }
    let whole = runs.into_iter().filter(|(key, run)| *run >= length && !broken.contains(key));
    whole.map(|(key, _)| key).collect()
}

/// A response of one wave, asked with the variables of another campaign.
struct ByName<'a> {
    declaring: &'a Checked,
    inner: ResponseEnv<'a>,
}

impl ByName<'_> {
    fn translated(&self, var: Var) -> Option<Var> {
        let there = self.inner.checked;
        match var {
            Var::Score(i) => {
                let (old, own) = (self.declaring.scoring.as_ref()?, there.scoring.as_ref()?);
                let same = old.low.total_cmp(&own.low).is_eq() && old.high.total_cmp(&own.high).is_eq();
                let name = &old.scores.get(i)?.name;
                own.scores.iter().position(|s| same && s.name == *name).map(Var::Score)
            }
            Var::Field(i) => {
                let name = &self.declaring.fields().get(i)?.name;
                there.fields().iter().position(|f| f.name == *name).map(Var::Field)
            }
            // Conditions on risk groups look at scores and at the person alone.
            Var::Stratum | Var::Language => Some(var),
            _ => None,
        }
    }
}

impl Env for ByName<'_> {
    fn value(&self, var: Var) -> Value {
        self.translated(var).map_or(Value::Missing, |var| self.inner.value(var))
    }

    fn today(&self) -> Date {
        self.inner.today()
    }
}
