//! Opens the list, and reads what single rows say.

use std::collections::BTreeSet;
use std::path::Path;

use crate::expr::{Expr, Value, Var};
use crate::frame::block::Reader;
use crate::frame::list::{List, Row as Cells, Trust};
use crate::frame::margins;
use crate::frame::quotas::of_list;
use crate::frame::random::of_person;
use crate::frame::table::{Column, Contact, Row};
use crate::frame::types::{FrameError, History};
use crate::model::Checked;
use crate::model::checked::{FieldKind, Frame};

/// Opens the list of the frame.
pub fn open(frame: &Frame, folder: &Path) -> Result<List, FrameError> {
    trusting(frame, folder, Trust::Nothing)
}

/// Opens the list of the frame, taking it for UTF-8 or not.
pub fn trusting(frame: &Frame, folder: &Path, trust: Trust) -> Result<List, FrameError> {
    let mut keys = vec![frame.key.as_str()];
    keys.extend(frame.cluster.as_ref().map(|c| c.column.as_str()));
    List::open(folder, &frame.source, &format!("frame `{}`", frame.name), &keys, trust)
}

/// Reads a row: the person, and the values of these fields; `None` where it can't be used.
pub fn parse(cells: Cells, reader: Reader, used: &BTreeSet<usize>, record: u32) -> Option<(Row, Vec<Value>)> {
    let Reader { layout, history, seed, .. } = reader;
    let silent = &mut Vec::new();
    let key = layout.usable(cells)?;
    let email = layout.email(cells, silent).map(str::to_lowercase);
    let mobile = layout.mobile(cells, silent).map(digits);
    let values = used.iter().map(|field| layout.field(*field, cells, silent)).collect();
    let row = Row {
        key: key.into(),
        number: of_person(seed, key).number,
        record,
        email: contact(email, history),
        mobile: contact(mobile, history),
        at_rest: history.at_rest.contains(key),
    };
    Some((row, values))
}

/// Tells whether an address, in the form in which equal ones are equal, may be used.
pub fn contact(address: Option<String>, history: &History) -> Contact {
    match address {
        None => Contact::Missing,
        Some(address) if history.suppressed.contains(&address) => Contact::Suppressed,
        Some(_) => Contact::Usable,
    }
}

/// Takes the decoration off a number.
pub fn digits(number: &str) -> String {
    number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

/// Makes an empty column for values of a kind.
pub fn empty(kind: &FieldKind) -> Column {
    match kind {
        FieldKind::Int | FieldKind::Number | FieldKind::Money(_) => Column::Number(Vec::new()),
        FieldKind::Date => Column::Date(Vec::new()),
        FieldKind::YesNo => Column::Flag(Vec::new()),
        FieldKind::Text | FieldKind::OneOf(_) => {
            Column::Text { codes: Vec::new(), words: Vec::new(), index: std::collections::HashMap::new() }
        }
    }
}

/// Returns the fields that conditions of frame and strata read.
pub fn used_fields(checked: &Checked) -> BTreeSet<usize> {
    let mut used = BTreeSet::new();
    for condition in conditions(checked).chain(of_list(checked).map(|q| &q.condition)) {
        condition.variables(&mut |var| {
            if let Var::Field(i) = var {
                used.insert(i);
            }
        });
    }
    used.extend(margins::fields(checked));
    used
}

/// Walks over all conditions of the frame, the strata and their parts.
pub fn conditions(checked: &Checked) -> impl Iterator<Item = &Expr> {
    let excludes = checked.frame.iter().flat_map(|f| f.exclude.iter().map(|e| &e.condition));
    excludes.chain(of_strata(checked))
}

/// Walks over all conditions of the strata and their parts.
pub fn of_strata(checked: &Checked) -> impl Iterator<Item = &Expr> {
    let strata = checked.strata.iter();
    strata.flat_map(|s| s.condition.iter().chain(s.parts.iter().filter_map(|p| p.condition.as_ref())))
}
