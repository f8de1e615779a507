//! Launching: the reviewed plan, the spec's files and the drawn people go into the store, once.

use jiff::Timestamp;

use crate::frame::{CellSummary, FrameSummary, History, Person, clauses_hash};
use crate::model::checked::Checked;
use crate::model::{Memory, analyse};
use crate::plan::{self, Plan};
use crate::runner::error::RunError;
use crate::store::token::Nonces;
use crate::store::{ContactHistory, Invitation, Launched, Store};

/// Launches a campaign; again with the same plan it does nothing.
pub async fn launch(
    checked: &Checked,
    plan: &Plan,
    drawn: &[Person],
    store: &Store,
    now: Timestamp,
    nonces: &dyn Nonces,
) -> Result<(), RunError> {
    let launched = Launched {
        campaign: plan.campaign.clone(),
        files: checked.files.iter().map(|f| (f.path.clone(), f.text.clone())).collect(),
        plan: plan::json(plan),
        plan_hash: plan.hash.clone(),
        launched_at: now,
        paused: false,
    };
    let people: Result<Vec<Invitation>, RunError> =
        drawn.iter().map(|p| invitation(&plan.campaign, p, None, nonces)).collect();
    Ok(store.launch(&launched, &people?).await?)
}

/// Makes the invitation of a drawn person; `event` names the triggering event and its moment.
pub fn invitation(
    campaign: &str,
    person: &Person,
    event: Option<(&str, Timestamp)>,
    nonces: &dyn Nonces,
) -> Result<Invitation, RunError> {
    Ok(Invitation {
        id: 0,
        campaign: campaign.to_owned(),
        key: person.key.clone(),
        occasion: event.map_or_else(String::new, |(key, _)| key.to_owned()),
        cell: person.cell,
        position: person.position,
        cluster: person.cluster,
        language: person.language.clone(),
        timezone: person.timezone.clone(),
        name: person.name.clone(),
        email: person.email.clone(),
        mobile: person.mobile.clone(),
        fields: person.fields.clone(),
        nonce: nonces.nonce().map_err(RunError::Words)?,
        released_at: None,
        event_at: event.map(|(_, at)| at),
    })
}

/// Returns what the draw must know of other campaigns.
#[must_use]
pub fn history(known: ContactHistory) -> History {
    let suppressed = known.emails.into_iter().chain(known.mobiles).collect();
    History { at_rest: known.at_rest, suppressed, ..History::default() }
}

/// Analyses a launched campaign's own copy of its spec.
pub fn launched_model(launched: &Launched) -> Result<Checked, RunError> {
    let main = launched.files.first().map(|(path, _)| path.clone()).unwrap_or_default();
    let analysis = analyse(&main, &Memory(launched.files.iter().cloned().collect()));
    analysis.checked.ok_or_else(|| {
        let words = "was launched by another version of Canvass, and this one no longer understands its spec";
        RunError::Words(format!("campaign `{}` {words}", launched.campaign))
    })
}

/// Returns the summary of a list without anybody in it, for a plan of the spec alone.
#[must_use]
pub fn empty_summary(checked: &Checked, seed: u64) -> FrameSummary {
    let cell = |name: String| CellSummary { name, ..CellSummary::default() };
    let cells = checked.strata.iter().flat_map(|s| {
        let parts: Vec<String> = s.parts.iter().map(|p| format!("{}.{}", s.name, p.name)).collect();
        if parts.is_empty() { vec![s.name.clone()] } else { parts }
    });
    FrameSummary {
        version: crate::frame::SUMMARY_VERSION,
        clauses: clauses_hash(checked),
        seed,
        rows: 0,
        bad_rows: 0,
        bad_cells: 0,
        excluded: checked.frame.as_ref().map_or_else(Vec::new, |f| vec![0; f.exclude.len()]),
        once: 0,
        eligible: 0,
        unmatched: 0,
        overlaps: Vec::new(),
        unparted: vec![0; checked.strata.len()],
        cells: cells.map(cell).collect(),
        events: Vec::new(),
        quotas: Vec::new(),
        margins: Vec::new(),
        starts: std::collections::BTreeMap::new(),
        clusters: None,
        before: None,
    }
}
