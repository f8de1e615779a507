//! Rows of any list, for whoever knows what its columns mean: answers that were collected elsewhere.

use std::ops::ControlFlow;
use std::path::Path;

use crate::frame::list::{Base, List, Rows, Trust};
use crate::frame::types::FrameError;

/// An opened list of any of the formats.
pub struct Sheet(List);

impl Sheet {
    /// Opens a list below the spec's folder; `what` names it in messages, the numbers of `keys` must be whole.
    pub fn open(folder: &Path, name: &str, what: &str, keys: &[&str]) -> Result<Self, FrameError> {
        List::open(folder, name, what, keys, Trust::Nothing).map(Self)
    }

    /// Opens a list and works on it without looking through it before; where it turns out not to be UTF-8 text, it is
    /// written anew and worked on once more.
    pub fn trusting<T>(
        folder: &Path,
        name: &str,
        what: &str,
        keys: &[&str],
        work: impl Fn(&Self) -> Result<T, FrameError>,
    ) -> Result<T, FrameError> {
        let sheet = List::open(folder, name, what, keys, Trust::Utf8).map(Self)?;
        match work(&sheet) {
            Err(_) if sheet.0.is_foreign() => work(&Self::open(folder, name, what, keys)?),
            done => done,
        }
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

    /// Reads the list once on all cores: `work` block by block, with the block's number and a state of each core's own;
    /// `take` in the order of the file, until it breaks. The states are returned.
    pub fn scan<S: Send, T: Send>(
        &self,
        start: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, usize, &Rows) -> T + Sync,
        take: impl FnMut(T, Base) -> Result<ControlFlow<()>, FrameError>,
    ) -> Result<Vec<S>, FrameError> {
        let work = |state: &mut S, index: usize, rows: &mut Rows| work(state, index, rows);
        self.0.scan(start, work, take)
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
