//! Reads what the store holds of a campaign and makes the report's data.
//!
//! `canvass report` and `canvass rehearse` both come through here.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::Checked;
use crate::plan::Plan;
use crate::report::build::{Records, build};
use crate::report::comparable::{Versions, set_apart};
use crate::report::data::{MessageLine, ReportData};
use crate::store::types::Response;
use crate::store::{ResponseVersions, Store, StoreError};

/// Makes the data of a campaign's report as of `now`.
pub async fn make(
    store: &Store,
    campaign: &str,
    checked: &Checked,
    plan: &Plan,
    now: Timestamp,
) -> Result<ReportData, StoreError> {
    Ok(build(checked, plan, &usable(store, campaign, checked).await?, now))
}

/// Reads what was drawn, sent and answered; answers that the present questionnaire doesn't know stand apart.
pub async fn usable(store: &Store, campaign: &str, checked: &Checked) -> Result<Records, StoreError> {
    let mut records = records(store, campaign).await?;
    let all = store.versions(campaign).await?;
    // Only a campaign that was changed has answers that don't fit, and only then is each looked at.
    if all.len() > 1 {
        records.versions.misfits = set_apart(checked, &mut records.responses);
        records.versions.responses = store.response_versions(campaign).await?;
    } else {
        let one = |r: &Response| ResponseVersions {
            pseudonym: r.pseudonym.clone(),
            first: 1,
            last: 1,
            items: BTreeMap::new(),
            state: r.state,
        };
        records.versions.responses = records.responses.iter().map(one).collect();
    }
    records.versions.all = all;
    Ok(records)
}

/// Reads what was drawn, sent and answered.
pub async fn records(store: &Store, campaign: &str) -> Result<Records, StoreError> {
    let counts = store.message_counts(campaign).await?;
    let messages = counts
        .into_iter()
        .map(|m| MessageLine { step: m.step, channel: m.channel, state: m.state, count: m.count })
        .collect();
    Ok(Records {
        sample: store.sample(campaign).await?,
        arrivals: store.arrivals(campaign).await?,
        responses: store.responses(campaign).await?,
        messages,
        versions: Versions::default(),
    })
}
