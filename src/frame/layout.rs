//! Which column of the file holds what, and what a row of it says.
//!
//! The same reading serves counting (first pass) and filling in the drawn
//! people (second pass), so that both see the same values.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use crate::expr::Value;
use crate::frame::emails::plausible_email;
use crate::frame::list::{List, Row};
use crate::frame::types::FrameError;
use crate::model::checked::{Field, Frame};

/// Places of the columns.
pub struct Layout<'a> {
    /// Number of columns.
    pub width: usize,
    key: (usize, &'a str),
    email: Option<(usize, &'a str)>,
    mobile: Option<(usize, &'a str)>,
    name: Option<(usize, &'a str)>,
    language: Option<(usize, &'a str)>,
    timezone: Option<(usize, &'a str)>,
    cluster: Option<usize>,
    fields: Vec<(usize, &'a Field)>,
}

const EMAIL: &str = "an e-mail address";
const MOBILE: &str = "a telephone number such as +1-202-555-0123";
const ZONE: &str = "a time zone such as Asia/Shanghai";

/// A complaint about one cell: column and message.
pub type CellProblem = (String, String);

impl<'a> Layout<'a> {
    /// Finds the frame's columns in the file.
    pub fn new(frame: &'a Frame, source: &List) -> Result<Self, FrameError> {
        let optional = [
            &frame.email,
            &frame.mobile,
            &frame.person_name,
            &frame.language,
            &frame.timezone,
            &frame.device,
        ];
        let cluster = frame.cluster.as_ref().map(|c| c.column.as_str());
        let mut wanted: Vec<&str> = vec![&frame.key];
        wanted.extend(cluster);
        wanted.extend(optional.iter().filter_map(|c| c.as_deref()));
        wanted.extend(frame.fields.iter().map(|f| f.name.as_str()));
        source.columns(&wanted)?;
        let place = |name: &'a str| source.header.iter().position(|h| h == name).map(|i| (i, name));
        let maybe = |name: &'a Option<String>| name.as_deref().and_then(place);
        Ok(Self {
            width: source.header.len(),
            key: place(&frame.key).unwrap_or((0, &frame.key)),
            email: maybe(&frame.email),
            mobile: maybe(&frame.mobile),
            name: maybe(&frame.person_name),
            language: maybe(&frame.language),
            timezone: maybe(&frame.timezone),
            cluster: cluster.and_then(place).map(|(i, _)| i),
            fields: frame.fields.iter().filter_map(|f| place(&f.name).map(|(i, _)| (i, f))).collect(),
        })
    }

    /// Returns the key as stored, where the row can be used.
    #[inline]
    pub fn usable<'r>(&self, cells: Row<'r>) -> Option<&'r str> {
        let key = cells.get(self.key.0).filter(|_| cells.len() == self.width)?;
        let plain = key.as_bytes().first().is_some_and(u8::is_ascii_graphic);
        (plain || !key.trim().is_empty()).then_some(key)
    }

    /// Tells why a row can't be used.
    pub fn unusable(&self, cells: Row<'_>) -> CellProblem {
        if cells.len() == self.width {
            return (self.key.1.to_owned(), "the key is empty; the row is left out".to_owned());
        }
        let message =
            format!("{} cells where the header has {}; the row is left out", cells.len(), self.width);
        (String::new(), message)
    }

    /// Returns the trimmed value of a person's cluster, if there is one.
    pub fn cluster<'r>(&self, cells: Row<'r>) -> Option<&'r str> {
        cells.get(self.cluster?).map(str::trim).filter(|text| !text.is_empty())
    }

    /// Returns the columns of a person's contacts and time zone with what is expected there.
    pub fn contacts(&self) -> [Option<(usize, &'a str, &'static str)>; 3] {
        let with = |column: Option<(usize, &'a str)>, expected| column.map(|(i, name)| (i, name, expected));
        [with(self.email, EMAIL), with(self.mobile, MOBILE), with(self.timezone, ZONE)]
    }

    /// Returns the columns that tell who somebody is, how to reach it, and what these fields hold.
    pub fn needed(&self, fields: &BTreeSet<usize>) -> BTreeSet<usize> {
        let contacts = [Some(self.key), self.email, self.mobile].into_iter().flatten().map(|column| column.0);
        let fields = fields.iter().filter_map(|field| self.fields.get(*field)).map(|column| column.0);
        contacts.chain(fields).collect()
    }

    /// Returns the name of the key column.
    pub fn key_column(&self) -> &str {
        self.key.1
    }

    /// Returns the e-mail address, if it is plausible.
    pub fn email<'r>(&self, cells: Row<'r>, problems: &mut Vec<CellProblem>) -> Option<&'r str> {
        cell(self.email, cells, plausible_email, EMAIL, problems)
    }

    /// Returns the mobile number, if it is plausible.
    pub fn mobile<'r>(&self, cells: Row<'r>, problems: &mut Vec<CellProblem>) -> Option<&'r str> {
        cell(self.mobile, cells, plausible_mobile, MOBILE, problems)
    }

    /// Returns the time zone, if it is known.
    pub fn timezone<'r>(&self, cells: Row<'r>, problems: &mut Vec<CellProblem>) -> Option<&'r str> {
        cell(self.timezone, cells, known_zone, ZONE, problems)
    }

    /// Returns the name, if there is one.
    pub fn name<'r>(&self, cells: Row<'r>) -> Option<&'r str> {
        cell(self.name, cells, |_| true, "", &mut Vec::new())
    }

    /// Returns the person's language as one of the campaign's; the first one when it is another or missing.
    pub fn language<'l>(&self, cells: Row<'_>, languages: &'l [String]) -> &'l str {
        let wanted = cell(self.language, cells, |_| true, "", &mut Vec::new()).unwrap_or("");
        language_of(wanted, languages)
    }

    /// Returns the value of field `index`; cells that can't be read are missing and reported.
    pub fn field(&self, index: usize, cells: Row<'_>, problems: &mut Vec<CellProblem>) -> Value {
        let Some((place, field)) = self.fields.get(index) else { return Value::Missing };
        match field.kind.read(cells.get(*place).unwrap_or("")) {
            Ok(value) => value,
            Err(expected) => {
                problems.push((field.name.clone(), unfit(expected)));
                Value::Missing
            }
        }
    }

    /// Returns the trimmed text of field `index`, if there is any.
    pub fn plain<'r>(&self, index: usize, cells: Row<'r>) -> Option<&'r str> {
        let (place, _) = self.fields.get(index)?;
        cells.get(*place).map(str::trim).filter(|text| !text.is_empty())
    }

    /// Returns the fields with their places.
    pub fn places(&self) -> &[(usize, &'a Field)] {
        &self.fields
    }

    /// Returns name and trimmed text of all fields that hold a readable value.
    pub fn texts<'r>(&self, cells: Row<'r>) -> impl Iterator<Item = (&'a str, &'r str)> {
        self.fields.iter().filter_map(move |(place, field)| {
            let text = cells.get(*place)?.trim();
            let readable = !text.is_empty() && field.kind.read(text).is_ok();
            readable.then_some((field.name.as_str(), text))
        })
    }
}

/// Complains of a cell.
pub fn unfit(expected: &str) -> String {
    format!("not {expected}; counts as missing")
}

/// Tells whether a time zone is known.
pub fn known_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

fn cell<'r>(
    column: Option<(usize, &str)>,
    cells: Row<'r>,
    good: impl Fn(&str) -> bool,
    expected: &str,
    problems: &mut Vec<CellProblem>,
) -> Option<&'r str> {
    let (place, name) = column?;
    let text = cells.get(place)?.trim();
    if text.is_empty() {
        return None;
    }
    if !good(text) {
        problems.push((name.to_owned(), unfit(expected)));
        return None;
    }
    Some(text)
}

/// Returns the campaign's language for the text of a cell; the first one when it is another or missing.
pub fn language_of<'l>(wanted: &str, languages: &'l [String]) -> &'l str {
    let wanted = wanted.to_lowercase().replace('_', "-");
    let primary = wanted.split('-').next().unwrap_or("");
    let find = |tag: &str| languages.iter().find(|l| l.eq_ignore_ascii_case(tag));
    find(&wanted).or_else(|| find(primary)).or(languages.first()).map_or("en", String::as_str)
}

/// ITU-T E.164 has at most 15 digits; national numbers in use have at least 7. Blanks, points, hyphens and brackets are decoration.
pub fn plausible_mobile(text: &str) -> bool {
    let body = text.strip_prefix('+').unwrap_or(text);
    let digits = body.bytes().filter(u8::is_ascii_digit).count();
    let clean = body.bytes().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'.' | b'(' | b')'));
    clean && (7..=15).contains(&digits)
}
