//! Which stratum takes whom: strata in their order, of those who are eligible.

use jiff::civil::Date;

use crate::expr::{Value, truth};
use crate::frame::cuts::Cuts;
use crate::frame::design::Design;
use crate::frame::table::{RowEnv, Table};
use crate::model::Checked;

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
