//! Blocks: indentation, settings under settings, and what stands on one line.
//!
//! What the author put on several lines stays on several lines; what stands on one
//! line stays there as long as it fits.

use super::head;
use super::lines::Out;
use super::table::{self, Row};
use super::tree::{Inside, Line, Node, Piece, What};
use super::words::{INDENT, LIMIT, end, flat, has_settings, is_setting, width};

/// Lays out the nodes of a block, or of the file, whose head begins with `parent`.
pub(super) fn nodes(nodes: &[Node], parent: &str, indent: usize, out: &mut Vec<Out>) {
    let column = setting_column(nodes, parent);
    let mut table = Table { indent, rows: Vec::new(), between: Vec::new() };
    for node in nodes {
        if node.blank {
            table.end(out);
            out.push(Out::default());
        }
        match &node.what {
            What::Comment(comment) => table.comment(comment, out),
            What::Statement(line) => {
                let column = if setting(line, parent) { column } else { 0 };
                match row(line, parent, indent, column) {
                    Some(row) => table.row(row, line.after.clone(), out),
                    None => {
                        table.end(out);
                        statement(line, indent, column, out);
                    }
                }
            }
        }
    }
    table.end(out);
}

/// Returns the width of the longest keyword of a block of settings.
fn setting_column(nodes: &[Node], parent: &str) -> usize {
    let words = nodes.iter().filter_map(|node| match &node.what {
        What::Statement(line) if setting(line, parent) => line.head.first(),
        _ => None,
    });
    words.map(|piece| width(&piece.token.text)).max().unwrap_or(0)
}

fn setting(line: &Line, parent: &str) -> bool {
    has_settings(parent) && line.block.is_none() && is_setting(&line.head)
}

/// Returns the row of a table that a line can be.
fn row(line: &Line, parent: &str, indent: usize, column: usize) -> Option<Row> {
    if parent == "question" || column > 0 || !end(&line.head).is_empty() {
        return None;
    }
    let whole = on_one_line(line, 0)?;
    if indent + width(&whole) > LIMIT {
        return None;
    }
    let behind = line.block.as_ref().map_or(Some(String::new()), block_on_one_line)?;
    table::row(&line.head, &behind)
}

/// Writes a statement with its block on one line, when it is to stand there.
fn on_one_line(line: &Line, column: usize) -> Option<String> {
    if head::is_broken(&line.head) {
        return None;
    }
    let mut text = flat(&line.head, column);
    match &line.block {
        Some(block) => {
            text.push(' ');
            text.push_str(&block_on_one_line(block)?);
        }
        None => text.push_str(end(&line.head)),
    }
    Some(text)
}

fn block_on_one_line(block: &Inside) -> Option<String> {
    if block.nodes.is_empty() && block.after_open.is_none() {
        return Some("{}".to_owned());
    }
    if !block.one_line {
        return None;
    }
    let parts = block.nodes.iter().map(|node| match &node.what {
        What::Statement(line) => on_one_line(line, 0),
        What::Comment(_) => None,
    });
    Some(format!("{{ {} }}", parts.collect::<Option<Vec<_>>>()?.join("; ")))
}

fn first_word(head: &[Piece]) -> &str {
    head.first().map_or("", |piece| piece.token.text.as_str())
}

/// Lays out a statement that is no row of a table.
fn statement(line: &Line, indent: usize, column: usize, out: &mut Vec<Out>) {
    if let Some(text) = on_one_line(line, column).filter(|text| indent + width(text) <= LIMIT) {
        out.push(Out { text: format!("{}{text}", " ".repeat(indent)), comment: line.after.clone() });
        return;
    }
    let one = flat(&line.head, column);
    let fits = !head::is_broken(&line.head) && indent + width(&one) + 2 <= LIMIT;
    if fits {
        out.push(Out::new(format!("{}{one}", " ".repeat(indent))));
    } else {
        out.extend(head::lines(&line.head, indent, column));
    }
    match &line.block {
        Some(block) => inside(block, first_word(&line.head), indent, line.after.clone(), out),
        None => {
            if let Some(last) = out.last_mut() {
                last.text.push_str(end(&line.head));
                last.comment.clone_from(&line.after);
            }
        }
    }
}

/// Lays out a block over lines, from its `{` behind the head to its `}`.
fn inside(block: &Inside, parent: &str, indent: usize, after: Option<String>, out: &mut Vec<Out>) {
    let empty = block.nodes.is_empty() && block.after_open.is_none();
    if let Some(last) = out.last_mut() {
        last.text.push_str(if empty { " {}" } else { " {" });
        last.comment.clone_from(if empty { &after } else { &block.after_open });
    }
    if !empty {
        nodes(&block.nodes, parent, indent + INDENT, out);
        out.push(Out { text: format!("{}}}", " ".repeat(indent)), comment: after });
    }
}

/// Rows that may become one table, with the comments on lines between them.
struct Table {
    indent: usize,
    rows: Vec<(Row, Option<String>)>,
    /// Before which row a comment stands.
    between: Vec<(usize, String)>,
}

impl Table {
    fn row(&mut self, row: Row, after: Option<String>, out: &mut Vec<Out>) {
        if self.rows.last().is_some_and(|(last, _)| !table::alike(last, &row)) {
            self.end(out);
        }
        self.rows.push((row, after));
    }

    fn comment(&mut self, comment: &str, out: &mut Vec<Out>) {
        if self.rows.is_empty() {
            out.push(Out::new(format!("{}{comment}", " ".repeat(self.indent))));
        } else {
            self.between.push((self.rows.len(), comment.to_owned()));
        }
    }

    fn end(&mut self, out: &mut Vec<Out>) {
        let (rows, afters): (Vec<Row>, Vec<Option<String>>) =
            std::mem::take(&mut self.rows).into_iter().unzip();
        let pad = " ".repeat(self.indent);
        let mut between = std::mem::take(&mut self.between).into_iter().peekable();
        for (at, (text, comment)) in table::lines(&rows).into_iter().zip(afters).enumerate() {
            while let Some((_, comment)) = between.next_if(|(before, _)| *before == at) {
                out.push(Out::new(format!("{pad}{comment}")));
            }
            out.push(Out { text: format!("{pad}{text}"), comment });
        }
        out.extend(between.map(|(_, comment)| Out::new(format!("{pad}{comment}"))));
    }
}
