//! SPSS: a system file (`.sav`) with labels, missing codes and levels of measurement, in UTF-8.
//!
//! The form is that of the GNU PSPP developers' guide, “System File Format”:
//! uncompressed, little-endian, IEEE numbers. Words are cut at 255 bytes, which
//! is what one variable of the plain form holds; `csv` has them whole.

use crate::exchange::table::{Cell, Level, Table, Variable};

/// Words longer than this are cut.
pub const LONGEST: usize = 255;

/// Names longer than this are cut.
const LONGEST_NAME: usize = 64;

/// Writes the file; `language` is that of the labels, `weight` the column by which SPSS weighs.
#[must_use]
pub fn sav(table: &Table, title: &str, language: &str, weight: &str) -> Vec<u8> {
    let columns = columns(table);
    let mut out = Vec::new();
    header(&mut out, table, &columns, title, weight);
    for column in &columns {
        dictionary(&mut out, column, language);
    }
    for column in &columns {
        value_labels(&mut out, column, language);
    }
    extensions(&mut out, &columns, table.rows.len());
    int(&mut out, 999);
    int(&mut out, 0);
    for row in &table.rows {
        for (cell, column) in row.iter().zip(&columns) {
            value(&mut out, cell, column);
        }
    }
    out
}

/// A variable with its place in the file.
struct Column<'a> {
    variable: &'a Variable,
    /// Name of at most eight letters.
    short: String,
    /// Bytes of its words; 0 for a number.
    width: usize,
    /// Place among eight-byte elements, from 1.
    place: usize,
}

fn columns(table: &Table) -> Vec<Column<'_>> {
    let mut place = 1;
    let mut out = Vec::new();
    for (i, variable) in table.variables.iter().enumerate() {
        let longest = table.rows.iter().filter_map(|row| match &row[i] {
            Cell::Text(text) => Some(text.len()),
            _ => None,
        });
        let width = if variable.words { longest.max().unwrap_or(1).clamp(1, LONGEST) } else { 0 };
        out.push(Column { variable, short: format!("V{:05}", i + 1), width, place });
        place += elements(width);
    }
    out
}

/// Eight-byte elements of a value.
fn elements(width: usize) -> usize {
    width.div_ceil(8).max(1)
}

fn int(out: &mut Vec<u8>, x: usize) {
    signed(out, i32::try_from(x).unwrap_or(i32::MAX));
}

fn signed(out: &mut Vec<u8>, x: i32) {
    out.extend_from_slice(&x.to_le_bytes());
}

fn number(out: &mut Vec<u8>, x: f64) {
    out.extend_from_slice(&x.to_le_bytes());
}

/// Cuts a text at a number of bytes, between two letters.
fn cut(text: &str, longest: usize) -> &str {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Writes a text, filled up with blanks.
fn filled(out: &mut Vec<u8>, text: &str, width: usize) {
    let text = cut(text, width);
    out.extend_from_slice(text.as_bytes());
    out.resize(out.len() + width - text.len(), b' ');
}

fn header(out: &mut Vec<u8>, table: &Table, columns: &[Column], title: &str, weight: &str) {
    out.extend_from_slice(b"$FL2");
    filled(out, &format!("@(#) SPSS DATA FILE Canvass {}", env!("CARGO_PKG_VERSION")), 60);
    int(out, 2);
    int(out, columns.iter().map(|c| elements(c.width)).sum());
    int(out, 0);
    int(out, columns.iter().find(|c| c.variable.name == weight).map_or(0, |c| c.place));
    int(out, table.rows.len());
    number(out, 100.0);
    // The same data give the same bytes: no clock.
    filled(out, "01 Jan 00", 9);
    filled(out, "00:00:00", 8);
    filled(out, title, 64);
    out.extend_from_slice(&[0; 3]);
}

/// Print formats: F8.0 for codes, F12.4 for numbers, A for words.
fn format(column: &Column) -> usize {
    match (column.width, column.variable.level) {
        (0, Level::Scale) => (5 << 16) | (12 << 8) | 4,
        (0, _) => (5 << 16) | (8 << 8),
        (width, _) => (1 << 16) | (width << 8),
    }
}

fn dictionary(out: &mut Vec<u8>, column: &Column, language: &str) {
    let variable = column.variable;
    let label = cut(variable.label.get(language), LONGEST);
    let missing: Vec<f64> = variable.missing.iter().map(|(code, _)| *code).collect();
    let low = missing.iter().copied().fold(f64::INFINITY, f64::min);
    let high = missing.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    int(out, 2);
    int(out, column.width);
    int(out, usize::from(!label.is_empty()));
    signed(out, if missing.is_empty() { 0 } else { -2 });
    int(out, format(column));
    int(out, format(column));
    filled(out, &column.short, 8);
    if !label.is_empty() {
        int(out, label.len());
        filled(out, label, label.len().next_multiple_of(4));
    }
    if !missing.is_empty() {
        number(out, low);
        number(out, high);
    }
    for _ in 1..elements(column.width) {
        int(out, 2);
        signed(out, -1);
        int(out, 0);
        int(out, 0);
        int(out, 0);
        int(out, 0);
        filled(out, "", 8);
    }
}

fn value_labels(out: &mut Vec<u8>, column: &Column, language: &str) {
    let variable = column.variable;
    let labels: Vec<(f64, &str)> = (variable.codes.iter().chain(&variable.missing))
        .map(|(code, label)| (*code, cut(label.get(language), 120)))
        .filter(|(_, label)| !label.is_empty())
        .collect();
    if labels.is_empty() || variable.words {
        return;
    }
    int(out, 3);
    int(out, labels.len());
    for (code, label) in labels {
        number(out, code);
        out.push(u8::try_from(label.len()).unwrap_or(u8::MAX));
        filled(out, label, (label.len() + 1).next_multiple_of(8) - 1);
    }
    int(out, 4);
    int(out, 1);
    int(out, column.place);
}

/// Writes an extension record: its elements have `size` bytes.
fn extension(out: &mut Vec<u8>, subtype: usize, size: usize, data: &[u8]) {
    int(out, 7);
    int(out, subtype);
    int(out, size);
    int(out, data.len() / size);
    out.extend_from_slice(data);
}

fn extensions(out: &mut Vec<u8>, columns: &[Column], rows: usize) {
    let mut data = Vec::new();
    // Version, machine, IEEE numbers, no compression, little-endian, code page of UTF-8.
    for x in [1, 0, 0, -1, 1, 1, 2, 65001] {
        signed(&mut data, x);
    }
    extension(out, 3, 4, &data);
    data.clear();
    for x in [-f64::MAX, f64::MAX, (-f64::MAX).next_up()] {
        number(&mut data, x);
    }
    extension(out, 4, 8, &data);
    data.clear();
    for column in columns {
        int(
            &mut data,
            match column.variable.level {
                Level::Nominal => 1,
                Level::Ordinal => 2,
                Level::Scale => 3,
            },
        );
        int(&mut data, if column.width > 0 { 16 } else { 10 });
        int(&mut data, usize::from(column.width == 0));
    }
    extension(out, 11, 4, &data);
    let names: Vec<String> = columns
        .iter()
        .map(|c| format!("{}={}", c.short, cut(&c.variable.name, LONGEST_NAME).trim_end_matches('.')))
        .collect();
    extension(out, 13, 1, names.join("\t").as_bytes());
    data.clear();
    for x in [1, rows as u64] {
        data.extend_from_slice(&x.to_le_bytes());
    }
    extension(out, 16, 8, &data);
    extension(out, 20, 1, b"UTF-8");
}

fn value(out: &mut Vec<u8>, cell: &Cell, column: &Column) {
    match cell {
        Cell::Number(x) if column.width == 0 => number(out, *x),
        Cell::Text(text) if column.width > 0 => {
            filled(out, cut(text, column.width), elements(column.width) * 8);
        }
        _ if column.width == 0 => number(out, -f64::MAX),
        _ => filled(out, "", elements(column.width) * 8),
    }
}
