//! Parsing that always ends with a tree.
//!
//! Two looks at the text: [`scan`] takes it as a flat row of tokens, finds
//! comments, hidden characters and nesting that is too deep, and writes
//! full-width signs as ASCII (same length, so that offsets stay); then pest's
//! `file` rule gives it shape and the functions of this folder, one for each
//! grammar rule and with its name, turn the pairs into the tree of
//! [`ast`](super::ast). Recovery is part of the grammar: each recovery rule
//! becomes exactly one diagnostic, and a top-level declaration at column 0 is
//! always found again.

mod context;
mod expr;
mod file;
mod grammar;
mod item;
mod mistake;
mod postfix;
mod scalar;
mod scan;
mod text;
mod unclosed;
mod wide;

use pest::Parser as _;

use super::ast;
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span};
use context::Cx;
use grammar::{Rule, SurveyParser};

/// The deepest nesting of `{ }` and `( )` together.
pub const MAX_NESTING: usize = 64;

/// The most operators in one expression.
pub const MAX_OPERATORS: usize = 400;

/// The largest file that is read, in bytes (16 MB).
pub const MAX_FILE_BYTES: usize = 16 << 20;

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// The tree of everything that was understood.
    pub file: ast::File,
    /// `// …`, each without its newline, in order.
    pub comments: Vec<Span>,
    /// What was not understood, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a file; never fails and never panics.
///
/// Files over [`MAX_FILE_BYTES`] give a diagnostic and an empty tree, nesting
/// over [`MAX_NESTING`] and expressions over [`MAX_OPERATORS`] are left out with
/// a diagnostic.
#[must_use]
pub fn parse(file: &SourceFile) -> Parsed {
    if file.text.len() > MAX_FILE_BYTES {
        let place = Span::new(file.id, 0, 0);
        let message = format!("the file has {} bytes, more than 16 MB", file.text.len());
        let help = "split it, and bring the parts together with `use \"…\"`";
        let diagnostics = vec![Diagnostic::error("file-size", place, message).help(help)];
        return Parsed { diagnostics, ..Parsed::default() };
    }
    let cx = Cx::new(file);
    let scan::Scanned { text, comments } = scan::scan(&cx);
    let tree = match SurveyParser::parse(Rule::file, &text) {
        Ok(mut pairs) => pairs.next().map(|pair| file::file(&cx, pair)).unwrap_or_default(),
        Err(error) => {
            let at = match error.location {
                pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at,
            };
            cx.error("syntax", cx.at(at, at), "the file can't be read from here on");
            ast::File::default()
        }
    };
    Parsed { file: tree, comments, diagnostics: cx.finish() }
}
