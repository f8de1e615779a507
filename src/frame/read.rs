//! Counts a list and draws at launch.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::frame::allocate::{CellCount, whole};
use crate::frame::block::Reader;
use crate::frame::clauses::clauses_hash;
use crate::frame::coordinate::CIRCLE;
use crate::frame::count::{Both, Counted};
use crate::frame::design::{Design, Entering};
use crate::frame::events::Tally;
use crate::frame::layout::Layout;
use crate::frame::list::{List, Trust};
use crate::frame::load::{open, trusting};
use crate::frame::people::fill_picked;
use crate::frame::pick::Drawn;
use crate::frame::quotas::{of_list, shown};
use crate::frame::random::Seeded;
use crate::frame::stream::{self, Coming, Meeting, Streamed};
use crate::frame::summary::{CellSummary, EventsSummary, FrameSummary, OverlapCount, SUMMARY_VERSION};
use crate::frame::types::{FrameError, History, Problems, Reading};
use crate::frame::waves::WaveBefore;
use crate::model::Checked;
use crate::model::checked::{Frame, Schedule};

/// Reads the list, counts, draws, and fills in the drawn people.
pub fn read(checked: &Checked, folder: &Path, seed: u64, history: &History) -> Result<Reading, FrameError> {
    let counted = Count::new(checked, folder, seed, history, true)?;
    let layout = Layout::new(counted.frame, &counted.list)?;
    let reader = Reader { frame: counted.frame, layout: &layout, history, seed };
    let drawn = fill_picked(checked, reader, &counted.list, &counted.drawn)?;
    Ok(Reading { summary: counted.summary, drawn, problems: counted.problems })
}

/// Reads the list and counts, without filling in people.
pub fn summarise(
    checked: &Checked,
    folder: &Path,
    seed: u64,
    history: &History,
) -> Result<(FrameSummary, Problems), FrameError> {
    let counted = Count::new(checked, folder, seed, history, false)?;
    Ok((counted.summary, counted.problems))
}

/// The first and the last, where there are any.
#[derive(Debug, Clone, Copy)]
pub struct Ends<T>(Option<(T, T)>);

impl<T> Default for Ends<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Ord + Copy + Display> Ends<T> {
    /// Makes them reach to one more.
    pub fn reach(&mut self, one: T) {
        let (first, last) = self.0.get_or_insert((one, one));
        *first = one.min(*first);
        *last = one.max(*last);
    }

    /// Makes them reach to those of others.
    pub fn join(&mut self, others: Self) {
        if let Some((first, last)) = others.0 {
            self.reach(first);
            self.reach(last);
        }
    }

    /// Writes them into a cell.
    fn note(self, cell: &mut CellSummary) {
        if let Some((first, last)) = self.0 {
            (cell.first, cell.last) = (Some(first.to_string()), Some(last.to_string()));
        }
    }
}

/// Returns what every draw needs; a spec without them draws nobody.
pub fn needs(checked: &Checked) -> Result<(&Frame, &Schedule), FrameError> {
    let name = &checked.campaign.name;
    let frame = checked.frame.as_ref().ok_or_else(|| {
        FrameError::spec(format!("campaign `{name}` has no `frame`, so there is nobody to invite"))
    })?;
    let schedule = checked.schedule.as_ref().ok_or_else(|| {
        FrameError::spec(format!("campaign `{name}` has no `schedule`, so nothing is ever sent"))
    })?;
    Ok((frame, schedule))
}

/// Returns the instant of a local time of the campaign.
pub fn instant_of(zone: &TimeZone, local: DateTime) -> Result<Timestamp, FrameError> {
    let instant = zone.to_ambiguous_timestamp(local).compatible();
    instant.map_err(|_| FrameError::spec(format!("{local} lies outside the years that can be handled")))
}

/// Opens a list and reads it, taking it for UTF-8; only where it is not, it is written anew first.
pub fn reliably<T>(
    frame: &Frame,
    folder: &Path,
    read: impl Fn(&List) -> Result<T, FrameError>,
) -> Result<(List, T), FrameError> {
    if let Ok(list) = trusting(frame, folder, Trust::Utf8) {
        let found = read(&list);
        if !list.is_foreign() {
            return Ok((list, found?));
        }
    }
    let list = open(frame, folder)?;
    let found = read(&list)?;
    Ok((list, found))
}

/// A list that was counted and drawn from, block by block.
struct Count<'a> {
    frame: &'a Frame,
    list: List,
    summary: FrameSummary,
    problems: Problems,
    drawn: Drawn,
}

impl<'a> Count<'a> {
    fn new(
        checked: &'a Checked,
        folder: &Path,
        seed: u64,
        history: &History,
        keep: bool,
    ) -> Result<Self, FrameError> {
        let (frame, schedule) = needs(checked)?;
        let design = Design::with(checked, &history.waves)?;
        let count = |list: &List| {
            let layout = Layout::new(frame, list)?;
            let reader = Reader { frame, layout: &layout, history, seed };
            stream::count(checked, reader, list, &design, schedule.open.date(), keep)
        };
        let (list, mut streamed) = reliably(frame, folder, count)?;
        let before = history.waves.before.as_ref();
        let drawn = draw(checked, &design, &mut streamed, before, (seed, keep))?;
        let layout = Layout::new(frame, &list)?;
        let reader = Reader { frame, layout: &layout, history, seed };
        let later = Later { checked, schedule, design: &design, reader, list: &list };
        later.days(&mut streamed)?;
        let events = later.events(folder, &mut streamed)?;
        let Streamed { counted, totals, margins, read, problems, .. } = streamed;
        let summary = FrameSummary {
            version: SUMMARY_VERSION,
            clauses: clauses_hash(checked),
            seed,
            rows: read,
            bad_rows: counted.bad_rows,
            bad_cells: counted.bad_cells,
            excluded: counted.excluded,
            once: counted.once,
            eligible: counted.eligible,
            unmatched: counted.unmatched,
            overlaps: overlaps(checked, &counted.both),
            unparted: counted.unparted,
            cells: counted.cells,
            events,
            quotas: shown(checked, &counted.quotas).collect(),
            margins,
            starts: history.waves.starts.clone(),
            clusters: totals,
            before: before.cloned(),
        };
        Ok(Self { frame, list, summary, problems, drawn })
    }
}

/// Draws at launch, in ascending order of the random numbers from the start on, as many as allocated.
fn draw(
    checked: &Checked,
    design: &Design,
    streamed: &mut Streamed,
    before: Option<&WaveBefore>,
    (seed, keep): (u64, bool),
) -> Result<Drawn, FrameError> {
    let cells = &mut streamed.counted.cells;
    let wanted = allocated(checked, design, cells, before)?;
    let mut drawn = match &streamed.clusters {
        Some(clusters) => {
            Drawn { picked: clusters.draw(&wanted, cells, Seeded::new(seed), keep)?, rows: None }
        }
        None => streamed.picks.draw(&wanted, cells, keep)?,
    };
    for one in &mut drawn.picked {
        let start = design.start(design.cells[one.cell].stratum);
        one.number = one.number.wrapping_add(start) & (CIRCLE - 1);
    }
    Ok(drawn)
}

/// What is needed to count who comes after launch.
#[derive(Clone, Copy)]
struct Later<'a> {
    checked: &'a Checked,
    schedule: &'a Schedule,
    design: &'a Design,
    reader: Reader<'a>,
    list: &'a List,
}

impl Later<'_> {
    /// Counts who comes into daily strata over the whole period.
    fn days(self, streamed: &mut Streamed) -> Result<(), FrameError> {
        let Self { checked, schedule, design, reader, list } = self;
        let (open, close) = (schedule.open.date(), schedule.close.date());
        let coming = Coming { checked, reader, list, design, open, known: &BTreeSet::new() };
        if !coming.anybody() {
            return Ok(());
        }
        let counted = &mut streamed.counted;
        let mut days = vec![Ends::default(); design.cells.len()];
        coming.each((open, close), Some(&streamed.opened), |came| {
            counted.unmatched -= u64::from(!came.matched);
            counted.cells[came.cell].count(came.obstacle, came.contacts, 1);
            counted.cells[came.cell].drawn += u64::from(came.drawn);
            days[came.cell].reach(came.day);
        })?;
        counted.cells.iter_mut().zip(days).for_each(|(cell, ends)| ends.note(cell));
        Ok(())
    }

    /// Counts the events of the whole period.
    fn events(self, folder: &Path, streamed: &mut Streamed) -> Result<Vec<EventsSummary>, FrameError> {
        let Self { checked, schedule, design, reader, list } = self;
        let is_event = |e: &Entering| matches!(e, Entering::Events { .. });
        if !design.entering.is_empty() && design.entering.iter().all(is_event) {
            // Only events are counted then.
            streamed.counted.unmatched = 0;
        }
        let zone = TimeZone::get(&checked.campaign.timezone).unwrap_or(TimeZone::UTC);
        let close = instant_of(&zone, schedule.close)?;
        let nothing = Counted::new(reader.frame, design, of_list(checked).count());
        let mut summaries = Vec::new();
        for source in 0..checked.events.len() {
            let used = |e: &Entering| matches!(e, Entering::Events { source: own, .. } if *own == source);
            if !design.entering.iter().any(used) {
                continue;
            }
            let spec = (checked, folder, schedule);
            let opened = &streamed.opened;
            let meeting = Meeting::new(spec, (reader, list), (design, opened), (source, close), false)?;
            let (tally, summary, problems) =
                meeting.each(|| Tally::new(nothing.clone()), Tally::take, Tally::join)?;
            streamed.counted.merge(tally.counted);
            streamed.counted.cells.iter_mut().zip(tally.ends).for_each(|(cell, ends)| ends.note(cell));
            summaries.push(summary);
            streamed.problems.append(problems);
        }
        Ok(summaries)
    }
}

/// Returns how many are drawn of each cell; `None` for cells that nobody is drawn into at launch.
fn allocated(
    checked: &Checked,
    design: &Design,
    cells: &[CellSummary],
    before: Option<&WaveBefore>,
) -> Result<Vec<Option<u64>>, FrameError> {
    let counts: Vec<CellCount> = cells.iter().map(CellSummary::units).collect();
    let sizes = whole(checked, design, &counts, before).map_err(FrameError::Spec)?;
    Ok(sizes.into_iter().map(|size| size.map(|s| s.drawn)).collect())
}

fn overlaps(checked: &Checked, both: &Both) -> Vec<OverlapCount> {
    let name = |i: usize| checked.strata[i].name.clone();
    let pair =
        |(&(a, b), &count): (&(usize, usize), &u64)| OverlapCount { takes: name(a), also: name(b), count };
    both.iter().map(pair).collect()
}
