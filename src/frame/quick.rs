//! The usual shapes of cells, read byte by byte; whatever looks otherwise is left to [`crate::model::checked::FieldKind::read`].
//!
//! What is read here is read alike there: a number of at most fifteen digits is
//! a whole number below 2^53 over a power of ten that is exact, so that their
//! quotient is the nearest number there is (Clinger 1990).

use jiff::civil::Date;

use crate::expr::Value;
use crate::model::checked::FieldKind;

/// Powers of ten that are exact.
const TENS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Takes white space off both ends.
#[inline]
pub fn trimmed(cell: &str) -> &str {
    match cell.as_bytes() {
        [] => cell,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
        _ => cell.trim(),
    }
}

/// Reads a trimmed cell of digits, with a point where `point` allows it.
#[inline]
fn digits(cell: &str, point: bool) -> Option<f64> {
    let bytes = cell.as_bytes();
    let (negative, bytes) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if bytes.is_empty() || bytes.len() > 16 {
        return None;
    }
    let (mut whole, mut count, mut behind) = (0_u64, 0_usize, None);
    for &byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            whole = whole * 10 + u64::from(digit);
            count += 1;
        } else if byte == b'.' && point && behind.is_none() {
            behind = Some(count);
        } else {
            return None;
        }
    }
    if !(1..=15).contains(&count) {
        return None;
    }
    let tens = behind.map_or(0, |behind| count - behind);
    let value = whole as f64 / TENS[tens];
    Some(if negative { -value } else { value })
}

#[inline]
fn day(cell: &str) -> Option<Date> {
    let bytes: &[u8; 10] = cell.as_bytes().try_into().ok()?;
    let mut part = [0_i16; 3];
    for (i, &byte) in bytes.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        match i {
            4 | 7 if byte == b'-' => {}
            4 | 7 => return None,
            _ if digit < 10 => {
                let part = &mut part[if i < 4 {
                    0
                } else if i < 7 {
                    1
                } else {
                    2
                }];
                *part = *part * 10 + i16::from(digit);
            }
            _ => return None,
        }
    }
    Date::new(part[0], i8::try_from(part[1]).ok()?, i8::try_from(part[2]).ok()?).ok()
}

/// Reads a number; not a number where the cell is empty, an error with what was expected where it is none.
#[inline]
pub fn number(kind: &FieldKind, cell: &str) -> Result<f64, &'static str> {
    let cell = trimmed(cell);
    if let Some(x) = digits(cell, !matches!(kind, FieldKind::Int)) {
        return Ok(x);
    }
    match kind.read(cell)? {
        Value::Number(x) => Ok(x),
        _ => Ok(f64::NAN),
    }
}

/// Reads a date; `None` where the cell is empty.
#[inline]
pub fn date(kind: &FieldKind, cell: &str) -> Result<Option<Date>, &'static str> {
    let cell = trimmed(cell);
    if let Some(day) = day(cell) {
        return Ok(Some(day));
    }
    match kind.read(cell)? {
        Value::Date(date) => Ok(Some(date)),
        _ => Ok(None),
    }
}
