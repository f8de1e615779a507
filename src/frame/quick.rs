//! The usual shapes of cells, eight bytes at a time; whatever looks otherwise is left to [`crate::model::checked::FieldKind::read`].
//!
//! What is read here is read alike there: a number of at most fifteen digits is
//! a whole number below 2^53 over a power of ten that is exact, so that their
//! quotient is the nearest number there is (Clinger 1990).

use jiff::civil::Date;

use crate::expr::Value;
use crate::frame::list::Cell;
use crate::model::checked::FieldKind;

/// Powers of ten that are exact.
const TENS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Eight times a byte.
const fn eight(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Returns the highest bit of every byte that is zero.
#[inline]
fn zeros(word: u64) -> u64 {
    !((word & eight(0x7f)).wrapping_add(eight(0x7f)) | word | eight(0x7f))
}

/// Tells whether all bytes are below ten.
#[inline]
fn below_ten(word: u64) -> bool {
    (word.wrapping_add(eight(0x76)) | word) & eight(0x80) == 0
}

/// Returns the number of eight digits, the first one lowest, two at a time, then four, then eight.
#[inline]
fn of_eight(digits: u64) -> u64 {
    let two = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let mask = 0x0000_00ff_0000_00ff;
    let (even, odd) = (two & mask, two >> 16 & mask);
    even.wrapping_mul(100 + (1_000_000 << 32)).wrapping_add(odd.wrapping_mul(1 + (10_000 << 32))) >> 32
}

/// Reads at most eight bytes: digits, with a point where `point` allows it.
#[inline]
fn short(cell: Cell, point: bool) -> Option<f64> {
    let mut count = cell.len();
    if !(1..=8).contains(&count) {
        return None;
    }
    let mut word = cell.word();
    let mut behind = 0;
    let points = if point { zeros(word ^ eight(b'.')) } else { 0 };
    if points != 0 {
        // What stands before the point moves into its place.
        let place = points.trailing_zeros() / 8;
        let before = (1 << (8 * place)) - 1;
        word = (word & before) << 8 | word & !(before << 8 | 0xff);
        behind = 7 - place as usize;
        count -= 1;
    }
    let blank = u64::MAX.checked_shr(8 * u32::try_from(count).unwrap_or(8)).unwrap_or(0);
    let digits = word ^ (eight(b'0') & !blank);
    if count == 0 || !below_ten(digits) {
        return None;
    }
    let whole = of_eight(digits) as f64;
    Some(if behind == 0 { whole } else { whole / TENS[behind] })
}

/// Reads digits with a sign, with a point where `point` allows it.
fn digits(bytes: &[u8], point: bool) -> Option<f64> {
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

/// Reads a number; not a number where the cell is empty, an error with what was expected where it is none.
#[inline]
pub fn number(kind: &FieldKind, cell: Cell) -> Result<f64, &'static str> {
    let point = !matches!(kind, FieldKind::Int);
    match short(cell, point) {
        Some(x) => Ok(x),
        None if cell.is_empty() => Ok(f64::NAN),
        None => long(kind, cell, point),
    }
}

fn long(kind: &FieldKind, cell: Cell, point: bool) -> Result<f64, &'static str> {
    if let Some(x) = digits(cell.bytes(), point) {
        return Ok(x);
    }
    match kind.read(cell.text())? {
        Value::Number(x) => Ok(x),
        _ => Ok(f64::NAN),
    }
}

/// A day of the calendar in one number, in the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i32);

impl Day {
    /// Takes a date.
    pub fn of(date: Date) -> Self {
        Self(i32::from(date.year()) << 9 | i32::from(date.month()) << 5 | i32::from(date.day()))
    }

    /// Returns the date.
    pub fn date(self) -> Option<Date> {
        let small = |part: i32| i8::try_from(part).ok();
        let year = i16::try_from(self.0 >> 9).ok()?;
        Date::new(year, small(self.0 >> 5 & 0xf)?, small(self.0 & 0x1f)?).ok()
    }
}

/// Days of the months of a year that is no leap year; of none where there is no such month.
const DAYS: [u8; 16] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0];

/// Reads `YYYY-MM-DD`, as a date of the Gregorian calendar.
#[inline]
fn day(cell: Cell) -> Option<Day> {
    let bytes: &[u8; 10] = cell.bytes().try_into().ok()?;
    let (first, last) = (bytes.first_chunk::<8>()?, bytes.last_chunk::<2>()?);
    let part = u64::from_le_bytes(*first) ^ u64::from_le_bytes(*b"0000-00-");
    // In the place of a hyphen only nothing is below one.
    let hyphens = u64::from_le_bytes([0, 0, 0, 0, 9, 0, 0, 9]);
    let (tens, ones) = (last[0].wrapping_sub(b'0'), last[1].wrapping_sub(b'0'));
    if !(below_ten(part) && below_ten(part.wrapping_add(hyphens)) && tens < 10 && ones < 10) {
        return None;
    }
    let [y1, y2, y3, y4, _, m1, m2, _] = part.to_le_bytes().map(i32::from);
    let (year, month) = (y1 * 1000 + y2 * 100 + y3 * 10 + y4, m1 * 10 + m2);
    let day = i32::from(tens * 10 + ones);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = usize::try_from(month).ok().and_then(|month| DAYS.get(month)).copied().unwrap_or(0);
    let last = i32::from(days) + i32::from(leap && month == 2);
    (1..=last).contains(&day).then_some(Day(year << 9 | month << 5 | day))
}

/// Reads a date; `None` where the cell is empty.
#[inline]
pub fn date(kind: &FieldKind, cell: Cell) -> Result<Option<Day>, &'static str> {
    match day(cell) {
        Some(day) => Ok(Some(day)),
        None if cell.is_empty() => Ok(None),
        None => match kind.read(cell.text())? {
            Value::Date(date) => Ok(Some(Day::of(date))),
            _ => Ok(None),
        },
    }
}
