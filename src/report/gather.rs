//! Reads what the store holds of a campaign and makes the report's data.
//!
//! `canvass report` and `canvass rehearse` both come through here.

use jiff::Timestamp;

use crate::model::Checked;
use crate::plan::Plan;
use crate::report::build::{Records, build};
use crate::report::data::{MessageLine, ReportData};
use crate::store::{Store, StoreError};

/// Makes the data of a campaign's report as of `now`.
pub async fn make(
    store: &Store,
    campaign: &str,
    checked: &Checked,
    plan: &Plan,
    now: Timestamp,
) -> Result<ReportData, StoreError> {
    let records = records(store, campaign).await?;
    Ok(build(checked, plan, &records, now))
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
    })
}
