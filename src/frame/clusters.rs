//! Whole clusters, such as households or companies: counted and drawn without the list in memory.
//!
//! A cluster's number hashes the value that its people share ([`crate::frame::random::cluster_text`]), so that campaigns
//! over the same clusters are coordinated by them as others are by people. The unit is a cell with a cluster: its people
//! of another cell are another unit. Everybody eligible goes to a temporary file, spread by the hash, so that all of a
//! cluster lie in one part; parts are looked through in the order of the hashes, which is the draw order. What stays in
//! memory at a time are the clusters of a part and the drawn people.

use std::collections::HashMap;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::frame::keys::AT_ONCE;
use crate::frame::pick::Picked;
use crate::frame::random::{Seeded, hexadecimal, number_of};
use crate::frame::spill::{PARTS, Parts, narrow};
use crate::frame::summary::{CellSummary, ClusterCount, ClusterTotals};
use crate::frame::types::FrameError;

/// Everybody eligible, by cluster.
#[derive(Default)]
pub struct Clusters(Parts);

/// Somebody eligible: what the cluster hashes to, cell, row, and the key of whoever may be invited.
pub struct Member<'a> {
    /// First 128 bits of the cluster's hash.
    pub cluster: u128,
    /// Belongs to nobody else: has no value.
    pub alone: bool,
    /// Cell.
    pub cell: usize,
    /// Number of the row in the file.
    pub record: u64,
    /// Key; `None` for whoever can't be invited.
    pub key: Option<&'a str>,
}

/// Some clusters of a part: one of so many shares.
struct Share {
    part: usize,
    index: u64,
    of: u64,
}

/// People of a cluster in a cell.
#[derive(Default)]
struct Size {
    invitable: u64,
    alone: bool,
}

/// A drawn cluster's people: key and row.
type People = Vec<(Vec<u8>, u32)>;

/// A place in a part: a cluster's hash with a cell.
type Place = (u128, u32);

impl Member<'_> {
    /// Writes somebody down.
    pub fn write(&self, out: &mut Vec<u8>) {
        let key = self.key.unwrap_or("");
        out.extend_from_slice(&self.cluster.to_le_bytes());
        out.extend_from_slice(&narrow(self.cell as u64).to_le_bytes());
        out.extend_from_slice(&narrow(self.record).to_le_bytes());
        // Keys are never empty.
        out.extend_from_slice(&(narrow(key.len() as u64) << 1 | u32::from(self.alone)).to_le_bytes());
        out.extend_from_slice(key.as_bytes());
    }
}

/// Reads what [`Member::write`] wrote: place, row, whether alone, key, and all of it.
fn members(mut bytes: &[u8]) -> impl Iterator<Item = (Place, u32, bool, &[u8], &[u8])> {
    std::iter::from_fn(move || {
        let all = bytes;
        let (cluster, rest) = all.split_first_chunk::<16>()?;
        let (cell, rest) = rest.split_first_chunk::<4>()?;
        let (record, rest) = rest.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length);
        let (key, rest) = rest.split_at_checked((length >> 1) as usize)?;
        bytes = rest;
        let place = (u128::from_le_bytes(*cluster), u32::from_le_bytes(*cell));
        let own = &all[..all.len() - rest.len()];
        Some((place, u32::from_le_bytes(*record), length & 1 == 1, key, own))
    })
}

impl Clusters {
    /// Takes the people of a block.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), FrameError> {
        for ((cluster, _), _, _, _, own) in members(bytes) {
            self.0.push((cluster >> 120) as usize, own)?;
        }
        Ok(())
    }

    /// Returns shares in ascending order of the hashes; only people of one cluster can't be in two.
    fn shares(&self) -> impl Iterator<Item = Share> + '_ {
        let of = |part: usize| self.0.size(part).div_ceil(AT_ONCE).max(1) as u64;
        (0..PARTS).flat_map(move |part| (0..of(part)).map(move |index| Share { part, index, of: of(part) }))
    }

    fn each(&self, share: &Share, mut take: impl FnMut(Place, u32, bool, &[u8])) -> Result<(), FrameError> {
        // The highest eight bits are the part's.
        let inside = |cluster: u128| {
            let next = u128::from((cluster << 8 >> 64) as u64);
            share.of == 1 || (next * u128::from(share.of)) >> 64 == u128::from(share.index)
        };
        self.0.each(share.part, |piece| {
            for (place, record, alone, key, _) in members(piece).filter(|m| inside(m.0.0)) {
                take(place, record, alone, key);
            }
        })
    }

    fn sizes(&self, share: &Share) -> Result<Vec<(Place, Size)>, FrameError> {
        let mut sizes: HashMap<Place, Size> = HashMap::new();
        self.each(share, |place, _, alone, key| {
            let size = sizes.entry(place).or_default();
            size.alone = alone;
            size.invitable += u64::from(!key.is_empty());
        })?;
        let mut sizes: Vec<_> = sizes.into_iter().collect();
        sizes.sort_unstable_by_key(|(place, _)| *place);
        Ok(sizes)
    }

    /// Counts the clusters of every cell, and over all cells.
    pub fn count(&self, cells: &mut [CellSummary]) -> Result<ClusterTotals, FrameError> {
        let nothing = || (vec![ClusterCount::default(); cells.len()], ClusterTotals::default());
        let one = |(mut counts, mut totals): (Vec<ClusterCount>, ClusterTotals), share: Share| {
            let sizes = self.sizes(&share)?;
            for ((_, cell), size) in &sizes {
                let count = &mut counts[*cell as usize];
                count.population += 1;
                count.unavailable += u64::from(size.invitable == 0);
                totals.alone += u64::from(size.alone);
            }
            let parts = sizes.chunk_by(|((a, _), _), ((b, _), _)| a == b);
            totals.spanning += parts.filter(|parts| parts.len() > 1).count() as u64;
            Ok((counts, totals))
        };
        let join = |(mut a, mut sums): (Vec<ClusterCount>, ClusterTotals),
                    (b, more): (Vec<_>, ClusterTotals)| {
            a.iter_mut().zip(b).for_each(|(a, b)| a.add(b));
            sums.alone += more.alone;
            sums.spanning += more.spanning;
            Ok((a, sums))
        };
        let shares: Vec<Share> = self.shares().collect();
        let counted = shares.into_par_iter().try_fold(nothing, one).try_reduce(nothing, join);
        let (counts, totals) = counted?;
        cells.iter_mut().zip(counts).for_each(|(cell, count)| cell.clusters = Some(count));
        Ok(totals)
    }

    /// Draws as many clusters as wanted of each cell, in the order of their hashes, with everybody of them who may be
    /// invited, by key; returns them if asked.
    pub fn draw(
        &self,
        wanted: &[Option<u64>],
        cells: &mut [CellSummary],
        seeded: Seeded,
        keep: bool,
    ) -> Result<Vec<Picked>, FrameError> {
        let mut hashers: Vec<Sha256> = cells.iter().map(|_| Sha256::new()).collect();
        let mut open: u64 = wanted.iter().flatten().sum();
        let mut picked = Vec::new();
        for share in self.shares() {
            if open == 0 {
                break;
            }
            let mut drawn: Vec<(Place, People)> = Vec::new();
            for (place, size) in self.sizes(&share)?.into_iter().filter(|(_, size)| size.invitable > 0) {
                let cell = place.1 as usize;
                let count = cells[cell].clusters.get_or_insert_default();
                if wanted[cell].is_some_and(|wanted| count.drawn < wanted) {
                    count.drawn += 1;
                    count.squares += size.invitable * size.invitable;
                    open -= 1;
                    drawn.push((place, Vec::new()));
                }
            }
            self.each(&share, |place, record, _, key| {
                if !key.is_empty()
                    && let Ok(at) = drawn.binary_search_by_key(&place, |d| d.0)
                {
                    drawn[at].1.push((key.to_vec(), record));
                }
            })?;
            let mut before: Vec<u64> = cells.iter().map(|c| c.clusters.map_or(0, |c| c.drawn)).collect();
            for ((_, cell), _) in &drawn {
                before[*cell as usize] -= 1;
            }
            for ((cluster, cell), mut people) in drawn {
                let cell = cell as usize;
                people.sort_unstable();
                for (key, record) in people {
                    hashers[cell].update(&key);
                    hashers[cell].update(b"\n");
                    if keep {
                        let number = seeded.person(&String::from_utf8_lossy(&key)).number;
                        let own = Some((before[cell], number_of(cluster)));
                        picked.push(Picked {
                            record,
                            cell,
                            position: cells[cell].drawn,
                            number,
                            cluster: own,
                        });
                    }
                    cells[cell].drawn += 1;
                }
                before[cell] += 1;
            }
        }
        for ((cell, hasher), wanted) in cells.iter_mut().zip(hashers).zip(wanted) {
            cell.digest = wanted.map(|_| hexadecimal(&hasher.finalize()));
        }
        picked.sort_unstable_by_key(|p| (p.cell, p.position));
        Ok(picked)
    }
}
