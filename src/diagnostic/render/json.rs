//! JSON: an array with one object a finding.

use serde::Serialize;

use super::{place, sorted};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{SourceMap, Span};

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    #[serde(flatten)]
    place: Where<'a>,
    labels: Vec<Label<'a>>,
    help: Option<&'a str>,
    fix: Option<Fix<'a>>,
}

/// Lines and columns from 1, columns in characters, the end exclusive; offsets in bytes.
#[derive(Serialize)]
struct Where<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct Label<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: Where<'a>,
}

#[derive(Serialize)]
struct Fix<'a> {
    replacement: &'a str,
    #[serde(flatten)]
    place: Where<'a>,
}

/// Writes all findings as a JSON array, indented, with a newline at the end.
#[must_use]
pub fn render_json(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let findings: Vec<Finding> = sorted(diagnostics).into_iter().map(|d| finding(d, sources)).collect();
    // Plain structs of strings and numbers can't fail to serialise.
    let mut out = serde_json::to_string_pretty(&findings).unwrap_or_else(|_| "[]".to_owned());
    out.push('\n');
    out
}

fn finding<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Finding<'a> {
    let labels = diagnostic.labels.iter();
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    Finding {
        code: diagnostic.code,
        severity,
        message: &diagnostic.message,
        place: location(sources, diagnostic.span),
        labels: labels.map(|l| Label { message: &l.message, place: location(sources, l.span) }).collect(),
        help: diagnostic.help.as_deref(),
        fix: diagnostic
            .fix
            .as_ref()
            .map(|fix| Fix { replacement: &fix.replacement, place: location(sources, fix.span) }),
    }
}

fn location(sources: &SourceMap, span: Span) -> Where<'_> {
    let place = place(sources, span);
    Where {
        file: place.path,
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
        start: span.start,
        end: span.end,
    }
}
