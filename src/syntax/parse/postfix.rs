//! What follows an operand: `in …`, `within …`, `is …`.

use super::context::Cx;
use super::grammar::{Pair, Rule};
use super::{expr, item, mistake, scalar};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Scalar, Word};

/// Builds the operand and what follows it into one expression.
pub(super) fn postfix(cx: &Cx, operand: Expr, pair: Pair) -> Option<Expr> {
    match pair.as_rule() {
        Rule::in_set => in_set(cx, operand, pair),
        Rule::within => within(cx, operand, pair),
        _ => is(cx, &operand, pair),
    }
}

/// `in_set`: `in` or `not in` a range, a list or the top.
fn in_set(cx: &Cx, operand: Expr, pair: Pair) -> Option<Expr> {
    let mut negated = false;
    let mut set = None;
    for pair in pair.into_inner() {
        let span = cx.span(&pair);
        match pair.as_rule() {
            Rule::not => negated = true,
            Rule::range => {
                let (low, high) = item::ends(cx, pair, span);
                set = Some(Expr { kind: ExprKind::Range(low, high), span });
            }
            Rule::list => {
                let (values, span) = expr::list(cx, pair);
                set = Some(Expr { kind: ExprKind::List(values), span });
            }
            Rule::top => set = top(cx, pair),
            Rule::bare_list => set = bare_list(cx, pair),
            _ => {}
        }
    }
    let set = set?;
    let span = operand.span.to(set.span);
    Some(negate(negated, Expr { kind: ExprKind::In(Box::new(operand), Box::new(set)), span }))
}

fn negate(negated: bool, expr: Expr) -> Expr {
    let span = expr.span;
    if negated { Expr { kind: ExprKind::Not(Box::new(expr)), span } } else { expr }
}

/// `top`: `top 20%`.
fn top(cx: &Cx, pair: Pair) -> Option<Expr> {
    let mut parts = pair.into_inner();
    let start = cx.span(&parts.next()?);
    let (share, place) = scalar::scalar(cx, &parts.next()?);
    let span = start.to(place);
    let share = match share {
        Scalar::Percent(share) => share,
        Scalar::Number(number) => {
            let finding = Diagnostic::error("syntax", place, "`top` wants a share");
            let mended = format!("{number}%");
            cx.push(finding.help(format!("write `top {mended}`")).fix(place, mended));
            number / 100.0
        }
        _ => return None,
    };
    Some(Expr { kind: ExprKind::Top(share), span })
}

/// `bare_list`: values behind `in` without parentheses.
fn bare_list(cx: &Cx, pair: Pair) -> Option<Expr> {
    let mut values = Vec::new();
    for pair in pair.into_inner() {
        let span = cx.span(&pair);
        let kind = match pair.as_rule() {
            Rule::operand_name => ExprKind::Name(pair.as_str().to_owned()),
            _ => ExprKind::Scalar(scalar::scalar(cx, &pair).0),
        };
        values.push(Expr { kind, span });
    }
    let span: Span = values.first()?.span.to(values.last()?.span);
    let mended = format!("({})", cx.slice(span));
    let finding = Diagnostic::error("syntax", span, "the values behind `in` stand without parentheses");
    cx.push(finding.help(format!("write `in {mended}`")).fix(span, mended));
    Some(Expr { kind: ExprKind::List(values), span })
}

/// `within`: `within 30 days`.
fn within(cx: &Cx, operand: Expr, pair: Pair) -> Option<Expr> {
    let length = pair.into_inner().find(|pair| pair.as_rule() != Rule::within_word)?;
    let (number, unit) = match length.as_rule() {
        Rule::quantity => {
            let (number, _, unit) = expr::quantity(cx, length)?;
            (number, unit)
        }
        Rule::glued_unit => {
            let (number, _, unit) = mistake::glued_unit(cx, length);
            // Dates go by days, and this is told already.
            let text = if unit.text == "minutes" { "months".to_owned() } else { unit.text };
            (number, Word { text, ..unit })
        }
        _ => {
            let span = cx.span(&length);
            let finding = Diagnostic::error("unit", span, "a length of time stands without its unit");
            cx.push(finding.help(format!("write the unit, as in `within {} days`", length.as_str())));
            (scalar::number(cx, length.as_str(), span), Word { text: "days".to_owned(), span })
        }
    };
    let span = operand.span.to(unit.span);
    Some(Expr { kind: ExprKind::Within(Box::new(operand), number, unit), span })
}

/// `is`: `is missing`, `is not answered`.
fn is(cx: &Cx, operand: &Expr, pair: Pair) -> Option<Expr> {
    let mut negated = false;
    let mut sign = operand.span;
    for pair in pair.into_inner() {
        let span = cx.span(&pair);
        let kind = match pair.as_rule() {
            Rule::not => {
                negated = true;
                continue;
            }
            Rule::answer_state => ExprKind::Is(Box::new(operand.clone()), item::word(cx, &pair)),
            Rule::odd_state => {
                let finding = Diagnostic::error("syntax", sign, "`is` compares nothing");
                let ours = if negated { "!=" } else { "=" };
                cx.push(finding.help(format!("write `{ours}`; behind `is` stands `missing` or `answered`")));
                let value = Expr { kind: ExprKind::Name(pair.as_str().to_owned()), span };
                ExprKind::Binary(BinaryOp::Equal, Box::new(operand.clone()), Box::new(value))
            }
            _ => {
                sign = span;
                continue;
            }
        };
        return Some(negate(negated, Expr { kind, span: operand.span.to(span) }));
    }
    None
}
