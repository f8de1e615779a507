//! What a cell of a customer or event list means, by the type of its column.
//!
//! Goes in: a column's type and the cell's text. Comes out: a [`Value`], or
//! what was expected. The text itself never stands in a message: it may be
//! personal.

use std::sync::Arc;

use jiff::civil::Date;

use crate::expr::Value;
use crate::model::checked::FieldKind;

impl FieldKind {
    /// Reads a cell; blank cells are missing, other texts that don't fit give what was expected, in words.
    pub fn read(&self, cell: &str) -> Result<Value, &'static str> {
        let cell = cell.trim();
        if cell.is_empty() {
            return Ok(Value::Missing);
        }
        match self {
            Self::Int => whole(cell).map(Value::Number).ok_or("a whole number"),
            Self::Number => number(cell).map(Value::Number).ok_or("a number such as 1250.5"),
            Self::Money(_) => number(cell).map(Value::Number).ok_or("an amount such as 1250.50"),
            Self::Date => date(cell).map(Value::Date).ok_or("a date as YYYY-MM-DD"),
            Self::YesNo => yes_no(cell).map(Value::Bool).ok_or("yes or no (true/false, 1/0, 是/否)"),
            Self::Text => Ok(Value::Text(Arc::from(cell))),
            Self::OneOf(choices) => choices
                .iter()
                .find(|c| c.name == cell)
                .map(|c| Value::Text(Arc::from(c.name.as_str())))
                .ok_or("one of the declared codes"),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "checked: within 2^53")]
fn whole(cell: &str) -> Option<f64> {
    let n: i64 = cell.parse().ok()?;
    (n.unsigned_abs() <= 1 << 53).then_some(n as f64)
}

/// Digits, one point, a sign; no thousands separators, because `1,234` and `1.234` mean different things to different people.
fn number(cell: &str) -> Option<f64> {
    let plain = cell.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    if !plain {
        return None;
    }
    cell.parse::<f64>().ok().filter(|x| x.is_finite())
}

/// Only `YYYY-MM-DD`: other orders are ambiguous.
fn date(cell: &str) -> Option<Date> {
    let shape = cell.len() == 10 && cell.as_bytes()[4] == b'-' && cell.as_bytes()[7] == b'-';
    if shape { cell.parse().ok() } else { None }
}

fn yes_no(cell: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|w| cell.eq_ignore_ascii_case(w));
    if is(&["yes", "true", "1", "是"]) {
        return Some(true);
    }
    is(&["no", "false", "0", "否"]).then_some(false)
}
