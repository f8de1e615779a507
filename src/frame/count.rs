//! Which stratum takes whom, a block of rows at a time.
//!
//! Order is part of the definition, as in [`crate::frame::membership`]: reasons
//! of exclusion, shared addresses, strata in their order, parts in theirs.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::frame::design::{Design, Unavailable};
use crate::frame::kernel::{Leaves, Node, Over};
use crate::frame::summary::CellSummary;
use crate::model::Checked;

/// Overlaps by pair of strata.
pub type Both = BTreeMap<(usize, usize), u64>;

/// A stratum, ready to be asked.
struct Asked {
    condition: Option<Node>,
    /// First cell.
    cell: usize,
    /// Conditions of the parts; `None` takes the rest.
    parts: Vec<Option<Node>>,
}

/// All conditions of a campaign, ready to be asked.
pub struct Strata {
    /// Reasons of exclusion.
    pub exclude: Vec<Node>,
    asked: Vec<Asked>,
    cells: Vec<CellSummary>,
}

/// What was counted.
#[derive(Debug, Clone)]
pub struct Counted {
    /// Rows that can't be used.
    pub bad_rows: u64,
    /// Cells that count as missing.
    pub bad_cells: u64,
    /// Per reason.
    pub excluded: Vec<u64>,
    /// Rows whose address another keeps.
    pub once: u64,
    /// The population.
    pub eligible: u64,
    /// Taken by no stratum.
    pub unmatched: u64,
    /// Rows that two strata match.
    pub both: Both,
    /// Per stratum: rows that no part takes.
    pub unparted: Vec<u64>,
    /// Cells.
    pub cells: Vec<CellSummary>,
}

impl Counted {
    /// Starts at nothing.
    pub fn new(strata: &Strata) -> Self {
        Self {
            bad_rows: 0,
            bad_cells: 0,
            excluded: vec![0; strata.exclude.len()],
            once: 0,
            eligible: 0,
            unmatched: 0,
            both: Both::new(),
            unparted: vec![0; strata.asked.len()],
            cells: strata.cells.clone(),
        }
    }

    /// Counts one person of a cell.
    pub fn one(&mut self, cell: usize, obstacle: Option<Unavailable>) {
        self.cells[cell].count(obstacle);
    }

    /// Adds the counts of another block.
    pub fn add(&mut self, other: Self) {
        let sum = |a: &mut [u64], b: &[u64]| a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        self.bad_rows += other.bad_rows;
        self.bad_cells += other.bad_cells;
        self.once += other.once;
        self.eligible += other.eligible;
        self.unmatched += other.unmatched;
        sum(&mut self.excluded, &other.excluded);
        sum(&mut self.unparted, &other.unparted);
        for (pair, count) in other.both {
            *self.both.entry(pair).or_default() += count;
        }
        for (a, b) in self.cells.iter_mut().zip(other.cells) {
            a.population += b.population;
            a.at_rest += b.at_rest;
            a.suppressed += b.suppressed;
            a.no_address += b.no_address;
        }
    }
}

impl Strata {
    /// Takes the conditions of strata and parts apart.
    pub fn new(
        checked: &Checked,
        design: &Design,
        leaves: &mut Leaves,
        exclude: Vec<Node>,
        day: Date,
    ) -> Self {
        let mut strata = Vec::with_capacity(checked.strata.len());
        for (index, stratum) in checked.strata.iter().enumerate() {
            let day = stratum.as_of.unwrap_or(day);
            let mut take = |c: &Option<_>| c.as_ref().map(|c| leaves.take(c, day));
            strata.push(Asked {
                condition: take(&stratum.condition),
                cell: design.cells_of(index).start,
                parts: stratum.parts.iter().map(|p| take(&p.condition)).collect(),
            });
        }
        let cell =
            |c: &crate::frame::CellDesign| CellSummary { name: c.name.clone(), ..CellSummary::default() };
        Self { exclude, asked: strata, cells: design.cells.iter().map(cell).collect() }
    }

    /// Counts a block; `rows` are those that can be used, `taken` is called with row, cell and stratum of who is taken.
    pub fn count(
        &self,
        over: &Over,
        rows: Vec<u64>,
        lost: impl Fn(usize) -> bool,
        counted: &mut Counted,
        mut taken: impl FnMut(usize, usize, usize, &mut Counted),
    ) {
        let mut left = rows;
        for (reason, count) in self.exclude.iter().zip(&mut counted.excluded) {
            *count += size(&take(&mut left, &over.mask(reason).yes));
        }
        for row in places(&left.clone()) {
            if lost(row) {
                left[row / 64] &= !(1 << (row % 64));
                counted.once += 1;
            }
        }
        counted.eligible += size(&left);
        // Whose they are already: read only where somebody was taken.
        let mut takes = vec![0_usize; left.len() * 64];
        let mut gone = vec![0; left.len()];
        for (index, stratum) in self.asked.iter().enumerate() {
            let mut mine = match &stratum.condition {
                None => std::mem::replace(&mut left, vec![0; gone.len()]),
                Some(condition) => {
                    let holds = over.mask(condition).yes;
                    let also: Vec<u64> = holds.iter().zip(&gone).map(|(a, b)| a & b).collect();
                    for row in places(&also) {
                        *counted.both.entry((takes[row], index)).or_default() += 1;
                    }
                    take(&mut left, &holds)
                }
            };
            if mine.iter().all(|word| *word == 0) {
                continue;
            }
            gone.iter_mut().zip(&mine).for_each(|(a, b)| *a |= b);
            places(&mine).for_each(|row| takes[row] = index);
            if stratum.parts.is_empty() {
                places(&mine).for_each(|row| taken(row, stratum.cell, index, counted));
                continue;
            }
            for (part, condition) in stratum.parts.iter().enumerate() {
                let own = match condition {
                    None => std::mem::replace(&mut mine, vec![0; gone.len()]),
                    Some(condition) => take(&mut mine, &over.mask(condition).yes),
                };
                places(&own).for_each(|row| taken(row, stratum.cell + part, index, counted));
            }
            counted.unparted[index] += size(&mine);
        }
        counted.unmatched += size(&left);
    }
}

/// Moves the rows for which something holds out of those that are left.
fn take(left: &mut [u64], holds: &[u64]) -> Vec<u64> {
    let one = |(left, holds): (&mut u64, &u64)| {
        let both = *left & holds;
        *left &= !holds;
        both
    };
    left.iter_mut().zip(holds).map(one).collect()
}

fn size(words: &[u64]) -> u64 {
    words.iter().map(|word| u64::from(word.count_ones())).sum()
}

/// Returns the rows of a set, in ascending order.
fn places(words: &[u64]) -> impl Iterator<Item = usize> {
    words.iter().enumerate().flat_map(|(i, &word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            let bit = rest.trailing_zeros() as usize;
            rest &= rest.wrapping_sub(1);
            (bit < 64).then_some(i * 64 + bit)
        })
    })
}
