//! Full-width signs, curly quotes and mathematical operators: what a Chinese keyboard or a word processor writes.
//!
//! The copy gets the ASCII sign and blanks up to the same length, so that the tree
//! is whole all the same; all of one line are one finding with one fix.

use super::context::Cx;
use super::grammar::Pair;
use super::scan::{Copy, Nesting};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// One sign, and what should stand there.
pub(super) struct Wide {
    span: Span,
    ours: String,
}

/// `curly_string`: a text in quotes that aren't ASCII.
pub(super) fn curly_string(cx: &Cx, pair: &Pair, copy: &mut Copy) -> Wide {
    let (start, end) = (pair.as_span().start(), pair.as_span().end());
    let text = pair.as_str();
    let quote = |c: Option<char>| c.map_or(0, char::len_utf8);
    let (open, close) = (quote(text.chars().next()), quote(text.chars().next_back()));
    let inside = text.get(open..text.len() - close).unwrap_or("");
    // The quotes move next to the text, the blanks outside.
    copy.write(start, start + open, "  \"".get(3usize.saturating_sub(open)..).unwrap_or("\""));
    copy.write(start + open, end - close, &inside.replace(['"', '\\'], "'"));
    copy.write(end - close, end, "\"");
    let ours = format!("\"{}\"", inside.replace('\\', "\\\\").replace('"', "\\\""));
    Wide { span: cx.at(start, end), ours }
}

/// `wide_word`: full-width letters and digits.
pub(super) fn wide_word(cx: &Cx, pair: &Pair, copy: &mut Copy) -> Wide {
    let span = pair.as_span();
    let ours: String = pair.as_str().chars().map(narrow).collect();
    copy.write(span.start(), span.end(), &ours);
    Wide { span: cx.span(pair), ours }
}

/// `wide_sign`: punctuation, operators and blanks.
pub(super) fn wide_sign(cx: &Cx, pair: &Pair, copy: &mut Copy, nesting: &mut Nesting) -> Wide {
    let ours = ours(pair);
    let span = pair.as_span();
    copy.write(span.start(), span.end(), &ours);
    if let Some(bracket @ (b'{' | b'(' | b'}' | b')' | b';')) = ours.bytes().next() {
        nesting.step(cx, bracket, span.start(), span.end(), copy);
    }
    Wide { span: cx.span(pair), ours }
}

/// Returns what is written instead of a wide sign.
pub(super) fn ours(pair: &Pair) -> String {
    match pair.as_str() {
        "、" => ",".to_owned(),
        "≤" => "<=".to_owned(),
        "≥" => ">=".to_owned(),
        "≠" => "!=".to_owned(),
        "×" => "*".to_owned(),
        "÷" => "/".to_owned(),
        "−" => "-".to_owned(),
        "\u{3000}" | "\u{A0}" => " ".to_owned(),
        sign => sign.chars().map(narrow).collect(),
    }
}

fn narrow(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

/// Reports the signs, those of one line together.
pub(super) fn report(cx: &Cx, all: &[Wide]) {
    let line = |wide: &Wide| cx.file.line_column(wide.span.start).0;
    for row in all.chunk_by(|a, b| line(a) == line(b)) {
        let [first, more @ ..] = row else { continue };
        let mut finding = Diagnostic::error("full-width", first.span, message(cx, first, more.len()));
        for wide in more {
            finding = finding.label(wide.span, format!("here {}", shown(&wide.ours)));
        }
        finding = finding.help(help(cx, first, more));
        let (span, ours) = mended(cx, row, first.span);
        cx.push(finding.fix(span, ours));
    }
}

fn message(cx: &Cx, first: &Wide, more: usize) -> String {
    let sign = cx.slice(first.span);
    let what = match sign {
        "\u{3000}" => "a full-width blank stands here".to_owned(),
        "\u{A0}" => "a no-break blank stands here".to_owned(),
        "≤" | "≥" | "≠" | "×" | "÷" | "−" => format!("`{sign}` is no operator here"),
        _ if first.ours.starts_with('"') => "a text stands in quotes that are not `\"`".to_owned(),
        _ => format!("`{sign}` is a full-width sign"),
    };
    match more {
        0 => what,
        1 => format!("{what}, and another sign on this line is not ASCII"),
        more => format!("{what}, and {more} more signs on this line are not ASCII"),
    }
}

fn shown(ours: &str) -> String {
    if ours == " " { "an ordinary blank".to_owned() } else { format!("`{ours}`") }
}

fn help(cx: &Cx, first: &Wide, more: &[Wide]) -> String {
    let text = &cx.file.text;
    let before = text.get(..first.span.start as usize).and_then(|s| s.chars().next_back());
    let after = text.get(first.span.end as usize..).and_then(|s| s.chars().next());
    let inside_text = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && c.is_alphabetic());
    if inside_text(before) && inside_text(after) {
        return format!("put the text in double quotes, or write {} between names", shown(&first.ours));
    }
    let others = if more.is_empty() { "" } else { ", and the others likewise" };
    let ascii = if first.ours.starts_with(['"', ' ']) { "" } else { "the ASCII " };
    format!("write {ascii}{}{others}", shown(&first.ours))
}

/// Returns the stretch from the first sign to the last, all of them mended.
fn mended(cx: &Cx, row: &[Wide], first: Span) -> (Span, String) {
    let mut ours = String::new();
    let mut at = first;
    for wide in row {
        ours.push_str(cx.slice(Span { start: at.end.min(wide.span.start), end: wide.span.start, ..at }));
        ours.push_str(&wide.ours);
        at = wide.span;
    }
    (first.to(at), ours)
}
