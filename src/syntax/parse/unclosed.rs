//! Blocks that are never closed: one finding for each top-level statement, at the most likely brace.
//!
//! The grammar only knows that braces are missing where the next declaration
//! begins. Which block lacks its own shows in the indentation: the first whose
//! `}` stands further left than its head has borrowed the brace of another.

use super::context::{Braces, Cx};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// Reports what the current top-level statement leaves open.
pub(super) fn report(cx: &Cx) {
    let mut all = cx.braces.take();
    let open = all.iter().filter(|b| b.close.is_none()).count();
    // A text that is never closed has swallowed the braces and is told already.
    if open == 0 || cx.swallowed.get() || cx.cut.get() {
        return;
    }
    all.sort_by_key(|b| b.open.start);
    let borrowed = all.iter().find(|b| borrows(cx, b));
    let innermost = all.iter().rev().find(|b| b.close.is_none());
    if let Some(braces) = borrowed.or(innermost) {
        tell(cx, braces, open);
    }
}

/// Tells whether a block's `}` is indented less than the block's head.
fn borrows(cx: &Cx, braces: &Braces) -> bool {
    let Some(close) = braces.close else { return false };
    let indent = |span: Span| cx.line(span).len() - cx.line(span).trim_start().len();
    cx.line(close).trim_start().starts_with('}') && indent(close) < indent(braces.head)
}

fn tell(cx: &Cx, braces: &Braces, open: usize) {
    let message = match open {
        1 => "this `{` is never closed".to_owned(),
        more => format!("this `{{` is never closed, and {} more around it", more - 1),
    };
    let mut finding = Diagnostic::error("unclosed-block", braces.open, message);
    if cx.line(braces.head) != cx.line(braces.open) {
        finding = finding.label(braces.head, "the statement begins here");
    }
    let end = Span { start: braces.end, end: braces.end, ..braces.open };
    finding = if let Some(close) = braces.close {
        finding.label(close, "by its indentation this `}` closes another block")
    } else {
        finding.label(end, "a `}` is missing here at the latest")
    };
    cx.push(finding.help("write `}` on a line of its own at the end of the block"));
}
