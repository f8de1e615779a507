//! Event draws: which events lead to an invitation.
//!
//! The unit is the event. Its random number hashes `seed:key:event`; the
//! stratum's conditions hold as of the event's day, and may read the event's own
//! columns. Events count from open until close.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use crate::expr::Value;
use crate::frame::block::Reader;
use crate::frame::count::Counted;
use crate::frame::design::Design;
use crate::frame::layout::Layout;
use crate::frame::list::List;
use crate::frame::people::person;
use crate::frame::random::fraction;
use crate::frame::read::{Ends, needs, reliably};
use crate::frame::stream::{Hit, Meeting, Met, Opened};
use crate::frame::types::{EventArrival, FrameError, History};
use crate::model::Checked;

/// The earliest events that were asked for.
#[derive(Debug, Default)]
pub struct Earliest {
    /// By moment and key.
    pub events: Vec<EventArrival>,
    /// Whether there are later ones.
    pub more: bool,
}

impl Earliest {
    /// Keeps so many; in between, twice as many are left.
    fn keep(&mut self, most: usize, last: bool) {
        if last || self.events.len() >= most.saturating_mul(2) {
            self.events.sort_unstable_by(|a, b| (a.at, &a.event).cmp(&(b.at, &b.event)));
            self.more |= self.events.len() > most;
            self.events.truncate(most);
        }
    }
}

/// Returns the earliest events of a source (index into `Checked::events`) from open until a moment, at most so many, without
/// those whose keys `known` tells.
pub fn events(
    checked: &Checked,
    folder: &Path,
    seed: u64,
    history: &History,
    (source, until): (usize, Timestamp),
    (most, known): (usize, &(dyn Fn(&str) -> bool + Sync)),
) -> Result<Earliest, FrameError> {
    let (frame, schedule) = needs(checked)?;
    let design = Design::with(checked, &history.waves)?;
    let open = |list: &List| {
        let layout = Layout::new(frame, list)?;
        Opened::new(checked, Reader { frame, layout: &layout, history, seed }, list, schedule.open.date())
    };
    let (list, opened) = reliably(frame, folder, open)?;
    let layout = Layout::new(frame, &list)?;
    let reader = Reader { frame, layout: &layout, history, seed };
    let spec = (checked, folder, schedule);
    let meeting = Meeting::new(spec, (reader, &list), (&design, &opened), (source, until), true)?;
    let take = |all: &mut Earliest, met: &Met| {
        if !known(met.key) {
            all.events.extend(arrival(checked, &layout, source, met));
            all.keep(most, false);
        }
    };
    let both = |mut a: Earliest, b: Earliest| {
        a.events.extend(b.events);
        a.more |= b.more;
        a.keep(most, false);
        a
    };
    let (mut all, ..) = meeting.each(Earliest::default, take, both)?;
    all.keep(most, true);
    let mut positions: BTreeMap<u32, u64> = BTreeMap::new();
    for one in &mut all.events {
        let next = positions.entry(one.person.cell).or_default();
        one.person.position = *next;
        *next += u64::from(one.drawn);
    }
    Ok(all)
}

/// Fills in the person of an event; `None` where no cell takes it.
fn arrival(checked: &Checked, layout: &Layout, source: usize, met: &Met) -> Option<EventArrival> {
    let Hit { taken, number, drawn, .. } = met.taken.as_ref()?;
    let mut person = person(checked, layout, met.cells().get(0), met.row, taken.cell?);
    person.u = fraction(*number);
    let fields = checked.events.get(source).into_iter().flat_map(|events| &events.fields);
    for ((field, value), text) in fields.zip(met.values).zip(met.texts()) {
        // A column of the list keeps its name where the event has one like it.
        if *value != Value::Missing {
            person.fields.entry(field.name.clone()).or_insert_with(|| text.trim().to_owned());
        }
    }
    Some(EventArrival { event: met.key.to_owned(), at: met.at, person, drawn: *drawn })
}

/// Events in figures.
pub struct Tally {
    /// Counts of events.
    pub counted: Counted,
    /// By cell: the first and the last moment.
    pub ends: Vec<Ends<Timestamp>>,
}

impl Tally {
    /// Begins with nothing.
    pub fn new(nothing: Counted) -> Self {
        Self { ends: vec![Ends::default(); nothing.cells.len()], counted: nothing }
    }

    /// Counts an event.
    pub fn take(&mut self, met: &Met) {
        let Some(Hit { taken, obstacle, drawn, .. }) = &met.taken else {
            self.counted.unmatched += 1;
            return;
        };
        self.counted.overlap(taken.stratum, &taken.also, 1);
        let Some(cell) = taken.cell else {
            self.counted.unparted[taken.stratum] += 1;
            return;
        };
        self.counted.cells[cell].count(*obstacle, (met.row.email, met.row.mobile), 1);
        self.counted.cells[cell].drawn += u64::from(*drawn);
        self.ends[cell].reach(met.at);
    }

    /// Adds what another core counted.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.counted.merge(other.counted);
        self.ends.iter_mut().zip(other.ends).for_each(|(a, b)| a.join(b));
        self
    }
}
