//! Splits a block into rows and cells (RFC 4180 quoting, read as leniently as spreadsheets write it).
//!
//! A quote opens only at the start of a cell; inside, two quotes are one. What
//! follows a closing quote belongs to the cell. Lines end with LF, CR LF or CR;
//! blank ones are passed over.

use memchr::{memchr, memchr_iter, memchr2_iter, memchr3};

use crate::frame::list::blocks::Cut;

/// The rows of a block.
pub struct Rows {
    text: String,
    /// Start and end of every cell.
    cells: Vec<(u32, u32)>,
    /// First cell and line of every row.
    starts: Vec<(u32, u32)>,
    /// Lines of the block.
    pub lines: u32,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'r> {
    text: &'r str,
    cells: &'r [(u32, u32)],
    /// Line on which it begins, counted from the start of the block.
    pub line: u64,
}

impl<'r> Row<'r> {
    /// Returns how many cells there are.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Returns a cell as it stands.
    pub fn get(&self, place: usize) -> Option<&'r str> {
        let &(start, end) = self.cells.get(place)?;
        self.text.get(start as usize..end as usize)
    }

    /// Returns all cells.
    pub fn iter(&self) -> impl Iterator<Item = &'r str> {
        let text = self.text;
        self.cells.iter().map(move |&(start, end)| text.get(start as usize..end as usize).unwrap_or(""))
    }
}

impl Rows {
    /// Splits a text of whole rows.
    pub fn of(text: String, cut: Cut) -> Self {
        let bytes = text.as_bytes();
        let lone = || memchr_iter(b'\r', bytes).any(|i| bytes.get(i + 1).is_none_or(|&next| next != b'\n'));
        if memchr(b'"', bytes).is_some() || lone() { careful(&text, cut) } else { plain(text, cut.delimiter) }
    }

    /// Returns how many rows there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Returns a row.
    pub fn get(&self, index: usize) -> Row<'_> {
        let (first, line) = self.starts[index];
        let end = self.starts.get(index + 1).map_or(self.cells.len(), |r| r.0 as usize);
        Row { text: &self.text, cells: &self.cells[first as usize..end], line: u64::from(line) }
    }

    /// Returns all rows.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|i| self.get(i))
    }
}

/// Blocks are far below 4 GB; a place beyond would only make cells empty.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Splits a text without quotes.
fn plain(text: String, delimiter: u8) -> Rows {
    let bytes = text.as_bytes();
    let mut cells: Vec<(u32, u32)> = Vec::with_capacity(bytes.len() / 6);
    let mut starts = Vec::with_capacity(bytes.len() / 48);
    let (mut start, mut first, mut line, mut line_start) = (0, 0, 0, 0);
    let mut row_over =
        |cells: &mut Vec<(u32, u32)>, start: usize, line_start: usize, end: usize, line: u32| {
            let end = if end > line_start && bytes[end - 1] == b'\r' { end - 1 } else { end };
            if end > line_start {
                cells.push((place(start.min(end)), place(end)));
                starts.push((first, line));
                first = place(cells.len());
            }
        };
    for at in memchr2_iter(delimiter, b'\n', bytes) {
        if bytes[at] == b'\n' {
            row_over(&mut cells, start, line_start, at, line);
            line += 1;
            line_start = at + 1;
        } else {
            cells.push((place(start), place(at)));
        }
        start = at + 1;
    }
    if line_start < bytes.len() {
        row_over(&mut cells, start, line_start, bytes.len(), line);
        line += 1;
    }
    Rows { text, cells, starts, lines: line }
}

/// Splits a text with quotes or bare carriage returns; cells lose their quotes.
fn careful(text: &str, cut: Cut) -> Rows {
    let bytes = text.as_bytes();
    let mut out =
        Rows { text: String::with_capacity(text.len()), cells: Vec::new(), starts: Vec::new(), lines: 0 };
    let mut at = 0;
    while at < bytes.len() {
        if let Some(after) = line_end(bytes, at) {
            at = after;
            out.lines += 1;
            continue;
        }
        out.starts.push((place(out.cells.len()), out.lines));
        loop {
            let start = out.text.len();
            if bytes.get(at) == Some(&b'"') {
                at = quoted(text, at + 1, cut, &mut out);
            }
            let next = memchr3(cut.delimiter, b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |n| at + n);
            out.text.push_str(&text[at..next]);
            out.cells.push((place(start), place(out.text.len())));
            at = next;
            if at == bytes.len() {
                out.lines += 1;
                break;
            }
            if let Some(after) = line_end(bytes, at) {
                at = after;
                out.lines += 1;
                break;
            }
            at += 1;
        }
    }
    out
}

/// Copies what stands between quotes; returns the place after the closing one.
fn quoted(text: &str, mut at: usize, cut: Cut, out: &mut Rows) -> usize {
    loop {
        let end = memchr(b'"', &text.as_bytes()[at..]).map_or(text.len(), |n| at + n);
        let run = &text[at..end];
        if cut.physical {
            out.lines += place(memchr_iter(b'\n', run.as_bytes()).count());
        }
        out.text.push_str(run);
        if end == text.len() {
            return end;
        }
        at = end + 1;
        if text.as_bytes().get(at) != Some(&b'"') {
            return at;
        }
        out.text.push('"');
        at += 1;
    }
}

fn line_end(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'\n' => Some(at + 1),
        b'\r' => Some(at + 1 + usize::from(bytes.get(at + 1) == Some(&b'\n'))),
        _ => None,
    }
}
