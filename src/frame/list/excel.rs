//! Excel workbooks (and `OpenDocument` sheets): the first sheet, its first row the header.
//!
//! Numbers in key columns are written in decimal when they are whole; any other
//! number can't be a key, nor can one of more than 15 digits, because Excel has
//! rounded it. Dates come as `YYYY-MM-DD`, yes and no as `true` and `false`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use calamine::{Data, Reader, Sheets, open_workbook_auto};

use crate::frame::list::Opened;
use crate::frame::list::text::{spool, unreadable};
use crate::frame::types::FrameError;

/// The largest number of which Excel keeps every digit.
const EXACT: f64 = 1e15;

/// Opens a workbook.
pub fn open(path: &Path, name: &str, keys: &[&str]) -> Result<Opened, FrameError> {
    let bad = |why: &dyn std::fmt::Display| {
        FrameError::list(format!("`{name}` is no workbook that can be read: {why}"))
    };
    let mut book = open_workbook_auto(path).map_err(|e| bad(&e))?;
    let Some(sheet) = book.sheet_names().first().cloned() else {
        return Err(FrameError::list(format!("`{name}` has no sheet")));
    };
    let mut out = Writer::new(name, keys)?;
    if let Sheets::Xlsx(book) = &mut book {
        // Cell by cell: a full sheet would take a gigabyte.
        let mut cells = book.worksheet_cells_reader(&sheet).map_err(|e| bad(&e))?;
        while let Some(cell) = cells.next_cell().map_err(|e| bad(&e))? {
            let (row, column) = cell.get_position();
            out.cell(row, column, &Data::from(cell.get_value().clone()))?;
        }
    } else {
        let range = book.worksheet_range(&sheet).map_err(|e| bad(&e))?;
        let (top, left) = range.start().unwrap_or((0, 0));
        for (row, column, value) in range.used_cells() {
            let at =
                |offset: u32, index: usize| offset.saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
            out.cell(at(top, row), at(left, column), value)?;
        }
    }
    let mut notes = Vec::new();
    if book.sheet_names().len() > 1 {
        notes.push(format!("`{name}` has several sheets; `{sheet}`, the first, was read"));
    }
    Ok(Opened { file: out.finish()?, physical: false, notes })
}

/// Writes cells as CSV, blank rows as blank lines so that rows keep their numbers.
struct Writer<'a> {
    name: &'a str,
    keys: &'a [&'a str],
    out: BufWriter<File>,
    row: u32,
    cells: Vec<String>,
    header: Option<Vec<String>>,
}

impl<'a> Writer<'a> {
    fn new(name: &'a str, keys: &'a [&'a str]) -> Result<Self, FrameError> {
        let out = BufWriter::new(spool(name)?);
        Ok(Self { name, keys, out, row: 0, cells: Vec::new(), header: None })
    }

    fn cell(&mut self, row: u32, column: u32, value: &Data) -> Result<(), FrameError> {
        while self.row < row {
            self.end_row()?;
        }
        let column = column as usize;
        let is_key = self
            .header
            .as_ref()
            .and_then(|h| h.get(column))
            .is_some_and(|title| self.keys.contains(&title.trim()));
        let text = if is_key { self.key(value)? } else { text(value) };
        if !text.is_empty() {
            if self.cells.len() <= column {
                self.cells.resize(column + 1, String::new());
            }
            self.cells[column] = text;
        }
        Ok(())
    }

    fn key(&self, value: &Data) -> Result<String, FrameError> {
        let (row, file) = (u64::from(self.row) + 1, self.name);
        match value {
            Data::Float(x) if x.abs() >= EXACT => Err(FrameError::list(format!(
                "{file}:{row}: a key is a number of more than 15 digits, which Excel has rounded; store keys as text"
            ))),
            Data::Float(x) if x.fract() != 0.0 => Err(FrameError::list(format!(
                "{file}:{row}: a key is a number that is not whole; store keys as text or whole numbers"
            ))),
            Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_) | Data::Bool(_) => {
                Err(FrameError::list(format!(
                    "{file}:{row}: a key is a date or a yes/no; store keys as text or whole numbers"
                )))
            }
            other => Ok(text(other)),
        }
    }

    fn end_row(&mut self) -> Result<(), FrameError> {
        let width = self.header.as_ref().map_or(0, Vec::len);
        let blank = self.cells.iter().all(String::is_empty);
        if !blank {
            if self.cells.len() < width {
                self.cells.resize(width, String::new());
            }
            let line: Vec<String> = self.cells.iter().map(|c| quoted(c)).collect();
            self.write(&line.join(","))?;
            if self.header.is_none() {
                self.header = Some(std::mem::take(&mut self.cells));
            }
        }
        self.cells.clear();
        self.row += 1;
        self.write("\n")
    }

    fn write(&mut self, text: &str) -> Result<(), FrameError> {
        self.out.write_all(text.as_bytes()).map_err(|e| unreadable(self.name, &e))
    }

    fn finish(mut self) -> Result<File, FrameError> {
        self.end_row()?;
        self.out.into_inner().map_err(|e| unreadable(self.name, &e.into_error()))
    }
}

/// Puts a cell in quotes where it needs them.
pub fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', ';', '\t', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

fn text(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::Int(n) => n.to_string(),
        Data::Float(x) => x.to_string(),
        Data::String(s) | Data::DateTimeIso(s) | Data::DurationIso(s) => s.clone(),
        Data::Bool(b) => b.to_string(),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (y, m, d, hour, minute, second, _) = moment.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{y:04}-{m:02}-{d:02}")
            } else {
                format!("{y:04}-{m:02}-{d:02} {hour:02}:{minute:02}:{second:02}")
            }
        }
        Data::DateTime(span) => span.as_f64().to_string(),
        Data::Error(fault) => fault.to_string(),
    }
}
