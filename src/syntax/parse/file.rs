//! File, statements and blocks, and the recovery between them.

use super::context::{Braces, Cx};
use super::grammar::{Pair, Rule};
use super::{item, mistake, unclosed};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Block, File, Item, Statement};

/// `file`: everything up to the end of the text.
pub(super) fn file(cx: &Cx, pair: Pair) -> File {
    let mut statements = Vec::new();
    let mut stray = false;
    for pair in pair.into_inner() {
        cx.swallowed.set(false);
        cx.braces.borrow_mut().clear();
        // Several in a row are one slip.
        if pair.as_rule() != Rule::stray_brace {
            line(cx, pair, &mut statements);
            unclosed::report(cx);
            stray = false;
        } else if !std::mem::replace(&mut stray, true) && !cx.cut.get() {
            stray_brace(cx, &pair, &statements);
        }
    }
    File { statements }
}

/// What may stand on a line: a statement or something broken.
fn line(cx: &Cx, pair: Pair, statements: &mut Vec<Statement>) {
    match pair.as_rule() {
        Rule::statement => statements.extend(statement(cx, pair)),
        Rule::headless => headless(cx, pair, statements),
        Rule::broken_line => broken_line(cx, pair),
        _ => {}
    }
}

/// `statement`: items and perhaps a block; nothing when no item was understood.
fn statement(cx: &Cx, pair: Pair) -> Option<Statement> {
    let mut items: Vec<Item> = Vec::new();
    let mut body = None;
    for pair in pair.into_inner() {
        match pair.as_rule() {
            Rule::block => body = Some(block(cx, pair, items.first().map(Item::span))),
            Rule::broken_item => mistake::broken_item(cx, &pair),
            Rule::after_block => {
                let help = "begin a new line after the `}`, or write `;`";
                let place = cx.at(pair.as_span().start(), pair.as_span().start() + 1);
                cx.push(Diagnostic::error("syntax", place, "a statement ends behind its `}`").help(help));
            }
            _ => item::item(cx, pair, &mut items),
        }
    }
    let first = items.first()?.span();
    let last = body.as_ref().map_or_else(|| items.last().map_or(first, Item::span), |b: &Block| b.span);
    Some(Statement { items, block: body, span: first.to(last) })
}

/// `block`: statements between braces; `head` is where its statement begins.
fn block(cx: &Cx, pair: Pair, head: Option<Span>) -> Block {
    let mut span = cx.trimmed(&pair);
    let open = cx.first_sign(span);
    let mut close = None;
    let mut statements: Vec<Statement> = Vec::new();
    for pair in pair.into_inner() {
        match pair.as_rule() {
            Rule::open_brace | Rule::missing_close => {}
            Rule::close_brace => close = Some(cx.span(&pair)),
            _ => line(cx, pair, &mut statements),
        }
    }
    // A text that is never closed may end in white space.
    span = statements.last().map_or(span, |last| span.to(last.span));
    span = close.map_or(span, |close| span.to(close));
    cx.braces.borrow_mut().push(Braces { head: head.unwrap_or(open), open, close, end: span.end });
    Block { statements, span }
}

/// `stray_brace`: a `}` that closes nothing.
fn stray_brace(cx: &Cx, pair: &Pair, before: &[Statement]) {
    let mut finding = Diagnostic::error("stray-brace", cx.span(pair), "this `}` closes nothing");
    // What this brace once belonged to: a head that has lost its `{`, or a block that ended too early.
    let last_top = before.iter().rev().find(|s| !cx.line(s.span).starts_with([' ', '\t']));
    if let Some(statement) = last_top {
        finding = match &statement.block {
            Some(block) => {
                let end = cx.at(block.span.end.saturating_sub(1) as usize, block.span.end as usize);
                finding.label(end, "the last block was closed here")
            }
            None => finding.label(statement.span, "this line opens no block"),
        };
    }
    cx.push(finding.help("remove it, or write `{` at the end of the line that it belongs to"));
}

/// `headless`: a block that no line announces; it goes to the statement above when that has none.
fn headless(cx: &Cx, pair: Pair, statements: &mut [Statement]) {
    let Some(pair) = pair.into_inner().next() else { return };
    let span = cx.trimmed(&pair);
    let brace = cx.first_sign(span);
    let finding = Diagnostic::error("headless-block", brace, "this `{` opens a block without a head");
    match statements.last_mut() {
        Some(above) if above.block.is_none() => {
            let head = above.span;
            cx.push(
                finding
                    .label(head, "this line opens no block")
                    .help("write the `{` at the end of the line above"),
            );
            let body = block(cx, pair, Some(head));
            above.span = head.to(body.span);
            above.block = Some(body);
        }
        _ => {
            cx.push(finding.help("write a keyword and names before the `{`; what stands inside is left out"));
        }
    }
}

/// `broken_line`: nothing of it was understood, and its block goes with it.
fn broken_line(cx: &Cx, pair: Pair) {
    let junk = pair.into_inner().find(|pair| pair.as_rule() == Rule::broken_item);
    if let Some(pair) = junk {
        mistake::broken_item(cx, &pair);
    }
}
