//! The list as a stream of rows: whatever it is stored in, what comes out is UTF-8 text in rows and cells.
//!
//! Goes in: a path below the spec's folder. Comes out: a header, and rows in the
//! order of the file, read in blocks on all cores, as often as is wanted. A
//! plain UTF-8 CSV file is read where it lies; anything else — gzip, GB18030,
//! Excel, Parquet — is written once as CSV to a nameless temporary file, so
//! that all formats are counted by the same code. Nothing here knows what a
//! column means.

mod blocks;
mod cell;
mod cells;
mod excel;
mod marks;
#[cfg(feature = "parquet")]
mod parquet;
mod scan;
mod text;

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::diagnostic::suggest::hint;
use crate::frame::list::blocks::{Blocks, Cut};
pub use crate::frame::list::cell::Cell;
pub use crate::frame::list::cells::{Row, Rows};
pub use crate::frame::list::scan::Base;
use crate::frame::list::scan::Stop;
use crate::frame::types::FrameError;

/// What a file holds, made ready to be read.
pub struct Opened {
    /// UTF-8 text.
    file: File,
    /// Whether a line break inside a cell is a line of the file that people see.
    physical: bool,
    /// What had to be done to read it.
    notes: Vec<String>,
}

/// An opened list.
pub struct List {
    /// Path, as the spec names it.
    pub name: String,
    /// Column names.
    pub header: Vec<String>,
    /// What had to be done to read it, in words.
    pub notes: Vec<String>,
    file: File,
    cut: Cut,
    /// Where the rows begin: byte of the file, and its line.
    body: (u64, u64),
    /// Set by a scan that met what is not UTF-8.
    foreign: AtomicBool,
}

/// Whether a text is read once more before everything else, to be sure of its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It is: a list in another encoding is written anew.
    Nothing,
    /// It is not: [`List::is_foreign`] tells afterwards.
    Utf8,
}

impl List {
    /// Opens a list below the spec's folder and reads its header.
    ///
    /// `what` names it in messages; `keys` are the columns whose numbers must be whole.
    pub fn open(
        folder: &Path,
        name: &str,
        what: &str,
        keys: &[&str],
        trust: Trust,
    ) -> Result<Self, FrameError> {
        let path = folder.join(name);
        if let Err(e) = File::open(&path) {
            let why = match e.kind() {
                std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
                _ => e.to_string(),
            };
            return Err(FrameError::list(format!("{what}: `{}` can't be opened: {why}", path.display())));
        }
        let kind = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        let opened = match kind.as_str() {
            "xlsx" | "xlsm" | "xls" | "xlsb" | "ods" => excel::open(&path, name, keys)?,
            #[cfg(feature = "parquet")]
            "parquet" => parquet::open(&path, name, keys)?,
            #[cfg(not(feature = "parquet"))]
            "parquet" => {
                let message = format!(
                    "{what}: this program was built without Parquet (`--features parquet`); save `{name}` as CSV"
                );
                return Err(FrameError::list(message));
            }
            _ => text::open(&path, name, trust)?,
        };
        Self::new(opened, name, what)
    }

    fn new(mut opened: Opened, name: &str, what: &str) -> Result<Self, FrameError> {
        let head = text::head(&mut opened.file, name)?;
        // The separator is the one that splits the header line most; commas where it makes no difference.
        let mut best: Option<(Vec<String>, usize, u32, u8)> = None;
        for delimiter in [b',', b';', b'\t'] {
            let cut = Cut { delimiter, physical: opened.physical };
            let end = blocks::first_end(&head, cut);
            let Some(text) = std::str::from_utf8(&head[..end]).ok() else { continue };
            let rows = Rows::of(text.to_owned(), cut);
            let cells: Vec<String> =
                rows.iter().next().map_or_else(Vec::new, |r| r.iter().map(|c| c.trim().to_owned()).collect());
            if best.as_ref().is_none_or(|b| cells.len() > b.0.len()) {
                best = Some((cells, end, rows.lines, delimiter));
            }
        }
        let Some((header, end, lines, delimiter)) = best.filter(|b| !b.0.iter().all(String::is_empty)) else {
            return Err(FrameError::list(format!("{what}: `{name}` has no header line")));
        };
        let mark = text::mark(&mut opened.file, name)?;
        Ok(Self {
            name: name.to_owned(),
            header,
            notes: opened.notes,
            file: opened.file,
            cut: Cut { delimiter, physical: opened.physical },
            body: (mark + end as u64, u64::from(lines) + 1),
            foreign: AtomicBool::new(false),
        })
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

    /// Reads the list once: `work` on all cores, block by block; `take` in the order of the file, until it breaks.
    ///
    /// Each core has a state of its own, made by `start`; they are returned.
    pub fn scan<S: Send, T: Send>(
        &self,
        start: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, usize, &mut Rows) -> T + Sync,
        take: impl FnMut(T, Base) -> Result<ControlFlow<()>, FrameError>,
    ) -> Result<Vec<S>, FrameError> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.body.0)).map_err(|e| text::unreadable(&self.name, &e))?;
        let blocks = Blocks::new(file, self.cut, &self.name);
        let base = Base { record: 0, line: self.body.1 };
        scan::scan(blocks, self.cut, base, start, work, take).map_err(|stop| match stop {
            Stop::Fault(fault) => fault,
            Stop::NotText => {
                self.foreign.store(true, Ordering::Relaxed);
                self.changed()
            }
        })
    }

    /// Tells whether a scan met bytes that are not UTF-8, so that the list must be opened as [`Trust::Nothing`].
    pub fn is_foreign(&self) -> bool {
        self.foreign.load(Ordering::Relaxed)
    }

    /// Makes the error of a file that is not what it was when it was opened.
    pub fn changed(&self) -> FrameError {
        FrameError::list(format!("`{}` changed while it was being read; start again", self.name))
    }
}
