//! Event draws: which events lead to an invitation.
//!
//! The unit is the event. Its random number hashes `seed:key:event`; the
//! stratum's conditions hold as of the event's day, and may read the event's own
//! columns. Events count from open until close.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::expr::{Expr, Value};
use crate::frame::design::{Design, Entering, Unavailable};
use crate::frame::list::{List, Row, Rows, Trust};
use crate::frame::load::load;
use crate::frame::membership::{Eligible, Question};
use crate::frame::people::{Place, fill};
use crate::frame::random::{fraction, of_event};
use crate::frame::read::{instant_of, needs};
use crate::frame::summary::EventsSummary;
use crate::frame::table::Table;
use crate::frame::types::{EventArrival, FrameError, History, Problem, Problems};
use crate::model::Checked;
use crate::model::checked::{Events, Frame};

/// An event of a person of the list.
#[derive(Debug, Clone)]
struct Happened {
    key: String,
    row: usize,
    at: Timestamp,
    values: Vec<Value>,
    /// Columns that could be read, as they stand in the file.
    texts: BTreeMap<String, String>,
}

/// An event that a stratum takes.
#[derive(Debug, Clone)]
pub struct Counted {
    /// Key of the event.
    pub key: String,
    /// Row of the person.
    pub row: usize,
    /// When.
    pub at: Timestamp,
    /// Stratum.
    pub stratum: usize,
    /// Other strata that match.
    pub also: Vec<usize>,
    /// Cell; `None` when no part takes it.
    pub cell: Option<usize>,
    /// Random number times 2^52.
    pub number: u64,
    /// Why it can't be invited.
    pub obstacle: Option<Unavailable>,
    /// Drawn and reachable.
    pub drawn: bool,
    /// Columns of the event that could be read, as they stand in the file.
    pub texts: BTreeMap<String, String>,
}

/// The events of one source within the period.
#[derive(Debug)]
pub struct Tally {
    /// Taken by a stratum, by moment and key.
    pub taken: Vec<Counted>,
    /// Of eligible people, but taken by no stratum.
    pub unmatched: u64,
    /// The list in figures.
    pub summary: EventsSummary,
    /// What could not be used.
    pub problems: Problems,
}

/// Returns the events of a source (index into `Checked::events`) from open until a moment, by moment and key.
pub fn events(
    checked: &Checked,
    folder: &Path,
    seed: u64,
    history: &History,
    source: usize,
    until: Timestamp,
) -> Result<Vec<EventArrival>, FrameError> {
    let (frame, _) = needs(checked)?;
    let design = Design::with(checked, &history.waves)?;
    let table = load(checked, frame, folder, seed, history)?;
    let tally = tally(checked, frame, &design, &table, folder, seed, (source, until))?;
    let mut positions: BTreeMap<usize, u64> = BTreeMap::new();
    let mut places = Vec::new();
    let mut kept = Vec::new();
    for event in tally.taken {
        let Some(cell) = event.cell else { continue };
        let next = positions.entry(cell).or_default();
        places.push(Place {
            row: u32::try_from(event.row).unwrap_or(u32::MAX),
            cell,
            position: *next,
            cluster: None,
        });
        *next += u64::from(event.drawn);
        kept.push(event);
    }
    let people = fill(checked, frame, &table, &places)?;
    let arrival = |(event, mut person): (Counted, crate::frame::types::Person)| {
        person.u = fraction(event.number);
        // A column of the list keeps its name where the event has one like it.
        for (name, text) in event.texts {
            person.fields.entry(name).or_insert(text);
        }
        EventArrival { event: event.key, at: event.at, person, drawn: event.drawn }
    };
    Ok(kept.into_iter().zip(people).map(arrival).collect())
}

/// Reads a source and asks for each event which stratum takes it.
pub fn tally(
    checked: &Checked,
    frame: &Frame,
    design: &Design,
    table: &Table,
    folder: &Path,
    seed: u64,
    (source, until): (usize, Timestamp),
) -> Result<Tally, FrameError> {
    let (_, schedule) = needs(checked)?;
    let Some(events) = checked.events.get(source) else {
        return Err(FrameError::spec("the schedule refers to events that are not declared"));
    };
    let zone = TimeZone::get(&checked.campaign.timezone).unwrap_or(TimeZone::UTC);
    let open = instant_of(&zone, schedule.open)?;
    let mut reader = Reader::new(events, frame, table, &zone);
    let mut happened = reader.read(folder)?;
    happened.retain(|e| open <= e.at && e.at <= until);
    happened.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
    let mut tally =
        Tally { taken: Vec::new(), unmatched: 0, summary: reader.summary(), problems: reader.problems };
    let by_day = excludes_by_day(frame);
    let mut eligible: Option<(Date, Eligible)> = None;
    for event in happened {
        let day = Zoned::new(event.at, zone.clone()).date();
        let fits = |known: &(Date, Eligible)| known.0 == day || !by_day;
        let (_, eligible) = match eligible.take().filter(fits) {
            Some(known) => eligible.insert(known),
            None => eligible.insert((day, Eligible::on(checked, frame, table, day, &|_| false))),
        };
        if !eligible.has(event.row) {
            continue;
        }
        let question = Question { checked, design, table, cuts: &eligible.cuts, day };
        let asked =
            |s: usize| matches!(design.entering[s], Entering::Events { source: own, .. } if own == source);
        match question.taken(
            event.row,
            table.rows[event.row].who(),
            Some((source, &event.values)),
            true,
            asked,
        ) {
            None => tally.unmatched += 1,
            Some(taken) => {
                let Entering::Events { share, .. } = design.entering[taken.stratum] else { continue };
                let row = &table.rows[event.row];
                let number = of_event(seed, &row.key, &event.key).number;
                let obstacle = row.obstacle(design.reach[taken.stratum]);
                tally.taken.push(Counted {
                    key: event.key,
                    row: event.row,
                    at: event.at,
                    stratum: taken.stratum,
                    also: taken.also,
                    cell: taken.cell,
                    number,
                    obstacle,
                    drawn: fraction(number) < share && obstacle.is_none(),
                    texts: event.texts,
                });
            }
        }
    }
    Ok(tally)
}

fn excludes_by_day(frame: &Frame) -> bool {
    let mut found = false;
    for exclude in &frame.exclude {
        exclude.condition.each(&mut |e| found |= matches!(e, Expr::Within(..)));
    }
    found
}

/// Reads an event list.
struct Reader<'a> {
    events: &'a Events,
    frame: &'a Frame,
    people: HashMap<&'a str, usize>,
    zone: &'a TimeZone,
    seen: HashSet<String>,
    rows: u64,
    bad_rows: u64,
    bad_cells: u64,
    problems: Problems,
}

impl<'a> Reader<'a> {
    fn new(events: &'a Events, frame: &'a Frame, table: &'a Table, zone: &'a TimeZone) -> Self {
        let people = table.rows.iter().enumerate().map(|(i, row)| (&*row.key, i)).collect();
        Self {
            events,
            frame,
            people,
            zone,
            seen: HashSet::new(),
            rows: 0,
            bad_rows: 0,
            bad_cells: 0,
            problems: Problems::default(),
        }
    }

    fn summary(&self) -> EventsSummary {
        EventsSummary {
            name: self.events.name.clone(),
            rows: self.rows,
            bad_rows: self.bad_rows,
            bad_cells: self.bad_cells,
        }
    }

    fn read(&mut self, folder: &Path) -> Result<Vec<Happened>, FrameError> {
        let events = self.events;
        let what = format!("events `{}`", events.name);
        let list = List::open(folder, &events.source, &what, &[&events.key, &events.person], Trust::Nothing)?;
        let mut wanted: Vec<&str> = vec![&events.key, &events.person, &events.at];
        wanted.extend(events.fields.iter().map(|f| f.name.as_str()));
        let places = list.columns(&wanted)?;
        let width = list.header.len();
        let mut all = Vec::new();
        list.scan(
            || (),
            |(), _, rows| std::mem::take(rows),
            |rows: Rows, base| {
                for row in rows.iter() {
                    let line = base.line + row.line;
                    self.rows += 1;
                    match self.event(row, line, &places, width) {
                        Ok(event) => all.push(event),
                        Err((column, message)) => {
                            self.bad_rows += 1;
                            self.problem(line, column, format!("{message}; the event is left out"));
                        }
                    }
                }
                Ok(ControlFlow::Continue(()))
            },
        )?;
        self.problems.notes.clone_from(&list.notes);
        Ok(all)
    }

    fn event(
        &mut self,
        cells: Row,
        line: u64,
        places: &[usize],
        width: usize,
    ) -> Result<Happened, (&'a str, String)> {
        let events = self.events;
        if cells.len() != width {
            return Err(("", format!("{} cells where the header has {width}", cells.len())));
        }
        let cell = |i: usize| places.get(i).and_then(|&place| cells.get(place)).unwrap_or("");
        let key = cell(0);
        if key.trim().is_empty() {
            return Err((&events.key, "the key is empty".to_owned()));
        }
        let Some(&row) = self.people.get(cell(1)) else {
            return Err((&events.person, format!("no usable row of `{}` has this key", self.frame.source)));
        };
        let Some(at) = moment(cell(2).trim(), self.zone) else {
            return Err((&events.at, "not a moment as YYYY-MM-DD HH:MM or RFC 3339".to_owned()));
        };
        if !self.seen.insert(key.to_owned()) {
            return Err((&events.key, "the key stands in an earlier row too".to_owned()));
        }
        let mut values = Vec::with_capacity(events.fields.len());
        let mut texts = BTreeMap::new();
        for (i, field) in events.fields.iter().enumerate() {
            let value = field.kind.read(cell(i + 3)).unwrap_or_else(|expected| {
                self.bad_cells += 1;
                self.problem(line, &field.name, format!("not {expected}; counts as missing"));
                Value::Missing
            });
            if value != Value::Missing {
                texts.insert(field.name.clone(), cell(i + 3).trim().to_owned());
            }
            values.push(value);
        }
        Ok(Happened { key: key.to_owned(), row, at, values, texts })
    }

    fn problem(&mut self, row: u64, column: &str, message: String) {
        let file = self.events.source.clone();
        self.problems.push(Problem { file, row, column: column.to_owned(), message });
    }
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
