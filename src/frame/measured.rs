//! What events tell of measures that promise a change of them: sums by person over two windows of equal length.
//!
//! The list and the events are read as they are today. Events count whose person is eligible and in the stratum of the
//! measure: as of the day of `open`, or, where events are drawn, each event as of its own day, as in the draw. A source
//! that can't be read is a result like any other.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::frame::block::Reader;
use crate::frame::design::{Design, Entering};
use crate::frame::layout::Layout;
use crate::frame::list::List;
use crate::frame::load::used_fields;
use crate::frame::read::{needs, reliably};
use crate::frame::stream::{Happened, Known, Opened, figures};
use crate::frame::types::{FrameError, History};
use crate::frame::windows::{Short, Windows};
use crate::model::Checked;
use crate::model::checked::{EventPromise, Events, Text};

/// A measure that promises a change of a figure of events.
#[derive(Debug, Clone, PartialEq)]
pub struct EventAsk {
    /// Name of the measure.
    pub action: String,
    /// Its title.
    pub title: Text,
    /// The events.
    pub events: Events,
    /// What is promised; its column is one of these events, its source is not looked at.
    pub promise: EventPromise,
    /// Stratum that it is for, by its index.
    pub stratum: Option<usize>,
    /// Day before which events are from before it.
    pub due: Date,
    /// Day from which on they are from after it.
    pub from: Date,
}

/// What somebody's events of the two windows add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PersonSums {
    /// Events before of which the figure's value is known, and their values' sum.
    pub before: (u64, f64),
    /// The same after.
    pub after: (u64, f64),
}

/// Sums of a measure's events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventSums {
    /// By person, those without any left out; in an order that tells nothing of who they are.
    pub people: Vec<PersonSums>,
    /// Events of these people in the windows of which the value is not known.
    pub missing: u64,
}

/// What events tell of a measure.
#[derive(Debug, Clone, PartialEq)]
pub struct EventTold {
    /// The measure.
    pub asked: EventAsk,
    /// First and last day of the source's events until the day of the report.
    pub days: Option<(Date, Date)>,
    /// Rows of the source, and those that can't be used: no key, no moment, a person who is not in the list, a key that an
    /// earlier row has; where they were looked through.
    pub rows: Option<(u64, u64)>,
    /// What was found.
    pub found: Found,
}

/// What was found of a measure's events.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// The source or the list can't be read, and why.
    Unreadable(String),
    /// There are no events until the day of the report.
    Nothing,
    /// Events don't reach back far enough, or not far enough ahead.
    Short(Short),
    /// The stratum's people are those of other events.
    OtherEvents,
    /// The sums.
    Sums(Windows, EventSums),
}

/// What is read.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The campaign.
    pub checked: &'a Checked,
    /// Folder of its lists.
    pub folder: &'a Path,
    /// Seed of its draws.
    pub seed: u64,
    /// What the store knows.
    pub history: &'a History,
}

/// A source with the measures that look at it.
struct Source<'a> {
    asks: Vec<(usize, &'a EventAsk)>,
    happened: Happened,
    /// Measures for which there are sums.
    summed: Vec<(usize, &'a EventAsk, Windows)>,
}

/// Reads lists and events, and returns what they tell of each measure as of `now`.
#[must_use]
pub fn measured(place: Place, now: Timestamp, asks: &[EventAsk]) -> Vec<EventTold> {
    let zone = TimeZone::get(&place.checked.campaign.timezone).unwrap_or(TimeZone::UTC);
    let mut told: Vec<EventTold> = asks
        .iter()
        .map(|asked| EventTold { asked: asked.clone(), days: None, rows: None, found: Found::Nothing })
        .collect();
    let mut sources: Vec<Source> = Vec::new();
    let mut seen: Vec<&Events> = Vec::new();
    for ask in asks {
        if seen.contains(&&ask.events) {
            continue;
        }
        seen.push(&ask.events);
        let own: Vec<_> = asks.iter().enumerate().filter(|(_, a)| a.events == ask.events).collect();
        match Happened::read(&ask.events, place.folder, &zone, (Timestamp::MIN, now)) {
            Ok(happened) => sources.push(Source { asks: own, happened, summed: Vec::new() }),
            Err(fault) => {
                let words = said(&fault, place.folder, &ask.events.source);
                for (index, _) in own {
                    told[index].found = Found::Unreadable(words.clone());
                }
            }
        }
    }
    let today = now.to_zoned(zone.clone()).date();
    for source in &mut sources {
        let days = source.happened.days.first().copied().zip(source.happened.days.last().copied());
        for (index, ask) in &source.asks {
            let one = &mut told[*index];
            one.days = days;
            let Some(days) = days else { continue };
            match Windows::new((ask.due, ask.from), days, today) {
                Ok(_) if of_other_events(place.checked, ask) => one.found = Found::OtherEvents,
                Ok(windows) => source.summed.push((*index, ask, windows)),
                Err(short) => one.found = Found::Short(short),
            }
        }
    }
    sources.retain(|source| !source.summed.is_empty());
    if let Err(fault) = sum(place, &zone, &sources, &mut told) {
        let list = place.checked.frame.as_ref().map_or("", |f| f.source.as_str());
        let words = said(&fault, place.folder, list);
        for (index, ..) in sources.iter().flat_map(|source| &source.summed) {
            told[*index].found = Found::Unreadable(words.clone());
        }
    }
    told
}

/// Tells whether a measure is for a stratum that people come into by other events.
fn of_other_events(checked: &Checked, ask: &EventAsk) -> bool {
    let entering = |s: usize| Design::new(checked).ok()?.entering.get(s).copied();
    match ask.stratum.and_then(entering) {
        Some(Entering::Events { source, .. }) => checked.events.get(source) != Some(&ask.events),
        _ => false,
    }
}

/// Says what is wrong without the folder, which is another one on every machine.
fn said(fault: &FrameError, folder: &Path, source: &str) -> String {
    fault.messages().join("; ").replace(&folder.join(source).display().to_string(), source)
}

/// Sums the events of all sources; the list is opened once, and only where a campaign has one.
fn sum(place: Place, zone: &TimeZone, sources: &[Source], told: &mut [EventTold]) -> Result<(), FrameError> {
    if sources.is_empty() {
        return Ok(());
    }
    let Place { checked, folder, seed, history } = place;
    let mut take = |source: &Source, known: Option<&Known>| -> Result<(), FrameError> {
        let asks: Vec<_> = source.summed.iter().map(|(_, ask, windows)| (*ask, *windows)).collect();
        let (sums, bad) = figures(&source.happened, zone, &asks, known)?;
        for ((index, _, windows), sums) in source.summed.iter().zip(sums) {
            told[*index].rows = Some((source.happened.rows, source.happened.faults.count + bad));
            told[*index].found = Found::Sums(*windows, sums);
        }
        Ok(())
    };
    if checked.frame.is_none() {
        return sources.iter().try_for_each(|source| take(source, None));
    }
    let (frame, schedule) = needs(checked)?;
    let strata = sources.iter().flat_map(|s| &s.summed).any(|(_, ask, _)| ask.stratum.is_some());
    // Who is in a panel only matters where strata are told apart.
    let design = if strata { Design::with(checked, &history.waves)? } else { Design::new(checked)? };
    let day = schedule.open.date();
    let open = |list: &List| {
        let layout = Layout::new(frame, list)?;
        Opened::new(checked, Reader { frame, layout: &layout, history, seed }, list, day)
    };
    let (list, opened) = reliably(frame, folder, open)?;
    let layout = Layout::new(frame, &list)?;
    let reader = Reader { frame, layout: &layout, history, seed };
    let used: BTreeSet<usize> = used_fields(checked);
    for source in sources {
        let known =
            Known::read((checked, &design), (reader, &list), (&opened, &source.happened), &used, day)?;
        take(source, Some(&known))?;
    }
    Ok(())
}
