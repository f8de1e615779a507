//! What holds for the tree of any text: every place lies in the file, in its parent, between characters.

use canvass::source::{SourceFile, Span};
use canvass::syntax::Parsed;
use canvass::syntax::ast::{Block, Expr, ExprKind, Item, Statement, Text};

/// Checks all spans of the tree, the comments and the diagnostics.
pub fn check_spans(file: &SourceFile, parsed: &Parsed) {
    let whole = Span::new(file.id, 0, file.text.len());
    ordered(file, whole, parsed.file.statements.iter().map(|s| s.span));
    ordered(file, whole, parsed.comments.iter().copied());
    parsed.file.statements.iter().for_each(|s| statement(file, s));
    for comment in &parsed.comments {
        assert!(file.slice(*comment).starts_with("//"));
    }
    for finding in &parsed.diagnostics {
        fits(file, whole, finding.span);
        finding.labels.iter().for_each(|label| fits(file, whole, label.span));
        finding.fix.iter().for_each(|fix| fits(file, whole, fix.span));
        assert!(!finding.message.is_empty() && !finding.message.ends_with('.'));
        assert!(finding.help.is_some(), "{} says no remedy", finding.message);
    }
}

fn fits(file: &SourceFile, parent: Span, child: Span) {
    assert!(child.start <= child.end, "{child:?}");
    assert!(parent.contains(child), "{child:?} outside {parent:?} in {:?}", file.text);
    let text = &file.text;
    assert!(
        text.is_char_boundary(child.start as usize) && text.is_char_boundary(child.end as usize),
        "{child:?}"
    );
}

/// Checks that the children lie in the parent, one behind the other.
fn ordered(file: &SourceFile, parent: Span, children: impl Iterator<Item = Span>) {
    let mut last = parent.start;
    for child in children {
        fits(file, parent, child);
        assert!(last <= child.start, "{child:?} overlaps its neighbour in {:?}", file.text);
        last = child.end;
    }
}

fn statement(file: &SourceFile, statement: &Statement) {
    assert!(!statement.items.is_empty());
    let block = statement.block.as_ref().map(|b| b.span);
    // A date and its time may come from one mistaken word, so items may touch but not cross.
    let items = statement.items.iter().map(Item::span);
    items.chain(block).for_each(|span| fits(file, statement.span, span));
    statement.items.iter().for_each(|i| item(file, i));
    if let Some(Block { statements, span }) = &statement.block {
        ordered(file, *span, statements.iter().map(|s| s.span));
        assert!(file.slice(*span).starts_with(['{', '｛']), "{:?}", file.slice(*span));
        for inner in statements {
            self::statement(file, inner);
        }
    }
}

fn item(file: &SourceFile, item: &Item) {
    match item {
        Item::Text(parts) => text(file, parts),
        Item::Clause(_, value) | Item::Assign(value) | Item::Call(value) => expr(file, value),
        _ => {}
    }
}

fn text(file: &SourceFile, text: &Text) {
    assert!(!text.parts.is_empty());
    for part in &text.parts {
        fits(file, text.span, part.span);
        part.language.iter().for_each(|tag| fits(file, text.span, tag.span));
    }
}

fn expr(file: &SourceFile, value: &Expr) {
    let mut children: Vec<&Expr> = Vec::new();
    match &value.kind {
        ExprKind::Not(a) | ExprKind::Negate(a) | ExprKind::Within(a, ..) | ExprKind::Is(a, _) => {
            children.push(a);
        }
        ExprKind::Binary(_, a, b) | ExprKind::In(a, b) => children.extend([&**a, &**b]),
        ExprKind::List(all) | ExprKind::Call(_, all, _) => children.extend(all),
        ExprKind::Text(parts) => text(file, parts),
        _ => {}
    }
    for child in children {
        fits(file, value.span, child.span);
        expr(file, child);
    }
}
