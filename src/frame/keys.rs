//! Which rows repeat a key, found outside memory: fingerprints of keys go to parts on disk and are looked through part
//! by part.

use rayon::prelude::*;

use crate::frame::spill::{Bits, PARTS, Parts};
use crate::frame::types::FrameError;

/// Fingerprints of keys with their rows.
#[derive(Debug, Default)]
pub struct Keys(Parts);

impl Keys {
    /// Adds the key of a row. The highest 96 bits of the fingerprint tell keys apart.
    pub fn push(&mut self, fingerprint: u128, record: u64) -> Result<(), FrameError> {
        let record = u32::try_from(record).unwrap_or(u32::MAX);
        let entry = (fingerprint >> 32 << 32) | u128::from(record);
        self.0.push((fingerprint >> 120) as usize, &entry.to_le_bytes())
    }

    /// Returns the rows whose key an earlier row has.
    pub fn repeated(&self) -> Result<Bits, FrameError> {
        Bits::of((0..PARTS).into_par_iter().map(|part| repeated(&self.0, part)).collect())
    }
}

/// Bytes of keys that are looked through at a time.
pub const AT_ONCE: usize = 1 << 23;

/// Returns the later rows of those that have a key in common.
#[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are the row")]
fn repeated(keys: &Parts, part: usize) -> Result<Vec<u32>, FrameError> {
    let mut again = Vec::new();
    // A part that is too large is read several times, each time for some of its keys.
    let shares = keys.size(part).div_ceil(AT_ONCE).max(1) as u128;
    for share in 0..shares {
        let mut all: Vec<u128> = Vec::with_capacity(keys.size(part) / 16);
        keys.each(part, |piece| {
            let piece = piece.as_chunks::<16>().0.iter().map(|b| u128::from_le_bytes(*b));
            all.extend(piece.filter(|key| shares == 1 || (key >> 64) % shares == share));
        })?;
        if may_repeat(&all) {
            all.sort_unstable();
            let pairs = all.windows(2).filter(|pair| pair[0] >> 32 == pair[1] >> 32);
            again.extend(pairs.map(|pair| pair[1] as u32));
        }
    }
    Ok(again)
}

/// Tells whether keys may be equal, by 32 bits of each beside its place in a table: hardly ever where none are.
#[expect(clippy::cast_possible_truncation, reason = "bits that are wanted")]
fn may_repeat(keys: &[u128]) -> bool {
    let mask = (keys.len() * 2).next_power_of_two() - 1;
    let mut table = vec![0_u32; mask + 1];
    for key in keys {
        let print = (key >> 32) as u32 | 1;
        let mut slot = (key >> 64) as usize & mask;
        while table[slot] != 0 {
            if table[slot] == print {
                return true;
            }
            slot = (slot + 1) & mask;
        }
        table[slot] = print;
    }
    false
}
