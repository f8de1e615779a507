//! Parsing that always ends with a tree.
//!
//! A file is cut into its top-level declarations ([`pieces`]); each gets two looks: [`scan`] takes it as a flat row of tokens, finds
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
mod lines;
mod mistake;
mod operators;
mod pieces;
mod postfix;
mod scalar;
mod scan;
mod text;
mod unclosed;
mod wide;

pub use pieces::Known;

use std::ops::Range;
use std::sync::Arc;

use pest::Parser as _;
use rayon::prelude::*;

use super::ast;
use super::moved::To;
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, SourceMap, Span};
use context::Cx;
use grammar::{Rule, SurveyParser};
use pieces::pieces;

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
    if let Some(refused) = refused(file) {
        return Parsed { diagnostics: vec![refused], ..Parsed::default() };
    }
    let text: &str = &file.text;
    let one = |range: &Range<usize>| {
        let mut parsed = piece(text.get(range.clone()).unwrap_or_default());
        moved(&mut parsed, file, range);
        parsed
    };
    whole(joined(pieces(text).par_iter().map(one).collect()), file)
}

/// Returns why a file is not looked at.
fn refused(file: &SourceFile) -> Option<Diagnostic> {
    if file.text.len() <= MAX_FILE_BYTES {
        return lines::old(file);
    }
    let place = Span::new(file.id, 0, 0);
    let message = format!("the file has {} bytes, more than 16 MB", file.text.len());
    let help = "split it, and bring the parts together with `use \"…\"`";
    Some(Diagnostic::error("file-size", place, message).help(help))
}

/// Adds what can be told of the file as a whole.
fn whole(mut parsed: Parsed, file: &SourceFile) -> Parsed {
    if let Some(finding) = lines::mixed(file) {
        let place = parsed.diagnostics.partition_point(|d| d.span.start <= finding.span.start);
        parsed.diagnostics.insert(place, finding);
    }
    parsed
}

/// Parses a file of which most declarations are known from the last time; gives what [`parse`] gives.
#[must_use]
pub fn parse_again(file: &SourceFile, known: &mut Known) -> Parsed {
    if refused(file).is_some() {
        return parse(file);
    }
    let text: &str = &file.text;
    let pieces: Vec<(Range<usize>, &str)> =
        pieces(text).into_iter().map(|range| (range.clone(), text.get(range).unwrap_or_default())).collect();
    let old: Vec<Option<Arc<Parsed>>> = pieces.iter().map(|(_, text)| known.get(text)).collect();
    let one = |((range, text), old): (&(Range<usize>, &str), Option<Arc<Parsed>>)| {
        let own = old.unwrap_or_else(|| Arc::new(piece(text)));
        let mut parsed = (*own).clone();
        moved(&mut parsed, file, range);
        (own, parsed)
    };
    let all: Vec<(Arc<Parsed>, Parsed)> = pieces.par_iter().zip(old).map(one).collect();
    let mut parts = Vec::with_capacity(all.len());
    for ((_, text), (own, parsed)) in pieces.iter().zip(all) {
        known.put(text, own);
        parts.push(parsed);
    }
    whole(joined(parts), file)
}

fn moved(parsed: &mut Parsed, file: &SourceFile, range: &Range<usize>) {
    To { file: file.id, offset: u32::try_from(range.start).unwrap_or(u32::MAX) }.parsed(parsed);
}

fn joined(parts: Vec<Parsed>) -> Parsed {
    let mut whole = Parsed::default();
    for part in parts {
        whole.file.statements.extend(part.file.statements);
        whole.comments.extend(part.comments);
        whole.diagnostics.extend(part.diagnostics);
    }
    whole.diagnostics.sort_by_key(|d| (d.span.start, d.span.end));
    whole
}

/// Parses a stretch by itself; its places begin at 0.
fn piece(text: &str) -> Parsed {
    let mut alone = SourceMap::default();
    let id = alone.add("", text);
    let Some(file) = alone.get(id) else { return Parsed::default() };
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
