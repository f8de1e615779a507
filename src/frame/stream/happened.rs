//! An event list, read once: what its rows say is spread over parts by whose events they are.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::frame::list::{List, Row, Rows, Trust};
use crate::frame::read::instant_of;
use crate::frame::spill::{Bits, PARTS, Parts, cell, narrow, pack, spread};
use crate::frame::stream::faults::Faults;
use crate::frame::types::FrameError;
use crate::model::checked::Events;

/// Where people are told apart roughly: bits enough for tens of millions, in eight megabytes.
const ROUGHLY: u64 = 1 << 26;

/// A row of an event list.
pub struct Happening<'a> {
    /// Number of the row.
    pub record: u32,
    /// Line of the file.
    pub line: u64,
    /// When; `None` where the cell can't be read.
    pub at: Option<Timestamp>,
    /// Key of the person.
    pub person: &'a str,
    /// Key of the event.
    pub key: &'a str,
    /// The event's own columns, as [`crate::frame::spill::unpack`] reads them.
    pub cells: &'a [u8],
}

/// What was read of an event list.
pub struct Happened {
    /// Rows with a key, by the person's.
    pub parts: Parts,
    /// Where keys of people come to lie.
    persons: Bits,
    /// Days of the period on which something happened.
    pub days: BTreeSet<Date>,
    /// Rows read.
    pub rows: u64,
    /// Rows without a key, or with a wrong number of cells.
    pub faults: Faults,
    /// What had to be done to read the file.
    pub notes: Vec<String>,
}

/// What a block gives.
#[derive(Default)]
struct Piece {
    /// Rows in their order: place of the person, and the entry.
    entries: Vec<(u64, Vec<u8>)>,
    days: BTreeSet<Date>,
    /// Row, line, column and message.
    faults: Vec<(u64, u64, String, String)>,
    rows: u64,
}

/// Tells in which part a person's rows lie.
pub fn part(place: u64) -> usize {
    usize::try_from(place % PARTS as u64).unwrap_or(0)
}

/// Tells in which of so many shares of its part a person's rows lie.
pub fn share(place: u64, of: u64) -> u64 {
    place / PARTS as u64 % of
}

impl Happened {
    /// Reads the events; `period` is when they count.
    pub fn read(
        events: &Events,
        folder: &Path,
        zone: &TimeZone,
        (open, until): (Timestamp, Timestamp),
    ) -> Result<Self, FrameError> {
        let what = format!("events `{}`", events.name);
        let list = List::open(folder, &events.source, &what, &[&events.key, &events.person], Trust::Nothing)?;
        let mut wanted: Vec<&str> = vec![&events.key, &events.person, &events.at];
        wanted.extend(events.fields.iter().map(|f| f.name.as_str()));
        let places = list.columns(&wanted)?;
        let width = list.header.len();
        let mut all = Self {
            parts: Parts::default(),
            persons: Bits::default(),
            days: BTreeSet::new(),
            rows: 0,
            faults: Faults::default(),
            notes: list.notes.clone(),
        };
        let block = |rows: &Rows| {
            let mut piece = Piece { rows: rows.len() as u64, ..Piece::default() };
            for (row, cells) in (0..).zip(rows.iter()) {
                if let Err((column, message)) = usable(cells, events, &places, width) {
                    piece.faults.push((row, cells.line, column, message));
                    continue;
                }
                let text = |i: usize| places.get(i).and_then(|place| cells.get(*place)).unwrap_or("");
                let at = moment(text(2).trim(), zone);
                if let Some(at) = at.filter(|at| open <= *at && *at <= until) {
                    piece.days.insert(Zoned::new(at, zone.clone()).date());
                }
                let own = [text(1), text(0)].into_iter().chain((3..places.len()).map(text));
                piece.entries.push((spread(text(1).as_bytes()), entry((row, cells.line), at, own)));
            }
            piece
        };
        list.scan(
            || (),
            |(), _, rows| block(rows),
            |piece: Piece, base| {
                all.rows += piece.rows;
                all.days.extend(piece.days);
                for (row, line, column, message) in piece.faults {
                    all.faults.push((narrow(base.record + row), 0), base.line + line, || (column, message));
                }
                for (place, mut entry) in piece.entries {
                    based(&mut entry, base.record, base.line);
                    all.persons.set(place % ROUGHLY);
                    all.parts.push(part(place), &entry)?;
                }
                Ok(ControlFlow::Continue(()))
            },
        )?;
        Ok(all)
    }

    /// Tells whether a person may have an event; a few who have none are not told apart.
    pub fn may_be(&self, place: u64) -> bool {
        self.persons.has(place % ROUGHLY)
    }
}

fn usable(cells: Row, events: &Events, places: &[usize], width: usize) -> Result<(), (String, String)> {
    if cells.len() != width {
        let message = format!("{} cells where the header has {width}", cells.len());
        return Err((String::new(), message));
    }
    let key = places.first().and_then(|place| cells.get(*place)).unwrap_or("");
    if key.trim().is_empty() {
        return Err((events.key.clone(), "the key is empty".to_owned()));
    }
    Ok(())
}

/// Seconds that stand for no moment.
const NEVER: i64 = i64::MIN;

/// Writes a row down: length of what follows, row, line, seconds, nanoseconds, cells.
fn entry<'c>(
    (row, line): (u64, u64),
    at: Option<Timestamp>,
    cells: impl Iterator<Item = &'c str>,
) -> Vec<u8> {
    let mut out = vec![0; 4];
    out.extend_from_slice(&narrow(row).to_le_bytes());
    out.extend_from_slice(&line.to_le_bytes());
    out.extend_from_slice(&at.map_or(NEVER, Timestamp::as_second).to_le_bytes());
    out.extend_from_slice(&at.map_or(0, Timestamp::subsec_nanosecond).to_le_bytes());
    pack(&mut out, cells);
    let length = narrow(out.len() as u64 - 4).to_le_bytes();
    out[..4].copy_from_slice(&length);
    out
}

/// Counts row and line from the start of the file.
fn based(entry: &mut [u8], record: u64, line: u64) {
    if let Some(bytes) = entry[4..].first_chunk_mut::<4>() {
        *bytes = narrow(record + u64::from(u32::from_le_bytes(*bytes))).to_le_bytes();
    }
    if let Some(bytes) = entry[8..].first_chunk_mut::<8>() {
        *bytes = (line + u64::from_le_bytes(*bytes)).to_le_bytes();
    }
}

/// Reads rows that were written down.
pub fn happenings(mut bytes: &[u8]) -> impl Iterator<Item = Happening<'_>> {
    std::iter::from_fn(move || {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (one, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        bytes = rest;
        let (record, one) = one.split_first_chunk::<4>()?;
        let (line, one) = one.split_first_chunk::<8>()?;
        let (seconds, one) = one.split_first_chunk::<8>()?;
        let (nanoseconds, one) = one.split_first_chunk::<4>()?;
        let (person, one) = cell(one)?;
        let (key, cells) = cell(one)?;
        let seconds = Some(i64::from_le_bytes(*seconds)).filter(|seconds| *seconds != NEVER);
        let at = seconds.and_then(|s| Timestamp::new(s, i32::from_le_bytes(*nanoseconds)).ok());
        let (record, line) = (u32::from_le_bytes(*record), u64::from_le_bytes(*line));
        Some(Happening { record, line, at, person, key, cells })
    })
}

/// RFC 3339, or a local time of the campaign's zone; a date alone is no moment.
fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if !text.contains(':') {
        return None;
    }
    instant_of(zone, text.parse::<DateTime>().ok()?).ok()
}
