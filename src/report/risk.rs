//! Reads who is in a risk group: the declaring campaign and the waves before it, as they were launched.
//!
//! Who asks for the draw of a later wave and who reports the declaring one come through here; who is in a group, and why,
//! is reckoned in [`crate::score::risk`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::checked::{PrivacyMode, Risk};
use crate::model::{Checked, Memory, analyse};
use crate::plan::{self, Plan};
use crate::report::comparable::set_apart;
use crate::score::findings::RiskMembers;
use crate::score::risk::{Wave, in_a_row, verdicts};
use crate::store::types::{Launched, Response};
use crate::store::{Store, StoreError};

/// Why nobody can tell who is in a risk group.
#[derive(Debug)]
pub enum RiskError {
    /// The store can't be read.
    Store(StoreError),
    /// In words.
    Words(String),
}

impl From<StoreError> for RiskError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl std::fmt::Display for RiskError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Words(words) => f.write_str(words),
        }
    }
}

impl std::error::Error for RiskError {}

/// A wave as it was launched, with what it left in the store.
pub(super) struct Stored {
    pub(super) checked: Checked,
    pub(super) plan: Plan,
    pub(super) responses: Vec<Response>,
    keys: BTreeMap<i64, String>,
}

/// Returns who is in each risk group that a launched campaign declares, and which of its responses are theirs.
///
/// Where that can't be told, every group says why; the rest of a report does not hang on it.
///
/// With `whole` also for whom the conditions held in each wave, which only an export looks at.
pub(super) fn risk_members(waves: &[Stored], now: Timestamp, whole: bool) -> Vec<RiskMembers> {
    let Some(declaring) = waves.first() else { return Vec::new() };
    let one = |group: &Risk| {
        let verdicts = verdicts_of(&declaring.checked, group, waves, now);
        let told = if whole { numbered(&verdicts, waves) } else { Vec::new() };
        let keys = in_a_row(group.waves, verdicts.into_iter());
        let theirs = declaring.keys.iter().filter(|(_, key)| keys.contains(*key));
        RiskMembers {
            name: group.name.clone(),
            people: keys.len() as u64,
            responses: theirs.map(|(id, _)| *id).collect(),
            known: declaring.keys.keys().copied().collect(),
            why: None,
            verdicts: told,
        }
    };
    declaring.checked.analysis.risks.iter().map(one).collect()
}

/// Puts numbers in place of keys: people in the order of the first pseudonym that answers of theirs have, which says
/// nothing of who they are.
fn numbered(verdicts: &[BTreeMap<String, bool>], waves: &[Stored]) -> Vec<BTreeMap<u64, bool>> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for wave in waves {
        for response in &wave.responses {
            let Some(key) = wave.keys.get(&response.id) else { continue };
            let known = first.entry(key).or_insert(&response.pseudonym);
            *known = (*known).min(&response.pseudonym);
        }
    }
    let mut order: Vec<(&str, &str)> = first.into_iter().map(|(key, pseudonym)| (pseudonym, key)).collect();
    order.sort_unstable();
    let numbers: BTreeMap<&str, u64> = order.into_iter().map(|(_, key)| key).zip(1..).collect();
    let of_wave = |wave: &BTreeMap<String, bool>| {
        wave.iter().filter_map(|(key, held)| Some((*numbers.get(key.as_str())?, *held))).collect()
    };
    verdicts.iter().map(of_wave).collect()
}

/// Returns the keys of the risk group that a launched campaign declares; nothing where the store has no such campaign.
pub async fn risk_group(
    store: &Store,
    campaign: &str,
    group: &str,
    now: Timestamp,
) -> Result<Option<BTreeSet<String>>, RiskError> {
    let waves = chain(store, campaign).await?;
    let Some(declaring) = waves.first() else { return Ok(None) };
    let checked = &declaring.checked;
    if checked.privacy.mode == PrivacyMode::Anonymous {
        let words =
            format!("campaign `{campaign}` is anonymous, so that nobody knows whose scores were low in it");
        return Err(RiskError::Words(words));
    }
    let Some(found) = checked.analysis.risks.iter().find(|g| g.name == group) else {
        let words = format!("campaign `{campaign}`, as it was launched, has no risk group `{group}`");
        return Err(RiskError::Words(words));
    };
    Ok(Some(in_a_row(found.waves, verdicts_of(checked, found, &waves, now).into_iter())))
}

fn verdicts_of(
    checked: &Checked,
    group: &Risk,
    waves: &[Stored],
    now: Timestamp,
) -> Vec<BTreeMap<String, bool>> {
    let of = |w: &Stored| {
        let wave = Wave { checked: &w.checked, plan: &w.plan, responses: &w.responses, keys: &w.keys };
        verdicts(checked, group, wave, now)
    };
    waves.iter().map(of).collect()
}

/// Reads a campaign and those that it follows, as far as the store has them, without answers that no longer fit a wave's
/// last version: they count in none of its figures.
pub(super) async fn chain(store: &Store, campaign: &str) -> Result<Vec<Stored>, RiskError> {
    let mut waves: Vec<Stored> = Vec::new();
    let mut next = Some(campaign.to_owned());
    while let Some(name) = next {
        let known = waves.iter().any(|w| w.checked.campaign.name == name);
        let Some(launched) = store.campaign(&name).await?.filter(|_| !known) else { break };
        let (checked, plan) = as_launched(&launched)?;
        let before = checked.campaign.follows.clone();
        let mut responses = store.responses(&name).await?;
        let _ = set_apart(&checked, &mut responses);
        let keys = store.keys_of_responses(&name).await?;
        waves.push(Stored { checked, plan, responses, keys });
        next = before;
    }
    Ok(waves)
}

fn as_launched(launched: &Launched) -> Result<(Checked, Plan), RiskError> {
    let name = &launched.campaign;
    let main = launched.files.first().map(|(path, _)| path.clone()).unwrap_or_default();
    let checked =
        analyse(&main, &Memory(launched.files.iter().cloned().collect())).checked.ok_or_else(|| {
            let words =
                "was launched by another version of Canvass, and this one no longer understands its spec";
            RiskError::Words(format!("campaign `{name}` {words}"))
        })?;
    let plan = plan::parse(&launched.plan)
        .map_err(|e| RiskError::Words(format!("the stored plan of `{name}`: {e}")))?;
    Ok((checked, plan))
}
