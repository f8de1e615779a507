//! What one block of rows says, column by column: the same reading as row by row, without a value for each cell.

use std::collections::BTreeSet;

use crate::expr::Value;
use crate::frame::layout::{CellProblem, Layout};
use crate::frame::list::{Row, Rows};
use crate::frame::load::{contact, digits, empty};
use crate::frame::random::{Hashed, of_person};
use crate::frame::table::{Contact, Table};
use crate::frame::types::History;
use crate::model::checked::{Field, FieldKind, Frame, OncePer};

/// Reads blocks of the frame's list.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Its columns.
    pub layout: &'a Layout<'a>,
    /// What the store knows.
    pub history: &'a History,
    /// Seed of the draw.
    pub seed: u64,
}

/// What one row says beside its fields.
#[derive(Debug, Clone, Copy)]
pub struct Reached {
    /// E-mail.
    pub email: Contact,
    /// Mobile.
    pub mobile: Contact,
    /// Invited recently.
    pub at_rest: bool,
}

impl Reader<'_> {
    /// Hashes a key.
    pub fn hashed(&self, key: &str) -> Hashed {
        of_person(self.seed, key)
    }

    /// Makes the columns of some fields, to be filled row by row.
    pub fn columns(&self, fields: &BTreeSet<usize>) -> Table {
        let one = |(i, f): (usize, &Field)| fields.contains(&i).then(|| empty(&f.kind));
        Table { columns: self.frame.fields.iter().enumerate().map(one).collect(), ..Table::default() }
    }

    /// Adds a row's values; `every` also reads the fields that no condition needs, for what is wrong with them.
    pub fn add(&self, block: &mut Table, row: Row, every: bool, problems: &mut Vec<CellProblem>) {
        for ((place, field), column) in self.layout.places().iter().zip(&mut block.columns) {
            if column.is_none() && (!every || matches!(field.kind, FieldKind::Text)) {
                continue;
            }
            let cell = row.get(*place).unwrap_or("").trim();
            let value = match &field.kind {
                _ if cell.is_empty() => Value::Missing,
                FieldKind::Text => {
                    if let Some(column) = column {
                        column.push_text(cell);
                    }
                    continue;
                }
                FieldKind::OneOf(choices) if choices.iter().any(|c| c.name == cell) => {
                    if let Some(column) = column {
                        column.push_text(cell);
                    }
                    continue;
                }
                kind => kind.read(cell).unwrap_or_else(|expected| {
                    problems.push((field.name.clone(), format!("not {expected}; counts as missing")));
                    Value::Missing
                }),
            };
            if let Some(column) = column {
                column.push(value);
            }
        }
    }

    /// Fills in a row that is left out, so that columns keep their rows.
    pub fn skip(block: &mut Table) {
        block.columns.iter_mut().flatten().for_each(|column| column.push(Value::Missing));
    }

    /// Tells how a person can be reached.
    pub fn reached(&self, row: Row, key: &str, problems: &mut Vec<CellProblem>) -> Reached {
        let email = self.layout.email(row, problems);
        let mobile = self.layout.mobile(row, problems);
        self.layout.timezone(row, problems);
        let free = self.history.suppressed.is_empty();
        let state = |address: Option<&str>, plain: fn(&str) -> String| match address {
            Some(_) if free => Contact::Usable,
            address => contact(address.map(plain), self.history),
        };
        Reached {
            email: state(email, str::to_lowercase),
            mobile: state(mobile, digits),
            at_rest: !self.history.at_rest.is_empty() && self.history.at_rest.contains(key),
        }
    }

    /// Returns what `once per` compares.
    pub fn once(&self, row: Row) -> Option<String> {
        let silent = &mut Vec::new();
        match self.frame.once_per? {
            OncePer::Email => self.layout.email(row, silent).map(str::to_lowercase),
            OncePer::Mobile => self.layout.mobile(row, silent).map(digits),
            OncePer::Field(i) => self.layout.plain(i, row).map(str::to_owned),
        }
    }
}

/// Calls `f` with every row of a block and its key, `None` for those that are left out.
pub fn each_key<'r>(rows: &'r Rows, layout: &Layout, mut f: impl FnMut(usize, Row<'r>, Option<&'r str>)) {
    for (i, row) in rows.iter().enumerate() {
        f(i, row, layout.key(row).ok());
    }
}
