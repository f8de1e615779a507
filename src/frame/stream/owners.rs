//! Those of a list who may have events, spread over parts like the events.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;

use crate::frame::block::Reader;
use crate::frame::list::{List, Row, Rows};
use crate::frame::load::{empty, parse};
use crate::frame::pick;
use crate::frame::spill::{Parts, cell, narrow, pack, spread};
use crate::frame::stream::ahead::First;
use crate::frame::stream::happened::{Happened, part, share};
use crate::frame::table::{self, Table};
use crate::frame::types::FrameError;

/// Bytes of people who are in memory at a time, of each core.
const AT_ONCE: usize = 1 << 22;

/// People who may have events.
pub struct Owners(Parts);

/// Some people in memory.
pub struct Crowd<'b> {
    /// The people.
    pub people: Vec<table::Row>,
    /// The columns that conditions read.
    pub table: Table,
    /// Their rows, as [`pick::unpack`] reads them.
    pub cells: Vec<&'b [u8]>,
    /// Where people stand, by their keys.
    pub rows: HashMap<&'b str, usize>,
}

impl Owners {
    /// Reads the list once more; `whole` tells that people are filled in, which takes their whole rows.
    pub fn read(
        reader: Reader,
        list: &List,
        (first, happened): (&First, &Happened),
        used: &BTreeSet<usize>,
        whole: bool,
    ) -> Result<Self, FrameError> {
        let needed = reader.layout.needed(used);
        let wanted = |place: usize| whole || needed.contains(&place);
        let mut parts = Parts::default();
        list.scan(
            || (),
            |(), index, rows: &mut Rows| {
                let base = *first.bases.get(index).ok_or_else(|| list.changed())?;
                let mut entries = Vec::new();
                for (record, row) in (base..).zip(rows.iter()) {
                    let Some(key) = reader.layout.usable(row) else { continue };
                    let place = spread(key.as_bytes());
                    if happened.may_be(place) && !first.again.has(record) {
                        entries.push((part(place), entry(record, key, row, &wanted)));
                    }
                }
                Ok(entries)
            },
            |entries: Result<Vec<(usize, Vec<u8>)>, FrameError>, _| {
                entries?.iter().try_for_each(|(part, entry)| parts.push(*part, entry))?;
                Ok(ControlFlow::Continue(()))
            },
        )?;
        Ok(Self(parts))
    }

    /// Tells into how many shares a part has to be split.
    pub fn shares(&self, part: usize) -> u64 {
        self.0.size(part).div_ceil(AT_ONCE).max(1) as u64
    }

    /// Returns the people of a share of a part, as they were written down.
    pub fn share(&self, part: usize, (index, of): (u64, u64)) -> Result<Vec<u8>, FrameError> {
        if of == 1 {
            return self.0.read(part);
        }
        let mut bytes = Vec::new();
        self.0.each(part, |piece| {
            for (all, _, key, _) in written(piece) {
                if share(spread(key.as_bytes()), of) == index {
                    bytes.extend_from_slice(all);
                }
            }
        })?;
        Ok(bytes)
    }
}

impl<'b> Crowd<'b> {
    /// Reads those that are wanted of what [`Owners::share`] returned.
    pub fn new(
        bytes: &'b [u8],
        reader: Reader,
        used: &BTreeSet<usize>,
        wants: impl Fn(&str) -> bool,
    ) -> Self {
        let fields = reader.frame.fields.iter().enumerate();
        let columns = fields.map(|(i, field)| used.contains(&i).then(|| empty(&field.kind))).collect();
        let mut table = Table { columns, ..Table::default() };
        let (mut people, mut cells, mut rows) = (Vec::new(), Vec::new(), HashMap::new());
        for (_, record, key, packed) in written(bytes).filter(|(_, _, key, _)| wants(key)) {
            let Some((row, values)) = parse(pick::unpack(packed).get(0), reader, used, record) else {
                continue;
            };
            rows.insert(key, people.len());
            cells.push(packed);
            people.push(row);
            table.columns.iter_mut().flatten().zip(values).for_each(|(column, value)| column.push(value));
        }
        let groups = reader.history.waves.risks.iter().map(|(name, group)| {
            (name.clone(), people.iter().map(|row| group.has(&row.key, row.number)).collect())
        });
        table.groups = groups.collect();
        Self { people, table, cells, rows }
    }
}

/// Writes a person down: length of what follows, row, key, cells; those that nobody wants are empty.
fn entry(record: u64, key: &str, row: Row, wanted: &impl Fn(usize) -> bool) -> Vec<u8> {
    let mut out = vec![0; 4];
    out.extend_from_slice(&narrow(record).to_le_bytes());
    let cells = row.iter().enumerate().map(|(place, cell)| if wanted(place) { cell } else { "" });
    pack(&mut out, std::iter::once(key).chain(cells));
    let length = narrow(out.len() as u64 - 4).to_le_bytes();
    out[..4].copy_from_slice(&length);
    out
}

/// Reads who was written down: all bytes, row, key, cells.
fn written(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8], u32, &str, &[u8])> {
    std::iter::from_fn(move || {
        let all = bytes;
        let (length, rest) = all.split_first_chunk::<4>()?;
        let (one, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        bytes = rest;
        let (record, one) = one.split_first_chunk::<4>()?;
        let (key, cells) = cell(one)?;
        Some((&all[..all.len() - rest.len()], u32::from_le_bytes(*record), key, cells))
    })
}
