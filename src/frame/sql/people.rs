//! A drawn row as a person, the same as from a file.

use jiff::tz::TimeZone;
use sqlx::postgres::PgRow;

use crate::frame::layout::language_of;
use crate::frame::random::fraction;
use crate::frame::sql::connect::get;
use crate::frame::types::Person;
use crate::model::Checked;

/// Reads a row of the drawing statement: cell, key, number, contacts, then the fields as trimmed texts.
pub fn person(checked: &Checked, row: &PgRow, cell: usize, position: u64) -> Result<Person, sqlx::Error> {
    let text = |index: usize| get::<Option<String>>(row, index);
    let number: i64 = get(row, 2)?;
    let language = text(7)?;
    let mut person = Person {
        key: get(row, 1)?,
        u: fraction(u64::try_from(number).unwrap_or(0)),
        cell: u32::try_from(cell).unwrap_or(u32::MAX),
        position,
        cluster: None,
        language: language_of(language.as_deref().unwrap_or(""), &checked.campaign.languages).to_owned(),
        timezone: text(8)?.filter(|zone| TimeZone::get(zone).is_ok()),
        name: text(6)?,
        email: text(4)?,
        mobile: text(5)?,
        fields: std::collections::BTreeMap::new(),
    };
    let fields = checked.frame.iter().flat_map(|f| &f.fields);
    for (field, index) in fields.zip(9..) {
        if let Some(text) = text(index)?.filter(|text| field.kind.read(text).is_ok()) {
            person.fields.insert(field.name.clone(), text);
        }
    }
    Ok(person)
}
