//! Keys that come twice, and addresses that several rows have, worked out from temporary files.

use std::collections::HashMap;

use crate::frame::keys::AT_ONCE;
use crate::frame::spill::{Bits, PARTS, Parts, narrow, spread};
use crate::frame::types::FrameError;

/// Writes down who has an address: number, row, lengths of key and address, key, address.
pub fn share(all: &mut Parts, address: &str, number: u64, record: u32, key: &str) -> Result<(), FrameError> {
    let part = usize::try_from(spread(address.as_bytes()) % PARTS as u64).unwrap_or(0);
    let mut entry = Vec::with_capacity(20 + key.len() + address.len());
    entry.extend_from_slice(&number.to_le_bytes());
    entry.extend_from_slice(&record.to_le_bytes());
    entry.extend_from_slice(&narrow(key.len() as u64).to_le_bytes());
    entry.extend_from_slice(&narrow(address.len() as u64).to_le_bytes());
    entry.extend_from_slice(key.as_bytes());
    entry.extend_from_slice(address.as_bytes());
    all.push(part, &entry)
}

/// A number with its row, a key with an address, and what comes behind them.
type Shared<'a> = ((u64, u32), (&'a [u8], &'a [u8]), &'a [u8]);

/// Reads what [`share`] wrote.
fn shared(bytes: &[u8]) -> Option<Shared<'_>> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    let (record, rest) = rest.split_first_chunk::<4>()?;
    let (key, rest) = rest.split_first_chunk::<4>()?;
    let (address, rest) = rest.split_first_chunk::<4>()?;
    let (key, rest) = rest.split_at_checked(u32::from_le_bytes(*key) as usize)?;
    let (address, rest) = rest.split_at_checked(u32::from_le_bytes(*address) as usize)?;
    Some(((u64::from_le_bytes(*number), u32::from_le_bytes(*record)), (key, address), rest))
}

/// Returns the rows that don't keep their address.
pub fn losers(
    addresses: &Parts,
    part: usize,
    (again, keeps): (&Bits, &Bits),
) -> Result<Vec<u32>, FrameError> {
    let mut lost = Vec::new();
    // A part that is too large is read several times, each time for some of its addresses.
    let shares = addresses.size(part).div_ceil(AT_ONCE).max(1) as u64;
    for share in 0..shares {
        let mut bytes = Vec::new();
        addresses.each(part, |mut piece| {
            while let Some((_, (_, address), rest)) = shared(piece) {
                if spread(address) / PARTS as u64 % shares == share {
                    bytes.extend_from_slice(&piece[..piece.len() - rest.len()]);
                }
                piece = rest;
            }
        })?;
        lost.append(&mut behind_others(&bytes, again, keeps));
    }
    Ok(lost)
}

/// Who keeps an address: kept for certain first, then by random number, ties by key; with the row.
type Keeper<'b> = ((bool, u64, &'b [u8]), u32);

/// Returns the rows behind others with their address: of those that `keeps` names, else of all, the smallest number keeps
/// it, ties by key.
fn behind_others(mut bytes: &[u8], again: &Bits, keeps: &Bits) -> Vec<u32> {
    let mut keeper: HashMap<&[u8], Keeper> = HashMap::new();
    let mut lost = Vec::new();
    while let Some(((number, record), (key, address), rest)) = shared(bytes) {
        bytes = rest;
        if again.has(u64::from(record)) {
            continue;
        }
        let mine = ((!keeps.has(u64::from(record)), number, key), record);
        match keeper.get_mut(address) {
            None => {
                keeper.insert(address, mine);
            }
            Some(holder) if mine.0 < holder.0 => {
                lost.push(holder.1);
                *holder = mine;
            }
            Some(_) => lost.push(record),
        }
    }
    lost
}
