//! The tree without places: what formatting must not change.

use crate::source::Span;
use crate::syntax::ast::{Block, Expr, ExprKind, File, Item, Statement, Text, Word};

/// Returns the tree with all places forgotten, so that two texts can be compared by what they say.
#[must_use]
pub fn meaning(file: &File) -> File {
    let mut file = file.clone();
    file.statements.iter_mut().for_each(statement);
    file
}

fn statement(statement: &mut Statement) {
    statement.span = Span::default();
    statement.items.iter_mut().for_each(item);
    if let Some(Block { statements, span }) = &mut statement.block {
        *span = Span::default();
        statements.iter_mut().for_each(self::statement);
    }
}

fn item(item: &mut Item) {
    match item {
        Item::Word(name) => word(name),
        Item::Text(parts) => text(parts),
        Item::Scalar(_, span) | Item::Range(_, _, span) | Item::Symbol(_, span) => *span = Span::default(),
        Item::Clause(keyword, value) => {
            word(keyword);
            expr(value);
        }
        Item::Assign(value) | Item::Call(value) => expr(value),
    }
}

fn word(word: &mut Word) {
    word.span = Span::default();
}

fn text(text: &mut Text) {
    text.span = Span::default();
    for part in &mut text.parts {
        part.span = Span::default();
        part.language.iter_mut().for_each(word);
    }
}

fn expr(value: &mut Expr) {
    value.span = Span::default();
    match &mut value.kind {
        ExprKind::Name(_) | ExprKind::Scalar(_) | ExprKind::Range(..) | ExprKind::Top(_) => {}
        ExprKind::Quantity(_, unit) => word(unit),
        ExprKind::Text(parts) => text(parts),
        ExprKind::List(all) => all.iter_mut().for_each(expr),
        ExprKind::Not(inner) | ExprKind::Negate(inner) => expr(inner),
        ExprKind::Binary(_, left, right) | ExprKind::In(left, right) => {
            expr(left);
            expr(right);
        }
        ExprKind::Within(inner, _, unit) | ExprKind::Is(inner, unit) => {
            expr(inner);
            word(unit);
        }
        ExprKind::Call(name, all, floor) => {
            word(name);
            all.iter_mut().for_each(expr);
            if let Some((_, span)) = floor {
                *span = Span::default();
            }
        }
        ExprKind::RiskOf(group, campaign) => {
            word(group);
            word(campaign);
        }
    }
}
