//! Findings for people and machines: text with carets, JSON, GitHub, SARIF.
//!
//! Goes in: diagnostics and the files that they point into. Comes out: a string,
//! the same bytes for the same input, sorted by file and offset. Nothing is
//! printed here.

mod github;
mod json;
mod sarif;
mod text;

pub use github::render_github;
pub use json::render_json;
pub use sarif::render_sarif;
pub use text::{render_text, summary};

use super::Diagnostic;
use crate::source::{SourceMap, Span};

/// Returns the diagnostics by file, offset and code.
fn sorted(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut all: Vec<&Diagnostic> = diagnostics.iter().collect();
    all.sort_by_key(|d| (d.span.file, d.span.start, d.span.end, d.code));
    all
}

/// A span as people count: lines and columns from 1, columns in characters, the end exclusive.
struct Place<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// Finds a span's place; the beginning of a nameless file when the map doesn't hold it.
fn place(sources: &SourceMap, span: Span) -> Place<'_> {
    let Some(file) = sources.get(span.file) else {
        return Place { path: "", line: 1, column: 1, end_line: 1, end_column: 1 };
    };
    let (line, column) = file.line_column(span.start);
    let (end_line, end_column) = file.line_column(span.end);
    Place { path: &file.path, line, column, end_line, end_column }
}
