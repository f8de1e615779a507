//! How words stand side by side, and which blocks read as a list of settings.

use unicode_width::UnicodeWidthStr;

use super::lex::Kind;
use super::tree::Piece;

/// Columns that a line should not go beyond; texts and names are never cut.
pub(super) const LIMIT: usize = 120;

/// Columns that a block stands further right than its head.
pub(super) const INDENT: usize = 2;

/// Blocks in which each line is a setting: its values stand in one column.
const SETTINGS: [&str; 11] = [
    "action",
    "campaign",
    "case",
    "channel",
    "events",
    "frame",
    "privacy",
    "responses",
    "schedule",
    "stratum",
    "test",
];

/// Words that begin a sentence rather than a setting: nothing is aligned behind them.
const SENTENCES: [&str; 7] = ["allow", "breaks", "exclude", "field", "not", "once", "one"];

/// Returns the columns that a text takes on a screen; a Chinese character takes two.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Tells whether the lines of a block that begins with this word are settings.
pub(super) fn has_settings(parent: &str) -> bool {
    SETTINGS.contains(&parent)
}

/// Tells whether a line of such a block is a setting: one word and its value.
pub(super) fn is_setting(head: &[Piece]) -> bool {
    let [first, second, ..] = head else { return false };
    let names_a_column = second.token.is_word("from");
    first.token.kind == Kind::Word
        && is_apart(head, 1)
        && !names_a_column
        && !SENTENCES.contains(&first.token.text.as_str())
}

/// Tells whether a `-` at this place belongs to what follows it.
pub(super) fn is_unary(head: &[Piece], at: usize) -> bool {
    let Some(piece) = head.get(at).filter(|p| p.token.is("-")) else { return false };
    let before = at.checked_sub(1).and_then(|i| head.get(i));
    piece.signs
        || before.is_none_or(|b| match b.token.kind {
            Kind::Sign => !b.token.is(")"),
            _ => b.clause || is_reserved(b) || is_rank(head, at - 1),
        })
}

/// Tells whether the word at this place is the `top` of `in top 20%`.
fn is_rank(head: &[Piece], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|i| head.get(i));
    head.get(at).is_some_and(|p| p.token.is_word("top")) && before.is_some_and(|b| b.token.is_word("in"))
}

/// Words that no name in an expression can be.
fn is_reserved(piece: &Piece) -> bool {
    let reserved = ["and", "or", "not", "in", "within", "is"];
    piece.token.kind == Kind::Word && reserved.contains(&piece.token.text.as_str())
}

/// Tells whether a blank stands before the word at this place.
pub(super) fn is_apart(head: &[Piece], at: usize) -> bool {
    let (Some(before), Some(piece)) = (at.checked_sub(1).and_then(|i| head.get(i)), head.get(at)) else {
        return false;
    };
    if piece.token.is(",") || piece.token.is(")") || before.token.is("(") {
        return false;
    }
    if piece.token.is("(") {
        // The bracket of a call follows the name at once.
        return before.token.kind != Kind::Word || before.clause || is_reserved(before);
    }
    !is_unary(head, at - 1)
}

/// Tells whether the `/` at this place stands between two languages.
pub(super) fn is_text_slash(head: &[Piece], at: usize) -> bool {
    let kind = |i: usize| head.get(i).map(|p| p.token.kind);
    let sign = head.get(at).is_some_and(|p| p.token.is("/"));
    let before = at.checked_sub(1).and_then(kind) == Some(Kind::Text);
    let behind = kind(at + 1) == Some(Kind::Text)
        || (kind(at + 1) == Some(Kind::Word) && kind(at + 2) == Some(Kind::Text));
    sign && before && behind
}

/// Tells whether the operator at this place may end a line, its right side following on the next.
pub(super) fn may_end_line(head: &[Piece], at: usize) -> bool {
    let Some(piece) = head.get(at) else { return false };
    let sign = |all: &[&str]| piece.token.kind == Kind::Sign && all.contains(&piece.token.text.as_str());
    let word = piece.token.is_word("and") || piece.token.is_word("or");
    // A line that ends between languages would read as the author's wish next time.
    !is_text_slash(head, at)
        && (sign(&[",", "="]) && !(piece.inside && piece.token.is("="))
            || piece.inside && (word || sign(&["+", "-", "*", "/"]) && !is_unary(head, at)))
}

/// Writes words on one line, the first filled up to `column`.
pub(super) fn flat(head: &[Piece], column: usize) -> String {
    let mut line = String::new();
    for (at, piece) in head.iter().enumerate() {
        if is_apart(head, at) {
            line.push(' ');
        }
        line.push_str(&piece.token.text);
        if at == 0 {
            fill(&mut line, column);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Returns what must stand behind a head without a block so that the next line does not belong to it.
pub(super) fn end(head: &[Piece]) -> &'static str {
    let joins = ["<=", ">=", "!=", "<", ">", ",", "|"];
    let last = head.last().filter(|p| p.token.kind == Kind::Sign);
    if last.is_some_and(|p| joins.contains(&p.token.text.as_str())) { ";" } else { "" }
}

/// Fills a line up to a column.
pub(super) fn fill(line: &mut String, column: usize) {
    line.extend(std::iter::repeat_n(' ', column.saturating_sub(width(line))));
}

/// Drops the comma behind the last value of a list; it means nothing.
pub(super) fn drop_last_commas(head: &mut Vec<Piece>) {
    let mut at = 0;
    while at + 1 < head.len() {
        let useless = head[at].token.is(",") && head[at + 1].token.is(")");
        if useless {
            let comments = head.remove(at).comments;
            head[at].comments.splice(0..0, comments);
        } else {
            at += 1;
        }
    }
}
