//! One cell where it lies in its block: most are so short that all their bytes fit into one word.

/// Bytes of a word.
const WORD: usize = 8;

/// A cell, in the text that holds it.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'r> {
    text: &'r str,
    start: usize,
    end: usize,
}

impl<'r> Cell<'r> {
    /// Takes a whole text.
    #[inline]
    #[must_use]
    pub fn of(text: &'r str) -> Self {
        Self { text, start: 0, end: text.len() }
    }

    /// Takes what lies between two bytes of a text; nothing, where that is no text.
    #[inline]
    #[must_use]
    pub fn new(text: &'r str, start: usize, end: usize) -> Self {
        if start <= end && end <= text.len() { Self { text, start, end } } else { Self::of("") }
    }

    /// Returns how many bytes there are.
    #[inline]
    #[must_use]
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Tells whether there are none.
    #[inline]
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.end == self.start
    }

    /// Returns the bytes.
    #[inline]
    #[must_use]
    pub fn bytes(self) -> &'r [u8] {
        self.text.as_bytes().get(self.start..self.end).unwrap_or(&[])
    }

    /// Returns the text.
    #[inline]
    #[must_use]
    pub fn text(self) -> &'r str {
        self.text.get(self.start..self.end).unwrap_or("")
    }

    /// Takes the quotes off a cell that stands between two.
    #[inline]
    #[must_use]
    pub fn unquoted(self) -> Self {
        if self.len() > 1 && self.bytes().first() == Some(&b'"') {
            return Self { start: self.start + 1, end: self.end - 1, ..self };
        }
        self
    }

    /// Takes white space off both ends.
    #[inline]
    #[must_use]
    pub fn trimmed(self) -> Self {
        match self.bytes() {
            [] => self,
            [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => self,
            _ => {
                let text = self.text();
                let start = self.start + (text.len() - text.trim_start().len());
                Self { start, end: start + text.trim().len(), ..self }
            }
        }
    }

    /// Returns the last eight bytes, the last one highest; zeros stand before a shorter cell.
    #[inline]
    #[must_use]
    pub fn word(self) -> u64 {
        let Some(word) = self.end.checked_sub(WORD).and_then(|from| word_at(self.text, from)) else {
            let bytes = self.bytes();
            let mut word = [0; WORD];
            word[WORD - bytes.len()..].copy_from_slice(bytes);
            return u64::from_le_bytes(word);
        };
        if self.len() < WORD { word & !(u64::MAX >> (8 * self.len())) } else { word }
    }

    /// Returns the first eight bytes of a cell that has as many.
    #[inline]
    #[must_use]
    pub fn first_word(self) -> Option<u64> {
        if self.len() < WORD { None } else { word_at(self.text, self.start) }
    }
}

#[inline]
fn word_at(text: &str, from: usize) -> Option<u64> {
    text.as_bytes().get(from..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}
