//! Parquet files, by the columns' own types (feature `parquet`).
//!
//! Whole numbers are written in decimal, dates as `YYYY-MM-DD`, moments in UTC
//! after RFC 3339 (at midnight as the date alone). A key column must be text or
//! whole numbers. Nested columns come out empty.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};

use crate::frame::list::Opened;
use crate::frame::list::excel::quoted;
use crate::frame::list::text::{spool, unreadable};
use crate::frame::types::FrameError;

/// Opens a Parquet file.
pub fn open(path: &Path, name: &str, keys: &[&str]) -> Result<Opened, FrameError> {
    let bad =
        |why: &dyn std::fmt::Display| FrameError::list(format!("`{name}` can't be read as Parquet: {why}"));
    let file = File::open(path).map_err(|e| bad(&e))?;
    let reader = SerializedFileReader::new(file).map_err(|e| bad(&e))?;
    let mut out = BufWriter::with_capacity(1 << 17, spool(name)?);
    let columns = reader.metadata().file_metadata().schema().get_fields();
    let header: Vec<String> = columns.iter().map(|c| quoted(c.name())).collect();
    let full = |e: std::io::Error| unreadable(name, &e);
    writeln!(out, "{}", header.join(",")).map_err(full)?;
    let mut number: u64 = 0;
    for row in reader.get_row_iter(None).map_err(|e| bad(&e))? {
        number += 1;
        let line = line(&row.map_err(|e| bad(&e))?, keys)
            .map_err(|why| FrameError::list(format!("`{name}`, row {number}: {why}")))?;
        out.write_all(line.as_bytes()).map_err(full)?;
    }
    let file = out.into_inner().map_err(|e| full(e.into_error()))?;
    Ok(Opened { file, physical: false, notes: Vec::new() })
}

/// Writes a row as a line.
fn line(row: &Row, keys: &[&str]) -> Result<String, String> {
    let mut line = String::new();
    for (i, (name, value)) in row.get_column_iter().enumerate() {
        if keys.contains(&name.as_str()) && !is_key(value) {
            return Err(format!("the key column `{name}` holds neither text nor whole numbers"));
        }
        if i > 0 {
            line.push(',');
        }
        line.push_str(&quoted(&text(value)));
    }
    // A blank line would be no row.
    if line.is_empty() {
        line.push_str("\"\"");
    }
    line.push('\n');
    Ok(line)
}

fn is_key(value: &Field) -> bool {
    match value {
        Field::Decimal(number) => number.scale() == 0,
        Field::Null
        | Field::Byte(_)
        | Field::Short(_)
        | Field::Int(_)
        | Field::Long(_)
        | Field::UByte(_)
        | Field::UShort(_)
        | Field::UInt(_)
        | Field::ULong(_)
        | Field::Str(_)
        | Field::Bytes(_) => true,
        _ => false,
    }
}

fn text(value: &Field) -> String {
    match value {
        Field::Str(text) => text.clone(),
        // Text of writers that don't say that it is text.
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into_owned(),
        Field::Float(x) => x.to_string(),
        Field::Double(x) => x.to_string(),
        Field::Date(days) => {
            date(1970, 1, 1).checked_add(days.days()).map_or_else(|_| String::new(), |d| d.to_string())
        }
        Field::TimestampMillis(ms) => moment(Timestamp::from_millisecond(*ms)),
        Field::TimestampMicros(us) => moment(Timestamp::from_microsecond(*us)),
        Field::Null | Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => String::new(),
        other => other.to_string(),
    }
}

fn moment(at: Result<Timestamp, jiff::Error>) -> String {
    let Ok(at) = at else { return String::new() };
    let local = at.to_zoned(TimeZone::UTC).datetime();
    if local.time() == jiff::civil::Time::midnight() { local.date().to_string() } else { at.to_string() }
}
