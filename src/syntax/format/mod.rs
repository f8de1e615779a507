//! The canonical form of a file.
//!
//! Goes in: a [`SourceFile`]. Comes out: the same statements in one form, or why
//! not. It knows the shape of the language and a short list of words that read as
//! settings, nothing of their meaning. What it writes is parsed again: when the
//! tree or a comment would not be the same, the file is left alone.
//!
//! The form: two blanks for each block; settings with their values in one column;
//! neighbours that read as a table lined up by the columns they take on a screen;
//! lines up to 120 columns, where a longer text takes a line for each language and
//! a longer list one for each value; at most one blank line; LF. What the author
//! has put on several lines stays there.

mod head;
mod lay;
mod lex;
mod lines;
mod meaning;
mod table;
mod tree;
mod words;

pub use meaning::meaning;

use super::parse::parse;
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, SourceMap};

/// Why a file was not formatted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It has syntax errors.
    Broken(Vec<Diagnostic>),
    /// The formatter would have changed what it says: a bug of the formatter.
    WouldChange,
}

/// Returns the canonical form of a file.
pub fn format(file: &SourceFile) -> Result<String, Refused> {
    let parsed = parse(file);
    if parsed.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(Refused::Broken(parsed.diagnostics));
    }
    let nodes = tree::nodes(&parsed.file, lex::tokens(&file.text));
    let mut out = Vec::new();
    lay::nodes(&nodes, "", 0, &mut out);
    let text = lines::write(&out);
    let mut sources = SourceMap::default();
    let id = sources.add(file.path.clone(), text.as_str());
    let again = sources.get(id).map(parse).unwrap_or_default();
    let comments = |file: &SourceFile, parsed: &super::Parsed| -> Vec<String> {
        parsed.comments.iter().map(|span| file.slice(*span).trim_end().to_owned()).collect()
    };
    let same_comments = sources.get(id).is_some_and(|new| comments(new, &again) == comments(file, &parsed));
    if again.diagnostics.is_empty() && same_comments && meaning(&again.file) == meaning(&parsed.file) {
        Ok(text)
    } else {
        Err(Refused::WouldChange)
    }
}
