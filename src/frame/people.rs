//! Another pass over the list: fills in the drawn people.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use crate::frame::block::Reader;
use crate::frame::layout::Layout;
use crate::frame::list::{List, Row, Rows};
use crate::frame::load::parse;
use crate::frame::pick::{Drawn, Picked, unpack};
use crate::frame::random::fraction;
use crate::frame::table::{self, Contact};
use crate::frame::types::{FrameError, Person};
use crate::model::Checked;

/// Reads the drawn people of a list that is not in memory, in their order.
pub fn fill_picked(
    checked: &Checked,
    reader: Reader,
    list: &List,
    drawn: &Drawn,
) -> Result<Vec<Person>, FrameError> {
    let nothing = BTreeSet::new();
    let picked = &drawn.picked;
    let make = |slot: usize, record: u32, cells: Row| {
        let Picked { cell, position, number, cluster, .. } = picked[slot];
        let row =
            parse(cells, reader, &nothing, record).map(|(row, _)| row).filter(|row| row.number == number)?;
        let mut person = person(checked, reader.layout, cells, &row, cell);
        person.position = position;
        if let Some((place, number)) = cluster {
            (person.cluster, person.u) = (Some(place), fraction(number));
        }
        Some(person)
    };
    let Some(rows) = &drawn.rows else {
        return by_record(list, picked.iter().map(|p| p.record), make);
    };
    let one = |(slot, row): (usize, &Vec<u8>)| {
        let rows = unpack(row);
        let made = (rows.len() == 1).then(|| make(slot, picked[slot].record, rows.get(0))).flatten();
        made.ok_or_else(|| list.changed())
    };
    rows.iter().enumerate().map(one).collect()
}

/// Reads these records and makes of each what its slot wants; a record that gives nothing is not what it was.
fn by_record<T: Clone>(
    list: &List,
    records: impl Iterator<Item = u32>,
    make: impl Fn(usize, u32, Row) -> Option<T>,
) -> Result<Vec<T>, FrameError> {
    let mut wanted: Vec<(u32, usize)> = records.zip(0..).collect();
    wanted.sort_unstable();
    let mut made: Vec<Option<T>> = vec![None; wanted.len()];
    let mut next = wanted.into_iter().peekable();
    list.scan(
        || (),
        |(), _, rows| std::mem::take(rows),
        |rows: Rows, base| {
            let end = base.record + rows.len() as u64;
            // A person may hold several places.
            while let Some((record, slot)) = next.next_if(|(record, _)| u64::from(*record) < end) {
                let cells = rows.get(usize::try_from(u64::from(record) - base.record).unwrap_or(0));
                made[slot] = Some(make(slot, record, cells).ok_or_else(|| list.changed())?);
            }
            Ok(if next.peek().is_none() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        },
    )?;
    made.into_iter().map(|one| one.ok_or_else(|| list.changed())).collect()
}

/// Makes the first person of a cell, with its own random number.
pub fn person(checked: &Checked, layout: &Layout, cells: Row, row: &table::Row, cell: usize) -> Person {
    let silent = &mut Vec::new();
    let usable =
        |contact: Contact, text: Option<&str>| text.filter(|_| contact == Contact::Usable).map(str::to_owned);
    let texts = layout.texts(cells).map(|(name, text)| (name.to_owned(), text.to_owned()));
    Person {
        key: row.key.to_string(),
        u: fraction(row.number),
        cell: u32::try_from(cell).unwrap_or(u32::MAX),
        position: 0,
        cluster: None,
        language: layout.language(cells, &checked.campaign.languages).to_owned(),
        timezone: layout.timezone(cells, silent).map(str::to_owned),
        name: layout.name(cells).map(str::to_owned),
        email: usable(row.email, layout.email(cells, silent)),
        mobile: usable(row.mobile, layout.mobile(cells, silent)),
        fields: texts.collect::<BTreeMap<_, _>>(),
    }
}
