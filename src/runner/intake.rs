//! Arrivals and events: who came since the last turn.
//!
//! Lists are read again only when their files changed; in between, what was read
//! once tells who comes when. Rest and suppression are looked at on the day itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::frame::{self, Arrival, EventArrival, History, Person};
use crate::model::Checked;
use crate::plan::types::{Entry, Plan, PlanTiming};
use crate::runner::error::RunError;
use crate::runner::launch::invitation;
use crate::store::token::Nonces;
use crate::store::{AddressKind, ContactHistory, Invitation, Store, address_key};

/// What tells one version of a file from another.
type Stamp = Option<(SystemTime, u64)>;

/// What was read of the lists.
#[derive(Debug, Default)]
pub(super) struct Intake {
    daily: Option<(Stamp, Vec<Arrival>)>,
    events: BTreeMap<usize, (Stamp, Vec<EventArrival>)>,
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
    /// Takes in who came until now; returns when the next one is known to come.
    pub(super) async fn take_in(&mut self, door: Door<'_>) -> Result<Option<Timestamp>, RunError> {
        let daily = door.plan.strata.iter().any(|s| matches!(s.entry, Entry::Daily { .. }));
        let sources = event_sources(door.plan, door.checked);
        if !daily && sources.is_empty() {
            return Ok(None);
        }
        let campaign = &door.plan.campaign;
        let known = door.store.known_arrivals(campaign).await?;
        let rest = door.checked.frame.as_ref().and_then(|f| f.rest).map_or(0, |r| r.days);
        let mut contacts = door.store.history("", door.now, rest).await?;
        let mut positions: BTreeMap<u32, u64> =
            door.store.cell_counts(campaign).await?.iter().map(|c| (c.cell, c.drawn)).collect();
        if daily {
            self.read_daily(door, &known)?;
            self.take_daily(door, &known, &mut contacts, &mut positions, rest).await?;
        }
        let mut next = None;
        let single = sources.len() == 1;
        for source in sources {
            self.read_events(door, source)?;
            let coming =
                self.take_events(door, (source, single), &known, &mut contacts, &mut positions, rest).await?;
            next = crate::runner::batches::earliest(next, coming);
        }
        Ok(next)
    }

    fn read_daily(&mut self, door: Door<'_>, known: &BTreeSet<String>) -> Result<(), RunError> {
        let list = door.checked.frame.as_ref().map_or("", |f| f.source.as_str());
        let stamp = stamp(&door.folder.join(list));
        if self.daily.as_ref().is_some_and(|(old, _)| stamp.is_some() && *old == stamp) {
            return Ok(());
        }
        let open = door.checked.schedule.as_ref().map_or(door.day, |s| s.open.date());
        let nobody = History::default();
        let all =
            frame::arrivals(door.checked, door.folder, door.plan.seed, &nobody, open, door.close_day, known)?;
        self.daily = Some((stamp, all));
        Ok(())
    }

    async fn take_daily(
        &self,
        door: Door<'_>,
        known: &BTreeSet<String>,
        contacts: &mut ContactHistory,
        positions: &mut BTreeMap<u32, u64>,
        rest: u32,
    ) -> Result<(), RunError> {
        let Some((_, all)) = &self.daily else { return Ok(()) };
        let mut days: BTreeMap<Date, (Vec<crate::store::Arrival>, Vec<Invitation>)> = BTreeMap::new();
        let fresh = all.iter().filter(|a| a.day <= door.day && !known.contains(&a.person.key));
        for arrival in fresh {
            let (came, drawn) = days.entry(arrival.day).or_default();
            let taken = arrival.drawn && may_be_asked(&arrival.person, contacts);
            if taken {
                let person = placed(&arrival.person, positions);
                drawn.push(invitation(&door.plan.campaign, &person, None, door.nonces)?);
                note(contacts, &arrival.person, rest);
            }
            came.push((arrival.person.key.clone(), arrival.person.cell, taken));
        }
        for (day, (came, drawn)) in days {
            door.store.take_in(&door.plan.campaign, day, &came, &drawn).await?;
        }
        Ok(())
    }

    fn read_events(&mut self, door: Door<'_>, source: usize) -> Result<(), RunError> {
        let list = door.checked.events.get(source).map_or("", |e| e.source.as_str());
        let people = door.checked.frame.as_ref().map_or("", |f| f.source.as_str());
        let (a, b) = (stamp(&door.folder.join(list)), stamp(&door.folder.join(people)));
        let stamp = a.zip(b).map(|((t, n), (u, m))| (t.max(u), n.wrapping_mul(31).wrapping_add(m)));
        if self.events.get(&source).is_some_and(|(old, _)| stamp.is_some() && *old == stamp) {
            return Ok(());
        }
        let nobody = History::default();
        let all = frame::events(door.checked, door.folder, door.plan.seed, &nobody, source, door.close)?;
        self.events.insert(source, (stamp, all));
        Ok(())
    }

    async fn take_events(
        &self,
        door: Door<'_>,
        (source, single): (usize, bool),
        known: &BTreeSet<String>,
        contacts: &mut ContactHistory,
        positions: &mut BTreeMap<u32, u64>,
        rest: u32,
    ) -> Result<Option<Timestamp>, RunError> {
        let Some((_, all)) = self.events.get(&source) else { return Ok(None) };
        let name = door.checked.events.get(source).map_or("", |e| e.name.as_str());
        let (mut came, mut drawn) = (Vec::new(), Vec::new());
        for event in all.iter().filter(|e| e.at <= door.now) {
            // People's keys have no control characters, so an event never looks like a person.
            let key = format!("{name}\u{1f}{}", event.event);
            if known.contains(&key) {
                continue;
            }
            let taken = event.drawn && may_be_asked(&event.person, contacts);
            if taken {
                let person = placed(&event.person, positions);
                let occasion = if single { event.event.clone() } else { format!("{name}:{}", event.event) };
                let when = Some((occasion.as_str(), event.at));
                drawn.push(invitation(&door.plan.campaign, &person, when, door.nonces)?);
                note(contacts, &event.person, rest);
            }
            came.push((key, event.person.cell, taken));
        }
        if !came.is_empty() {
            door.store.take_in(&door.plan.campaign, door.day, &came, &drawn).await?;
        }
        Ok(all.iter().map(|e| e.at).filter(|at| *at > door.now).min())
    }
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

/// Tells whether a person is neither at rest nor out of reach since the list was read.
fn may_be_asked(person: &Person, contacts: &ContactHistory) -> bool {
    let free = |kind, address: &Option<String>, list: &BTreeSet<String>| {
        address.as_deref().is_some_and(|a| !list.contains(&address_key(kind, a)))
    };
    !contacts.at_rest.contains(&person.key)
        && (free(AddressKind::Email, &person.email, &contacts.emails)
            || free(AddressKind::Mobile, &person.mobile, &contacts.mobiles))
}

/// Whoever is asked now is at rest for the next event of the same turn.
fn note(contacts: &mut ContactHistory, person: &Person, rest: u32) {
    if rest > 0 {
        contacts.at_rest.insert(person.key.clone());
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
