//! Reads a CSV list row by row, with its places.
//!
//! UTF-8 with or without byte order mark (RFC 4180 quoting). A row with a wrong
//! number of cells is passed on as such; text that is not UTF-8 ends the
//! reading, because then every name in the file is in doubt.

use std::fs::File;
use std::path::Path;

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};

use crate::diagnostic::suggest::hint;
use crate::frame::types::FrameError;

/// An opened list.
pub struct Source {
    /// Path, as the spec names it.
    pub name: String,
    /// Column names.
    pub header: Vec<String>,
    reader: Reader<File>,
    records: u32,
}

/// One row with its places.
pub struct Line {
    /// Number of the row, from 0, bad ones counted.
    pub record: u32,
    /// Line of the file.
    pub number: u64,
    /// Cells.
    pub cells: StringRecord,
}

impl Source {
    /// Opens a list below the spec's folder and reads its header; `what` names it in messages.
    pub fn open(folder: &Path, name: &str, what: &str) -> Result<Self, FrameError> {
        let path = folder.join(name);
        let kind = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        if let Some(kind @ ("xlsx" | "xls" | "parquet")) = kind.as_deref() {
            let message =
                format!("{what}: this version reads CSV lists, not .{kind}; save `{name}` as CSV (UTF-8)");
            return Err(FrameError::list(message));
        }
        let file = File::open(&path).map_err(|e| {
            let why = match e.kind() {
                std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
                _ => e.to_string(),
            };
            FrameError::list(format!("{what}: `{}` can't be opened: {why}", path.display()))
        })?;
        let mut reader = ReaderBuilder::new().flexible(true).buffer_capacity(1 << 17).from_reader(file);
        let header = reader.headers().map_err(|e| trouble(name, &e))?.clone();
        let header: Vec<String> =
            header.iter().map(|h| h.trim_start_matches('\u{feff}').trim().to_owned()).collect();
        let mut source = Self { name: name.to_owned(), header, reader, records: 0 };
        source.check_header(what)?;
        Ok(source)
    }

    fn check_header(&mut self, what: &str) -> Result<(), FrameError> {
        if self.header.iter().all(String::is_empty) {
            return Err(FrameError::list(format!("{what}: `{}` has no header line", self.name)));
        }
        match self.header.as_slice() {
            [only] if only.contains([';', '\t']) => Err(FrameError::list(format!(
                "{what}: `{}` is not separated by commas; save it as CSV with commas",
                self.name
            ))),
            _ => Ok(()),
        }
    }

    /// Finds the columns; all missing ones are named in one go.
    pub fn columns(&self, wanted: &[&str]) -> Result<Vec<usize>, FrameError> {
        let mut faults = Vec::new();
        let mut found = Vec::new();
        for &name in wanted {
            let mut places = self.header.iter().enumerate().filter(|(_, h)| *h == name).map(|(i, _)| i);
            match (places.next(), places.next()) {
                (Some(place), None) => found.push(place),
                (Some(_), Some(_)) => faults.push(format!("`{}` has two columns `{name}`", self.name)),
                (None, _) => {
                    let near = hint(name, self.header.iter().map(String::as_str));
                    let fault = format!("`{}` has no column `{name}`{near}", self.name);
                    if !faults.contains(&fault) {
                        faults.push(fault);
                    }
                }
            }
        }
        if faults.is_empty() {
            return Ok(found);
        }
        faults.push(format!("columns of `{}`: {}", self.name, self.header.join(", ")));
        Err(FrameError::List(faults))
    }

    /// Reads up to `most` rows; none at the end.
    pub fn chunk(&mut self, most: usize) -> Result<Vec<Line>, FrameError> {
        let mut lines = Vec::new();
        let mut cells = StringRecord::new();
        while lines.len() < most {
            let more = self.reader.read_record(&mut cells).map_err(|e| trouble(&self.name, &e))?;
            if !more {
                break;
            }
            let line = cells.position().map_or(0, csv::Position::line);
            lines.push(Line { record: self.records, number: line, cells: cells.clone() });
            self.records = self.records.saturating_add(1);
        }
        Ok(lines)
    }
}

fn trouble(name: &str, error: &csv::Error) -> FrameError {
    FrameError::list(match error.kind() {
        ErrorKind::Utf8 { pos, .. } => {
            let line = pos.as_ref().map_or(1, csv::Position::line);
            format!("{name}:{line}: this row is not UTF-8; save the file as “CSV UTF-8”")
        }
        _ => format!("`{name}` can't be read: {error}"),
    })
}
