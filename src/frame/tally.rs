//! Counts rows by what becomes of them; equal rows are worked out once.

use std::collections::HashMap;

use crate::frame::block::{Reached, Sheet};
use crate::frame::classes::MISSING;
use crate::frame::count::{Counted, Outcome, Sorter};
use crate::frame::design::Design;

/// Different rows that are remembered in a table of their own.
const DENSE: usize = 1 << 18;

/// Different rows, or outcomes, that are remembered at most.
const REMEMBERED: usize = 1 << 16;

/// Not worked out yet.
const NEW: u32 = u32::MAX;

/// Outcomes by the classes of rows.
enum Known {
    Dense(Vec<u32>),
    Sparse(HashMap<u128, u32>),
    /// So many classes that rows have no number.
    Nothing,
}

/// What one core counted.
pub struct Tally<'a> {
    sorter: &'a Sorter<'a>,
    design: &'a Design,
    /// By column: what a class adds to the number of a row.
    strides: Vec<u128>,
    known: Known,
    outcomes: Vec<Outcome>,
    ids: HashMap<Outcome, u32>,
    rows: Vec<[u64; Reached::COUNT]>,
    /// What was counted before room was made.
    counted: Counted,
    numbers: Vec<u128>,
    narrow: Vec<u32>,
}

impl<'a> Tally<'a> {
    /// Starts at nothing.
    pub fn new(sorter: &'a Sorter<'a>, design: &'a Design, nothing: Counted) -> Self {
        let mut product = Some(1_u128);
        let mut strides = Vec::new();
        for column in &sorter.classes.columns {
            strides.push(product.unwrap_or(0));
            product = product.and_then(|p| p.checked_mul(column.count as u128));
        }
        let known = match product {
            Some(product) if product <= DENSE as u128 => {
                Known::Dense(vec![NEW; usize::try_from(product).unwrap_or(0)])
            }
            Some(_) => Known::Sparse(HashMap::new()),
            None => Known::Nothing,
        };
        Self {
            sorter,
            design,
            strides,
            known,
            outcomes: Vec::new(),
            ids: HashMap::new(),
            rows: Vec::new(),
            counted: nothing,
            numbers: Vec::new(),
            narrow: Vec::new(),
        }
    }

    /// Works out what becomes of a block's rows; outcomes by the numbers that are given are in [`Tally::outcome`].
    pub fn sort(&mut self, sheet: &Sheet) -> Vec<u32> {
        if self.outcomes.len() > REMEMBERED
            || matches!(&self.known, Known::Sparse(all) if all.len() > REMEMBERED)
        {
            self.flush();
        }
        let mut known = std::mem::replace(&mut self.known, Known::Nothing);
        let all = match &mut known {
            Known::Dense(known) => self.dense(sheet, known),
            Known::Sparse(known) => self.sparse(sheet, known),
            Known::Nothing => (0..sheet.rows).map(|row| self.id(sheet, row)).collect(),
        };
        self.known = known;
        all
    }

    fn dense(&mut self, sheet: &Sheet, known: &mut [u32]) -> Vec<u32> {
        let mut numbers = std::mem::take(&mut self.narrow);
        numbers.clear();
        numbers.resize(sheet.rows, 0);
        for (classes, stride) in sheet.classes.iter().zip(&self.strides) {
            let stride = u32::try_from(*stride).unwrap_or(0);
            numbers.iter_mut().zip(classes).for_each(|(number, class)| *number += u32::from(*class) * stride);
        }
        let mut one = |(row, number): (usize, &u32)| {
            let slot = &mut known[*number as usize];
            if *slot == NEW {
                *slot = self.id(sheet, row);
            }
            *slot
        };
        let all = numbers.iter().enumerate().map(&mut one).collect();
        self.narrow = numbers;
        all
    }

    fn sparse(&mut self, sheet: &Sheet, known: &mut HashMap<u128, u32>) -> Vec<u32> {
        let mut numbers = std::mem::take(&mut self.numbers);
        numbers.clear();
        numbers.resize(sheet.rows, 0);
        for (classes, stride) in sheet.classes.iter().zip(&self.strides) {
            numbers
                .iter_mut()
                .zip(classes)
                .for_each(|(number, class)| *number += u128::from(*class) * stride);
        }
        let mut one =
            |(row, number): (usize, &u128)| *known.entry(*number).or_insert_with(|| self.id(sheet, row));
        let all = numbers.iter().enumerate().map(&mut one).collect();
        self.numbers = numbers;
        all
    }

    fn id(&mut self, sheet: &Sheet, row: usize) -> u32 {
        let class = |column: usize| sheet.classes[column].get(row).copied().unwrap_or(MISSING);
        let outcome = self.sorter.outcome(&class);
        if let Some(id) = self.ids.get(&outcome) {
            return *id;
        }
        let id = u32::try_from(self.outcomes.len()).unwrap_or(NEW);
        self.outcomes.push(outcome.clone());
        self.rows.push([0; Reached::COUNT]);
        self.ids.insert(outcome, id);
        id
    }

    /// Returns an outcome.
    pub fn outcome(&self, id: u32) -> &Outcome {
        &self.outcomes[id as usize]
    }

    /// Counts a row.
    pub fn count(&mut self, id: u32, reached: Reached) {
        self.rows[id as usize][reached.index()] += 1;
    }

    /// Returns counts that have no rows.
    pub fn others(&mut self) -> &mut Counted {
        &mut self.counted
    }

    /// Adds up, and makes room.
    fn flush(&mut self) {
        for (outcome, rows) in self.outcomes.iter().zip(&self.rows) {
            for (reached, &count) in rows.iter().enumerate().filter(|(_, count)| **count > 0) {
                let (email, mobile, at_rest) = Reached::of(reached).parts();
                let obstacle = match outcome {
                    Outcome::Taken { stratum, .. } => {
                        self.design.reach[*stratum].hindered(email, mobile, at_rest)
                    }
                    _ => None,
                };
                self.counted.add(outcome, obstacle, (email, mobile), count);
            }
        }
        self.outcomes.clear();
        self.rows.clear();
        self.ids.clear();
        match &mut self.known {
            Known::Dense(all) => all.fill(NEW),
            Known::Sparse(all) => all.clear(),
            Known::Nothing => {}
        }
    }

    /// Returns what was counted.
    pub fn counted(mut self) -> Counted {
        self.flush();
        self.counted
    }
}
