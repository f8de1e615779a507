//! Rows of any list, for whoever knows what its columns mean: answers that were collected elsewhere.

use std::ops::ControlFlow;
use std::path::Path;

use crate::frame::list::{List, Rows, Trust};
use crate::frame::types::FrameError;

/// An opened list of any of the formats.
pub struct Sheet(List);

impl Sheet {
    /// Opens a list below the spec's folder; `what` names it in messages, the numbers of `keys` must be whole.
    pub fn open(folder: &Path, name: &str, what: &str, keys: &[&str]) -> Result<Self, FrameError> {
        List::open(folder, name, what, keys, Trust::Nothing).map(Self)
    }

    /// Finds the columns; all missing ones are named in one go.
    pub fn columns(&self, wanted: &[&str]) -> Result<Vec<usize>, FrameError> {
        self.0.columns(wanted)
    }

    /// Returns how many columns there are.
    #[must_use]
    pub fn width(&self) -> usize {
        self.0.header.len()
    }

    /// Gives every row with its line, in the order of the file.
    pub fn each(&self, mut take: impl FnMut(u64, &[&str])) -> Result<(), FrameError> {
        self.0.scan(
            || (),
            |(), _, rows| std::mem::take(rows),
            |rows: Rows, base| {
                for row in rows.iter() {
                    let cells: Vec<&str> = row.iter().collect();
                    take(base.line + row.line, &cells);
                }
                Ok(ControlFlow::Continue(()))
            },
        )?;
        Ok(())
    }
}
