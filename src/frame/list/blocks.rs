//! Cuts a file into blocks of whole rows, without looking at more than line ends and quotes.

use std::io::Read;

use memchr::{memchr, memchr3, memrchr};

use crate::frame::list::marks::{Quotes, WIDTH, chunk};
use crate::frame::list::text::unreadable;
use crate::frame::types::FrameError;

/// Bytes of a block.
const SIZE: usize = 1 << 19;

/// A row longer than this has a quote that is never closed.
const LONGEST: usize = 1 << 26;

/// How rows are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Byte between cells.
    pub delimiter: u8,
    /// Whether a line break inside a cell is a line of the file.
    pub physical: bool,
}

/// Reads a file block by block.
pub struct Blocks<'a, R> {
    reader: R,
    cut: Cut,
    name: &'a str,
    rest: Vec<u8>,
    over: bool,
}

impl<'a, R: Read> Blocks<'a, R> {
    /// Starts where the reader stands.
    pub fn new(reader: R, cut: Cut, name: &'a str) -> Self {
        Self { reader, cut, name, rest: Vec::new(), over: false }
    }

    /// Tells whether everything was read.
    pub fn over(&self) -> bool {
        self.over
    }

    /// Reads the next block into room that another had; `None` at the end.
    pub fn next(&mut self, mut block: Vec<u8>) -> Result<Option<Vec<u8>>, FrameError> {
        block.clear();
        block.append(&mut self.rest);
        let mut wanted = SIZE;
        while !self.over {
            // Room for a whole block at once, so that it is not copied as it grows.
            block.reserve_exact(wanted + 1);
            let had = block.len();
            let got = (&mut self.reader).take(wanted as u64).read_to_end(&mut block);
            got.map_err(|e| unreadable(self.name, &e))?;
            self.over = block.len() < had + wanted;
            if self.over {
                break;
            }
            let end = last_end(&block, self.cut);
            if end > 0 {
                self.rest.extend_from_slice(&block[end..]);
                block.truncate(end);
                return Ok(Some(block));
            }
            if block.len() > LONGEST {
                return Err(FrameError::list(format!(
                    "`{}` has a row of more than 64 million bytes; a quote `\"` that opens there is never closed",
                    self.name
                )));
            }
            wanted = block.len();
        }
        Ok(Some(block).filter(|b| !b.is_empty()))
    }
}

/// Returns where the last whole row ends; 0 when none does.
fn last_end(block: &[u8], cut: Cut) -> usize {
    if memchr(b'"', block).is_none()
        && let Some(end) = memrchr(b'\n', block)
    {
        return end + 1;
    }
    last_feed(block, cut.delimiter).unwrap_or_else(|| {
        let mut at = 0;
        while let Some(end) = row_end(&block[at..], cut) {
            at += end;
        }
        at
    })
}

/// Returns where the last row ends that a line feed ends; `None` when quotes stand where they mean nothing.
fn last_feed(block: &[u8], delimiter: u8) -> Option<usize> {
    let mut quotes = Quotes::new(delimiter);
    let mut last = 0;
    for base in (0..block.len()).step_by(WIDTH) {
        let found = quotes.next(&chunk(block, base));
        if found.odd {
            return None;
        }
        let feeds = found.feeds & !found.inside;
        if feeds != 0 {
            last = base + WIDTH - feeds.leading_zeros() as usize;
        }
    }
    Some(last).filter(|last| *last > 0)
}

/// Returns where the first row ends that is not a blank line, or where the text does.
pub fn first_end(text: &[u8], cut: Cut) -> usize {
    let mut at = 0;
    loop {
        let blank = matches!(text.get(at), Some(b'\n' | b'\r'));
        match row_end(&text[at..], cut) {
            Some(end) if blank => at += end,
            Some(end) => return at + end,
            None => return text.len(),
        }
    }
}

/// Returns where the row at the start of the text ends, its line end included; `None` when that can't be seen yet.
fn row_end(text: &[u8], cut: Cut) -> Option<usize> {
    let mut at = 0;
    loop {
        if text.get(at) == Some(&b'"') {
            at += 1;
            loop {
                at += memchr(b'"', &text[at..])? + 1;
                if text.get(at) != Some(&b'"') {
                    break;
                }
                at += 1;
            }
        }
        at += memchr3(cut.delimiter, b'\n', b'\r', &text[at.min(text.len())..])? + 1;
        match text[at - 1] {
            b'\n' => return Some(at),
            // What follows tells whether this is half of a line end.
            b'\r' => return text.get(at).map(|&next| at + usize::from(next == b'\n')),
            _ => {}
        }
    }
}
