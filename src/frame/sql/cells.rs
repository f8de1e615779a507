//! How the cells of a column are read: the same texts mean the same values as in a file.
//!
//! A cell means what its text would mean in a CSV list. Columns that have the right type already are taken as they
//! are, which gives the same and costs less.

use crate::frame::sql::dialect::{ColumnType, Dialect, Kind};
use crate::model::checked::FieldKind;

/// Text of an address that a mail server could accept, as far as it is ASCII: see `plausible_email`.
const EMAIL: &str = "^[!#$%&'*+/0-9=?A-Z^_`a-z{|}~-]+([.][!#$%&'*+/0-9=?A-Z^_`a-z{|}~-]+)*@\
                     [A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$";

/// Returns the type that conditions see.
pub fn kind_of(kind: &FieldKind) -> Kind {
    match kind {
        FieldKind::Int | FieldKind::Number | FieldKind::Money(_) => Kind::Number,
        FieldKind::Date => Kind::Date,
        FieldKind::YesNo => Kind::Flag,
        FieldKind::Text | FieldKind::OneOf(_) => Kind::Text,
    }
}

/// Says what a column of another type would need; `None` when its values can be read.
pub fn unfit(kind: &FieldKind, column: &ColumnType) -> Option<&'static str> {
    let other = matches!(column, ColumnType::Other(_));
    match (kind, column) {
        (FieldKind::Text | FieldKind::OneOf(_), _)
        | (_, ColumnType::Text)
        | (FieldKind::Date, ColumnType::Date)
        | (FieldKind::YesNo, ColumnType::Flag | ColumnType::Integer) => None,
        (FieldKind::Date, _) => Some("a date"),
        (FieldKind::YesNo, _) => Some("yes or no"),
        (FieldKind::Int, ColumnType::Double) => Some("a whole number"),
        (_, ColumnType::Flag | ColumnType::Date) => Some("a number"),
        _ if other => Some("a number"),
        _ => None,
    }
}

/// Tells whether a column is passed on with its own type; all others are read by their trimmed text.
pub fn keeps_type(kind: &FieldKind, column: &ColumnType) -> bool {
    matches!(
        (kind, column),
        (FieldKind::Int | FieldKind::Number | FieldKind::Money(_), ColumnType::Integer)
            | (FieldKind::Number | FieldKind::Money(_), ColumnType::Double)
            | (FieldKind::Date, ColumnType::Date)
            | (FieldKind::YesNo, ColumnType::Flag)
    )
}

/// Returns the value of a cell, missing when it can't be read.
pub fn value(dialect: &dyn Dialect, cell: &str, kind: &FieldKind, column: &ColumnType) -> String {
    match kind {
        FieldKind::Int => dialect.read_number(cell, column, true),
        FieldKind::Number | FieldKind::Money(_) => dialect.read_number(cell, column, false),
        FieldKind::Date => dialect.read_date(cell, column),
        FieldKind::YesNo if *column == ColumnType::Flag => cell.to_owned(),
        FieldKind::YesNo => {
            let lower = dialect.lower(cell);
            let words = |all: [&str; 4]| all.map(|word| dialect.text(word)).join(", ");
            let (yes, no) = (words(["yes", "true", "1", "是"]), words(["no", "false", "0", "否"]));
            format!("CASE WHEN {lower} IN ({yes}) THEN TRUE WHEN {lower} IN ({no}) THEN FALSE END")
        }
        FieldKind::Text => cell.to_owned(),
        FieldKind::OneOf(choices) => {
            let names: Vec<String> = choices.iter().map(|c| dialect.text(&c.name)).collect();
            if names.is_empty() {
                return dialect.missing(Kind::Text);
            }
            format!("CASE WHEN {cell} IN ({}) THEN {cell} END", names.join(", "))
        }
    }
}

/// Returns an e-mail address in lower case, missing when it is none; `odd` stands for one beyond ASCII.
pub fn email(dialect: &dyn Dialect, cell: &str, odd: &str) -> String {
    let shape = dialect.matches(cell, EMAIL);
    // The place of the @ bounds the length before it, the whole length what stands behind it.
    let fits =
        format!("position('@' in {cell}) <= 65 AND char_length({cell}) - position('@' in {cell}) <= 253");
    format!(
        "CASE WHEN {} THEN CASE WHEN {shape} AND {fits} THEN {} END ELSE {odd} END",
        dialect.is_ascii(cell),
        dialect.lower(cell)
    )
}

/// Returns a mobile number as digits and `+`, missing when it is none.
pub fn mobile(dialect: &dyn Dialect, cell: &str) -> String {
    let shape = dialect.matches(cell, "^[+]?[0-9 .()-]*$");
    let digits = dialect.without(cell, " -.()+");
    format!(
        "CASE WHEN {shape} AND char_length({digits}) BETWEEN 7 AND 15 THEN {} END",
        dialect.without(cell, " -.()")
    )
}
