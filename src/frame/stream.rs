//! Counts and draws at launch in memory that does not depend on the number of rows.
//!
//! The list is read twice. The first pass takes what decides who is in the
//! population: keys, reasons of exclusion, shared addresses, and the columns
//! that `top` ranks; between the passes duplicates, shared addresses and cuts
//! are worked out from temporary files. The second pass reads every declared
//! cell, sorts every row into its outcome, counts, and hands those who may be
//! drawn to [`crate::frame::pick`]. `top` in a reason of exclusion ranks all
//! rows, which takes a pass before both. It gives what row-wise counting in
//! [`crate::frame::read`] gives; daily and event draws are left to that.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::expr::{Expr, Var};
use crate::frame::block::{Reached, Reader, Sheet, Unfit, Wanted};
use crate::frame::coordinate::behind;
use crate::frame::count::{Counted, Outcome, Sorter, Strata};
use crate::frame::cuts::{Cuts, cut_of, tops};
use crate::frame::design::Design;
use crate::frame::layout::{CellProblem, unfit};
use crate::frame::list::{Base, List, Rows};
use crate::frame::margins::{self, Counting, MarginCount};
use crate::frame::pick::{Limits, Picks};
use crate::frame::quotas::of_list;
use crate::frame::random::Seeded;
use crate::frame::spill::{Bits, Numbers, PARTS, Parts};
use crate::frame::table::Column;
use crate::frame::tally::Tally;
use crate::frame::types::{FrameError, Problem, Problems};
use crate::model::Checked;
use crate::model::checked::Frame;

/// Tells whether a campaign's list can be counted so.
pub fn suits(checked: &Checked, design: &Design) -> bool {
    !checked.strata.is_empty() && design.entering.iter().all(|e| e.at_launch())
}

/// What the list holds, counted.
pub struct Streamed {
    /// Counts of rows and cells.
    pub counted: Counted,
    /// Those who may be drawn.
    pub picks: Picks,
    /// Figures of the list that weights agree with.
    pub margins: Vec<MarginCount>,
    /// Rows read.
    pub read: u64,
    /// What was wrong.
    pub problems: Problems,
}

/// What the first pass leaves behind.
struct First {
    /// Random numbers times 2^52.
    numbers: Numbers,
    /// First row of each block.
    bases: Vec<u64>,
    /// Rows whose key an earlier row has.
    again: Bits,
    /// Rows whose address another row keeps.
    lost: Bits,
    cuts: Cuts,
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
    let exclude = excluding(reader, list)?;
    let first = first(checked, reader, list, &Strata::exclusion(&exclude, day))?;
    let strata = Strata::new(checked, &exclude, design, day);
    let sorter = Sorter::new(&strata, frame, &first.cuts);
    let weighted: BTreeSet<usize> = margins::fields(checked).collect();
    let of_margin = |field: usize| weighted.contains(&field);
    let wanted = Wanted::new(frame, &sorter.classes, &strata.leaves, of_margin, true);
    let mut picks = Picks::new(checked, design, keep);
    let limits = picks.limits();
    let second = Second { reader, sorter: &sorter, design, wanted, first: &first, limits };
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
            picks.take(&block.entries, &second.limits)?;
            Ok(ControlFlow::Continue(()))
        },
    )?;
    let (mut counted, mut counting) = (nothing.clone(), Counting::new(checked));
    for core in cores {
        counted.merge(core.tally.counted());
        counting.merge(core.counting);
    }
    Ok(Streamed { counted, picks, margins: counting.finish(), read, problems })
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
        if counting.any() {
            counting.block(&sheet.table, &self.people(tally, sheet, base, &outcomes));
        }
        tally.others().bad_rows += bad_rows.len() as u64;
        tally.others().bad_cells += unfit.len() as u64;
        let bad_cells = unfit.into_iter().map(|one| (rows.get(one.0).line, one)).collect();
        Ok(Block { rows: rows.len() as u64, bad_rows, bad_cells, entries })
    }

    /// Returns the rows that a cell takes, with their strata.
    fn people(&self, tally: &Tally, sheet: &Sheet, base: u64, outcomes: &[u32]) -> Vec<(usize, usize)> {
        let one = |row: usize| match tally.outcome(outcomes[row]) {
            Outcome::Taken { stratum, cell: Some(_), .. } => Some((row, *stratum)),
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
                Outcome::Taken { stratum, cell: Some(cell), .. } => {
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
}

/// A block of the first pass.
struct Piece {
    /// 96 bits of what keys hash to, with room for the row; 0 where a row is left out.
    keys: Vec<u128>,
    /// Per ranked column: its values, as bits; not a number where a row does not count.
    ranked: Vec<Vec<u64>>,
    /// Row, key and address of those who share none, or one.
    addresses: Vec<(usize, String, String)>,
}

/// What all cores need for the first pass.
struct Ahead<'a> {
    reader: Reader<'a>,
    seeded: Seeded,
    sorter: &'a Sorter<'a>,
    wanted: Wanted,
    ranked: &'a [usize],
    /// Whether addresses are wanted.
    once: bool,
}

impl Ahead<'_> {
    fn block(&self, tally: &mut Tally, sheet: &mut Sheet, rows: &Rows) -> Piece {
        let reader = self.reader;
        let usable: Vec<Option<&str>> = rows.iter().map(|row| reader.layout.usable(row)).collect();
        sheet.good.clear();
        sheet.good.extend(usable.iter().map(Option::is_some));
        let mut keys = Vec::with_capacity(rows.len());
        self.seeded.people(&usable, |one| keys.push(one.map_or(0, |one| one.identity >> 32 << 32 | 1)));
        let silent = &mut Vec::new();
        reader.columns(sheet, rows, &self.wanted, &self.sorter.classes, silent);
        reader.groups(sheet, rows, |row| number(keys[row]));
        let no_cuts = Cuts::default();
        Reader::leaves(sheet, &self.sorter.classes, &self.sorter.strata.leaves, &no_cuts, |_, _| true);
        let outcomes =
            if self.ranked.is_empty() && !self.once { vec![0; rows.len()] } else { tally.sort(sheet) };
        let counts =
            |row: usize| sheet.good[row] && !matches!(tally.outcome(outcomes[row]), Outcome::Excluded(_));
        let mut ranked = Vec::with_capacity(self.ranked.len());
        for &column in self.ranked {
            let Some(Some(Column::Number(values))) = sheet.table.columns.get(column) else { continue };
            let one = |row: usize| if counts(row) { values[row] } else { f64::NAN }.to_bits();
            ranked.push((0..rows.len()).map(one).collect());
        }
        let mut addresses = Vec::new();
        if self.once {
            let address = |row: usize| {
                let cells = rows.get(row);
                Some((row, reader.layout.usable(cells)?.to_owned(), reader.once(cells)?))
            };
            addresses = (0..rows.len()).filter(|row| counts(*row)).filter_map(address).collect();
        }
        Piece { keys, ranked, addresses }
    }
}

/// What one pass tells of a list as a whole.
struct Told {
    numbers: Numbers,
    bases: Vec<u64>,
    again: Bits,
    lost: Bits,
    /// Values of the ranked columns.
    columns: Vec<Numbers>,
}

/// Reads keys, addresses where `once` says so, and the values of the ranked columns of those who are not excluded.
fn told(
    reader: Reader,
    list: &List,
    exclusion: &Strata,
    ranked: &[usize],
    once: bool,
) -> Result<Told, FrameError> {
    let sorter = Sorter::new(exclusion, reader.frame, &Cuts::default());
    let design = Design::empty();
    let keep = |field: usize| ranked.contains(&field);
    let wanted = Wanted::new(reader.frame, &sorter.classes, &exclusion.leaves, keep, false);
    let ahead = Ahead { reader, seeded: reader.seeded(), sorter: &sorter, wanted, ranked, once };
    let (mut keys, mut addresses) = (Parts::default(), Parts::default());
    let (mut numbers, mut bases) = (Numbers::default(), Vec::new());
    let mut columns: Vec<Numbers> = ranked.iter().map(|_| Numbers::default()).collect();
    let nothing = Counted::new(reader.frame, &design, 0);
    list.scan(
        || (Tally::new(&sorter, &design, nothing.clone()), reader.sheet(&ahead.wanted)),
        |(tally, sheet), _, rows| ahead.block(tally, sheet, rows),
        |piece: Piece, base| {
            bases.push(base.record);
            numbers.push(piece.keys.iter().map(|key| number(*key)))?;
            for (key, record) in piece.keys.iter().zip(base.record..).filter(|(key, _)| **key != 0) {
                let entry = (key >> 32 << 32) | u128::from(narrow(record));
                keys.push((key >> 120) as usize, &entry.to_le_bytes())?;
            }
            for (all, values) in columns.iter_mut().zip(&piece.ranked) {
                all.push(values.iter().copied())?;
            }
            for (row, key, address) in &piece.addresses {
                let record = narrow(base.record + *row as u64);
                share(&mut addresses, address, number(piece.keys[*row]), record, key)?;
            }
            Ok(ControlFlow::Continue(()))
        },
    )?;
    let again = bits((0..PARTS).into_par_iter().map(|part| repeated(&keys, part)).collect())?;
    drop(keys);
    let losers = |part: usize| losers(&addresses, part, &again);
    let lost = bits((0..PARTS).into_par_iter().map(losers).collect())?;
    Ok(Told { numbers, bases, again, lost, columns })
}

/// Returns the fields that `top` conditions rank.
fn ranked(reader: Reader, tops: &[(Var, f64)]) -> Vec<usize> {
    let fields: BTreeSet<usize> = tops.iter().filter_map(|(var, _)| field(*var)).collect();
    fields.into_iter().filter(|field| reader.is_number(*field)).collect()
}

/// Works out the cuts of `top` conditions from what a pass told of the ranked columns.
fn cuts(told: &Told, ranked: &[usize], tops: Vec<(Var, f64)>) -> Result<Cuts, FrameError> {
    let mut cuts = Vec::new();
    for (var, share) in tops {
        let column =
            field(var).and_then(|f| ranked.iter().position(|r| *r == f)).and_then(|i| told.columns.get(i));
        let cut = match column {
            Some(values) => cut_of(values, |row| told.again.has(row) || told.lost.has(row), share)?,
            None => None,
        };
        cuts.push((var, share, cut));
    }
    Ok(Cuts::known(cuts))
}

/// Returns the reasons of exclusion; `top` ranks all rows there, which takes a pass of its own.
fn excluding(reader: Reader, list: &List) -> Result<Vec<Expr>, FrameError> {
    let conditions = || reader.frame.exclude.iter().map(|e| &e.condition);
    let tops = tops(conditions());
    if tops.is_empty() {
        return Ok(conditions().cloned().collect());
    }
    let ranked = ranked(reader, &tops);
    let told = told(reader, list, &Strata::exclusion(&[], Date::ZERO), &ranked, false)?;
    let cuts = cuts(&told, &ranked, tops)?;
    Ok(conditions().map(|condition| cuts.settle(condition)).collect())
}

/// Reads the list for the first time.
fn first(checked: &Checked, reader: Reader, list: &List, exclusion: &Strata) -> Result<First, FrameError> {
    let strata = checked.strata.iter();
    let conditions =
        strata.flat_map(|s| s.condition.iter().chain(s.parts.iter().filter_map(|p| p.condition.as_ref())));
    let tops = tops(conditions);
    let ranked = ranked(reader, &tops);
    let told = told(reader, list, exclusion, &ranked, reader.frame.once_per.is_some())?;
    let cuts = cuts(&told, &ranked, tops)?;
    let Told { numbers, bases, again, lost, .. } = told;
    Ok(First { numbers, bases, again, lost, cuts })
}

fn field(var: Var) -> Option<usize> {
    if let Var::Field(field) = var { Some(field) } else { None }
}

/// The number is the first 52 of the 96 bits.
fn number(key: u128) -> u64 {
    (key >> 76) as u64
}

/// Lists of more than four thousand million rows are told apart no more; none is that long.
fn narrow(record: u64) -> u32 {
    u32::try_from(record).unwrap_or(u32::MAX)
}

fn bits(records: Result<Vec<Vec<u32>>, FrameError>) -> Result<Bits, FrameError> {
    let mut bits = Bits::default();
    records?.iter().flatten().for_each(|record| bits.set(u64::from(*record)));
    Ok(bits)
}

/// Bytes of keys that are looked through at a time.
const AT_ONCE: usize = 1 << 23;

/// Returns the later rows of those that have a key in common; 96 bits of SHA-256 tell keys apart.
#[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are the row")]
fn repeated(keys: &Parts, part: usize) -> Result<Vec<u32>, FrameError> {
    let mut again = Vec::new();
    // A part that is too large is read several times, each time for some of its keys.
    let shares = keys.size(part).div_ceil(AT_ONCE).max(1) as u128;
    for share in 0..shares {
        let mut all: Vec<u128> = Vec::with_capacity(keys.size(part) / 16);
        keys.each(part, |piece| {
            let piece = piece.as_chunks::<16>().0.iter().map(|b| u128::from_le_bytes(*b));
            all.extend(piece.filter(|key| shares == 1 || (key >> 64) % shares == share));
        })?;
        if may_repeat(&all) {
            all.sort_unstable();
            let pairs = all.windows(2).filter(|pair| pair[0] >> 32 == pair[1] >> 32);
            again.extend(pairs.map(|pair| pair[1] as u32));
        }
    }
    Ok(again)
}

/// Tells whether keys may be equal, by 32 bits of each beside its place in a table: hardly ever where none are.
#[expect(clippy::cast_possible_truncation, reason = "bits that are wanted")]
fn may_repeat(keys: &[u128]) -> bool {
    let mask = (keys.len() * 2).next_power_of_two() - 1;
    let mut table = vec![0_u32; mask + 1];
    for key in keys {
        let print = (key >> 32) as u32 | 1;
        let mut slot = (key >> 64) as usize & mask;
        while table[slot] != 0 {
            if table[slot] == print {
                return true;
            }
            slot = (slot + 1) & mask;
        }
        table[slot] = print;
    }
    false
}

/// Writes down who has an address: number, row, lengths of key and address, key, address.
fn share(all: &mut Parts, address: &str, number: u64, record: u32, key: &str) -> Result<(), FrameError> {
    let part = usize::try_from(spread(address.as_bytes()) % PARTS as u64).unwrap_or(0);
    let mut entry = Vec::with_capacity(20 + key.len() + address.len());
    entry.extend_from_slice(&number.to_le_bytes());
    entry.extend_from_slice(&record.to_le_bytes());
    entry.extend_from_slice(&narrow(key.len() as u64).to_le_bytes());
    entry.extend_from_slice(&narrow(address.len() as u64).to_le_bytes());
    entry.extend_from_slice(key.as_bytes());
    entry.extend_from_slice(address.as_bytes());
    all.push(part, &entry)
}

/// Spreads addresses over parts, and over shares of a part.
fn spread(address: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    address.hash(&mut hasher);
    hasher.finish()
}

/// A number with its row, a key with an address, and what comes behind them.
type Shared<'a> = ((u64, u32), (&'a [u8], &'a [u8]), &'a [u8]);

/// Reads what [`share`] wrote.
fn shared(bytes: &[u8]) -> Option<Shared<'_>> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    let (record, rest) = rest.split_first_chunk::<4>()?;
    let (key, rest) = rest.split_first_chunk::<4>()?;
    let (address, rest) = rest.split_first_chunk::<4>()?;
    let (key, rest) = rest.split_at_checked(u32::from_le_bytes(*key) as usize)?;
    let (address, rest) = rest.split_at_checked(u32::from_le_bytes(*address) as usize)?;
    Some(((u64::from_le_bytes(*number), u32::from_le_bytes(*record)), (key, address), rest))
}

/// Returns the rows that don't keep their address.
fn losers(addresses: &Parts, part: usize, again: &Bits) -> Result<Vec<u32>, FrameError> {
    let mut lost = Vec::new();
    // A part that is too large is read several times, each time for some of its addresses.
    let shares = addresses.size(part).div_ceil(AT_ONCE).max(1) as u64;
    for share in 0..shares {
        let mut bytes = Vec::new();
        addresses.each(part, |mut piece| {
            while let Some((_, (_, address), rest)) = shared(piece) {
                if spread(address) / PARTS as u64 % shares == share {
                    bytes.extend_from_slice(&piece[..piece.len() - rest.len()]);
                }
                piece = rest;
            }
        })?;
        lost.append(&mut behind_others(&bytes, again));
    }
    Ok(lost)
}

/// Returns the rows behind others with their address: the smallest number keeps it, ties by key.
fn behind_others(mut bytes: &[u8], again: &Bits) -> Vec<u32> {
    let mut keeper: HashMap<&[u8], (u64, &[u8], u32)> = HashMap::new();
    let mut lost = Vec::new();
    while let Some(((number, record), (key, address), rest)) = shared(bytes) {
        bytes = rest;
        if again.has(u64::from(record)) {
            continue;
        }
        let mine = (number, key, record);
        match keeper.get_mut(address) {
            None => {
                keeper.insert(address, mine);
            }
            Some(holder) if (mine.0, mine.1) < (holder.0, holder.1) => {
                lost.push(holder.2);
                *holder = mine;
            }
            Some(_) => lost.push(record),
        }
    }
    lost
}
