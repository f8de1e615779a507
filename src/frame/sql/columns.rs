//! The columns of a list in a database: which there are, which the frame needs, and whether their types fit.

use crate::diagnostic::suggest::hint;
use crate::frame::sql::cells::unfit;
use crate::frame::sql::dialect::{ColumnType, Dialect};
use crate::frame::types::FrameError;
use crate::model::checked::{Frame, Relation};

/// A column that the database has: name and the driver's name of its type.
pub type Found = (String, String);

/// Types of the columns that the frame needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Per field of the frame.
    pub fields: Vec<ColumnType>,
}

impl Columns {
    /// Checks names and types; everything that doesn't fit is named in one go.
    pub fn new(frame: &Frame, found: &[Found], dialect: &dyn Dialect) -> Result<Self, FrameError> {
        let mut faults = Vec::new();
        let list = in_words(frame);
        let mut look = |name: &str| match place(&list, found, name) {
            Ok(place) => Some(dialect.column_type(&found[place].1)),
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        let key = look(&frame.key);
        for name in others(frame) {
            look(name);
        }
        let fields: Vec<Option<ColumnType>> = frame.fields.iter().map(|f| look(&f.name)).collect();
        if !faults.is_empty() {
            return Err(FrameError::List(with_columns(faults, &list, found)));
        }
        if let Some(kind) = key.filter(|k| !matches!(k, ColumnType::Text | ColumnType::Integer)) {
            faults.push(format!(
                "column `{0}` of {list} is {1}, and a key is a text or a whole number; write \
                 `source query \"select {0}::text as {0}, …\"`",
                frame.key,
                name_of(&kind)
            ));
        }
        for (field, kind) in frame.fields.iter().zip(&fields) {
            let Some(kind) = kind else { continue };
            if let Some(wanted) = unfit(&field.kind, kind) {
                let (name, is) = (&field.name, name_of(kind));
                let cast = if wanted == "a date" { "date" } else { "text" };
                faults.push(format!(
                    "column `{name}` of {list} is {is}, but field `{name}` is {wanted}; declare another type, or \
                     write `source query \"select …, {name}::{cast} as {name}\"`"
                ));
            }
        }
        if faults.is_empty() {
            Ok(Self { fields: fields.into_iter().flatten().collect() })
        } else {
            Err(FrameError::List(faults))
        }
    }
}

/// Finds columns by name; all that are missing are named in one go. `list` names the rows in messages.
pub fn places(list: &str, found: &[Found], wanted: &[&str]) -> Result<Vec<usize>, FrameError> {
    let mut faults = Vec::new();
    let mut all = Vec::new();
    for name in wanted {
        match place(list, found, name) {
            Ok(place) => all.push(place),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(all) } else { Err(FrameError::List(with_columns(faults, list, found))) }
}

/// Finds a column.
fn place(list: &str, found: &[Found], name: &str) -> Result<usize, String> {
    let mut places = found.iter().enumerate().filter(|(_, (n, _))| n == name);
    match (places.next(), places.next()) {
        (Some((place, _)), None) => Ok(place),
        (Some(_), Some(_)) => {
            Err(format!("{list} has two columns `{name}`; give one of them another name with `as`"))
        }
        (None, _) => {
            let near = hint(name, found.iter().map(|(n, _)| n.as_str()));
            Err(format!("{list} has no column `{name}`{near}"))
        }
    }
}

/// Adds the columns that there are.
fn with_columns(mut faults: Vec<String>, list: &str, found: &[Found]) -> Vec<String> {
    faults.dedup();
    let names: Vec<&str> = found.iter().map(|(n, _)| n.as_str()).collect();
    faults.push(format!("columns of {list}: {}", names.join(", ")));
    faults
}

/// Returns what a relation is called in messages.
pub fn in_words(frame: &Frame) -> String {
    match &frame.relation {
        Some(Relation::Table(name)) => format!("table `{name}`"),
        Some(Relation::Query(_)) => format!("the query of frame `{}`", frame.name),
        None => format!("`{}`", frame.source),
    }
}

/// Returns what stands behind `from`.
pub fn relation(relation: &Relation, dialect: &dyn Dialect) -> String {
    match relation {
        Relation::Table(name) => {
            let parts: Vec<String> = parts(name).iter().map(|p| dialect.identifier(p)).collect();
            parts.join(".")
        }
        // The line end keeps a comment at the end of the query from swallowing the bracket.
        Relation::Query(text) => format!("({}\n)", text.trim().trim_end_matches(';')),
    }
}

/// Splits `schema.table` at its points; a part in double quotes may have points of its own.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in name.trim().chars() {
        match (c, parts.last_mut()) {
            ('"', _) => quoted = !quoted,
            ('.', _) if !quoted => parts.push(String::new()),
            (c, Some(part)) => part.push(c),
            (_, None) => {}
        }
    }
    parts
}

fn name_of(kind: &ColumnType) -> String {
    match kind {
        ColumnType::Text => "text".to_owned(),
        ColumnType::Integer => "integer".to_owned(),
        ColumnType::Decimal => "numeric".to_owned(),
        ColumnType::Double => "double precision".to_owned(),
        ColumnType::Date => "date".to_owned(),
        ColumnType::Flag => "boolean".to_owned(),
        ColumnType::Other(name) => name.clone(),
    }
}

/// Returns the columns beside key and fields.
fn others(frame: &Frame) -> impl Iterator<Item = &str> {
    let all =
        [&frame.email, &frame.mobile, &frame.person_name, &frame.language, &frame.timezone, &frame.device];
    let cluster = frame.cluster.as_ref().map(|c| c.column.as_str());
    all.into_iter().filter_map(|c| c.as_deref()).chain(cluster)
}
