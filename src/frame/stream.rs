//! Counts and draws at launch in memory that does not depend on the number of rows.
//!
//! The list is read twice. The first pass takes what decides who is in the
//! population: keys, reasons of exclusion, shared addresses, and the columns
//! that `top` ranks; between the passes duplicates, shared addresses and cuts
//! are worked out from temporary files. The second pass reads every declared
//! cell, sorts every row into its outcome, counts, and hands those who may be
//! drawn to [`crate::frame::pick`]. `top` in a reason of exclusion ranks all
//! rows, which takes a pass before both. Who comes into daily strata is found in a
//! pass of its own ([`came`]); so are those who have events ([`meet`]).

mod ahead;
mod came;
mod faults;
mod figures;
mod happened;
mod meet;
mod owners;
mod twice;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use jiff::civil::Date;

use crate::expr::Expr;
use crate::frame::block::{Reached, Reader, Sheet, Unfit};
use crate::frame::clusters::{Clusters, Member};
use crate::frame::coordinate::behind;
use crate::frame::count::{Counted, Outcome, Sorter, Strata};
use crate::frame::design::Design;
use crate::frame::layout::{CellProblem, unfit};
use crate::frame::list::{Base, List, Rows};
use crate::frame::margins::{self, Counting, MarginCount};
use crate::frame::pick::{Limits, Picks};
use crate::frame::quotas::of_list;
use crate::frame::random::{Seeded, cluster_text};
use crate::frame::spill::Bits;
use crate::frame::stream::ahead::{First, excluding, first};
pub use crate::frame::stream::came::{Came, Coming};
pub use crate::frame::stream::figures::{Known, figures};
pub use crate::frame::stream::happened::Happened;
pub use crate::frame::stream::meet::{Hit, Meeting, Met};
use crate::frame::summary::ClusterTotals;
use crate::frame::tally::Tally;
use crate::frame::types::{FrameError, Problem, Problems};
use crate::frame::wanted::Wanted;
use crate::model::Checked;
use crate::model::checked::Frame;

/// What the list holds, counted.
pub struct Streamed {
    /// Counts of rows and cells.
    pub counted: Counted,
    /// Those who may be drawn.
    pub picks: Picks,
    /// Everybody eligible by cluster, where whole clusters are drawn; nobody is picked then.
    pub clusters: Option<Clusters>,
    /// What is known of clusters over all cells.
    pub totals: Option<ClusterTotals>,
    /// Figures of the list that weights agree with.
    pub margins: Vec<MarginCount>,
    /// Rows read.
    pub read: u64,
    /// What was wrong.
    pub problems: Problems,
    /// What is known of the day of opening.
    pub opened: Opened,
}

/// What is known of a list before its rows are asked at open.
pub struct Opened {
    /// Reasons of exclusion, with their cuts in the place of `top`.
    pub exclude: Vec<Expr>,
    /// What the first pass told.
    pub first: First,
}

impl Opened {
    /// Reads the list for the first time, and before that for the cuts in reasons of exclusion.
    pub fn new(checked: &Checked, reader: Reader, list: &List, day: Date) -> Result<Self, FrameError> {
        let exclude = excluding(reader, list)?;
        let exclusion = Strata::exclusion(&exclude, day);
        let first = first(checked, reader, list, &exclusion, &Bits::default())?;
        Ok(Self { exclude, first })
    }
}

/// What the second pass makes of a block.
struct Block<'a> {
    rows: u64,
    bad_rows: Vec<(u64, Option<CellProblem>)>,
    /// Line of the row, with the cell.
    bad_cells: Vec<(u64, Unfit<'a>)>,
    entries: Vec<u8>,
}

/// What all cores need for the second pass.
struct Second<'a> {
    reader: Reader<'a>,
    sorter: &'a Sorter<'a>,
    design: &'a Design,
    wanted: Wanted,
    first: &'a First,
    limits: Limits,
    seeded: Seeded,
    /// Whether the figures that weights agree with are those of the list.
    weigh: bool,
}

/// What a core has of its own in the second pass.
struct Core<'a> {
    tally: Tally<'a>,
    sheet: Sheet,
    counting: Counting<'a>,
}

/// Reads the list twice and counts; `keep` tells that people are filled in afterwards.
pub fn count(
    checked: &Checked,
    reader: Reader,
    list: &List,
    design: &Design,
    day: Date,
    keep: bool,
) -> Result<Streamed, FrameError> {
    let frame = reader.frame;
    let opened = Opened::new(checked, reader, list, day)?;
    let Opened { exclude, first } = &opened;
    let strata = Strata::new(checked, exclude, design, day);
    let sorter = Sorter::new(&strata, frame, &first.cuts);
    let weighted: BTreeSet<usize> = margins::fields(checked).collect();
    let of_margin = |field: usize| weighted.contains(&field);
    let wanted = Wanted::new(frame, &sorter.classes, &strata.leaves, of_margin, true);
    let mut picks = Picks::new(checked, design, keep);
    let limits = picks.limits();
    let weigh = design.entering.iter().all(|e| e.at_launch());
    let seeded = reader.seeded();
    let second = Second { reader, sorter: &sorter, design, wanted, first, limits, seeded, weigh };
    let mut clusters = frame.cluster.is_some().then(Clusters::default);
    let mut problems = Problems { notes: list.notes.clone(), ..Problems::default() };
    let mut read = 0;
    let nothing = Counted::new(frame, design, of_list(checked).count());
    let begin = || Core {
        tally: Tally::new(&sorter, design, nothing.clone()),
        sheet: reader.sheet(&second.wanted),
        counting: Counting::new(checked),
    };
    let cores = list.scan(
        begin,
        |core, index, rows| {
            let base = *first.bases.get(index).ok_or_else(|| list.changed())?;
            second.block(core, rows, base)
        },
        |block: Result<Block, FrameError>, base| {
            let block = block?;
            read += block.rows;
            complain(&mut problems, frame, reader.layout.key_column(), base, &block);
            match &mut clusters {
                Some(clusters) => clusters.take(&block.entries)?,
                None => picks.take(&block.entries, &second.limits)?,
            }
            Ok(ControlFlow::Continue(()))
        },
    )?;
    let (mut counted, mut counting) = (nothing.clone(), Counting::new(checked));
    for core in cores {
        counted.merge(core.tally.counted());
        counting.merge(core.counting);
    }
    let totals = clusters.as_ref().map(|c| c.count(&mut counted.cells)).transpose()?;
    // Of people who come later nobody knows how many there will be.
    let margins = if second.weigh { counting.finish() } else { Vec::new() };
    Ok(Streamed { counted, picks, clusters, totals, margins, read, problems, opened })
}

/// Lists what was wrong with a block, in the order of the file.
fn complain(problems: &mut Problems, frame: &Frame, key: &str, base: Base, block: &Block) {
    let (mut rows, mut cells) = (block.bad_rows.iter().peekable(), block.bad_cells.iter().peekable());
    loop {
        let row_first = match (rows.peek(), cells.peek()) {
            (None, None) => return,
            (Some(row), Some(cell)) => row.0 < cell.0,
            (row, _) => row.is_some(),
        };
        if problems.first.len() >= Problems::KEPT {
            problems.count += (rows.len() + cells.len()) as u64;
            return;
        }
        let (line, (column, message)) = match (row_first, rows.peek(), cells.peek()) {
            (true, Some((line, Some(fault))), _) => (*line, fault.clone()),
            (false, _, Some((line, (_, _, column, expected)))) => {
                (*line, ((*column).to_owned(), unfit(expected)))
            }
            (_, row, _) => {
                let why = "the key stands in an earlier row too; this row is left out";
                (row.map_or(0, |row| row.0), (key.to_owned(), why.to_owned()))
            }
        };
        if row_first {
            rows.next();
        } else {
            cells.next();
        }
        problems.push(Problem { file: frame.source.clone(), row: base.line + line, column, message });
    }
}

impl<'a> Second<'a> {
    fn block(&self, core: &mut Core, rows: &Rows, base: u64) -> Result<Block<'a>, FrameError> {
        let (reader, first) = (self.reader, self.first);
        let Core { tally, sheet, counting } = core;
        let numbers = first.numbers.range(base, rows.len())?;
        let mut bad_rows = Vec::new();
        sheet.good.clear();
        for (i, row) in rows.iter().enumerate() {
            let fault = match reader.layout.usable(row) {
                None => Some(Some(reader.layout.unusable(row))),
                // Its key stands in an earlier row too.
                Some(_) => first.again.has(base + i as u64).then_some(None),
            };
            sheet.good.push(fault.is_none());
            bad_rows.extend(fault.map(|fault| (row.line, fault)));
        }
        let mut unfit = Vec::new();
        let reached = reader.reached(sheet, rows, &mut unfit);
        let classes = &self.sorter.classes;
        reader.columns(sheet, rows, &self.wanted, classes, &mut unfit);
        reader.groups(sheet, rows, |row| numbers[row]);
        let key = |row: usize| reader.layout.usable(rows.get(row)).unwrap_or("");
        let admits = |stratum: usize, row: usize| {
            let panel = self.design.panels.get(stratum).and_then(Option::as_ref);
            panel.is_none_or(|panel| panel.has(key(row), numbers[row]))
        };
        Reader::leaves(sheet, classes, &self.sorter.strata.leaves, &first.cuts, admits);
        unfit.sort_unstable();
        let outcomes = tally.sort(sheet);
        let entries = self.take(tally, sheet, rows, base, (&outcomes, &reached, &numbers));
        let entries = match reader.frame.cluster {
            Some(_) => self.members(tally, sheet, rows, base, (&outcomes, &reached)),
            None => entries,
        };
        if self.weigh && counting.any() {
            counting.block(&sheet.table, &self.people(tally, sheet, base, &outcomes));
        }
        tally.others().bad_rows += bad_rows.len() as u64;
        tally.others().bad_cells += unfit.len() as u64;
        let bad_cells = unfit.into_iter().map(|one| (rows.get(one.0).line, one)).collect();
        Ok(Block { rows: rows.len() as u64, bad_rows, bad_cells, entries })
    }

    /// Returns the rows that a cell takes, with their strata.
    fn people(&self, tally: &Tally, sheet: &Sheet, base: u64, outcomes: &[u32]) -> Vec<(usize, usize)> {
        let taken = self.taken(tally, sheet, base, outcomes);
        taken.into_iter().map(|(row, stratum, _)| (row, stratum)).collect()
    }

    /// Returns the rows that a cell takes, with their strata and cells.
    fn taken(&self, tally: &Tally, sheet: &Sheet, base: u64, outcomes: &[u32]) -> Vec<(usize, usize, usize)> {
        let one = |row: usize| match tally.outcome(outcomes[row]) {
            Outcome::Taken { stratum, cell: Some(cell), .. } => Some((row, *stratum, *cell)),
            _ => None,
        };
        let kept = |row: &usize| sheet.good[*row] && !self.first.lost.has(base + *row as u64);
        (0..outcomes.len()).filter(kept).filter_map(one).collect()
    }

    /// Counts the rows of a block and writes down who may be drawn.
    fn take(
        &self,
        tally: &mut Tally,
        sheet: &Sheet,
        rows: &Rows,
        base: u64,
        (outcomes, reached, numbers): (&[u32], &[Reached], &[u64]),
    ) -> Vec<u8> {
        let mut entries = Vec::new();
        for row in (0..rows.len()).filter(|row| sheet.good[*row]) {
            let (id, reached, record) = (outcomes[row], reached[row], base + row as u64);
            let lost = self.first.lost.has(record);
            match tally.outcome(id) {
                Outcome::Excluded(_) => {}
                _ if lost => {
                    tally.others().once += 1;
                    continue;
                }
                Outcome::Taken { stratum, cell: Some(cell), .. } if self.reader.frame.cluster.is_none() => {
                    let (stratum, cell) = (*stratum, *cell);
                    let number = behind(numbers[row], self.design.start(stratum));
                    if self.limits.may(number, cell) {
                        let (email, mobile, at_rest) = reached.parts();
                        if self.design.reach[stratum].hindered(email, mobile, at_rest).is_none() {
                            let row = rows.get(row);
                            let key = self.reader.layout.usable(row).unwrap_or("");
                            self.limits.offer(&mut entries, number, record, cell, key, row);
                        }
                    }
                }
                _ => {}
            }
            tally.count(id, reached);
        }
        entries
    }

    /// Writes down who of a block belongs to which cluster.
    fn members(
        &self,
        tally: &Tally,
        sheet: &Sheet,
        rows: &Rows,
        base: u64,
        (outcomes, reached): (&[u32], &[Reached]),
    ) -> Vec<u8> {
        let layout = self.reader.layout;
        let people = self.taken(tally, sheet, base, outcomes);
        let key = |row: usize| layout.usable(rows.get(row)).unwrap_or("");
        let value = |row: usize| layout.cluster(rows.get(row));
        let texts: Vec<Cow<str>> =
            people.iter().map(|(row, ..)| cluster_text(value(*row), key(*row))).collect();
        let texts: Vec<Option<&str>> = texts.iter().map(|text| Some(&**text)).collect();
        let mut found = people.iter();
        let mut out = Vec::new();
        self.seeded.people(&texts, |hashed| {
            let (Some(&(row, stratum, cell)), Some(hashed)) = (found.next(), hashed) else { return };
            let (email, mobile, at_rest) = reached[row].parts();
            let free = self.design.reach[stratum].hindered(email, mobile, at_rest).is_none();
            let member = Member {
                cluster: hashed.identity,
                alone: value(row).is_none(),
                cell,
                record: base + row as u64,
                key: free.then(|| key(row)),
            };
            member.write(&mut out);
        });
        out
    }
}
