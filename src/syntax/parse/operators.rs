//! Counts operators before the shape is parsed, so that a hostile expression costs no more than its length.
//!
//! Goes in: the stretches between comments, texts and brackets. Comes out: the places of expressions that
//! have far more operators than [`MAX_OPERATORS`]; they are emptied before pest sees them. The count is coarse and
//! never finds an expression too long that is not: what lies between the limit and its double is counted on the tree.

use std::ops::Range;

use super::MAX_OPERATORS;

/// Words that join or negate.
const WORDS: [&str; 6] = ["and", "or", "not", "in", "within", "is"];

/// Follows the statements and counts in each.
#[derive(Debug, Default)]
pub(super) struct Operators {
    /// Where the expression of this statement began.
    from: Option<usize>,
    count: usize,
    depth: usize,
    /// Whether the last thing seen was an operator, behind which an expression goes on over a newline.
    open: bool,
    /// Expressions that are too long.
    pub long: Vec<Range<usize>>,
}

impl Operators {
    /// Takes a stretch without texts, comments and brackets that begins at `at`.
    pub fn plain(&mut self, text: &str, at: usize) {
        let bytes = text.as_bytes();
        let mut i = 0;
        while let Some(&b) = bytes.get(i) {
            let rest = bytes.get(i..).unwrap_or_default();
            let length = match b {
                b'\n' | b'\r' if self.depth == 0 && !self.open => {
                    self.end(at + i);
                    1
                }
                b' ' | b'\t' | b'\n' | b'\r' => 1,
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' | 128.. => {
                    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 128;
                    let length = rest.iter().take_while(|b| is_name(b)).count();
                    self.word(text.get(i..i + length).unwrap_or_default(), at + i);
                    length
                }
                b'<' | b'>' | b'=' | b'!' | b'&' | b'|' => {
                    let sign = |b: &u8| matches!(b, b'<' | b'>' | b'=' | b'&' | b'|');
                    let length = 1 + rest.iter().skip(1).take_while(|b| sign(b)).count();
                    if b == b'=' && self.from.is_none() {
                        self.from = Some(at + i);
                    }
                    self.operator();
                    length
                }
                b'+' | b'*' | b'/' => {
                    self.operator();
                    1
                }
                b'-' if !in_date(bytes, i) => {
                    self.operator();
                    1
                }
                _ => {
                    self.open = b == b',';
                    1
                }
            };
            i += length;
        }
    }

    /// Takes a text or a comment.
    pub fn opaque(&mut self, is_comment: bool) {
        if !is_comment {
            self.open = false;
        }
    }

    /// Takes a bracket, `;`, or `\n` for the beginning of a top-level declaration.
    pub fn bracket(&mut self, sign: u8, at: usize) {
        match sign {
            b'(' => {
                self.from.get_or_insert(at);
                self.depth += 1;
            }
            b')' => self.depth = self.depth.saturating_sub(1),
            _ => self.end(at),
        }
        self.open = false;
    }

    /// Ends the statement.
    pub fn end(&mut self, at: usize) {
        if let Some(from) = self.from.take().filter(|_| self.count > 2 * MAX_OPERATORS) {
            self.long.push(from..at);
        }
        *self = Self { long: std::mem::take(&mut self.long), ..Self::default() };
    }

    fn word(&mut self, word: &str, at: usize) {
        if word == "where" || word == "when" {
            self.from.get_or_insert(at);
        } else if WORDS.contains(&word) {
            self.operator();
            return;
        }
        self.open = false;
    }

    fn operator(&mut self) {
        // Outside of expressions `/` stands between texts and `<` between words.
        if self.from.is_some() {
            self.count += 1;
            self.open = true;
        }
    }
}

/// Tells whether a hyphen is one of a date's, which joins no values.
fn in_date(bytes: &[u8], at: usize) -> bool {
    let digits = |from: usize, n: usize| {
        bytes.get(from..from + n).is_some_and(|all| all.iter().all(u8::is_ascii_digit))
    };
    let year = at >= 4 && digits(at - 4, 4);
    let month = at >= 3 && bytes.get(at - 3) == Some(&b'-') && digits(at - 2, 2);
    digits(at + 1, 2) && (year || month)
}
