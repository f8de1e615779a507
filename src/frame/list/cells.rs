//! Splits a block into rows and cells (RFC 4180 quoting, read as leniently as spreadsheets write it).
//!
//! A quote opens only at the start of a cell; inside, two quotes are one. What
//! follows a closing quote belongs to the cell. Lines end with LF, CR LF or CR;
//! blank ones are passed over.

use memchr::{memchr, memchr_iter, memchr2, memchr3};

use crate::frame::list::blocks::Cut;
use crate::frame::list::cell::Cell;
use crate::frame::list::marks::{Quotes, WIDTH, chunk, places, separators};

/// The rows of a block.
#[derive(Default)]
pub struct Rows {
    text: String,
    /// Where every cell ends; the next one of the row begins behind one byte.
    ends: Vec<u32>,
    /// Where every row is one line of so many cells, more than one: the number; then no places are needed.
    even: Option<usize>,
    places: Vec<At>,
    /// Whether cells still have their quotes.
    quoted: bool,
    /// Lines of the block.
    pub lines: u32,
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, Default)]
struct At {
    /// Its first cell.
    first: u32,
    /// Byte at which it begins.
    start: u32,
    line: u32,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'r> {
    text: &'r str,
    ends: &'r [u32],
    start: u32,
    quoted: bool,
    /// Line on which it begins, counted from the start of the block.
    pub line: u64,
}

impl<'r> Row<'r> {
    /// Returns how many cells there are.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns a cell as it stands.
    #[inline]
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&'r str> {
        (place < self.ends.len()).then(|| self.cell(place).text())
    }

    /// Returns a cell, an empty one where there is none.
    #[inline]
    #[must_use]
    pub fn cell(&self, place: usize) -> Cell<'r> {
        let Some(&end) = self.ends.get(place) else { return Cell::of("") };
        let start = if place == 0 { self.start } else { self.ends[place - 1] + 1 };
        let cell = Cell::new(self.text, start as usize, end as usize);
        if self.quoted { cell.unquoted() } else { cell }
    }

    /// Returns the bytes from one cell to another one behind it, with what stands between.
    #[inline]
    #[must_use]
    pub fn span(&self, first: usize, last: usize) -> Option<&'r [u8]> {
        let end = *self.ends.get(last)? as usize;
        let start = if first == 0 { self.start } else { self.ends.get(first - 1)? + 1 } as usize;
        self.text.as_bytes().get(start..end)
    }

    /// Returns all cells.
    pub fn iter(&self) -> impl Iterator<Item = &'r str> {
        let row = *self;
        (0..row.len()).map(move |place| row.get(place).unwrap_or(""))
    }
}

impl Rows {
    /// Splits a text of whole rows.
    #[must_use]
    pub fn of(text: String, cut: Cut) -> Self {
        let mut rows = Self::default();
        rows.split(text, cut);
        rows
    }

    /// Makes one row of cells.
    pub fn single<'c>(cells: impl Iterator<Item = &'c str>) -> Self {
        let mut rows = Self::default();
        rows.places.push(At { first: 0, start: 0, line: 0 });
        cells.for_each(|cell| rows.add(cell));
        rows
    }

    /// Splits a text of whole rows into the room that another had.
    pub fn split(&mut self, text: String, cut: Cut) {
        self.clear();
        let quotes = memchr2(b'"', b'\r', text.as_bytes()).is_some();
        if !quotes && !self.even(text.as_bytes(), cut.delimiter) {
            self.clear();
            self.plain(text.as_bytes(), cut.delimiter);
        }
        if !quotes || self.marked(text.as_bytes(), cut) {
            self.text = text;
        } else {
            self.clear();
            self.careful(&text, cut);
        }
    }

    fn clear(&mut self) {
        self.ends.clear();
        self.even = None;
        self.places.clear();
        self.text.clear();
        self.quoted = false;
        self.lines = 0;
    }

    /// Gives the room of the text away, to be filled anew.
    pub fn take_text(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.text).into_bytes()
    }

    /// Returns how many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.even.map_or(self.places.len(), |width| self.ends.len() / width)
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns a row.
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> Row<'_> {
        let (At { first, start, line }, end) = match self.even {
            Some(width) => (self.at(width, index), (index + 1) * width),
            None => {
                let end = self.places.get(index + 1).map_or(self.ends.len(), |r| r.first as usize);
                (self.places[index], end)
            }
        };
        let ends = &self.ends[first as usize..end];
        Row { text: &self.text, ends, start, quoted: self.quoted, line: u64::from(line) }
    }

    /// Returns where an even row stands.
    #[inline]
    fn at(&self, width: usize, index: usize) -> At {
        let first = index * width;
        let start = if first == 0 { 0 } else { self.ends[first - 1] + 1 };
        At { first: place(first), start, line: place(index) }
    }

    /// Returns a cell of a row that has so many.
    #[inline]
    #[must_use]
    pub fn cell(&self, row: usize, place: usize) -> Cell<'_> {
        let At { first, start, .. } = match self.even {
            Some(width) => self.at(width, row),
            None => self.places[row],
        };
        let at = first as usize + place;
        let Some(&end) = self.ends.get(at) else { return Cell::of("") };
        let start = if place == 0 { start } else { self.ends[at - 1] + 1 };
        let cell = Cell::new(&self.text, start as usize, end as usize);
        if self.quoted { cell.unquoted() } else { cell }
    }

    /// Returns all rows.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|i| self.get(i))
    }

    /// Ends a row; blank ones are none. Returns where the next one stands, but for its first byte.
    #[inline]
    fn over(&mut self, at: At, end: usize) -> At {
        if place(end) == at.start {
            self.ends.truncate(at.first as usize);
        } else {
            self.places.push(at);
        }
        self.lines += 1;
        At { first: place(self.ends.len()), start: place(end), line: self.lines }
    }

    /// Splits a text without quotes and carriage returns whose rows all have as many cells, more than one; `false`
    /// where they don't.
    fn even(&mut self, bytes: &[u8], delimiter: u8) -> bool {
        let mut count = 0;
        for base in (0..bytes.len()).step_by(WIDTH) {
            if self.ends.len() < count + WIDTH {
                self.ends.resize(2 * self.ends.len() + 1024, 0);
            }
            let Some(room) = self.ends[count..].first_chunk_mut() else { return false };
            count += places(room, place(base), separators(&chunk(bytes, base), delimiter));
        }
        self.ends.truncate(count);
        if bytes.last().is_some_and(|last| *last != b'\n') {
            self.ends.push(place(bytes.len()));
        }
        let ends_row = |end: &u32| bytes.get(*end as usize).is_none_or(|byte| *byte == b'\n');
        let Some(width) = self.ends.iter().position(ends_row).map(|first| first + 1) else { return false };
        let rows = self.ends.chunks(width);
        let lines = rows.len() - usize::from(bytes.last() != Some(&b'\n'));
        let whole = rows.clone().all(|row| row.len() == width && row.last().is_some_and(ends_row));
        if width < 2 || !whole || memchr_iter(b'\n', bytes).count() != lines {
            return false;
        }
        self.lines = place(rows.len());
        self.even = Some(width);
        true
    }

    /// Splits a text without quotes and carriage returns.
    fn plain(&mut self, bytes: &[u8], delimiter: u8) {
        let mut row = At::default();
        for base in (0..bytes.len()).step_by(WIDTH) {
            let mut marks = separators(&chunk(bytes, base), delimiter);
            while marks != 0 {
                let at = base + marks.trailing_zeros() as usize;
                marks &= marks - 1;
                self.ends.push(place(at));
                if bytes[at] == b'\n' {
                    row = self.over(row, at);
                    row.start = place(at + 1);
                }
            }
        }
        self.last(row, bytes.len());
    }

    /// Ends the last row, where no line end does.
    fn last(&mut self, row: At, end: usize) {
        if row.start < place(end) {
            self.ends.push(place(end));
            self.over(row, end);
        }
    }

    /// Splits a text whose cells lie in it as they are, but for quotes around them; `false` where one does not.
    fn marked(&mut self, bytes: &[u8], cut: Cut) -> bool {
        let mut row = At::default();
        let mut quotes = Quotes::new(cut.delimiter);
        for base in (0..bytes.len()).step_by(WIDTH) {
            let found = quotes.next(&chunk(bytes, base));
            if found.odd || found.rewritten {
                return false;
            }
            let mut marks = found.separators & (!found.inside | if cut.physical { found.feeds } else { 0 });
            while marks != 0 {
                let bit = marks.trailing_zeros();
                marks &= marks - 1;
                let at = base + bit as usize;
                if found.inside >> bit & 1 == 1 {
                    self.lines += 1;
                    continue;
                }
                if bytes[at] != b'\n' {
                    self.ends.push(place(at));
                    continue;
                }
                let end = at - usize::from(place(at) > row.start && bytes[at - 1] == b'\r');
                self.ends.push(place(end));
                row = self.over(row, end);
                row.start = place(at + 1);
            }
        }
        self.last(row, bytes.len());
        self.quoted = true;
        quotes.closed()
    }

    /// Adds a cell behind the others of a text that is written anew.
    fn add(&mut self, text: &str) {
        self.text.push_str(text);
        self.end();
    }

    fn end(&mut self) {
        self.ends.push(place(self.text.len()));
        self.text.push('\n');
    }

    /// Splits any text, written anew without quotes.
    fn careful(&mut self, text: &str, cut: Cut) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if let Some(after) = line_end(bytes, at) {
                at = after;
                self.lines += 1;
                continue;
            }
            let line = self.lines;
            self.places.push(At { first: place(self.ends.len()), start: place(self.text.len()), line });
            loop {
                if bytes.get(at) == Some(&b'"') {
                    at = self.between_quotes(text, at + 1, cut);
                }
                let next = memchr3(cut.delimiter, b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |n| at + n);
                self.add(&text[at..next]);
                at = next;
                if at == bytes.len() {
                    self.lines += 1;
                    break;
                }
                if let Some(after) = line_end(bytes, at) {
                    at = after;
                    self.lines += 1;
                    break;
                }
                at += 1;
            }
        }
    }

    /// Copies what stands between quotes; returns the place after the closing one.
    fn between_quotes(&mut self, text: &str, mut at: usize, cut: Cut) -> usize {
        loop {
            let end = memchr(b'"', &text.as_bytes()[at..]).map_or(text.len(), |n| at + n);
            let run = &text[at..end];
            if cut.physical {
                self.lines += place(memchr_iter(b'\n', run.as_bytes()).count());
            }
            self.text.push_str(run);
            if end == text.len() {
                return end;
            }
            at = end + 1;
            if text.as_bytes().get(at) != Some(&b'"') {
                return at;
            }
            self.text.push('"');
            at += 1;
        }
    }
}

/// Blocks are far below 4 GB; a place beyond would only make cells empty.
#[inline]
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn line_end(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'\n' => Some(at + 1),
        b'\r' => Some(at + 1 + usize::from(bytes.get(at + 1) == Some(&b'\n'))),
        _ => None,
    }
}
