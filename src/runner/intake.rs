//! Arrivals and events: who came since the last turn.
//!
//! Lists are read again only when their files changed; in between, what was read
//! once tells who comes when. Rest and suppression are looked at on the day itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::SystemTime;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::frame::waves::risk_groups;
use crate::frame::{self, Arrival, Earliest, EventArrival, History, Panel, Person, Waves};
use crate::model::Checked;
use crate::model::checked::Rest;
use crate::plan::types::{Entry, Plan, PlanStep, PlanTiming};
use crate::runner::batches::{earliest, rested};
use crate::runner::error::RunError;
use crate::runner::launch::invitation;
use crate::store::token::Nonces;
use crate::store::{AddressKind, ContactHistory, Invitation, Store, address_key};

/// Events that are in memory at a time.
const AT_ONCE: usize = 20_000;

/// What tells one version of a file from another.
type Stamp = Option<(SystemTime, u64)>;

/// What was read of the lists.
#[derive(Debug, Default)]
pub(super) struct Intake {
    /// Keys of all who came; only this process adds to them.
    known: Option<BTreeSet<String>>,
    daily: Option<(Stamp, Vec<Arrival>)>,
    events: BTreeMap<usize, (Stamp, Earliest)>,
    /// Who is in the risk groups of earlier campaigns, as of the start of the run.
    pub(super) risks: BTreeMap<(String, String), Panel>,
}

/// What the intake works with.
#[derive(Clone, Copy)]
pub(super) struct Door<'a> {
    pub(super) checked: &'a Checked,
    pub(super) folder: &'a Path,
    pub(super) plan: &'a Plan,
    pub(super) store: &'a Store,
    pub(super) nonces: &'a dyn Nonces,
    pub(super) now: Timestamp,
    /// The present day in the campaign's time zone.
    pub(super) day: Date,
    pub(super) close: Timestamp,
    pub(super) close_day: Date,
}

impl Intake {
    /// Takes in who came until now; returns how many, and when the next one is known to come.
    pub(super) async fn take_in(&mut self, door: Door<'_>) -> Result<(usize, Option<Timestamp>), RunError> {
        let daily = door.plan.strata.iter().any(|s| matches!(s.entry, Entry::Daily { .. }));
        let sources = event_sources(door.plan, door.checked);
        if !daily && sources.is_empty() {
            return Ok((0, None));
        }
        let mut known = match self.known.take() {
            Some(known) => known,
            None => door.store.known_arrivals(&door.plan.campaign).await?,
        };
        let mut waves = waves(door).await?;
        for group in risk_groups(door.checked) {
            let members = self.risks.get(&group).cloned().unwrap_or_else(Panel::supposed);
            waves.risks.insert(group, members);
        }
        let history = History { waves, ..History::default() };
        let mut next = None;
        let mut count = 0;
        let mut desk = None;
        if daily {
            self.read_daily(door, &history, &known)?;
            count += admit(door, &mut desk, self.fresh_arrivals(door, &known), &mut known).await?;
        }
        let single = sources.len() == 1;
        for source in sources {
            loop {
                self.read_events(door, &history, source, &known)?;
                let fresh = self.fresh_events(door, (source, single), &known);
                count += admit(door, &mut desk, fresh, &mut known).await?;
                if !self.exhausted(door, source) {
                    break;
                }
            }
            next = earliest(next, self.next_event(door, source));
        }
        // Only what is in the store is known: after a failure it is asked again.
        self.known = Some(known);
        Ok((count, next))
    }

    fn read_daily(
        &mut self,
        door: Door<'_>,
        history: &History,
        known: &BTreeSet<String>,
    ) -> Result<(), RunError> {
        let list = door.checked.frame.as_ref().map_or("", |f| f.source.as_str());
        let stamp = stamp(&door.folder.join(list));
        if self.daily.as_ref().is_some_and(|(old, _)| stamp.is_some() && *old == stamp) {
            return Ok(());
        }
        let open = door.checked.schedule.as_ref().map_or(door.day, |s| s.open.date());
        let all =
            frame::arrivals(door.checked, door.folder, door.plan.seed, history, open, door.close_day, known)?;
        self.daily = Some((stamp, all));
        Ok(())
    }

    fn fresh_arrivals(&self, door: Door<'_>, known: &BTreeSet<String>) -> Vec<Fresh> {
        let all = self.daily.iter().flat_map(|(_, all)| all);
        all.filter(|a| a.day <= door.day && !known.contains(&a.person.key))
            .map(|a| Fresh {
                key: a.person.key.clone(),
                day: a.day,
                person: a.person.clone(),
                drawn: a.drawn,
                event: None,
            })
            .collect()
    }

    fn read_events(
        &mut self,
        door: Door<'_>,
        history: &History,
        source: usize,
        known: &BTreeSet<String>,
    ) -> Result<(), RunError> {
        let list = door.checked.events.get(source).map_or("", |e| e.source.as_str());
        let people = door.checked.frame.as_ref().map_or("", |f| f.source.as_str());
        let (a, b) = (stamp(&door.folder.join(list)), stamp(&door.folder.join(people)));
        let stamp = a.zip(b).map(|((t, n), (u, m))| (t.max(u), n.wrapping_mul(31).wrapping_add(m)));
        let same = self.events.get(&source).is_some_and(|(old, _)| stamp.is_some() && *old == stamp);
        if same && !self.exhausted(door, source) {
            return Ok(());
        }
        let name = door.checked.events.get(source).map_or("", |e| e.name.as_str());
        let came = |event: &str| known.contains(&known_as(name, event));
        let which = (source, door.close);
        let which_of = (AT_ONCE, &came as &(dyn Fn(&str) -> bool + Sync));
        let all = frame::events(door.checked, door.folder, door.plan.seed, history, which, which_of)?;
        self.events.insert(source, (stamp, all));
        Ok(())
    }

    /// Tells whether all that was read has happened, and there is more.
    fn exhausted(&self, door: Door<'_>, source: usize) -> bool {
        let last = |all: &Earliest| all.events.last().is_none_or(|e| e.at <= door.now);
        self.events.get(&source).is_some_and(|(_, all)| all.more && last(all))
    }

    fn fresh_events(
        &self,
        door: Door<'_>,
        (source, single): (usize, bool),
        known: &BTreeSet<String>,
    ) -> Vec<Fresh> {
        let name = door.checked.events.get(source).map_or("", |e| e.name.as_str());
        let key_of = |e: &EventArrival| known_as(name, &e.event);
        let occasion =
            |e: &EventArrival| if single { e.event.clone() } else { format!("{name}:{}", e.event) };
        let all = self.events.get(&source).into_iter().flat_map(|(_, all)| &all.events);
        all.filter(|e| e.at <= door.now && !known.contains(&key_of(e)))
            .map(|e| Fresh {
                key: key_of(e),
                day: door.day,
                person: e.person.clone(),
                drawn: e.drawn,
                event: Some((occasion(e), e.at)),
            })
            .collect()
    }

    fn next_event(&self, door: Door<'_>, source: usize) -> Option<Timestamp> {
        let all = self.events.get(&source).into_iter().flat_map(|(_, all)| &all.events);
        all.map(|e| e.at).filter(|at| *at > door.now).min()
    }
}

/// Returns the key of an arrival by an event. People's keys have no control characters, so an event never looks like a
/// person.
fn known_as(events: &str, event: &str) -> String {
    format!("{events}\u{1f}{event}")
}

/// One who came and is not known yet.
struct Fresh {
    key: String,
    day: Date,
    person: Person,
    drawn: bool,
    event: Option<(String, Timestamp)>,
}

/// What decides who of those who come may be asked, over a whole turn.
struct Desk {
    rest: Option<Rest>,
    contacts: ContactHistory,
    /// When people's rests end.
    ends: BTreeMap<String, Timestamp>,
    /// By cell: how many were drawn.
    positions: BTreeMap<u32, u64>,
}

impl Desk {
    async fn new(door: Door<'_>) -> Result<Self, RunError> {
        let rest = door.checked.frame.as_ref().and_then(|f| f.rest);
        let cells = door.store.cell_counts(&door.plan.campaign).await?;
        Ok(Self {
            rest,
            contacts: door.store.history("", door.now, 0).await?,
            ends: door.store.rest_ends("", door.now, rest.map_or(0, |r| r.days)).await?,
            positions: cells.iter().map(|c| (c.cell, c.drawn)).collect(),
        })
    }
}

/// Writes who came, and invites those whom the draw took, as far as rest and suppression allow today; returns how many.
async fn admit(
    door: Door<'_>,
    desk: &mut Option<Desk>,
    came: Vec<Fresh>,
    known: &mut BTreeSet<String>,
) -> Result<usize, RunError> {
    if came.is_empty() {
        return Ok(0);
    }
    let Desk { rest, contacts, ends, positions } = match desk {
        Some(desk) => desk,
        None => desk.insert(Desk::new(door).await?),
    };
    let campaign = &door.plan.campaign;
    let mut days: BTreeMap<Date, (Vec<crate::store::Arrival>, Vec<Invitation>)> = BTreeMap::new();
    for one in &came {
        let (arrivals, drawn) = days.entry(one.day).or_default();
        let waits = |end: &Timestamp| rest.is_some_and(|r| r.delay) && *end < latest(door, one);
        let rested = ends.get(&one.person.key).is_none_or(waits);
        let taken = one.drawn && rested && may_be_asked(&one.person, contacts);
        if taken {
            let person = placed(&one.person, positions);
            let event = one.event.as_ref().map(|(key, at)| (key.as_str(), *at));
            drawn.push(invitation(campaign, &person, event, door.nonces)?);
            note(ends, &one.person, door.now, rest.map_or(0, |r| r.days));
        }
        arrivals.push((one.key.clone(), one.person.cell, taken));
    }
    for (day, (arrivals, drawn)) in days {
        door.store.take_in(campaign, day, &arrivals, &drawn).await?;
    }
    let count = came.len();
    known.extend(came.into_iter().map(|one| one.key));
    Ok(count)
}

/// Returns what earlier campaigns tell those who come: starts as launched, and panels as the store has them.
async fn waves(door: Door<'_>) -> Result<Waves, RunError> {
    let mut waves = Waves { starts: crate::plan::starts(door.plan), ..Waves::default() };
    for campaign in door.plan.strata.iter().filter_map(|s| s.draw.panel_of.as_ref()) {
        // Only a rehearsal draws from a panel of a campaign that its store has not.
        let panel = match door.store.campaign(campaign).await? {
            Some(_) => Panel::Keys(door.store.answered(campaign).await?),
            None => Panel::supposed(),
        };
        waves.answered.insert(campaign.clone(), panel);
    }
    Ok(waves)
}

/// Returns the sources of events that trigger invitations.
fn event_sources(plan: &Plan, checked: &Checked) -> Vec<usize> {
    let mut found: Vec<usize> = plan
        .steps
        .iter()
        .filter_map(|s| match &s.timing {
            PlanTiming::AfterEvent { events, .. } => checked.events.iter().position(|e| e.name == *events),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Returns the moment until which an invitation can wait.
fn latest(door: Door<'_>, one: &Fresh) -> Timestamp {
    let Some((_, event)) = one.event else { return door.close };
    let stratum = door.plan.strata.iter().find(|s| s.cells.iter().any(|c| c.index == one.person.cell));
    let own = |s: &&PlanStep| s.strata.is_empty() || stratum.is_some_and(|t| s.strata.contains(&t.name));
    let within = door.plan.steps.iter().filter(own).find_map(|s| match s.timing {
        PlanTiming::AfterEvent { within_hours, .. } => Some(within_hours),
        _ => None,
    });
    let within = SignedDuration::from_hours(i64::from(within.unwrap_or(0)));
    event.saturating_add(within).unwrap_or(door.close).min(door.close)
}

/// Tells whether a person is not out of reach since the list was read.
fn may_be_asked(person: &Person, contacts: &ContactHistory) -> bool {
    let free = |kind, address: &Option<String>, list: &BTreeSet<String>| {
        address.as_deref().is_some_and(|a| !list.contains(&address_key(kind, a)))
    };
    free(AddressKind::Email, &person.email, &contacts.emails)
        || free(AddressKind::Mobile, &person.mobile, &contacts.mobiles)
}

/// Whoever is asked now is at rest for the next event of the same turn.
fn note(ends: &mut BTreeMap<String, Timestamp>, person: &Person, now: Timestamp, days: u32) {
    if days > 0 {
        let end = ends.entry(person.key.clone()).or_insert(now);
        *end = rested((*end).max(now), days);
    }
}

/// Positions count on over all days.
fn placed(person: &Person, positions: &mut BTreeMap<u32, u64>) -> Person {
    let next = positions.entry(person.cell).or_default();
    let placed = Person { position: *next, ..person.clone() };
    *next += 1;
    placed
}

fn stamp(path: &Path) -> Stamp {
    let about = std::fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}
