//! What measures promise of events: which of them the report judges, and what their lists tell today.

use std::path::Path;

use jiff::Timestamp;

use crate::cli::Context;
use crate::cli::history::open_of;
use crate::frame::waves::risk_groups;
use crate::frame::{self, EventAsk, EventTold, Found, FrameError, History, Panel, Place, Waves, sql};
use crate::model::Checked;
use crate::model::checked::{Action, EventPromise, Promise};
use crate::plan::{self, Plan};
use crate::report::risk::risk_group;
use crate::score::compare::events::asked;
use crate::store::Store;

/// Takes the improvement plan and the report's clauses of today into a launched campaign, of which they are no part; what they
/// speak of is found by its name, and promises of what was not launched are left out. Events are those of today.
#[must_use]
pub fn present(launched: Checked, today: &Checked) -> Checked {
    let mut all = Checked { report: today.report.clone(), actions: Vec::new(), ..launched };
    all.actions = today.actions.iter().map(|action| of_today(&mut all, today, action)).collect();
    all
}

fn of_today(all: &mut Checked, today: &Checked, action: &Action) -> Action {
    let stratum = action.stratum.and_then(|s| today.strata.get(s)).map(|s| &s.name);
    let place = stratum.and_then(|name| all.strata.iter().position(|s| s.name == *name));
    let known = stratum.is_none() || place.is_some();
    let improves = action.improves.filter(|_| known).and_then(|promise| match promise {
        Promise::Score(score, by) => {
            let name = &today.scoring.as_ref()?.scores.get(score)?.name;
            let found = all.scoring.as_ref()?.scores.iter().position(|s| s.name == *name)?;
            Some(Promise::Score(found, by))
        }
        Promise::Events(promise) => {
            let events = today.events.get(promise.source)?;
            let source = all.events.iter().position(|own| own == events).unwrap_or_else(|| {
                all.events.push(events.clone());
                all.events.len() - 1
            });
            Some(Promise::Events(EventPromise { source, ..promise }))
        }
    });
    Action { stratum: place, improves, ..action.clone() }
}

/// Reads what events tell of the measures of finished answers, and of those of the wave before.
pub fn of_collected(
    cx: &Context,
    folder: &Path,
    (checked, before): (&Checked, Option<&Checked>),
    now: Timestamp,
) -> Vec<EventTold> {
    let history = History::default();
    told(cx, Place { checked, folder, seed: 0, history: &history }, &asked(checked, before), now)
}

/// Reads what events tell of the measures of a launched campaign, and of those of the wave before.
pub async fn of_launched(
    cx: &Context,
    folder: &Path,
    (store, plan): (&Store, &Plan),
    (checked, before): (&Checked, Option<&Checked>),
    now: Timestamp,
) -> Vec<EventTold> {
    let asks = asked(checked, before);
    if asks.is_empty() {
        return Vec::new();
    }
    let history = History { waves: waves(store, plan, checked).await, ..History::default() };
    let place = Place { checked, folder, seed: plan.seed, history: &history };
    if checked.frame.as_ref().is_none_or(|f| f.relation.is_none()) {
        return told(cx, place, &asks, now);
    }
    match copied(cx, folder, checked, plan.seed).await {
        Ok((file, copy)) => {
            let told = told(cx, Place { checked: &copy, ..place }, &asks, now);
            drop(file);
            told
        }
        Err(fault) => {
            let words = fault.messages().join("; ");
            cx.say(&format!("warning: what measures brought of events is not known: {words}"));
            // Where a server stands and who may ask it is nothing for readers of a report.
            let why = "the database does not give the list";
            let one = |asked: EventAsk| EventTold {
                asked,
                days: None,
                rows: None,
                found: Found::Unreadable(why.to_owned()),
            };
            asks.into_iter().map(one).collect()
        }
    }
}

/// Copies a list out of its database, into a file that only its owner can read and that goes with its handle.
async fn copied(
    cx: &Context,
    folder: &Path,
    checked: &Checked,
    seed: u64,
) -> Result<(tempfile::NamedTempFile, Checked), FrameError> {
    let settings = cx.settings(folder).map_err(|_| FrameError::list("the settings can't be read"))?;
    let url = settings.database_url("the list stands").map_err(FrameError::list)?;
    let relation = checked.frame.as_ref().and_then(|f| f.relation.as_ref());
    let relation = relation.ok_or_else(|| FrameError::spec("the list is no table of a database"))?;
    let file = sql::empty_copy()?;
    sql::copy(sql::Task { checked, relation, url: &url, seed }, file.path()).await?;
    let copy = sql::copied(checked, file.path());
    Ok((file, copy))
}

/// Returns who answered, and who is at risk, in earlier campaigns; what is not known is missed by what needs it.
async fn waves(store: &Store, plan: &Plan, checked: &Checked) -> Waves {
    let mut all = Waves { starts: plan::starts(plan), ..Waves::default() };
    for campaign in checked.strata.iter().filter_map(|s| s.panel.as_ref()) {
        if let (Ok(Some(_)), Ok(keys)) = (store.campaign(campaign).await, store.answered(campaign).await) {
            all.answered.insert(campaign.clone(), Panel::Keys(keys));
        }
    }
    for (campaign, group) in risk_groups(checked) {
        if let Ok(Some(keys)) = risk_group(store, &campaign, &group, open_of(checked)).await {
            all.risks.insert((campaign, group), Panel::Keys(keys));
        }
    }
    all
}

/// Reads the lists, and says which can't be read.
fn told(cx: &Context, place: Place, asks: &[EventAsk], now: Timestamp) -> Vec<EventTold> {
    let told = frame::measured(place, now, asks);
    for one in &told {
        if let Found::Unreadable(why) = &one.found {
            cx.say(&format!("warning: what measure `{}` brought is not known: {why}", one.asked.action));
        }
    }
    told
}
