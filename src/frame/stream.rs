//! Counts and draws at launch in memory that does not depend on the number of rows.
//!
//! The list is read twice. The first pass takes what decides who is in the
//! population: keys, reasons of exclusion, shared addresses, and the columns
//! that `top` ranks; between the passes duplicates, shared addresses and cuts
//! are worked out from temporary files. The second pass reads every declared
//! cell, asks every condition a block at a time, counts, and hands those who may
//! be drawn to [`crate::frame::pick`]. It gives what row-wise counting in
//! [`crate::frame::read`] gives; daily and event draws, panels, risk groups, quotas, and `top` in a
//! reason of exclusion are left to that.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::expr::{Expr, Var};
use crate::frame::block::{Reader, each_key};
use crate::frame::coordinate::behind;
use crate::frame::count::{Counted, Strata};
use crate::frame::cuts::{Cuts, cut_of, tops};
use crate::frame::design::Design;
use crate::frame::kernel::{Leaves, Node, Over};
use crate::frame::list::{List, Rows};
use crate::frame::load::used_fields;
use crate::frame::pick::Picks;
use crate::frame::quotas::of_list;
use crate::frame::spill::{Bits, Numbers, PARTS, Parts};
use crate::frame::table::Column;
use crate::frame::types::{FrameError, Problem, Problems};
use crate::frame::waves::risk_groups;
use crate::model::Checked;
use crate::model::checked::Frame;

/// Tells whether a campaign's list can be counted so.
pub fn suits(checked: &Checked, frame: &Frame, design: &Design) -> bool {
    let mut top = false;
    for exclude in &frame.exclude {
        exclude.condition.each(&mut |e| top |= matches!(e, Expr::Top(..)));
    }
    let panel = design.panels.iter().any(Option::is_some);
    let beside = panel || !risk_groups(checked).is_empty() || of_list(checked).next().is_some();
    !top && !beside && !checked.strata.is_empty() && design.entering.iter().all(|e| e.at_launch())
}

/// What the list holds, counted.
pub struct Streamed {
    /// Counts of rows and cells.
    pub counted: Counted,
    /// Those who may be drawn.
    pub picks: Picks,
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

/// Reads the list twice and counts.
pub fn count(
    checked: &Checked,
    reader: Reader,
    list: &List,
    design: &Design,
    day: Date,
) -> Result<Streamed, FrameError> {
    let mut leaves = Leaves::default();
    let exclude: Vec<Node> = reader.frame.exclude.iter().map(|e| leaves.take(&e.condition, day)).collect();
    let strata = Strata::new(checked, design, &mut leaves, exclude, day);
    let first = first(checked, reader, list, &leaves, &strata.exclude)?;
    let used = used_fields(checked);
    let mut picks = Picks::new(checked, design);
    let limits = picks.limits();
    let mut counted = Counted::new(&strata);
    let mut problems = Problems { notes: list.notes.clone(), ..Problems::default() };
    let mut read = 0;
    let work = |index: usize, rows: Rows| {
        let base = *first.bases.get(index).ok_or_else(|| list.changed())?;
        let numbers = first.numbers.range(base, rows.len())?;
        let mut counted = Counted::new(&strata);
        let mut block = reader.columns(&used);
        let mut reached = Vec::with_capacity(rows.len());
        let mut good = vec![0_u64; rows.len().div_ceil(64)];
        let mut faults = Vec::new();
        let mut cells = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            let key = reader.layout.key(row).and_then(|key| {
                if first.again.has(base + i as u64) {
                    let why = "the key stands in an earlier row too; this row is left out";
                    return Err((reader.layout.key_column().to_owned(), why.to_owned()));
                }
                Ok(key)
            });
            match key {
                Ok(key) => {
                    let all = reader.reached(row, key, &mut cells);
                    reader.add(&mut block, row, true, &mut cells);
                    counted.bad_cells += cells.len() as u64;
                    faults.extend(cells.drain(..).map(|fault| (row.line, fault)));
                    reached.push(Some(all));
                    good[i / 64] |= 1 << (i % 64);
                }
                Err(fault) => {
                    counted.bad_rows += 1;
                    faults.push((row.line, fault));
                    Reader::skip(&mut block);
                    reached.push(None);
                }
            }
        }
        let over = Over::new(&leaves, &block, rows.len(), &first.cuts);
        let lost = |row: usize| first.lost.has(base + row as u64);
        let mut entries = Vec::new();
        strata.count(&over, good, lost, &mut counted, |row, cell, stratum, counted| {
            let Some(Some(all)) = reached.get(row) else { return };
            let obstacle = design.reach[stratum].hindered(all.email, all.mobile, all.at_rest);
            counted.one(cell, obstacle);
            if obstacle.is_none() {
                let number = behind(numbers[row], design.start(stratum));
                limits.offer(&mut entries, number, base + row as u64, cell, || {
                    reader.layout.key(rows.get(row)).unwrap_or("")
                });
            }
        });
        Ok::<_, FrameError>((rows.len() as u64, counted, faults, entries))
    };
    list.scan(work, |part, base| {
        let (rows, part, faults, entries) = part?;
        read += rows;
        counted.add(part);
        for (line, (column, message)) in faults {
            let file = reader.frame.source.clone();
            problems.push(Problem { file, row: base.line + line, column, message });
        }
        picks.take(&entries, &limits)?;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Streamed { counted, picks, read, problems })
}

/// A block of the first pass.
#[derive(Default)]
struct Piece {
    /// 96 bits of what keys hash to, with room for the row; 0 where a row is left out.
    keys: Vec<u128>,
    /// Per ranked column: its values, as bits; not a number where a row does not count.
    ranked: Vec<Vec<u64>>,
    /// Row and address of those who share none, or one.
    addresses: Vec<(usize, String)>,
    rows: Option<Rows>,
}

/// Reads the list for the first time.
fn first(
    checked: &Checked,
    reader: Reader,
    list: &List,
    leaves: &Leaves,
    exclude: &[Node],
) -> Result<First, FrameError> {
    let strata = checked.strata.iter();
    let conditions =
        strata.flat_map(|s| s.condition.iter().chain(s.parts.iter().filter_map(|p| p.condition.as_ref())));
    let wanted = tops(conditions);
    let ranked: BTreeSet<usize> = wanted.iter().filter_map(|(var, _)| field(*var)).collect();
    let mut needed = ranked.clone();
    for reason in &reader.frame.exclude {
        reason.condition.variables(&mut |var| needed.extend(field(var)));
    }
    let no_cuts = Cuts::default();
    let work = |_, rows: Rows| {
        let mut piece = Piece { keys: Vec::with_capacity(rows.len()), ..Piece::default() };
        let mut block = reader.columns(&needed);
        let silent = &mut Vec::new();
        each_key(&rows, reader.layout, |_, row, key| {
            piece.keys.push(key.map_or(0, |key| reader.hashed(key).identity >> 32 << 32 | 1));
            match key {
                Some(_) => reader.add(&mut block, row, false, silent),
                None => Reader::skip(&mut block),
            }
        });
        let over = Over::new(leaves, &block, rows.len(), &no_cuts);
        let mut out = vec![0; rows.len().div_ceil(64)];
        for reason in exclude {
            out.iter_mut().zip(over.mask(reason).yes).for_each(|(a, b)| *a |= b);
        }
        let counts = |row: usize| piece.keys[row] != 0 && out[row / 64] >> (row % 64) & 1 == 0;
        for &column in &ranked {
            let Some(Some(Column::Number(values))) = block.columns.get(column) else { continue };
            let one = |row: usize| if counts(row) { values[row] } else { f64::NAN }.to_bits();
            piece.ranked.push((0..rows.len()).map(one).collect());
        }
        if reader.frame.once_per.is_some() {
            let address = |row: usize| Some((row, reader.once(rows.get(row))?));
            piece.addresses = (0..rows.len()).filter(|row| counts(*row)).filter_map(address).collect();
            piece.rows = Some(rows);
        }
        piece
    };
    let (mut keys, mut addresses) = (Parts::default(), Parts::default());
    let (mut numbers, mut bases) = (Numbers::default(), Vec::new());
    let mut columns: Vec<Numbers> = ranked.iter().map(|_| Numbers::default()).collect();
    list.scan(work, |piece, base| {
        bases.push(base.record);
        numbers.push(&piece.keys.iter().map(|key| number(*key)).collect::<Vec<u64>>())?;
        for (key, record) in piece.keys.iter().zip(base.record..).filter(|(key, _)| **key != 0) {
            let entry = (key >> 32 << 32) | u128::from(narrow(record));
            keys.push((key >> 120) as usize, &entry.to_le_bytes())?;
        }
        columns.iter_mut().zip(&piece.ranked).try_for_each(|(all, values)| all.push(values))?;
        if let Some(rows) = &piece.rows {
            for (row, address) in &piece.addresses {
                let key = reader.layout.key(rows.get(*row)).unwrap_or("");
                let record = narrow(base.record + *row as u64);
                share(&mut addresses, address, number(piece.keys[*row]), record, key)?;
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let again = bits((0..PARTS).into_par_iter().map(|part| keys.read(part).map(|b| repeated(&b))).collect())?;
    let losers = |part: usize| addresses.read(part).map(|bytes| losers(&bytes, &again));
    let lost = bits((0..PARTS).into_par_iter().map(losers).collect())?;
    let mut cuts = Vec::new();
    for (var, share) in wanted {
        let column =
            field(var).and_then(|f| ranked.iter().position(|r| *r == f)).and_then(|i| columns.get(i));
        let cut = match column {
            Some(values) => cut_of(values, |row| again.has(row) || lost.has(row), share)?,
            None => None,
        };
        cuts.push((var, share, cut));
    }
    Ok(First { numbers, bases, again, lost, cuts: Cuts::known(cuts) })
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

/// Returns the later rows of those that have a key in common; 96 bits of SHA-256 tell keys apart.
#[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are the row")]
fn repeated(bytes: &[u8]) -> Vec<u32> {
    let mut all: Vec<u128> = bytes.as_chunks::<16>().0.iter().map(|b| u128::from_le_bytes(*b)).collect();
    all.sort_unstable();
    all.windows(2).filter(|pair| pair[0] >> 32 == pair[1] >> 32).map(|pair| pair[1] as u32).collect()
}

/// Writes down who has an address: number, row, lengths of key and address, key, address.
fn share(all: &mut Parts, address: &str, number: u64, record: u32, key: &str) -> Result<(), FrameError> {
    let mut hasher = DefaultHasher::new();
    address.hash(&mut hasher);
    let part = usize::try_from(hasher.finish() % PARTS as u64).unwrap_or(0);
    let mut entry = Vec::with_capacity(20 + key.len() + address.len());
    entry.extend_from_slice(&number.to_le_bytes());
    entry.extend_from_slice(&record.to_le_bytes());
    entry.extend_from_slice(&narrow(key.len() as u64).to_le_bytes());
    entry.extend_from_slice(&narrow(address.len() as u64).to_le_bytes());
    entry.extend_from_slice(key.as_bytes());
    entry.extend_from_slice(address.as_bytes());
    all.push(part, &entry)
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

/// Returns the rows that don't keep their address: the smallest number does, ties by key.
fn losers(mut bytes: &[u8], again: &Bits) -> Vec<u32> {
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
