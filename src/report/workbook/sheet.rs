//! A sheet before it becomes a file.

use unicode_width::UnicodeWidthStr;

use crate::report::view::error_decimals;

/// How a number is shown.
pub const WHOLE: &str = "#,##0";
/// A share between 0 and 1.
pub const SHARE: &str = "0.0%";
/// A weight, a design effect, and an error that is not smaller than a hundredth.
pub const FINE: &str = "0.000";

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Blank,
    /// Words.
    Words(String),
    /// Head of a column.
    Head(String),
    /// Title of the sheet or of a part.
    Heading(String),
    /// A number with its format.
    Number(f64, &'static str),
}

impl Cell {
    /// Shows a count.
    pub fn count(n: impl Into<Option<u64>>) -> Self {
        n.into().map_or(Self::Blank, |n| Self::Number(n as f64, WHOLE))
    }

    /// Shows a number, where there is one.
    pub fn number(x: Option<f64>, form: &'static str) -> Self {
        x.filter(|x| x.is_finite()).map_or(Self::Blank, |x| Self::Number(x, form))
    }

    /// Shows an error, with the decimals in which two digits of it are seen.
    pub fn error(x: Option<f64>) -> Self {
        const FORMS: [&str; 7] =
            [FINE, "0.0000", "0.00000", "0.000000", "0.0000000", "0.00000000", "0.000000000"];
        let decimals = error_decimals(x.unwrap_or(0.0), 3);
        Self::number(x, FORMS.get(decimals - 3).copied().unwrap_or(FINE))
    }

    /// Shows words; empty ones are nothing.
    pub fn words(text: &str) -> Self {
        if text.is_empty() { Self::Blank } else { Self::Words(text.to_owned()) }
    }
}

/// A sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Name.
    pub name: String,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
    /// Row of the heads of a table that reaches to the end, and its columns.
    pub table: Option<(u32, u16)>,
}

impl Sheet {
    /// Makes a sheet; Excel takes names of at most 31 characters without some signs.
    pub fn new(name: &str) -> Self {
        let plain = name.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(31);
        Self { name: plain.collect(), rows: Vec::new(), table: None }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Adds the heads of a table within the sheet.
    pub fn heads(&mut self, heads: &[&str]) {
        self.row(heads.iter().map(|h| Cell::Head((*h).to_owned())).collect());
    }

    /// Adds the heads of the table that the sheet consists of.
    pub fn table(&mut self, heads: &[&str]) {
        let row = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.table = Some((row, u16::try_from(heads.len()).unwrap_or(u16::MAX)));
        self.heads(heads);
    }

    /// Returns widths that show most cells in full.
    pub fn widths(&self) -> Vec<f64> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |cell: &Cell| match cell {
            Cell::Words(text) | Cell::Head(text) => text.width(),
            Cell::Number(..) => 10,
            Cell::Heading(_) | Cell::Blank => 0,
        };
        let widest = |c: usize| self.rows.iter().filter_map(|r| r.get(c)).map(width).max().unwrap_or(0);
        (0..columns).map(|c| (widest(c) as f64 + 2.0).clamp(9.0, 60.0)).collect()
    }
}
