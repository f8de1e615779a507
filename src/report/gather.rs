//! Reads what the store holds of a campaign and makes the report's data.
//!
//! `canvass report` and `canvass rehearse` both come through here.

use jiff::Timestamp;

use crate::model::Checked;
use crate::plan::Plan;
use crate::report::build::Records;
use crate::report::comparable::{Versions, set_apart};
use crate::report::data::{MessageLine, ReportData};
use crate::report::launched::build;
use crate::report::past::{Past, past};
use crate::report::waves::Before;
use crate::score::compare::events::EventTold;
use crate::store::{Store, StoreError};

/// Makes the data of a campaign's report as of `now`, compared with the wave before: its spec and plan as launched; with
/// what events tell of measures.
pub async fn make_after(
    store: &Store,
    campaign: &str,
    checked: &Checked,
    plan: &Plan,
    (before, events): (Option<(Checked, Plan)>, Vec<EventTold>),
    now: Timestamp,
) -> Result<ReportData, StoreError> {
    // What reading needs is large; who waits for a report should not carry it.
    let records = Box::pin(gathered(store, campaign, checked, before, now, false)).await?;
    Ok(build(checked, plan, &Records { events, ..records }, now))
}

/// Reads everything that a campaign's report rests on, other waves included; of those before the wave before the answers
/// only with `older`.
pub async fn gathered(
    store: &Store,
    campaign: &str,
    checked: &Checked,
    before: Option<(Checked, Plan)>,
    now: Timestamp,
    older: bool,
) -> Result<Records, StoreError> {
    let mut records = usable(store, campaign, checked).await?;
    if let Some((spec, plan)) = before {
        records.before = Some(Box::new(wave_before(store, campaign, spec, plan).await?));
    }
    records.past = past(store, campaign, checked, now, older).await?;
    Ok(records)
}

/// Reads what was drawn, sent and answered; answers that the present questionnaire doesn't know stand apart.
pub async fn usable(store: &Store, campaign: &str, checked: &Checked) -> Result<Records, StoreError> {
    let mut records = records(store, campaign).await?;
    let all = store.versions(campaign).await?;
    // Only a campaign that was changed has answers that don't fit, and only then is each looked at.
    if all.len() > 1 {
        records.versions.misfits = set_apart(checked, &mut records.responses);
    }
    records.versions.responses = store.version_counts(campaign).await?;
    records.versions.all = all;
    Ok(records)
}

/// Reads the answers of the wave before, and who answered both.
async fn wave_before(
    store: &Store,
    campaign: &str,
    checked: Checked,
    plan: Plan,
) -> Result<Before, StoreError> {
    let name = plan.campaign.clone();
    let mut records = records(store, &name).await?;
    // Answers that no longer fit the wave's last version count in none of its figures.
    records.versions.misfits = set_apart(&checked, &mut records.responses);
    let people = store.people(&name, campaign).await?;
    Ok(Before { checked, plan, records, people })
}

/// Reads what was drawn, sent and answered.
pub async fn records(store: &Store, campaign: &str) -> Result<Records, StoreError> {
    Ok(Records {
        sample: store.sample(campaign).await?,
        arrivals: store.arrivals(campaign).await?,
        responses: store.responses(campaign).await?,
        messages: messages(store, campaign).await?,
        versions: Versions::default(),
        past: Past::default(),
        before: None,
        events: Vec::new(),
    })
}

/// Counts the messages.
pub(super) async fn messages(store: &Store, campaign: &str) -> Result<Vec<MessageLine>, StoreError> {
    let counts = store.message_counts(campaign).await?.into_iter();
    Ok(counts
        .map(|m| MessageLine { step: m.step, channel: m.channel, state: m.state, count: m.count })
        .collect())
}
