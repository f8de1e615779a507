//! Rows of the list that are in memory: those of a block, or people who have events, with the columns that conditions
//! read.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::expr::{Env, Value, Var};
use crate::frame::cuts::Cuts;
use crate::frame::design::{Reach, Unavailable};

/// Whether a channel can reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// No usable address.
    Missing,
    /// Usable.
    Usable,
    /// On a suppression list.
    Suppressed,
}

/// A person.
#[derive(Debug)]
pub struct Row {
    /// Key, as stored.
    pub key: Box<str>,
    /// Random number times 2^52.
    pub number: u64,
    /// Number of the row in the file.
    pub record: u32,
    /// E-mail.
    pub email: Contact,
    /// Mobile.
    pub mobile: Contact,
    /// Invited recently.
    pub at_rest: bool,
}

impl Row {
    /// Returns key and random number.
    pub fn who(&self) -> (&str, u64) {
        (&self.key, self.number)
    }

    /// Tells why the person can't be invited; `None` when it can.
    pub fn obstacle(&self, reach: Reach) -> Option<Unavailable> {
        reach.hindered(self.email, self.mobile, self.at_rest)
    }
}

/// What some rows of the list say.
#[derive(Default)]
pub struct Table {
    /// Columns by field; `None` where no condition reads the field.
    pub columns: Vec<Option<Column>>,
    /// Risk groups of earlier campaigns (campaign, name), and per row whether the person is in.
    pub groups: Vec<((String, String), Vec<bool>)>,
}

/// Values of one field.
#[derive(Debug)]
pub enum Column {
    /// Numbers; missing ones are not a number.
    Number(Vec<f64>),
    /// Dates.
    Date(Vec<Option<Date>>),
    /// Yes, no, missing.
    Flag(Vec<Option<bool>>),
    /// Texts, each different one kept once.
    Text {
        /// Index into `words`; `u32::MAX` for missing.
        codes: Vec<u32>,
        /// The different texts.
        words: Vec<Arc<str>>,
        /// Finds a text's index.
        index: HashMap<Arc<str>, u32>,
    },
}

impl Column {
    /// Adds a value of the column's own type; anything else is missing.
    pub fn push(&mut self, value: Value) {
        match self {
            Self::Number(all) => all.push(if let Value::Number(x) = value { x } else { f64::NAN }),
            Self::Date(all) => all.push(if let Value::Date(d) = value { Some(d) } else { None }),
            Self::Flag(all) => all.push(if let Value::Bool(b) = value { Some(b) } else { None }),
            Self::Text { codes, words, index } => {
                let Value::Text(text) = value else {
                    codes.push(u32::MAX);
                    return;
                };
                let next = u32::try_from(words.len()).unwrap_or(u32::MAX);
                let code = *index.entry(text.clone()).or_insert(next);
                if code == next {
                    words.push(text);
                }
                codes.push(code);
            }
        }
    }

    /// Forgets all values.
    pub fn clear(&mut self) {
        match self {
            Self::Number(all) => all.clear(),
            Self::Date(all) => all.clear(),
            Self::Flag(all) => all.clear(),
            Self::Text { codes, words, index } => {
                codes.clear();
                words.clear();
                index.clear();
            }
        }
    }

    /// Adds a text, an empty one as missing; other columns take it as missing.
    pub fn push_text(&mut self, text: &str) {
        if text.is_empty() {
            self.push(Value::Missing);
            return;
        }
        if let Self::Text { codes, words, index } = self
            && let Some(&code) = index.get(text)
            && (code as usize) < words.len()
        {
            codes.push(code);
        } else {
            self.push(Value::Text(Arc::from(text)));
        }
    }

    /// Returns a row's value.
    pub fn value(&self, row: usize) -> Value {
        match self {
            Self::Number(all) => {
                let x = all[row];
                if x.is_nan() { Value::Missing } else { Value::Number(x) }
            }
            Self::Date(all) => all[row].map_or(Value::Missing, Value::Date),
            Self::Flag(all) => all[row].map_or(Value::Missing, Value::Bool),
            Self::Text { codes, words, .. } => {
                words.get(codes[row] as usize).map_or(Value::Missing, |w| Value::Text(w.clone()))
            }
        }
    }
}

/// A row as conditions see it.
pub struct RowEnv<'a> {
    /// The list.
    pub table: &'a Table,
    /// Index of the row.
    pub row: usize,
    /// Day on which conditions are to hold.
    pub day: Date,
    /// Cuts of `top`.
    pub cuts: &'a Cuts,
    /// The event, where there is one: index of its source, values of its fields.
    pub event: Option<(usize, &'a [Value])>,
}

impl Env for RowEnv<'_> {
    fn value(&self, var: Var) -> Value {
        match var {
            Var::Field(i) => match self.table.columns.get(i) {
                Some(Some(column)) => column.value(self.row),
                _ => Value::Missing,
            },
            Var::EventField(source, i) => match self.event {
                Some((here, values)) if here == source => values.get(i).cloned().unwrap_or(Value::Missing),
                _ => Value::Missing,
            },
            _ => Value::Missing,
        }
    }

    fn today(&self) -> Date {
        self.day
    }

    fn top_cut(&self, var: Var, share: f64) -> Option<f64> {
        self.cuts.get(var, share)
    }

    fn in_risk_group(&self, campaign: &str, group: &str) -> Option<bool> {
        let found = self.table.groups.iter().find(|((c, g), _)| c == campaign && g == group);
        found.and_then(|(_, members)| members.get(self.row).copied())
    }
}
