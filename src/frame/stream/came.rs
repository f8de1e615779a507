//! Who comes into daily strata, in blocks: what the rows share is known beforehand, each row is then asked by itself.
//!
//! Where no reason of exclusion has a window, the same rows are eligible on all
//! days: one pass is enough. Otherwise every day takes two of its own, because
//! addresses and cuts are then those of the day; who came before keeps an address.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use jiff::civil::Date;

use crate::expr::Expr;
use crate::frame::block::{Reader, Sheet};
use crate::frame::count::{Counted, Outcome, Sorter, Strata};
use crate::frame::cuts::Cuts;
use crate::frame::days::{Days, Found, is_drawn, periods};
use crate::frame::design::{Design, Entering, Unavailable};
use crate::frame::list::{List, Rows};
use crate::frame::load::used_fields;
use crate::frame::spill::Bits;
use crate::frame::stream::Opened;
use crate::frame::stream::ahead::{First, first};
use crate::frame::table::Contact;
use crate::frame::tally::Tally;
use crate::frame::types::FrameError;
use crate::frame::wanted::Wanted;
use crate::model::Checked;

/// A row that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    /// Number of the row in the file.
    pub record: u32,
    /// Key.
    pub key: Box<str>,
    /// Random number times 2^52.
    pub number: u64,
    /// Cell.
    pub cell: usize,
    /// When.
    pub day: Date,
    /// Why it can't be invited.
    pub obstacle: Option<Unavailable>,
    /// Which contacts can be used.
    pub contacts: (Contact, Contact),
    /// Drawn and reachable.
    pub drawn: bool,
    /// Whether a stratum took it at open already.
    pub matched: bool,
}

/// What a block tells of a row.
enum Told {
    /// Nothing is asked of it any more.
    Settled(u32),
    /// It is eligible, and no stratum takes it at open.
    Unmatched(u32),
    Came(Came),
}

/// What is known of a list before rows are asked when they come.
#[derive(Clone, Copy)]
pub struct Coming<'a> {
    /// The campaign.
    pub checked: &'a Checked,
    /// Reads the list.
    pub reader: Reader<'a>,
    /// The list.
    pub list: &'a List,
    /// The design.
    pub design: &'a Design,
    /// First day of the campaign.
    pub open: Date,
    /// Keys of those who came before.
    pub known: &'a BTreeSet<String>,
}

/// What a pass is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// Finds out what becomes of rows at open.
    Settle,
    /// Finds out who comes from open on.
    Come,
    /// Finds out who comes later, knowing what became of rows at open.
    ComeLater,
}

/// Some days with all that rows share on them.
struct Pass<'a> {
    coming: Coming<'a>,
    sorter: &'a Sorter<'a>,
    wanted: Wanted,
    first: &'a First,
    days: Days<'a>,
    aim: Aim,
    /// Rows that nothing is asked of any more.
    settled: &'a Bits,
}

impl Coming<'_> {
    /// Tells whether there is a stratum that people come into.
    pub fn anybody(&self) -> bool {
        self.design.entering.iter().any(|e| matches!(e, Entering::Daily { .. }))
    }

    /// Hands over who comes from one day to another, both included; days, but nothing else, are in order.
    ///
    /// `at_open` is what is known of the first day without arrivals, where it was worked out before.
    pub fn each(
        &self,
        (from, to): (Date, Date),
        at_open: Option<&Opened>,
        mut take: impl FnMut(Came),
    ) -> Result<(), FrameError> {
        if from > to {
            return Ok(());
        }
        let nothing = Bits::default();
        let own;
        let Opened { exclude, first: at_open } = match at_open {
            Some(opened) => opened,
            None => {
                own = Opened::new(self.checked, self.reader, self.list, self.open)?;
                &own
            }
        };
        let periods = periods(exclude, (from, to));
        let alone = self.reader.frame.once_per.is_none() || self.known.is_empty();
        if from == self.open && periods == [(from, to)] && alone {
            let mut came = |told| {
                if let Told::Came(one) = told {
                    take(one);
                }
            };
            return self.pass(exclude, at_open, ((from, to), Aim::Come), &nothing, &mut came);
        }
        let mut settled = Bits::default();
        let mut unmatched = Bits::default();
        let mut settle = |told| match told {
            Told::Settled(row) => settled.set(u64::from(row)),
            Told::Unmatched(row) => unmatched.set(u64::from(row)),
            Told::Came(_) => {}
        };
        self.pass(exclude, at_open, ((self.open, self.open), Aim::Settle), &nothing, &mut settle)?;
        for period in periods {
            let exclusion = Strata::exclusion(exclude, period.0);
            let first = first(self.checked, self.reader, self.list, &exclusion, &settled)?;
            let mut today = Vec::new();
            let mut came = |told| {
                if let Told::Came(mut one) = told {
                    today.push(one.record);
                    one.matched = !unmatched.has(u64::from(one.record));
                    take(one);
                }
            };
            self.pass(exclude, &first, (period, Aim::ComeLater), &settled, &mut came)?;
            for row in today {
                settled.set(u64::from(row));
            }
        }
        Ok(())
    }

    fn pass(
        &self,
        exclude: &[Expr],
        first: &First,
        (period, aim): ((Date, Date), Aim),
        settled: &Bits,
        take: &mut dyn FnMut(Told),
    ) -> Result<(), FrameError> {
        let exclusion = Strata::exclusion(exclude, period.0);
        let sorter = Sorter::new(&exclusion, self.reader.frame, &Cuts::default());
        let used = used_fields(self.checked);
        let keep = |field: usize| used.contains(&field);
        let wanted = Wanted::new(self.reader.frame, &sorter.classes, &exclusion.leaves, keep, false);
        let days = Days::new(self.checked, self.design, period);
        let pass = Pass { coming: *self, sorter: &sorter, wanted, first, days, aim, settled };
        let empty = Design::empty();
        let nothing = Counted::new(self.reader.frame, &empty, 0);
        self.list.scan(
            || (Tally::new(&sorter, &empty, nothing.clone()), self.reader.sheet(&pass.wanted)),
            |(tally, sheet), index, rows| {
                let base = *first.bases.get(index).ok_or_else(|| self.list.changed())?;
                pass.block(tally, sheet, rows, base)
            },
            |told: Result<Vec<Told>, FrameError>, _| {
                told?.into_iter().for_each(&mut *take);
                Ok(ControlFlow::Continue(()))
            },
        )?;
        Ok(())
    }
}

impl Pass<'_> {
    fn block(
        &self,
        tally: &mut Tally,
        sheet: &mut Sheet,
        rows: &Rows,
        base: u64,
    ) -> Result<Vec<Told>, FrameError> {
        let Coming { reader, design, known, .. } = self.coming;
        let numbers = self.first.numbers.range(base, rows.len())?;
        let key = |row: usize| reader.layout.usable(rows.get(row));
        let record = |row: usize| base + row as u64;
        sheet.good.clear();
        sheet
            .good
            .extend((0..rows.len()).map(|row| key(row).is_some() && !self.first.again.has(record(row))));
        let silent = &mut Vec::new();
        reader.columns(sheet, rows, &self.wanted, &self.sorter.classes, silent);
        reader.groups(sheet, rows, |row| numbers[row]);
        let no_cuts = Cuts::default();
        Reader::leaves(sheet, &self.sorter.classes, &self.sorter.strata.leaves, &no_cuts, |_, _| true);
        let outcomes = tally.sort(sheet);
        let reached = reader.reached(sheet, rows, silent);
        let mut told = Vec::new();
        for row in (0..rows.len()).filter(|row| sheet.good[*row] && !self.settled.has(record(*row))) {
            let (key, number) = (key(row).unwrap_or(""), numbers[row]);
            let id = u32::try_from(record(row)).unwrap_or(u32::MAX);
            let settle = self.aim == Aim::Settle;
            if known.contains(key) {
                told.extend(settle.then_some(Told::Settled(id)));
                continue;
            }
            let excluded = matches!(tally.outcome(outcomes[row]), Outcome::Excluded(_));
            if excluded || self.first.lost.has(record(row)) {
                continue;
            }
            match self.days.ask(
                &sheet.table,
                row,
                (key, number),
                &self.first.cuts,
                self.aim != Aim::ComeLater,
            ) {
                Found::Nothing { matched } => {
                    told.extend((settle && !matched).then_some(Told::Unmatched(id)));
                }
                Found::Launched => told.extend(settle.then_some(Told::Settled(id))),
                Found::Came { day, stratum, cell, matched } => {
                    let (email, mobile, at_rest) = reached[row].parts();
                    let obstacle = design.reach[stratum].hindered(email, mobile, at_rest);
                    told.push(Told::Came(Came {
                        record: id,
                        key: key.into(),
                        number,
                        cell,
                        day,
                        obstacle,
                        contacts: (email, mobile),
                        drawn: obstacle.is_none() && is_drawn(design, stratum, number),
                        matched,
                    }));
                }
            }
        }
        Ok(told)
    }
}
