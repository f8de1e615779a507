//! Tables, aligned by the width that a terminal shows: a Chinese character takes two columns.

use unicode_width::UnicodeWidthStr;

/// On which side a column is flush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table with a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    header: Vec<(String, Side)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Makes an empty table.
    #[must_use]
    pub fn new(header: &[(&str, Side)]) -> Self {
        let header = header.iter().map(|(name, side)| ((*name).to_owned(), *side)).collect();
        Self { header, rows: Vec::new() }
    }

    /// Adds a row; it has as many cells as the header.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Tells whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Drops columns in which every cell is empty.
    #[must_use]
    pub fn without_empty_columns(mut self) -> Self {
        for column in (0..self.header.len()).rev() {
            if self.rows.iter().all(|r| r.get(column).is_none_or(String::is_empty)) {
                self.header.remove(column);
                self.rows.iter_mut().for_each(|r| drop(r.remove(column)));
            }
        }
        self
    }

    /// Renders for a terminal, each line indented by two blanks.
    #[must_use]
    pub fn text(&self) -> String {
        let widths = self.widths();
        let mut out = String::new();
        let header: Vec<String> = self.header.iter().map(|(name, _)| name.clone()).collect();
        for row in std::iter::once(&header).chain(&self.rows) {
            let cells = row.iter().zip(&widths).zip(&self.header);
            let cells: Vec<String> = cells.map(|((cell, &w), (_, side))| pad(cell, w, *side)).collect();
            out.push_str("  ");
            out.push_str(cells.join("  ").trim_end());
            out.push('\n');
        }
        out
    }

    /// Renders for GitHub-flavoured Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let escape = |cell: &str| cell.replace('|', "\\|").replace('\n', " ");
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut out = line(self.header.iter().map(|(name, _)| name.clone()).collect());
        let rule = |side: Side| if side == Side::Right { "---:" } else { "---" };
        out.push_str(&line(self.header.iter().map(|(_, side)| rule(*side).to_owned()).collect()));
        for row in &self.rows {
            out.push_str(&line(row.iter().map(|c| escape(c)).collect()));
        }
        out
    }

    fn widths(&self) -> Vec<usize> {
        let widest = |column: usize| {
            let cells = self.rows.iter().filter_map(|r| r.get(column)).map(|c| c.width());
            cells.chain(std::iter::once(self.header[column].0.width())).max().unwrap_or(0)
        };
        (0..self.header.len()).map(widest).collect()
    }
}

fn pad(cell: &str, width: usize, side: Side) -> String {
    let blanks = " ".repeat(width.saturating_sub(cell.width()));
    match side {
        Side::Left => format!("{cell}{blanks}"),
        Side::Right => format!("{blanks}{cell}"),
    }
}
