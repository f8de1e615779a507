//! The draw itself: those who may be drawn, by their random numbers.
//!
//! Entries are spread by the first eight bits of their numbers, so that going
//! through the parts in order is going through the draw order; sorting is needed
//! within a part only, and once every cell has its people the rest is not looked
//! at. Where a cell's size is known beforehand, only entries that could still be
//! among its smallest are kept.

use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::frame::design::Design;
use crate::frame::list::{Row, Rows};
use crate::frame::random::hexadecimal;
use crate::frame::spill::{self, PARTS, Parts, narrow, pack};
use crate::frame::summary::CellSummary;
use crate::frame::types::FrameError;
use crate::model::Checked;
use crate::model::checked::Sample;

/// Numbers that are remembered of a cell at most, to know its largest one.
const REMEMBERED: u64 = 1 << 17;

/// Bytes of entries that are sorted at a time.
const TOGETHER: usize = 1 << 23;

/// Bits of a random number.
const BITS: u32 = 52;

/// A drawn person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picked {
    /// Number of the row in the file.
    pub record: u32,
    /// Cell.
    pub cell: usize,
    /// Position in the draw order of the cell.
    pub position: u64,
    /// Random number times 2^52, counted from where the stratum's draw starts.
    pub number: u64,
    /// Where whole clusters are drawn: the place of its cluster in the draw order of the cell, and the cluster's number.
    pub cluster: Option<(u64, u64)>,
}

/// People whose rows are kept at most; where more are drawn, the list is read once more.
const CARRIED: usize = 50_000;

/// The largest number that may still be drawn, per cell; shared by all cores.
pub struct Limits {
    most: Vec<AtomicU64>,
    /// Whether entries carry their rows.
    carry: bool,
}

/// Those who may be drawn.
pub struct Picks {
    entries: Parts,
    /// Per cell: how many will be drawn at most, where that is known, and the smallest numbers so far.
    smallest: Vec<Option<(usize, BinaryHeap<u64>)>>,
    carry: bool,
}

/// Entries whose numbers lie in a range: one of so many shares of a part.
struct Share {
    part: usize,
    index: u64,
    of: u64,
    size: usize,
}

/// What was drawn.
pub struct Drawn {
    /// By cell and position.
    pub picked: Vec<Picked>,
    /// The row of each, as [`unpack`] reads it; none where the list has to be read once more.
    pub rows: Option<Vec<Vec<u8>>>,
}

/// An entry: number, row, cell, lengths of the key and of the cells of the row, key, cells.
struct Entry<'a> {
    number: u64,
    record: u32,
    cell: usize,
    key: &'a [u8],
    row: &'a [u8],
    bytes: &'a [u8],
}

/// Reads a row that an entry carried.
pub fn unpack(bytes: &[u8]) -> Rows {
    Rows::single(spill::unpack(bytes))
}

fn entries(mut bytes: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    std::iter::from_fn(move || {
        let all = bytes;
        let (number, rest) = all.split_first_chunk::<8>()?;
        let (record, rest) = rest.split_first_chunk::<4>()?;
        let (cell, rest) = rest.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (carried, rest) = rest.split_first_chunk::<4>()?;
        let (key, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let (row, rest) = rest.split_at_checked(u32::from_le_bytes(*carried) as usize)?;
        bytes = rest;
        Some(Entry {
            number: u64::from_le_bytes(*number),
            record: u32::from_le_bytes(*record),
            cell: u32::from_le_bytes(*cell) as usize,
            key,
            row,
            bytes: &all[..all.len() - rest.len()],
        })
    })
}

/// Returns entries in draw order.
fn in_order(bytes: &[u8]) -> Vec<Entry<'_>> {
    let mut all: Vec<Entry> = entries(bytes).collect();
    all.sort_unstable_by(|a, b| (a.number, a.key).cmp(&(b.number, b.key)));
    all
}

impl Limits {
    /// Tells whether somebody with this number may be drawn: the cell has not yet enough with smaller ones.
    #[inline]
    pub fn may(&self, number: u64, cell: usize) -> bool {
        // A limit that another core lowers meanwhile only means an entry too many.
        number <= self.most[cell].load(Ordering::Relaxed)
    }

    /// Writes down somebody who may be drawn.
    pub fn offer(&self, out: &mut Vec<u8>, number: u64, record: u64, cell: usize, key: &str, row: Row) {
        out.extend_from_slice(&number.to_le_bytes());
        out.extend_from_slice(&narrow(record).to_le_bytes());
        out.extend_from_slice(&narrow(cell as u64).to_le_bytes());
        out.extend_from_slice(&narrow(key.len() as u64).to_le_bytes());
        let carried = out.len();
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(key.as_bytes());
        if self.carry {
            let start = out.len();
            pack(out, row.iter());
            let length = narrow((out.len() - start) as u64).to_le_bytes();
            out[carried..carried + 4].copy_from_slice(&length);
        }
    }
}

impl Picks {
    /// Prepares for the cells of a campaign; `keep` tells that people are filled in afterwards.
    pub fn new(checked: &Checked, design: &Design, keep: bool) -> Self {
        let most = |stratum: usize| match checked.strata[stratum].sample {
            Sample::Number(number) if (1..=REMEMBERED).contains(&number) => usize::try_from(number).ok(),
            _ => None,
        };
        let smallest = |c: &crate::frame::CellDesign| Some((most(c.stratum)?, BinaryHeap::new()));
        let smallest: Vec<_> = design.cells.iter().map(smallest).collect();
        let all = smallest.iter().try_fold(0, |sum: usize, cell| Some(sum + cell.as_ref()?.0));
        let carry = keep && all.is_some_and(|all| all <= CARRIED);
        Self { entries: Parts::default(), smallest, carry }
    }

    /// Returns limits that let everybody through.
    pub fn limits(&self) -> Limits {
        let most = self.smallest.iter().map(|_| AtomicU64::new(u64::MAX)).collect();
        Limits { most, carry: self.carry }
    }

    /// Takes the entries of a block, and lowers the limits.
    pub fn take(&mut self, bytes: &[u8], limits: &Limits) -> Result<(), FrameError> {
        for entry in entries(bytes) {
            if let Some((most, heap)) = &mut self.smallest[entry.cell] {
                let full = heap.len() == *most;
                if full && heap.peek().is_some_and(|largest| entry.number > *largest) {
                    continue;
                }
                heap.push(entry.number);
                if full {
                    heap.pop();
                }
                if let Some(largest) = heap.peek().filter(|_| heap.len() == *most) {
                    limits.most[entry.cell].store(*largest, Ordering::Relaxed);
                }
            }
            let part = usize::try_from(entry.number >> (BITS - 8)).unwrap_or(PARTS);
            self.entries.push(part.min(PARTS - 1), entry.bytes)?;
        }
        Ok(())
    }

    /// Returns shares of entries in ascending order of their numbers, none too large to be sorted in memory.
    fn shares(&self) -> Vec<Share> {
        let of_part = |part: usize| {
            let size = self.entries.size(part);
            let of = size.div_ceil(TOGETHER / 2).max(1);
            (0..of as u64).map(move |share| Share { part, index: share, of: of as u64, size: size / of })
        };
        (0..PARTS).flat_map(of_part).collect()
    }

    fn read(&self, share: &Share) -> Result<Vec<u8>, FrameError> {
        if share.of == 1 {
            return self.entries.read(share.part);
        }
        let mut bytes = Vec::with_capacity(share.size);
        let mask = (1_u64 << (BITS - 8)) - 1;
        let inside = |number: u64| (u128::from(number & mask) * u128::from(share.of)) >> (BITS - 8);
        self.entries.each(share.part, |piece| {
            let own = entries(piece).filter(|entry| inside(entry.number) == u128::from(share.index));
            own.for_each(|entry| bytes.extend_from_slice(entry.bytes));
        })?;
        Ok(bytes)
    }

    /// Draws as many as wanted of each cell, in draw order, with the digest of their keys; returns them if asked.
    pub fn draw(
        &self,
        wanted: &[Option<u64>],
        cells: &mut [CellSummary],
        keep: bool,
    ) -> Result<Drawn, FrameError> {
        let mut hashers: Vec<Sha256> = cells.iter().map(|_| Sha256::new()).collect();
        let mut open: u64 = wanted.iter().flatten().sum();
        let mut picked = Vec::new();
        let shares = self.shares();
        let mut next = 0;
        while open > 0 && next < shares.len() {
            let mut size = 0;
            let together = shares[next..].iter().take_while(|share| {
                size += share.size;
                size <= TOGETHER || size == share.size
            });
            let now = &shares[next..next + together.count()];
            next += now.len();
            let read: Result<Vec<Vec<u8>>, FrameError> =
                now.par_iter().map(|share| self.read(share)).collect();
            let read = read?;
            let sorted: Vec<Vec<Entry>> = read.par_iter().map(|bytes| in_order(bytes)).collect();
            for Entry { number, record, cell, key, row, .. } in sorted.into_iter().flatten() {
                let position = cells[cell].drawn;
                if wanted[cell].is_none_or(|wanted| position >= wanted) {
                    continue;
                }
                hashers[cell].update(key);
                hashers[cell].update(b"\n");
                cells[cell].drawn += 1;
                open -= 1;
                if keep {
                    let carried = if self.carry { row.to_vec() } else { Vec::new() };
                    picked.push((Picked { record, cell, position, number, cluster: None }, carried));
                }
            }
        }
        for ((cell, hasher), wanted) in cells.iter_mut().zip(hashers).zip(wanted) {
            cell.digest = wanted.map(|_| hexadecimal(&hasher.finalize()));
        }
        picked.sort_unstable_by_key(|(p, _)| (p.cell, p.position));
        let (picked, rows) = picked.into_iter().unzip();
        Ok(Drawn { picked, rows: Some(rows).filter(|_| self.carry) })
    }
}
