//! Reads who is in a risk group: the declaring campaign and the waves before it, as they were launched.
//!
//! Who asks for the draw of a later wave and who reports the declaring one come through here; who is in a group, and why,
//! is reckoned in [`crate::score::risk`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::checked::{PrivacyMode, Risk};
use crate::model::{Checked, Memory, analyse};
use crate::plan::{self, Plan};
use crate::score::risk::{Wave, members};
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
struct Stored {
    checked: Checked,
    plan: Plan,
    responses: Vec<Response>,
    keys: BTreeMap<i64, String>,
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
    Ok(Some(of_waves(checked, found, &waves, now)))
}

fn of_waves(checked: &Checked, group: &Risk, waves: &[Stored], now: Timestamp) -> BTreeSet<String> {
    let waves: Vec<Wave> = waves
        .iter()
        .map(|w| Wave { checked: &w.checked, plan: &w.plan, responses: &w.responses, keys: &w.keys })
        .collect();
    members(checked, group, &waves, now)
}

/// Reads a campaign and those that it follows, as far as the store has them.
async fn chain(store: &Store, campaign: &str) -> Result<Vec<Stored>, RiskError> {
    let mut waves: Vec<Stored> = Vec::new();
    let mut next = Some(campaign.to_owned());
    while let Some(name) = next {
        let known = waves.iter().any(|w| w.checked.campaign.name == name);
        let Some(launched) = store.campaign(&name).await?.filter(|_| !known) else { break };
        let (checked, plan) = as_launched(&launched)?;
        let before = checked.campaign.follows.clone();
        let responses = store.responses(&name).await?;
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
