//! Lines that grow word by word, with the comments behind them.

use super::words::{fill, width};

/// Comments that would have to stand further apart than this are not lined up.
const WIDEST_GAP: usize = 40;

/// A finished line.
#[derive(Debug, Default, Clone)]
pub(super) struct Out {
    pub text: String,
    /// The comment behind it.
    pub comment: Option<String>,
}

impl Out {
    pub fn new(text: String) -> Self {
        Self { text, comment: None }
    }
}

/// Where comments stand at the least, so that those of a file are under each other.
const COMMENTS: usize = 46;

/// Writes all lines, their comments in one column, or in a column of their own for neighbours that are longer.
pub(super) fn write(lines: &[Out]) -> String {
    let mut text = String::new();
    for run in lines.chunk_by(|a, b| a.comment.is_some() == b.comment.is_some()) {
        // A text of several lines has its comment behind the last.
        let widths = || run.iter().map(|line| width(line.text.rsplit('\n').next().unwrap_or("")));
        let (least, most) = (widths().min().unwrap_or(0), widths().max().unwrap_or(0).max(COMMENTS));
        let column = if most - least.max(COMMENTS) > WIDEST_GAP { COMMENTS } else { most };
        for line in run {
            let (before, last) =
                line.text.rsplit_once('\n').map_or(("", line.text.as_str()), |(a, b)| (a, b));
            let mut last = last.to_owned();
            if let Some(comment) = &line.comment {
                fill(&mut last, column);
                last.push_str("  ");
                last.push_str(comment);
            }
            if line.text.contains('\n') {
                text.push_str(before);
                text.push('\n');
            }
            text.push_str(last.trim_end());
            text.push('\n');
        }
    }
    text
}

/// Writes a text of several lines with its lines at `indent`; its value stays the same.
///
/// Only where the text begins on the line below its quotes does indentation not
/// belong to it; elsewhere every blank counts and nothing is touched.
pub(super) fn long_text(raw: &str, indent: usize) -> String {
    let inside = raw.strip_prefix("\"\"\"").and_then(|s| s.strip_suffix("\"\"\""));
    let body = inside.and_then(|s| s.trim_start_matches([' ', '\t']).strip_prefix('\n'));
    let Some(body) = body else { return raw.to_owned() };
    let (head, last) = body.rsplit_once('\n').unwrap_or(("", body));
    let alone = last.trim().is_empty();
    let counted = if alone { head } else { body };
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = counted.split('\n').filter(|line| !line.trim().is_empty()).map(blanks).min();
    let Some(common) = common else { return raw.to_owned() };
    let pad = " ".repeat(indent);
    let mut text = String::from("\"\"\"");
    for line in counted.split('\n') {
        let kept = line.get(common..).unwrap_or("");
        text.push('\n');
        if !kept.is_empty() {
            text.push_str(&pad);
            text.push_str(kept);
        }
    }
    if alone {
        text.push('\n');
        text.push_str(&pad);
    }
    text.push_str("\"\"\"");
    text
}
