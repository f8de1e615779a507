//! Who is eligible on a day, and which stratum takes whom.
//!
//! Order matters and is part of the definition: `exclude` first (first match
//! counts), then `once per` (the smallest random number keeps a shared
//! address), then `top` cuts over who is left, then strata in their order.

use std::collections::HashMap;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::expr::{Value, truth};
use crate::frame::cuts::Cuts;
use crate::frame::design::Design;
use crate::frame::table::{RowEnv, Table};
use crate::model::Checked;
use crate::model::checked::Frame;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Excluded, by the index of the reason.
    Excluded(usize),
    /// Another person has the same address.
    Once,
    /// In the population.
    Eligible,
}

/// Who is eligible on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Eligible {
    /// Per row.
    pub state: Vec<State>,
    /// Cuts of `top` over the eligible.
    pub cuts: Cuts,
}

impl Eligible {
    /// Works out who is eligible; `keeps` tells which rows keep a shared address whatever their number.
    pub fn on(
        checked: &Checked,
        frame: &Frame,
        table: &Table,
        day: Date,
        keeps: &(dyn Fn(usize) -> bool + Sync),
    ) -> Self {
        let excludes = || frame.exclude.iter().map(|e| &e.condition);
        let first = Cuts::of(excludes(), table, &(0..table.rows.len()));
        let state = |row: usize| {
            let env = RowEnv { table, row, day, cuts: &first, event: None };
            excludes().position(|c| truth(c, &env).holds()).map_or(State::Eligible, State::Excluded)
        };
        let mut state: Vec<State> = (0..table.rows.len()).into_par_iter().map(state).collect();
        once(table, &mut state, keeps);
        let strata = checked.strata.iter();
        let conditions = strata
            .flat_map(|s| s.condition.iter().chain(s.parts.iter().filter_map(|p| p.condition.as_ref())));
        let eligible = (0..state.len()).filter(|&r| state[r] == State::Eligible);
        let cuts = Cuts::of(conditions, table, &eligible);
        Self { state, cuts }
    }

    /// Counts the rows in a state.
    pub fn count(&self, wanted: State) -> u64 {
        self.state.iter().filter(|s| **s == wanted).count() as u64
    }

    /// Tells whether a row is in the population.
    pub fn has(&self, row: usize) -> bool {
        self.state[row] == State::Eligible
    }
}

fn once(table: &Table, state: &mut [State], keeps: &dyn Fn(usize) -> bool) {
    let mut keeper: HashMap<&str, usize> = HashMap::new();
    let rank = |row: usize| (!keeps(row), table.rows[row].number, &table.rows[row].key);
    for (i, row) in table.rows.iter().enumerate() {
        let Some(address) = row.once.as_deref().filter(|_| state[i] == State::Eligible) else { continue };
        let Some(&holder) = keeper.get(address) else {
            keeper.insert(address, i);
            continue;
        };
        let loser = if rank(i) < rank(holder) {
            keeper.insert(address, i);
            holder
        } else {
            i
        };
        state[loser] = State::Once;
    }
}

/// The stratum that takes a row, and the others that would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Index of the stratum.
    pub stratum: usize,
    /// Cell; `None` when no part of the stratum takes it.
    pub cell: Option<usize>,
    /// Later strata whose own condition holds too.
    pub also: Vec<usize>,
}

/// Who asks which stratum takes a row.
pub struct Question<'a> {
    /// The model.
    pub checked: &'a Checked,
    /// The design.
    pub design: &'a Design,
    /// The list.
    pub table: &'a Table,
    /// Cuts of `top` on that day.
    pub cuts: &'a Cuts,
    /// The day; strata with `as of` have their own.
    pub day: Date,
}

impl Question<'_> {
    /// Returns the first stratum (of those that `asked` lets through) that takes an eligible row.
    pub fn taken(
        &self,
        row: usize,
        (key, number): (&str, u64),
        event: Option<(usize, &[Value])>,
        overlaps: bool,
        asked: impl Fn(usize) -> bool,
    ) -> Option<Taken> {
        let mut taken: Option<Taken> = None;
        for (index, stratum) in self.checked.strata.iter().enumerate().filter(|(i, _)| asked(*i)) {
            if taken.is_some() && stratum.condition.is_none() && stratum.panel.is_none() {
                continue;
            }
            let day = stratum.as_of.unwrap_or(self.day);
            let env = RowEnv { table: self.table, row, day, cuts: self.cuts, event };
            let admitted = self.design.admits(index, key, number);
            if !admitted || !stratum.condition.as_ref().is_none_or(|c| truth(c, &env).holds()) {
                continue;
            }
            if let Some(taken) = &mut taken {
                taken.also.push(index);
                continue;
            }
            let cell = self.design.cell_for(self.checked, index, &env);
            taken = Some(Taken { stratum: index, cell, also: Vec::new() });
            if !overlaps {
                break;
            }
        }
        taken
    }
}
