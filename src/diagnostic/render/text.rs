//! Text with carets, drawn by annotate-snippets.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::sorted;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{SourceFile, SourceMap, Span};

/// Lines beyond this many bytes are cut whatever they hold.
const LONGEST_WHOLE: usize = 4000;

/// Draws all findings below each other and counts them in a last line; nothing for none.
///
/// `width` is the terminal's, in columns; long source lines are cut to it. Lines with characters beyond ASCII are
/// shown whole: the renderer cuts by characters, and a caret below a cut line of Chinese would stand beside its place.
#[must_use]
pub fn render_text(diagnostics: &[Diagnostic], sources: &SourceMap, color: bool, width: usize) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in sorted(diagnostics) {
        let width = if shows_wide(diagnostic, sources) { usize::MAX / 2 } else { width.max(40) };
        let drawn = renderer.clone().term_width(width).render(&[group(diagnostic, sources)]);
        // Folded and empty lines end in blanks.
        drawn.lines().for_each(|line| _ = writeln!(out, "{}", line.trim_end()));
        out.push('\n');
    }
    if !diagnostics.is_empty() {
        _ = writeln!(out, "{}", summary(diagnostics));
    }
    out
}

/// Counts errors and warnings: “2 errors, 1 warning”.
#[must_use]
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|d| d.is_error()).count();
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    match (errors, diagnostics.len() - errors) {
        (0, 0) => "no errors, no warnings".to_owned(),
        (errors, 0) => count(errors, "error"),
        (0, warnings) => count(warnings, "warning"),
        (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    }
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&*diagnostic.message).id(diagnostic.code));
    for file in files(diagnostic, sources) {
        group = group.element(snippet(diagnostic, file));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(&**help));
    }
    group
}

/// Returns the files that a finding points into, its own first.
fn files<'a>(diagnostic: &Diagnostic, sources: &'a SourceMap) -> Vec<&'a SourceFile> {
    let mut ids = vec![diagnostic.span.file];
    for label in &diagnostic.labels {
        if !ids.contains(&label.span.file) {
            ids.push(label.span.file);
        }
    }
    ids.into_iter().filter_map(|id| sources.get(id)).collect()
}

/// Tells whether a line that a finding points at holds characters beyond ASCII.
fn shows_wide(diagnostic: &Diagnostic, sources: &SourceMap) -> bool {
    let spans = std::iter::once(diagnostic.span).chain(diagnostic.labels.iter().map(|label| label.span));
    spans.filter_map(|span| Some((span, sources.get(span.file)?))).any(|(span, file)| {
        let Range { start, end } = bytes(file, span);
        let first = file.text.get(..start).and_then(|s| s.rfind('\n')).map_or(0, |i| i + 1);
        let last = file.text.get(end..).and_then(|s| s.find('\n')).map_or(file.text.len(), |i| end + i);
        file.text.get(first..last).is_some_and(|lines| lines.len() <= LONGEST_WHOLE && !lines.is_ascii())
    })
}

/// Shows the lines from the first to the last that matter; the renderer folds what lies between.
fn snippet<'a>(
    diagnostic: &'a Diagnostic,
    file: &'a SourceFile,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let primary = Some((diagnostic.span, None)).filter(|(span, _)| span.file == file.id);
    let labels = diagnostic.labels.iter().filter(|label| label.span.file == file.id);
    let places: Vec<(Span, Option<&str>)> =
        primary.into_iter().chain(labels.map(|label| (label.span, Some(&*label.message)))).collect();
    let start = places.iter().map(|(span, _)| bytes(file, *span).start).min().unwrap_or(0);
    let end = places.iter().map(|(span, _)| bytes(file, *span).end).max().unwrap_or(0);
    let first = file.text.get(..start).and_then(|s| s.rfind('\n')).map_or(0, |i| i + 1);
    let last = file.text.get(end..).and_then(|s| s.find('\n')).map_or(file.text.len(), |i| end + i);
    let line = file.line_column(u32::try_from(first).unwrap_or(u32::MAX)).0;
    let mut snippet =
        Snippet::source(file.text.get(first..last).unwrap_or("")).line_start(line).path(&*file.path);
    for (span, label) in places {
        let Range { start, end } = bytes(file, span);
        let kind = if label.is_none() { AnnotationKind::Primary } else { AnnotationKind::Context };
        snippet = snippet.annotation(kind.span(start - first..end - first).label(label));
    }
    snippet
}

/// Returns a span as bytes that surely lie in the file, between characters.
fn bytes(file: &SourceFile, span: Span) -> Range<usize> {
    let start = file.text.floor_char_boundary(span.start as usize);
    let end = file.text.ceil_char_boundary((span.end as usize).min(file.text.len()));
    start..end.max(start)
}
