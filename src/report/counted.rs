//! The report of a launched campaign whose answers are counted in one pass, none of them kept.
//!
//! Goes in: the store, one person after the other. Comes out: the same report as from people one by one, without what needs
//! them one by one: a warning says what that is.

use jiff::Timestamp;

use crate::model::Checked;
use crate::plan::Plan;
use crate::report::build::{Apart, not_from_counts};
use crate::report::comparable::{Misfits, Versions, set_apart_of};
use crate::report::data::{MessageLine, ReportData};
use crate::report::gather::messages;
use crate::report::launched::{Made, launched_report};
use crate::score::compare::events::EventTold;
use crate::score::compare::measures::measures_of_events;
use crate::score::findings::{Findings, findings_of_counts};
use crate::score::study::Study;
use crate::score::tally::counting::Counting;
use crate::score::tally::launched::Launched;
use crate::score::tally::layout::Unsuitable;
use crate::store::{Store, StoreError};

/// What was sent and answered, counted.
pub struct CountedRecords {
    tally: Launched,
    messages: Vec<MessageLine>,
    versions: Versions,
}

/// Counts what the store holds of a campaign; why answers must be kept is the inner error.
pub async fn count(
    store: &Store,
    campaign: &str,
    checked: &Checked,
    plan: &Plan,
) -> Result<Result<CountedRecords, Unsuitable>, StoreError> {
    let study = Study::of(plan, &store.arrivals(campaign).await?);
    let mut counting = match Counting::new(checked, &study) {
        Ok(counting) => counting,
        Err(why) => return Ok(Err(why)),
    };
    let all = store.versions(campaign).await?;
    let (mut misfits, changed) = (Misfits::new(), all.len() > 1);
    let mut refused = None;
    store
        .each_response(campaign, |mut response, drawn| {
            if changed {
                set_apart_of(checked, &mut response, &mut misfits);
            }
            if refused.is_none() {
                refused = counting.answer(&response, drawn.as_ref()).err();
            }
        })
        .await?;
    if let Some(why) = refused {
        return Ok(Err(why));
    }
    store.each_drawn(campaign, |unit| counting.unit(&unit)).await?;
    let responses = store.version_counts(campaign).await?;
    let versions = Versions { all, responses, misfits };
    Ok(Ok(CountedRecords { tally: counting.done(), messages: messages(store, campaign).await?, versions }))
}

/// Builds the report of a counted campaign as of `now`.
#[must_use]
pub fn build_launched_counted(
    checked: &Checked,
    plan: &Plan,
    records: &CountedRecords,
    events: &[EventTold],
    now: Timestamp,
) -> ReportData {
    let CountedRecords { tally, messages, versions } = records;
    let (scores, findings) = tally.scores_and(checked, findings_of_counts);
    let findings = Findings { times: tally.times(checked), ..findings };
    let made = Made {
        scores,
        findings,
        change: None,
        effects: measures_of_events(checked, events),
        quotes: Vec::new(),
        days: &tally.days,
        warnings: not_from_counts(checked, Apart::Launched),
    };
    launched_report(checked, plan, (messages, versions), made, now)
}
