//! Second pass over the list: fills in the drawn people.

use std::collections::BTreeMap;
use std::path::Path;

use crate::frame::layout::Layout;
use crate::frame::random::fraction;
use crate::frame::source::Source;
use crate::frame::table::{Contact, Table};
use crate::frame::types::{FrameError, Person};
use crate::model::Checked;
use crate::model::checked::Frame;

/// A place in the sample that a row has won.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Index of the row in the table.
    pub row: u32,
    /// Index of the cell.
    pub cell: usize,
    /// Position in its cell.
    pub position: u64,
}

/// Reads the people behind the places, in the order of the places.
pub fn fill(
    checked: &Checked,
    frame: &Frame,
    folder: &Path,
    table: &Table,
    places: &[Place],
) -> Result<Vec<Person>, FrameError> {
    let mut wanted: Vec<(u32, usize)> =
        places.iter().enumerate().map(|(i, p)| (table.rows[p.row as usize].record, i)).collect();
    wanted.sort_unstable();
    let mut people: Vec<Option<Person>> = vec![None; places.len()];
    let mut next = wanted.into_iter().peekable();
    let mut source = Source::open(folder, &frame.source, &format!("frame `{}`", frame.name))?;
    let layout = Layout::new(frame, &source)?;
    let changed =
        || FrameError::list(format!("`{}` changed while it was being read; start again", frame.source));
    while next.peek().is_some() {
        let lines = source.chunk(1024)?;
        if lines.is_empty() {
            return Err(changed());
        }
        for line in &lines {
            // A person may hold several places: one per event.
            while let Some((_, slot)) = next.next_if(|(record, _)| *record == line.record) {
                let place = places[slot];
                let row = &table.rows[place.row as usize];
                if layout.key(&line.cells) != Ok(&*row.key) {
                    return Err(changed());
                }
                people[slot] = Some(person(checked, &layout, &line.cells, row, place));
            }
        }
    }
    people.into_iter().map(|p| p.ok_or_else(changed)).collect()
}

fn person(
    checked: &Checked,
    layout: &Layout,
    cells: &csv::StringRecord,
    row: &crate::frame::table::Row,
    place: Place,
) -> Person {
    let silent = &mut Vec::new();
    let usable =
        |contact: Contact, text: Option<&str>| text.filter(|_| contact == Contact::Usable).map(str::to_owned);
    let texts = layout.texts(cells).map(|(name, text)| (name.to_owned(), text.to_owned()));
    Person {
        key: row.key.to_string(),
        u: fraction(row.number),
        cell: u32::try_from(place.cell).unwrap_or(u32::MAX),
        position: place.position,
        language: layout.language(cells, &checked.campaign.languages).to_owned(),
        timezone: layout.timezone(cells, silent).map(str::to_owned),
        name: layout.name(cells).map(str::to_owned),
        email: usable(row.email, layout.email(cells, silent)),
        mobile: usable(row.mobile, layout.mobile(cells, silent)),
        fields: texts.collect::<BTreeMap<_, _>>(),
    }
}
