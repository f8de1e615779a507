//! Sibling lines that read as a table: names under names, titles under titles, shares under shares.
//!
//! Neighbours with cells of the same kinds form a table; a blank line ends it. Widths
//! are columns on a screen, so that Chinese and Latin texts line up.

use super::lex::Kind;
use super::tree::Piece;
use super::words::{fill, flat, is_text_slash, width};

/// Cells of a column that differ by more than this are not lined up.
const WIDEST_GAP: usize = 40;

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// A keyword, a name or a code.
    Name,
    /// One language of a text.
    Text,
    /// A share; its digits stand under each other.
    Share,
    /// Everything else.
    Rest,
}

/// A line split into cells.
#[derive(Debug, Clone)]
pub(super) struct Row {
    cells: Vec<(Holds, String)>,
}

/// Splits a line into cells, if it reads as a row: one or two names, then a text, `:` or `=`.
pub(super) fn row(head: &[Piece], behind: &str) -> Option<Row> {
    let is_name = |p: &&Piece| matches!(p.token.kind, Kind::Word | Kind::Number) && !p.clause;
    let names = head.iter().take_while(is_name).count();
    let next = head.get(names)?;
    if !(1..=2).contains(&names) || head.iter().any(|p| p.token.text.contains('\n')) {
        return None;
    }
    let mut cells: Vec<(Holds, String)> =
        head.iter().take(names).map(|p| (Holds::Name, p.token.text.clone())).collect();
    let mut at = names;
    if next.token.kind == Kind::Text {
        cells.push((Holds::Text, next.token.text.clone()));
        at += 1;
        while is_text_slash(head, at) {
            let end = if head.get(at + 1)?.token.kind == Kind::Text { at + 2 } else { at + 3 };
            cells.push((Holds::Text, flat(head.get(at..end)?, 0)));
            at = end;
        }
        if let Some(share) = head.get(at).filter(|p| p.token.kind == Kind::Number) {
            cells.push((Holds::Share, share.token.text.clone()));
            at += 1;
        }
    } else if !(next.token.is(":") || next.token.is("=")) {
        return None;
    }
    let mut rest = flat(head.get(at..)?, 0);
    if !behind.is_empty() {
        rest.push_str(if rest.is_empty() { "" } else { " " });
        rest.push_str(behind);
    }
    if !rest.is_empty() {
        cells.push((Holds::Rest, rest));
    }
    Some(Row { cells })
}

/// Tells whether two neighbours belong to one table.
pub(super) fn alike(one: &Row, other: &Row) -> bool {
    let kinds = |row: &Row| row.cells.iter().map(|(holds, _)| *holds).collect::<Vec<_>>();
    let (one, other) = (kinds(one), kinds(other));
    // A share alone, or what follows it, may be missing at the end.
    one.starts_with(&other) || other.starts_with(&one)
}

/// Writes the rows of one table, cells under cells.
pub(super) fn lines(rows: &[Row]) -> Vec<String> {
    let mut lines = vec![String::new(); rows.len()];
    let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let mut aligned = true;
    for column in 0..columns {
        let cells: Vec<usize> =
            rows.iter().filter_map(|row| row.cells.get(column)).map(|(_, text)| width(text)).collect();
        let widest = cells.iter().max().copied().unwrap_or(0);
        let start = lines.iter().map(|line| width(line)).max().unwrap_or(0);
        for (line, row) in lines.iter_mut().zip(rows) {
            let Some((holds, text)) = row.cells.get(column) else { continue };
            if column > 0 {
                // What only one row has needs no column.
                if aligned && cells.len() > 1 {
                    fill(line, start);
                }
                line.push(' ');
            }
            if *holds == Holds::Share && aligned {
                line.extend(std::iter::repeat_n(' ', widest - width(text)));
            }
            line.push_str(text);
        }
        aligned &= widest - cells.iter().min().copied().unwrap_or(0) <= WIDEST_GAP;
    }
    lines
}
