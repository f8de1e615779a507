//! Heads that take more than one line: lists, texts in several languages, long conditions.

use super::lex::Kind;
use super::lines::{Out, long_text};
use super::table;
use super::tree::Piece;
use super::words::{INDENT, LIMIT, fill, flat, is_apart, is_text_slash, may_end_line, width};

/// Lays a head out over lines; `column` is where the words behind the first begin.
pub(super) fn lines(head: &[Piece], indent: usize, column: usize) -> Vec<Out> {
    if let Some(items) = items(head) {
        return list(head, &items, indent, column);
    }
    let breaks = if breaks_between_languages(head) { is_text_slash } else { never };
    fold(head, indent, column, breaks)
}

fn never(_: &[Piece], _: usize) -> bool {
    false
}

/// Tells whether the author has put it on several lines in a way that is kept.
pub(super) fn is_broken(head: &[Piece]) -> bool {
    let below = |at: usize| head.get(at).is_some_and(|p| p.token.newlines > 0);
    let slash = (0..head.len()).any(|at| is_text_slash(head, at) && below(at + 1));
    let item = items(head).is_some_and(|items| items.iter().skip(1).any(|(start, _)| below(*start)));
    let odd = |p: &Piece| !p.comments.is_empty() || p.token.text.contains('\n');
    slash || item || head.iter().any(odd)
}

/// Returns the values of a list of named texts, each from its name to before the comma.
///
/// The first begins behind what announces it: `options`, `field region : one of`.
fn items(head: &[Piece]) -> Option<Vec<(usize, usize)>> {
    let mut depth = 0usize;
    let mut cuts = Vec::new();
    for (at, piece) in head.iter().enumerate() {
        match piece.token.text.as_str() {
            "(" if piece.token.kind == Kind::Sign => depth += 1,
            ")" if piece.token.kind == Kind::Sign => depth = depth.saturating_sub(1),
            "," if piece.token.kind == Kind::Sign && depth == 0 => cuts.push(at),
            _ => {}
        }
    }
    let first_cut = *cuts.first()?;
    let kind = |at: usize| head.get(at).map(|p| p.token.kind);
    let named =
        |at: usize| matches!(kind(at), Some(Kind::Word | Kind::Number)) && kind(at + 1) == Some(Kind::Text);
    let first = (1..first_cut).find(|at| named(*at))?;
    let starts: Vec<usize> = std::iter::once(first).chain(cuts.iter().map(|cut| cut + 1)).collect();
    let ends = cuts.iter().copied().chain([head.len()]);
    let comments_inside = |(start, end): (usize, usize)| {
        head.get(start + 1..(end + 1).min(head.len()))
            .is_some_and(|p| p.iter().any(|p| !p.comments.is_empty()))
    };
    let all: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
    let plain = !comments_inside((0, first)) && !all.iter().any(|item| comments_inside(*item));
    (plain && starts.iter().all(|at| named(*at))).then_some(all)
}

/// Writes each value of a list on a line of its own, as a table.
fn list(head: &[Piece], items: &[(usize, usize)], indent: usize, column: usize) -> Vec<Out> {
    let first = items.first().map_or(0, |(start, _)| *start);
    let mut lead = " ".repeat(indent);
    lead.push_str(&flat(head.get(..first).unwrap_or(&[]), column));
    if first == 1 {
        fill(&mut lead, indent + column);
    }
    lead.push(' ');
    let values: Vec<&[Piece]> =
        items.iter().map(|(start, end)| head.get(*start..*end).unwrap_or(&[])).collect();
    let rows: Vec<Option<table::Row>> = values.iter().map(|value| table::row(value, "")).collect();
    let texts = match rows.into_iter().collect::<Option<Vec<_>>>() {
        Some(rows) => table::lines(&rows),
        None => values.iter().map(|value| flat(value, 0)).collect(),
    };
    let pad = " ".repeat(width(&lead));
    let last = texts.len().saturating_sub(1);
    let mut lines = Vec::new();
    for (at, text) in texts.into_iter().enumerate() {
        let comma = if at < last { "," } else { "" };
        let mut line = Out::new(format!("{}{}{comma}", if at == 0 { &lead } else { &pad }, text.trim_end()));
        let next = items.get(at + 1).and_then(|(start, _)| head.get(*start));
        let mut comments = next.into_iter().flat_map(|piece| piece.comments.iter().cloned());
        line.comment = comments.next();
        lines.push(line);
        lines.extend(comments.map(|comment| Out::new(format!("{pad}{comment}"))));
    }
    lines
}

/// Tells whether a text in several languages takes one line for each of them.
fn breaks_between_languages(head: &[Piece]) -> bool {
    let texts: usize = head.iter().filter(|p| p.token.kind == Kind::Text).map(|p| width(&p.token.text)).sum();
    let several_lines = |p: &Piece| p.token.text.contains('\n');
    let asked = |at: usize| head.get(at + 1).is_some_and(|p| p.token.newlines > 0 || several_lines(p));
    let slashes: Vec<usize> = (0..head.len()).filter(|at| is_text_slash(head, *at)).collect();
    !slashes.is_empty() && (texts > LIMIT / 2 || slashes.into_iter().any(asked))
}

/// Fills lines up to the limit; a line ends where `must` says so, behind comments, or where it binds least.
fn fold(head: &[Piece], indent: usize, column: usize, must: fn(&[Piece], usize) -> bool) -> Vec<Out> {
    let mut fold = Fold { indent, hang: hang(head, indent, column), ..Fold::default() };
    fold.line = Out::new(" ".repeat(indent));
    let mut depth = 0usize;
    for (at, piece) in head.iter().enumerate() {
        let mut comments = piece.comments.iter();
        if let Some(first) = comments.next() {
            fold.line.comment = Some(first.clone());
            fold.end_line();
            for more in comments {
                fold.line.text.push_str(more);
                fold.end_line();
            }
        } else if is_apart(head, at) && !fold.fresh {
            fold.line.text.push(' ');
        }
        fold.word(piece, at, column);
        depth = match () {
            () if piece.token.is("(") => depth + 1,
            () if piece.token.is(")") => depth.saturating_sub(1),
            () => depth,
        };
        if at + 1 == head.len() {
            continue;
        }
        if must(head, at) {
            fold.end_line();
        } else if may_end_line(head, at) {
            fold.chances.push((depth, fold.line.text.len()));
        }
    }
    fold.lines.push(fold.line);
    fold.lines
}

/// Returns where further lines begin: under the text, the values of a list or the condition, else deeper than the head.
fn hang(head: &[Piece], indent: usize, column: usize) -> usize {
    let deeper = indent + 2 * INDENT;
    if head.iter().any(|p| p.token.text.contains('\n')) {
        return indent + INDENT;
    }
    if breaks_between_languages(head) {
        let text = head.iter().position(|p| p.token.kind == Kind::Text).unwrap_or(0);
        let tagged = (0..head.len())
            .find(|at| is_text_slash(head, *at))
            .is_some_and(|slash| head.get(slash + 1).is_some_and(|p| p.token.kind == Kind::Word));
        let lead = text.saturating_sub(usize::from(tagged));
        let written = flat(head.get(..lead).unwrap_or(&[]), column);
        let under = indent + width(&written).max(column) + usize::from(lead > 0);
        return if under <= LIMIT / 2 { under } else { deeper };
    }
    let names = head.iter().skip(1).take_while(|p| p.token.kind != Kind::Sign).count();
    let list = head.get(names + 1).is_some_and(|p| p.token.is(","));
    match head.first() {
        Some(first) if list || first.clause => indent + width(&first.token.text).max(column) + 1,
        _ => deeper,
    }
}

#[derive(Default)]
struct Fold {
    indent: usize,
    hang: usize,
    lines: Vec<Out>,
    line: Out,
    /// Whether nothing stands on the line yet.
    fresh: bool,
    /// Where the line may end: how deep in brackets, and behind which byte.
    chances: Vec<(usize, usize)>,
}

impl Fold {
    fn end_line(&mut self) {
        let next = Out::new(" ".repeat(self.hang));
        let line = std::mem::replace(&mut self.line, next);
        self.lines.push(Out { text: line.text.trim_end().to_owned(), ..line });
        self.chances.clear();
        self.fresh = true;
    }

    fn word(&mut self, piece: &Piece, at: usize, column: usize) {
        let long = piece.token.text.contains('\n');
        let text =
            if long { long_text(&piece.token.text, self.indent + INDENT) } else { piece.token.text.clone() };
        self.line.text.push_str(&text);
        if at == 0 {
            fill(&mut self.line.text, self.indent + column);
        }
        self.fresh = false;
        while !self.line.text.contains('\n') && width(&self.line.text) > LIMIT && self.cut() {}
    }

    /// Ends the line at the chance outside most brackets, the last of several.
    fn cut(&mut self) -> bool {
        let Some(least) = self.chances.iter().map(|(depth, _)| *depth).min() else { return false };
        let chance = self.chances.iter().rposition(|(depth, _)| *depth == least);
        let Some((_, behind)) = chance.and_then(|at| self.chances.get(at)).copied() else { return false };
        let kept = self.chances.split_off(chance.map_or(0, |at| at + 1));
        let rest = self.line.text.split_off(behind);
        self.end_line();
        let moved = rest.trim_start();
        let shift = |place: usize| (place + self.hang).saturating_sub(behind + rest.len() - moved.len());
        self.chances = kept.into_iter().map(|(depth, place)| (depth, shift(place))).collect();
        self.line.text.push_str(moved);
        self.fresh = false;
        true
    }
}
