//! Columns of the customer list arrive as text; conditions want typed values.
//!
//! A cell that can't be read as its type counts as missing, as it does in the plan.

use jiff::civil::Date;

use crate::expr::Value;
use crate::model::checked::FieldKind;

/// Returns the typed value of a cell; [`Value::Missing`] where it is empty or of another type.
#[must_use]
pub fn field_value(kind: &FieldKind, text: &str) -> Value {
    let text = text.trim();
    if text.is_empty() {
        return Value::Missing;
    }
    match kind {
        FieldKind::Int => text.parse::<i64>().map_or(Value::Missing, |n| Value::Number(n as f64)),
        FieldKind::Number | FieldKind::Money(_) => number(text),
        FieldKind::Date => {
            text.get(..10).unwrap_or(text).parse::<Date>().map_or(Value::Missing, Value::Date)
        }
        FieldKind::YesNo => yes_no(text).map_or(Value::Missing, Value::Bool),
        FieldKind::Text => Value::Text(text.into()),
        FieldKind::OneOf(codes) if codes.iter().any(|c| c.name == text) => Value::Text(text.into()),
        FieldKind::OneOf(_) => Value::Missing,
    }
}

fn number(text: &str) -> Value {
    match text.parse::<f64>() {
        Ok(x) if x.is_finite() => Value::Number(x),
        _ => Value::Missing,
    }
}

fn yes_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" | "是" => Some(true),
        "no" | "false" | "0" | "否" => Some(false),
        _ => None,
    }
}
