//! The report of a launched campaign whose answers are counted in one pass, none of them kept.
//!
//! Goes in: the store, one person after the other. Comes out: the same report as from people one by one, without what needs
//! them one by one: a warning says what that is.

use jiff::Timestamp;

use crate::model::Checked;
use crate::plan::Plan;
use crate::report::build::{Apart, Records, not_from_counts};
use crate::report::comparable::{Misfits, Versions, set_apart, set_apart_of};
use crate::report::data::{MessageLine, ReportData};
use crate::report::gather::{messages, records};
use crate::report::launched::{Made, launched_report};
use crate::report::waves::of_counts;
use crate::score::compare::events::EventTold;
use crate::score::compare::measures::measures_of_events;
use crate::score::compare::people::Seen;
use crate::score::findings::{Findings, findings_of_counts};
use crate::score::study::Study;
use crate::score::tally::counting::Counting;
use crate::score::tally::launched::Launched;
use crate::score::tally::layout::Unsuitable;
use crate::score::wave::Wave;
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

/// The wave before a counted campaign, as it was launched.
pub struct Earlier {
    checked: Checked,
    plan: Plan,
    records: Taken,
}

enum Taken {
    /// Where its answers can't be counted.
    Kept(Box<Records>),
    Counted(Box<CountedRecords>),
}

/// Counts what the store holds of the wave before, or reads it where it can't be counted.
pub async fn earlier(store: &Store, checked: Checked, plan: Plan) -> Result<Earlier, StoreError> {
    let records = match count(store, &plan.campaign, &checked, &plan).await? {
        Ok(records) => Taken::Counted(Box::new(records)),
        Err(_) => {
            let mut records = records(store, &plan.campaign).await?;
            records.versions.misfits = set_apart(&checked, &mut records.responses);
            Taken::Kept(Box::new(records))
        }
    };
    Ok(Earlier { checked, plan, records })
}

impl Earlier {
    fn seen<T>(&self, then: impl FnOnce(Seen) -> T) -> T {
        let Self { checked, plan, records } = self;
        match records {
            Taken::Kept(r) => {
                then(Seen::of(&Wave::of_campaign(checked, plan, &r.sample, &r.arrivals, &r.responses)))
            }
            Taken::Counted(r) => r.tally.views_and(checked, |views| then(Seen { checked, views })),
        }
    }
}

/// Builds the report of a counted campaign as of `now`, compared with the wave before.
#[must_use]
pub fn build_launched_counted(
    (checked, plan): (&Checked, &Plan),
    records: &CountedRecords,
    (before, events): (Option<&Earlier>, &[EventTold]),
    now: Timestamp,
) -> ReportData {
    let CountedRecords { tally, messages, versions } = records;
    let (scores, (findings, change)) = tally.scores_and(checked, |views, scores| {
        let after = Seen { checked, views };
        let change = before.map(|earlier| earlier.seen(|before| of_counts(before, after)));
        (findings_of_counts(views, scores), change)
    });
    let (change, missing) = change.unzip();
    let findings = Findings { times: tally.times(checked), ..findings };
    let made = Made {
        scores,
        findings,
        change,
        effects: measures_of_events(checked, events),
        quotes: Vec::new(),
        days: &tally.days,
        warnings: not_from_counts(checked, Apart::Launched, missing.unwrap_or(false)),
    };
    launched_report(checked, plan, (messages, versions), made, now)
}
