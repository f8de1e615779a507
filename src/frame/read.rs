//! Counts a list and draws at launch.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rayon::prelude::*;

use crate::frame::allocate::{CellCount, whole};
use crate::frame::arrivals::came;
use crate::frame::block::Reader;
use crate::frame::clauses::clauses_hash;
use crate::frame::coordinate::CIRCLE;
use crate::frame::count::Both;
use crate::frame::design::{Design, Entering, Unavailable};
use crate::frame::events::tally;
use crate::frame::layout::Layout;
use crate::frame::list::{List, Trust};
use crate::frame::load::{load, open, trusting};
use crate::frame::margins::Counting;
use crate::frame::membership::{Eligible, Question, State, Taken};
use crate::frame::people::{Place, fill, fill_picked};
use crate::frame::pick::Drawn;
use crate::frame::quotas::{counts_for, of_list, shown};
use crate::frame::random::{Seeded, digest};
use crate::frame::stream::{self, Coming};
use crate::frame::summary::{CellSummary, FrameSummary, OverlapCount, SUMMARY_VERSION};
use crate::frame::table::{Row, RowEnv, Table};
use crate::frame::types::{FrameError, History, Problems, Reading};
use crate::frame::waves::WaveBefore;
use crate::model::Checked;
use crate::model::checked::{Frame, Schedule};

/// Reads the list, counts, draws, and fills in the drawn people.
pub fn read(checked: &Checked, folder: &Path, seed: u64, history: &History) -> Result<Reading, FrameError> {
    if let Some(counted) = Streaming::new(checked, folder, seed, history, true)? {
        return counted.reading(checked, seed, history);
    }
    let count = Count::new(checked, folder, seed, history)?;
    let mut places = Vec::new();
    for (cell, rows) in count.drawn.iter().enumerate() {
        places.extend(rows.iter().zip(0..).map(|(&row, position)| Place {
            row,
            cell,
            position,
            cluster: None,
        }));
    }
    let drawn = fill(checked, count.frame, &count.table, &places)?;
    Ok(Reading { summary: count.summary, drawn, problems: count.table.problems })
}

/// Reads the list and counts, without filling in people.
pub fn summarise(
    checked: &Checked,
    folder: &Path,
    seed: u64,
    history: &History,
) -> Result<(FrameSummary, Problems), FrameError> {
    if let Some(counted) = Streaming::new(checked, folder, seed, history, false)? {
        return Ok((counted.summary, counted.problems));
    }
    Count::new(checked, folder, seed, history).map(|count| (count.summary, count.table.problems))
}

/// Makes a first and a last one reach to one more.
fn stretch<T: Ord + Copy>(ends: &mut Option<(T, T)>, one: T) {
    let (first, last) = ends.get_or_insert((one, one));
    *first = one.min(*first);
    *last = one.max(*last);
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

/// A list that was counted and drawn from block by block.
struct Streaming<'a> {
    frame: &'a Frame,
    list: List,
    summary: FrameSummary,
    problems: Problems,
    drawn: Drawn,
}

impl<'a> Streaming<'a> {
    /// Counts; `None` when the campaign has to be counted row by row.
    fn new(
        checked: &'a Checked,
        folder: &Path,
        seed: u64,
        history: &History,
        keep: bool,
    ) -> Result<Option<Self>, FrameError> {
        let (frame, schedule) = needs(checked)?;
        let design = Design::with(checked, &history.waves)?;
        if !stream::suits(checked, &design) {
            return Ok(None);
        }
        let count = |list: &List| {
            let layout = Layout::new(frame, list)?;
            let reader = Reader { frame, layout: &layout, history, seed };
            stream::count(checked, reader, list, &design, schedule.open.date(), keep)
        };
        let (list, streamed) = reliably(frame, folder, count)?;
        let mut counted = streamed.counted;
        let before = history.waves.before.as_ref();
        let wanted = allocated(checked, &design, &counted.cells, before)?;
        let mut drawn = match &streamed.clusters {
            Some(clusters) => {
                let picked = clusters.draw(&wanted, &mut counted.cells, Seeded::new(seed), keep)?;
                Drawn { picked, rows: None }
            }
            None => streamed.picks.draw(&wanted, &mut counted.cells, keep)?,
        };
        for one in &mut drawn.picked {
            let start = design.start(design.cells[one.cell].stratum);
            one.number = one.number.wrapping_add(start) & (CIRCLE - 1);
        }
        let layout = Layout::new(frame, &list)?;
        let reader = Reader { frame, layout: &layout, history, seed };
        let open = schedule.open.date();
        let coming = Coming { checked, reader, list: &list, design: &design, open, known: &BTreeSet::new() };
        if coming.anybody() {
            let period = (open, schedule.close.date());
            let mut days = vec![None; design.cells.len()];
            coming.each(period, Some(&streamed.opened), |came| {
                counted.unmatched -= u64::from(!came.matched);
                counted.cells[came.cell].count(came.obstacle, came.contacts, 1);
                counted.cells[came.cell].drawn += u64::from(came.drawn);
                stretch(&mut days[came.cell], came.day);
            })?;
            for (cell, days) in counted.cells.iter_mut().zip(days) {
                cell.first = days.map(|(first, _)| first.to_string());
                cell.last = days.map(|(_, last)| last.to_string());
            }
        }
        let summary = FrameSummary {
            version: SUMMARY_VERSION,
            clauses: clauses_hash(checked),
            seed,
            rows: streamed.read,
            bad_rows: counted.bad_rows,
            bad_cells: counted.bad_cells,
            excluded: counted.excluded,
            once: counted.once,
            eligible: counted.eligible,
            unmatched: counted.unmatched,
            overlaps: overlaps(checked, &counted.both),
            unparted: counted.unparted,
            cells: counted.cells,
            events: Vec::new(),
            quotas: shown(checked, &counted.quotas).collect(),
            margins: streamed.margins,
            starts: history.waves.starts.clone(),
            clusters: streamed.totals,
            before: before.cloned(),
        };
        Ok(Some(Self { frame, list, summary, problems: streamed.problems, drawn }))
    }

    /// Fills in the drawn people.
    fn reading(self, checked: &Checked, seed: u64, history: &History) -> Result<Reading, FrameError> {
        let layout = Layout::new(self.frame, &self.list)?;
        let reader = Reader { frame: self.frame, layout: &layout, history, seed };
        let drawn = fill_picked(checked, reader, &self.list, &self.drawn)?;
        Ok(Reading { summary: self.summary, drawn, problems: self.problems })
    }
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

/// A counted list with its draw.
struct Count<'a> {
    frame: &'a Frame,
    table: Table,
    summary: FrameSummary,
    /// Per cell that is drawn at launch: rows in draw order.
    drawn: Vec<Vec<u32>>,
}

impl<'a> Count<'a> {
    fn new(checked: &'a Checked, folder: &Path, seed: u64, history: &History) -> Result<Self, FrameError> {
        let (frame, schedule) = needs(checked)?;
        let design = Design::with(checked, &history.waves)?;
        let mut table = load(checked, frame, folder, seed, history)?;
        let day = schedule.open.date();
        let eligible = Eligible::on(checked, frame, &table, day, &|_| false);
        let question = Question { checked, design: &design, table: &table, cuts: &eligible.cuts, day };
        let taken = by_person(&question, &eligible);

        let mut tallies = Tallies::new(checked, &design);
        let mut counting = Counting::new(checked);
        let mut rows_of: Vec<Vec<u32>> = vec![Vec::new(); design.cells.len()];
        for (row, taken) in taken.iter().enumerate() {
            let Some(taken) = taken else { continue };
            tallies.overlap(taken.stratum, &taken.also);
            if !design.entering[taken.stratum].at_launch() {
                continue;
            }
            let Some(cell) = taken.cell else {
                tallies.unparted[taken.stratum] += 1;
                continue;
            };
            let obstacle = table.rows[row].obstacle(design.reach[taken.stratum]);
            tallies.one(cell, obstacle, &table.rows[row]);
            let env = RowEnv { table: &table, row, day, cuts: &eligible.cuts, event: None };
            counting.one(&env, taken.stratum);
            if obstacle.is_none() {
                tallies.quota(&env, (taken.stratum, cell), checked);
                rows_of[cell].push(u32::try_from(row).unwrap_or(u32::MAX));
            }
        }
        let before = history.waves.before.as_ref();
        let drawn = draw(checked, &design, &table, before, &mut tallies, rows_of)?;
        let arrived = tallies.daily(checked, frame, &design, &table, &taken, schedule);
        let only_events = design.entering.iter().all(|e| matches!(e, Entering::Events { .. }));
        let mut unmatched = if only_events && !checked.strata.is_empty() {
            0
        } else {
            let nobody = |row: &usize| eligible.has(*row) && taken[*row].is_none() && !arrived[*row];
            (0..table.rows.len()).filter(nobody).count() as u64
        };
        let problems =
            tallies.events(checked, frame, &design, &table, folder, seed, schedule, &mut unmatched)?;
        table.problems.append(problems);
        let quotas = shown(checked, &tallies.quotas).collect();
        // Of people who come later nobody knows how many there will be.
        let all_at_launch = design.entering.iter().all(|e| e.at_launch());
        let margins = if all_at_launch { counting.finish() } else { Vec::new() };
        let summary = FrameSummary {
            version: SUMMARY_VERSION,
            clauses: clauses_hash(checked),
            seed,
            rows: table.read,
            bad_rows: table.bad_rows,
            bad_cells: table.bad_cells,
            excluded: (0..frame.exclude.len()).map(|i| eligible.count(State::Excluded(i))).collect(),
            once: eligible.count(State::Once),
            eligible: eligible.count(State::Eligible),
            unmatched,
            overlaps: overlaps(checked, &tallies.both),
            unparted: tallies.unparted,
            cells: tallies.cells,
            events: tallies.events,
            quotas,
            margins,
            starts: history.waves.starts.clone(),
            clusters: None,
            before: before.cloned(),
        };
        Ok(Self { frame, table, summary, drawn })
    }
}

fn by_person(question: &Question, eligible: &Eligible) -> Vec<Option<Taken>> {
    let asked = |s: usize| !matches!(question.design.entering[s], Entering::Events { .. });
    let one = |row: usize| {
        eligible
            .has(row)
            .then(|| question.taken(row, question.table.rows[row].who(), None, true, asked))
            .flatten()
    };
    (0..question.table.rows.len()).into_par_iter().map(one).collect()
}

/// Draws in ascending order of the random numbers from the start on, as many as allocated.
fn draw(
    checked: &Checked,
    design: &Design,
    table: &Table,
    before: Option<&WaveBefore>,
    tallies: &mut Tallies,
    mut rows_of: Vec<Vec<u32>>,
) -> Result<Vec<Vec<u32>>, FrameError> {
    let wanted = allocated(checked, design, &tallies.cells, before)?;
    for (cell, wanted) in wanted.into_iter().enumerate() {
        let Some(wanted) = wanted else { continue };
        let rows = &mut rows_of[cell];
        table.sort_into_draw_order(rows, design.start(design.cells[cell].stratum));
        rows.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        tallies.cells[cell].drawn = rows.len() as u64;
        tallies.cells[cell].digest = Some(digest(rows.iter().map(|&r| &*table.rows[r as usize].key)));
    }
    Ok(rows_of)
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

/// What is counted on the way.
struct Tallies {
    cells: Vec<CellSummary>,
    unparted: Vec<u64>,
    both: Both,
    events: Vec<crate::frame::summary::EventsSummary>,
    /// Per quota that the list decides: people of each cell.
    quotas: Vec<Vec<u64>>,
}

impl Tallies {
    fn new(checked: &Checked, design: &Design) -> Self {
        let cell =
            |c: &crate::frame::CellDesign| CellSummary { name: c.name.clone(), ..CellSummary::default() };
        Self {
            cells: design.cells.iter().map(cell).collect(),
            unparted: vec![0; checked.strata.len()],
            both: Both::new(),
            events: Vec::new(),
            quotas: of_list(checked).map(|_| vec![0; design.cells.len()]).collect(),
        }
    }

    /// Counts somebody who can be drawn for the quotas that the list decides.
    fn quota(&mut self, env: &RowEnv, (stratum, cell): (usize, usize), checked: &Checked) {
        let name = &checked.strata[stratum].name;
        for (quota, counts) in of_list(checked).zip(&mut self.quotas) {
            counts[cell] += u64::from(counts_for(quota, env, name));
        }
    }

    fn one(&mut self, cell: usize, obstacle: Option<Unavailable>, row: &Row) {
        self.cells[cell].count(obstacle, (row.email, row.mobile), 1);
    }

    fn overlap(&mut self, takes: usize, also: &[usize]) {
        for &also in also {
            *self.both.entry((takes, also)).or_default() += 1;
        }
    }

    fn moment(&mut self, cell: usize, at: String) {
        let cell = &mut self.cells[cell];
        cell.first.get_or_insert_with(|| at.clone());
        cell.last = Some(at);
    }

    /// Counts who comes into daily strata over the whole period; returns which rows do.
    fn daily(
        &mut self,
        checked: &Checked,
        frame: &Frame,
        design: &Design,
        table: &Table,
        taken: &[Option<Taken>],
        schedule: &Schedule,
    ) -> Vec<bool> {
        let mut arrived = vec![false; table.rows.len()];
        if !design.entering.iter().any(|e| matches!(e, Entering::Daily { .. })) {
            return arrived;
        }
        let open = schedule.open.date();
        let period = (open, schedule.close.date());
        let launched = |t: &Option<Taken>| t.as_ref().is_some_and(|t| design.entering[t.stratum].at_launch());
        let settled: Vec<bool> = taken.iter().map(launched).collect();
        for c in came(checked, frame, design, table, settled, period) {
            arrived[c.row] = true;
            let row = &table.rows[c.row];
            self.one(c.cell, row.obstacle(design.reach[design.cells[c.cell].stratum]), row);
            self.cells[c.cell].drawn += u64::from(c.drawn);
            self.moment(c.cell, c.day.to_string());
        }
        arrived
    }

    /// Counts the events of the period.
    #[expect(clippy::too_many_arguments, reason = "all of them are read; a struct would only rename them")]
    fn events(
        &mut self,
        checked: &Checked,
        frame: &Frame,
        design: &Design,
        table: &Table,
        folder: &Path,
        seed: u64,
        schedule: &Schedule,
        unmatched: &mut u64,
    ) -> Result<Problems, FrameError> {
        let mut problems = Problems::default();
        let zone = TimeZone::get(&checked.campaign.timezone).unwrap_or(TimeZone::UTC);
        let close = instant_of(&zone, schedule.close)?;
        for source in 0..checked.events.len() {
            let used = |e: &Entering| matches!(e, Entering::Events { source: own, .. } if *own == source);
            if !design.entering.iter().any(used) {
                continue;
            }
            let tally = tally(checked, frame, design, table, folder, seed, (source, close))?;
            *unmatched += tally.unmatched;
            for event in &tally.taken {
                self.overlap(event.stratum, &event.also);
                let Some(cell) = event.cell else {
                    self.unparted[event.stratum] += 1;
                    continue;
                };
                self.one(cell, event.obstacle, &table.rows[event.row]);
                self.cells[cell].drawn += u64::from(event.drawn);
                self.moment(cell, event.at.to_string());
            }
            self.events.push(tally.summary);
            problems.append(tally.problems);
        }
        Ok(problems)
    }
}

fn overlaps(checked: &Checked, both: &Both) -> Vec<OverlapCount> {
    let name = |i: usize| checked.strata[i].name.clone();
    let pair =
        |(&(a, b), &count): (&(usize, usize), &u64)| OverlapCount { takes: name(a), also: name(b), count };
    both.iter().map(pair).collect()
}
