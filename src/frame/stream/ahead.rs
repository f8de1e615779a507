//! The first pass: what decides who is in the population, and where `top` cuts.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::expr::{Expr, Var};
use crate::frame::block::{Reader, Sheet};
use crate::frame::count::{Counted, Outcome, Sorter, Strata};
use crate::frame::cuts::{Cuts, cut_of, tops};
use crate::frame::design::Design;
use crate::frame::keys::Keys;
use crate::frame::list::{List, Rows};
use crate::frame::load::of_strata;
use crate::frame::random::{Seeded, number_of};
use crate::frame::spill::{Bits, Numbers, PARTS, Parts, narrow};
use crate::frame::stream::twice::{losers, share};
use crate::frame::table::Column;
use crate::frame::tally::Tally;
use crate::frame::types::FrameError;
use crate::frame::wanted::Wanted;
use crate::model::Checked;

/// What the first pass leaves behind.
pub struct First {
    /// Random numbers times 2^52.
    pub numbers: Numbers,
    /// First row of each block.
    pub bases: Vec<u64>,
    /// Rows whose key an earlier row has.
    pub again: Bits,
    /// Rows whose address another row keeps.
    pub lost: Bits,
    /// Cuts of `top`.
    pub cuts: Cuts,
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
        reader.groups(sheet, rows, |row| number_of(keys[row]));
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

/// Reads keys, addresses where `keeps` says who keeps one whatever its number, and the values of the ranked columns of
/// those who are not excluded.
fn told(
    reader: Reader,
    list: &List,
    exclusion: &Strata,
    ranked: &[usize],
    keeps: Option<&Bits>,
) -> Result<Told, FrameError> {
    let once = keeps.is_some();
    let sorter = Sorter::new(exclusion, reader.frame, &Cuts::default());
    let design = Design::empty();
    let keep = |field: usize| ranked.contains(&field);
    let wanted = Wanted::new(reader.frame, &sorter.classes, &exclusion.leaves, keep, false);
    let ahead = Ahead { reader, seeded: reader.seeded(), sorter: &sorter, wanted, ranked, once };
    let (mut keys, mut addresses) = (Keys::default(), Parts::default());
    let (mut numbers, mut bases) = (Numbers::default(), Vec::new());
    let mut columns: Vec<Numbers> = ranked.iter().map(|_| Numbers::default()).collect();
    let nothing = Counted::new(reader.frame, &design, 0);
    list.scan(
        || (Tally::new(&sorter, &design, nothing.clone()), reader.sheet(&ahead.wanted)),
        |(tally, sheet), _, rows| ahead.block(tally, sheet, rows),
        |piece: Piece, base| {
            bases.push(base.record);
            numbers.push(piece.keys.iter().map(|key| number_of(*key)))?;
            for (key, record) in piece.keys.iter().zip(base.record..).filter(|(key, _)| **key != 0) {
                keys.push(*key, record)?;
            }
            for (all, values) in columns.iter_mut().zip(&piece.ranked) {
                all.push(values.iter().copied())?;
            }
            for (row, key, address) in &piece.addresses {
                let record = narrow(base.record + *row as u64);
                share(&mut addresses, address, number_of(piece.keys[*row]), record, key)?;
            }
            Ok(ControlFlow::Continue(()))
        },
    )?;
    let again = keys.repeated()?;
    drop(keys);
    let keeps = keeps.unwrap_or(&again);
    let losers = |part: usize| losers(&addresses, part, (&again, keeps));
    let lost = Bits::of((0..PARTS).into_par_iter().map(losers).collect())?;
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
pub fn excluding(reader: Reader, list: &List) -> Result<Vec<Expr>, FrameError> {
    let conditions = || reader.frame.exclude.iter().map(|e| &e.condition);
    let tops = tops(conditions());
    if tops.is_empty() {
        return Ok(conditions().cloned().collect());
    }
    let ranked = ranked(reader, &tops);
    let told = told(reader, list, &Strata::exclusion(&[], Date::ZERO), &ranked, None)?;
    let cuts = cuts(&told, &ranked, tops)?;
    Ok(conditions().map(|condition| cuts.settle(condition)).collect())
}

/// Reads the list for the first time; the rows of `keeps` keep a shared address whatever their numbers.
pub fn first(
    checked: &Checked,
    reader: Reader,
    list: &List,
    exclusion: &Strata,
    keeps: &Bits,
) -> Result<First, FrameError> {
    let tops = tops(of_strata(checked));
    let ranked = ranked(reader, &tops);
    let told = told(reader, list, exclusion, &ranked, reader.frame.once_per.is_some().then_some(keeps))?;
    let cuts = cuts(&told, &ranked, tops)?;
    let Told { numbers, bases, again, lost, .. } = told;
    Ok(First { numbers, bases, again, lost, cuts })
}

fn field(var: Var) -> Option<usize> {
    if let Var::Field(field) = var { Some(field) } else { None }
}
