//! Which rows repeat a key, found outside memory: fingerprints of keys go to parts on disk and are looked through part
//! by part.

use rayon::prelude::*;

use crate::frame::spill::{Bits, PARTS, Parts};
use crate::frame::stream::repeated;
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
    pub fn repeated(&self) -> Result<Repeated, FrameError> {
        let parts: Result<Vec<Vec<u32>>, FrameError> =
            (0..PARTS).into_par_iter().map(|part| repeated(&self.0, part)).collect();
        let mut out = Repeated::default();
        for record in parts?.iter().flatten() {
            out.bits.set(u64::from(*record));
            out.count += 1;
        }
        Ok(out)
    }
}

/// Rows that repeat a key.
#[derive(Debug, Default)]
pub struct Repeated {
    bits: Bits,
    /// How many there are.
    pub count: u64,
}

impl Repeated {
    /// Tells whether a row is one of them.
    #[must_use]
    pub fn has(&self, record: u64) -> bool {
        self.count > 0 && self.bits.has(record)
    }
}
