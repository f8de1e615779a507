//! Texts: quotes, escapes, several languages.
//!
//! A text of several lines (`"""`) may be indented with its block: a newline right
//! behind the opening quotes and the blanks that all its lines begin with don't
//! belong to it, nor does a last line that is blank before the closing quotes.

use super::context::Cx;
use super::grammar::{Pair, Rule};
use super::mistake;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Text, TextPart, Word};

/// `text`, `tagged_text`: parts joined by `/`.
pub(super) fn text(cx: &Cx, pair: Pair) -> Option<Text> {
    let mut parts: Vec<TextPart> = Vec::new();
    let mut language: Option<Word> = None;
    for pair in pair.into_inner() {
        match pair.as_rule() {
            Rule::tag => language = Some(super::item::word(cx, &pair)),
            Rule::loose_slash => mistake::loose_slash(cx, &pair),
            Rule::nl => {}
            _ => {
                let (value, span) = string(cx, &pair);
                parts.push(TextPart { language: language.take(), value, span });
            }
        }
    }
    let first = parts.first()?;
    let start = first.language.as_ref().map_or(first.span, |tag| tag.span);
    let span = start.to(parts.last()?.span);
    Some(Text { parts, span })
}

/// `string`: one quoted part, closed or not.
fn string(cx: &Cx, pair: &Pair) -> (String, Span) {
    let span = cx.span(pair);
    let raw = pair.as_str();
    let value = match pair.as_rule() {
        Rule::short_string => {
            raw.strip_prefix('"').and_then(|s| s.strip_suffix('"')).unwrap_or(raw).to_owned()
        }
        Rule::long_string => {
            unindented(raw.strip_prefix("\"\"\"").and_then(|s| s.strip_suffix("\"\"\"")).unwrap_or(raw))
        }
        Rule::unclosed_long => {
            cx.swallowed.set(true);
            let quotes = cx.at(span.start as usize, span.start as usize + 3);
            let finding = Diagnostic::error("unclosed-string", quotes, "this `\"\"\"` is never closed");
            cx.push(finding.help("write `\"\"\"` behind the last line of the text"));
            raw.trim_start_matches('"').to_owned()
        }
        _ => {
            unclosed_string(cx, span);
            raw.strip_prefix('"').unwrap_or(raw).trim_end().to_owned()
        }
    };
    (unescaped(cx, pair, &value), span)
}

fn unclosed_string(cx: &Cx, span: Span) {
    let finding = Diagnostic::error("unclosed-string", span, "the text is not closed on its line");
    let help = if cx.line(span).contains(['“', '”', '＂']) {
        "close it with the ASCII `\"`, not with a full-width or curly quote"
    } else {
        "write `\"` behind it; a text of several lines stands between `\"\"\"`"
    };
    cx.push(finding.help(help));
}

/// Takes the block's indentation away from a text of several lines.
fn unindented(raw: &str) -> String {
    let raw = raw.replace("\r\n", "\n");
    let Some(body) = raw.trim_start_matches([' ', '\t']).strip_prefix('\n') else { return raw };
    let (body, last) = body.rsplit_once('\n').unwrap_or(("", body));
    let closing_alone = last.trim().is_empty();
    let lines: Vec<&str> =
        if closing_alone { body.split('\n').collect() } else { body.split('\n').chain([last]).collect() };
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let indented = lines.iter().copied().filter(|line| !line.trim().is_empty());
    let common = indented.map(blanks).min().unwrap_or(0);
    let cut: Vec<&str> = lines.iter().map(|line| line.get(common..).unwrap_or("")).collect();
    cut.join("\n")
}

/// Resolves `\"`, `\\` and `\n`.
fn unescaped(cx: &Cx, pair: &Pair, value: &str) -> String {
    if !value.contains('\\') {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    let mut unknown = Vec::new();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some(escaped @ ('"' | '\\'))) => out.push(escaped),
            ('\\', other) => {
                out.push('\\');
                out.extend(other);
                unknown.extend(other);
            }
            (plain, _) => out.push(plain),
        }
    }
    for c in unknown.into_iter().filter(|c| !c.is_whitespace()) {
        unknown_escape(cx, pair, c);
    }
    out
}

fn unknown_escape(cx: &Cx, pair: &Pair, c: char) {
    let escape = format!("\\{c}");
    let at = pair.as_span().start() + pair.as_str().find(&escape).unwrap_or(0);
    let place = cx.at(at, at + escape.len());
    let help = "a text knows `\\\"`, `\\\\` and `\\n`; write `\\\\` for a backslash";
    cx.push(Diagnostic::error("escape", place, format!("`{escape}` means nothing in a text")).help(help));
}
