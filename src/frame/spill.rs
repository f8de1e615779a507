//! Space for what grows with the list: little stays in memory, the rest goes to nameless temporary files.
//!
//! [`Bits`] takes one bit a row, [`Numbers`] eight bytes a row in the order of
//! the file, [`Parts`] entries of any length that are read again part by part. A
//! list of a few thousand rows never touches the disk.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Mutex;

use rayon::prelude::*;

use crate::frame::types::FrameError;

/// Parts that entries are spread over.
pub const PARTS: usize = 256;

/// Bytes that a part keeps in memory: few enough for all parts to stay in the cache of a core.
const KEPT: usize = 1 << 13;

/// Writes a row or a length in four bytes. Lists of more than four thousand million rows are told apart no more; none is
/// that long.
pub fn narrow(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Spreads texts over parts, and over shares of a part.
pub fn spread(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Writes cells one behind the other, each behind its length.
pub fn pack<'c>(out: &mut Vec<u8>, cells: impl Iterator<Item = &'c str>) {
    for cell in cells {
        out.extend_from_slice(&narrow(cell.len() as u64).to_le_bytes());
        out.extend_from_slice(cell.as_bytes());
    }
}

/// Reads the first of the cells that [`pack`] wrote, and what comes behind it.
pub fn cell(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (cell, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some((std::str::from_utf8(cell).ok()?, rest))
}

/// Reads the cells that [`pack`] wrote.
pub fn unpack(mut bytes: &[u8]) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (cell, rest) = cell(bytes)?;
        bytes = rest;
        Some(cell)
    })
}

fn full(error: &std::io::Error) -> FrameError {
    FrameError::list(format!(
        "a temporary file can't be used ({error}); set TMPDIR to a folder with room for half the list"
    ))
}

/// One bit a row.
#[derive(Debug, Default)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// Sets the bits of the rows of all parts.
    pub fn of(parts: Result<Vec<Vec<u32>>, FrameError>) -> Result<Self, FrameError> {
        let mut bits = Self::default();
        parts?.iter().flatten().for_each(|row| bits.set(u64::from(*row)));
        Ok(bits)
    }

    /// Tells whether no bit is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets a bit.
    pub fn set(&mut self, at: u64) {
        let word = usize::try_from(at / 64).unwrap_or(usize::MAX);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (at % 64);
    }

    /// Tells whether a bit is set.
    #[must_use]
    pub fn has(&self, at: u64) -> bool {
        let word = usize::try_from(at / 64).unwrap_or(usize::MAX);
        self.0.get(word).is_some_and(|w| w >> (at % 64) & 1 == 1)
    }
}

/// A temporary file that grows at its end; made when it is first written to.
#[derive(Debug, Default)]
struct Tape {
    file: Mutex<Option<File>>,
    end: u64,
}

impl Tape {
    fn write(&mut self, bytes: &[u8]) -> Result<u64, FrameError> {
        let slot = self.file.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        let file = match slot {
            Some(file) => file,
            None => slot.insert(tempfile::tempfile().map_err(|e| full(&e))?),
        };
        file.seek(SeekFrom::Start(self.end)).and_then(|_| file.write_all(bytes)).map_err(|e| full(&e))?;
        let start = self.end;
        self.end += bytes.len() as u64;
        Ok(start)
    }

    fn read(&self, at: u64, bytes: &mut [u8]) -> Result<(), FrameError> {
        let mut slot = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some(file) = slot.as_mut() else { return Ok(()) };
        file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(bytes)).map_err(|e| full(&e))
    }
}

/// Eight bytes a row, in the order of the file.
#[derive(Debug, Default)]
pub struct Numbers {
    tape: Tape,
    tail: Vec<u8>,
}

impl Numbers {
    /// Values that are handed out at a time.
    const PIECE: u64 = 1 << 16;

    /// Adds values.
    pub fn push(&mut self, values: impl Iterator<Item = u64>) -> Result<(), FrameError> {
        values.for_each(|value| self.tail.extend_from_slice(&value.to_le_bytes()));
        if self.tail.len() >= 1 << 20 {
            self.tape.write(&self.tail)?;
            self.tail.clear();
        }
        Ok(())
    }

    /// Returns some values in a row.
    pub fn range(&self, start: u64, count: usize) -> Result<Vec<u64>, FrameError> {
        let mut bytes = vec![0; count * 8];
        let first = start * 8;
        let on_tape = usize::try_from(self.tape.end.saturating_sub(first)).unwrap_or(usize::MAX);
        let (old, new) = bytes.split_at_mut(on_tape.min(count * 8));
        self.tape.read(first, old)?;
        let skip = usize::try_from(first.saturating_sub(self.tape.end)).unwrap_or(usize::MAX);
        if let Some(tail) = self.tail.get(skip..).and_then(|t| t.get(..new.len())) {
            new.copy_from_slice(tail);
        }
        Ok(bytes.as_chunks::<8>().0.iter().map(|b| u64::from_le_bytes(*b)).collect())
    }

    /// Goes through all values with their places on all cores; `each` adds to what `start` makes, one a core or more.
    pub fn fold<T: Send>(
        &self,
        start: impl Fn() -> T + Sync + Send,
        each: impl Fn(&mut T, u64, u64) + Sync + Send,
        join: impl Fn(T, T) -> T + Sync + Send,
    ) -> Result<T, FrameError> {
        let all = (self.tape.end + self.tail.len() as u64) / 8;
        let piece = |mut sum: T, piece: u64| {
            let first = piece * Self::PIECE;
            let count = usize::try_from(Self::PIECE.min(all - first)).unwrap_or(0);
            let values = self.range(first, count)?;
            values.into_iter().zip(first..).for_each(|(value, at)| each(&mut sum, at, value));
            Ok(sum)
        };
        (0..all.div_ceil(Self::PIECE))
            .into_par_iter()
            .try_fold(&start, piece)
            .try_reduce(&start, |a, b| Ok(join(a, b)))
    }
}

/// Entries of any length, spread over parts.
#[derive(Debug)]
pub struct Parts {
    tape: Tape,
    tails: Vec<Vec<u8>>,
    written: Vec<Vec<(u64, usize)>>,
}

impl Default for Parts {
    fn default() -> Self {
        Self { tape: Tape::default(), tails: vec![Vec::new(); PARTS], written: vec![Vec::new(); PARTS] }
    }
}

impl Parts {
    /// Adds an entry to a part.
    #[inline]
    pub fn push(&mut self, part: usize, entry: &[u8]) -> Result<(), FrameError> {
        let tail = &mut self.tails[part];
        tail.extend_from_slice(entry);
        if tail.len() >= KEPT {
            let start = self.tape.write(tail)?;
            self.written[part].push((start, tail.len()));
            tail.clear();
        }
        Ok(())
    }

    /// Returns how many bytes a part has.
    pub fn size(&self, part: usize) -> usize {
        self.written[part].iter().map(|w| w.1).sum::<usize>() + self.tails[part].len()
    }

    /// Calls `f` with the entries of a part, some at a time, in the order in which they came.
    pub fn each(&self, part: usize, mut f: impl FnMut(&[u8])) -> Result<(), FrameError> {
        let mut piece = Vec::new();
        for &(start, length) in &self.written[part] {
            piece.resize(length, 0);
            self.tape.read(start, &mut piece)?;
            f(&piece);
        }
        f(&self.tails[part]);
        Ok(())
    }

    /// Returns the entries of a part, in the order in which they came.
    pub fn read(&self, part: usize) -> Result<Vec<u8>, FrameError> {
        let mut all = Vec::with_capacity(self.size(part));
        self.each(part, |piece| all.extend_from_slice(piece))?;
        Ok(all)
    }
}
