//! What all functions of the parser share: the file and its findings so far.

use std::cell::{Cell, RefCell};

use super::grammar::Pair;
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span};

/// The braces of one block.
pub(super) struct Braces {
    /// Where the statement begins that the block belongs to.
    pub head: Span,
    pub open: Span,
    pub close: Option<Span>,
    /// Where the block ends.
    pub end: u32,
}

/// The file being parsed and what was found in it.
pub(super) struct Cx<'f> {
    /// The original text; pest sees a copy of the same length.
    pub file: &'f SourceFile,
    /// Set once a `"""` text or `/*` has run to the end of its declaration: the blocks whose ends it swallowed
    /// need no diagnostic of their own.
    pub swallowed: Cell<bool>,
    /// Something that nested too deep was cut out: whether brackets around it are closed is not known.
    pub cut: Cell<bool>,
    /// Where the last parenthesis was found missing.
    pub unclosed: Cell<usize>,
    /// The blocks of the current top-level statement, inner ones first.
    pub braces: RefCell<Vec<Braces>>,
    diagnostics: RefCell<Vec<Diagnostic>>,
}

impl<'f> Cx<'f> {
    pub fn new(file: &'f SourceFile) -> Self {
        Self {
            file,
            swallowed: Cell::new(false),
            cut: Cell::new(false),
            unclosed: Cell::new(usize::MAX),
            braces: RefCell::default(),
            diagnostics: RefCell::default(),
        }
    }

    /// Makes a span that begins and ends between characters of the original.
    ///
    /// A full-width sign of three bytes is one byte and two blanks in the copy.
    pub fn at(&self, start: usize, end: usize) -> Span {
        let text = &self.file.text;
        let start = text.floor_char_boundary(start);
        Span::new(self.file.id, start, text.ceil_char_boundary(end).max(start))
    }

    /// Returns the place of a span's first sign, wide or not.
    pub fn first_sign(&self, span: Span) -> Span {
        self.at(span.start as usize, span.start as usize + 1)
    }

    /// Returns a pair's place without blanks, newlines and comments behind it.
    ///
    /// Good for atomic rules; pest lets others end behind the white space that it skipped in vain.
    pub fn span(&self, pair: &Pair) -> Span {
        let span = pair.as_span();
        self.at(span.start(), span.end())
    }

    /// Returns the place of a pair that may end in white space.
    pub fn trimmed(&self, pair: &Pair) -> Span {
        let span = pair.as_span();
        self.at(span.start(), span.start() + pair.as_str().trim_end().len())
    }

    /// Returns the original text of a span.
    pub fn slice(&self, span: Span) -> &'f str {
        self.file.slice(span)
    }

    /// Returns the line that a place begins on, without its newline.
    pub fn line(&self, span: Span) -> &'f str {
        let text: &'f str = &self.file.text;
        let (before, after) = text.split_at_checked(span.start as usize).unwrap_or((text, ""));
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let end = after.find('\n').map_or(text.len(), |i| before.len() + i);
        text.get(start..end).unwrap_or("")
    }

    pub fn push(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    pub fn error(&self, code: &'static str, span: Span, message: impl Into<String>) {
        self.push(Diagnostic::error(code, span, message));
    }

    /// Returns all findings in the order of the text.
    pub fn finish(self) -> Vec<Diagnostic> {
        let mut all = self.diagnostics.into_inner();
        all.sort_by_key(|d| (d.span.start, d.span.end));
        all
    }
}
