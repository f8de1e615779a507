//! One table for every program: a row a response, with the codebook's words on each column.
//!
//! Nothing in it is weighted or cleaned further; writers (`delimited`, `spss`,
//! `workbook`, `script`) only give it their form.

use std::collections::BTreeSet;

use crate::model::checked::Text;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A number or code.
    Number(f64),
    /// Words.
    Text(String),
}

impl From<Option<f64>> for Cell {
    fn from(x: Option<f64>) -> Self {
        x.filter(|x| x.is_finite()).map_or(Self::Empty, Self::Number)
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.filter(|t| !t.is_empty()).map_or(Self::Empty, Self::Text)
    }
}

/// What may be computed with a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Codes or names.
    Nominal,
    /// Codes with an order.
    Ordinal,
    /// Numbers.
    Scale,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Name, different from every other whatever the case of its letters.
    pub name: String,
    /// What people read: the question, or what the number is.
    pub label: Text,
    /// Kind of question, or `design`, `weight`, `field`, `score`.
    pub kind: &'static str,
    /// Level of measurement.
    pub level: Level,
    /// Holds words, not numbers.
    pub words: bool,
    /// Codes with their labels.
    pub codes: Vec<(f64, Text)>,
    /// Codes that stand for no answer, with what they mean.
    pub missing: Vec<(f64, Text)>,
    /// Condition under which it was asked; empty for everybody.
    pub asked: String,
}

impl Variable {
    /// Makes a column of numbers.
    #[must_use]
    pub fn number(name: &str, kind: &'static str, label: Text) -> Self {
        Self {
            name: name.to_owned(),
            label,
            kind,
            level: Level::Scale,
            words: false,
            codes: Vec::new(),
            missing: Vec::new(),
            asked: String::new(),
        }
    }

    /// Makes a column of words.
    #[must_use]
    pub fn text(name: &str, kind: &'static str, label: Text) -> Self {
        Self { level: Level::Nominal, words: true, ..Self::number(name, kind, label) }
    }

    /// Makes a column of codes.
    #[must_use]
    pub fn coded(name: &str, kind: &'static str, label: Text, codes: Vec<(f64, Text)>) -> Self {
        Self { level: Level::Nominal, codes, ..Self::number(name, kind, label) }
    }
}

/// Columns and rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Columns.
    pub variables: Vec<Variable>,
    /// Rows, each with a cell a column.
    pub rows: Vec<Vec<Cell>>,
    taken: BTreeSet<String>,
}

/// Words that SPSS does not take as names.
const RESERVED: [&str; 13] =
    ["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"];

impl Table {
    /// Makes a table of that many rows without columns.
    #[must_use]
    pub fn new(rows: usize) -> Self {
        Self { rows: vec![Vec::new(); rows], ..Self::default() }
    }

    /// Adds a column with the cell of every row; returns the name that it got.
    pub fn add(&mut self, mut variable: Variable, cell: impl Fn(usize) -> Cell) -> String {
        let wanted = variable.name.clone();
        let mut number = 1;
        while RESERVED.contains(&variable.name.to_lowercase().as_str())
            || !self.taken.insert(variable.name.to_lowercase())
        {
            number += 1;
            variable.name = format!("{wanted}_{number}");
        }
        let name = variable.name.clone();
        self.variables.push(variable);
        for (i, row) in self.rows.iter_mut().enumerate() {
            row.push(cell(i));
        }
        name
    }
}

/// Makes a text in both languages of the program.
#[must_use]
pub fn both(zh: &str, en: &str) -> Text {
    Text(vec![("zh".to_owned(), zh.to_owned()), ("en".to_owned(), en.to_owned())])
}
