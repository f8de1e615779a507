//! Annotations of GitHub Actions: one workflow command a line.
//!
//! Escaping as in the runner's toolkit (`@actions/core`, `command.ts`): `%`, CR and
//! LF in messages, also `:` and `,` in properties.

use std::fmt::Write as _;

use super::{place, sorted};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;

/// Writes `::error file=…,line=…,col=…,title=…::message` for each finding.
#[must_use]
pub fn render_github(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut out = String::new();
    for diagnostic in sorted(diagnostics) {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let at = place(sources, diagnostic.span);
        let path = property(at.path);
        _ = write!(out, "::{command} file={path},line={},endLine={},col={}", at.line, at.end_line, at.column);
        // Columns of two lines can't be compared; GitHub drops the annotation when the end comes first.
        if at.line == at.end_line {
            _ = write!(out, ",endColumn={}", at.end_column);
        }
        let help = diagnostic.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        let message = data(&format!("{}{help}", diagnostic.message));
        _ = writeln!(out, ",title={}::{message}", property(diagnostic.code));
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
