//! Units: what an amount, a time or a number of points may be compared with.
//!
//! Typed expressions hold bare numbers (money in the column's currency, times in seconds), so the units are held
//! to account here, on the syntax, before they are lost.

use crate::model::lower::cx::Cx;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Scalar, Word};

/// What a number counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// A number as written, without a unit.
    Bare,
    /// A number of the list, an answer or a score.
    Count,
    /// `2 points` of a score.
    Points,
    /// Seconds.
    Time,
    /// An amount in this currency.
    Money(String),
    /// No number, or broken: nothing is said of it.
    Open,
}

/// Tells whether a unit is a currency: the grammar lets three capitals stand in front of an amount.
#[must_use]
pub fn is_currency(unit: &Word) -> bool {
    unit.text.len() == 3 && unit.text.chars().all(|c| c.is_ascii_uppercase())
}

/// Returns what an expression counts.
fn of(cx: &Cx, ast: &Expr) -> Unit {
    match &ast.kind {
        ExprKind::Name(name) => match (cx.units.get(name), cx.names.get(name)) {
            (Some(unit), _) => unit.clone(),
            (None, Some(symbol)) if symbol.kind == crate::model::lower::cx::Type::Number => Unit::Count,
            _ => Unit::Open,
        },
        ExprKind::Scalar(Scalar::Number(_) | Scalar::Percent(_)) => Unit::Bare,
        ExprKind::Quantity(_, unit) if is_currency(unit) => Unit::Money(unit.text.clone()),
        ExprKind::Quantity(_, unit) => match unit.text.trim_end_matches('s') {
            "second" | "minute" | "hour" => Unit::Time,
            "point" => Unit::Points,
            _ => Unit::Open,
        },
        ExprKind::Negate(inner) => of(cx, inner),
        ExprKind::Binary(op, a, b) => of_two(*op, of(cx, a), of(cx, b)),
        _ => Unit::Open,
    }
}

fn of_two(op: BinaryOp, a: Unit, b: Unit) -> Unit {
    let plain = |u: &Unit| matches!(u, Unit::Bare | Unit::Count);
    match op {
        BinaryOp::Divide if a == b => {
            if a == Unit::Bare {
                Unit::Bare
            } else {
                Unit::Count
            }
        }
        BinaryOp::Divide if plain(&b) => a,
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply => match (a, b) {
            (a, b) if a == b && (plain(&a) || op != BinaryOp::Multiply) => a,
            (Unit::Bare, other) | (other, Unit::Bare) => other,
            (Unit::Count, other) | (other, Unit::Count) if op == BinaryOp::Multiply => other,
            _ => Unit::Open,
        },
        _ => Unit::Open,
    }
}

/// Tells whether a unit is written in an expression: then it means something.
fn is_written(ast: &Expr) -> bool {
    match &ast.kind {
        ExprKind::Quantity(..) => true,
        ExprKind::Negate(inner) => is_written(inner),
        ExprKind::Binary(_, a, b) => is_written(a) || is_written(b),
        _ => false,
    }
}

/// Tells whether both sides of a comparison, a sum or a difference count the same; else says what to write.
pub fn fit(cx: &mut Cx, a: &Expr, b: &Expr) -> bool {
    let (left, right) = (of(cx, a), of(cx, b));
    let written = is_written(a) || is_written(b);
    // The unit that was written is the one to mend, else the side on the right.
    let at = if is_written(a) && !is_written(b) { a.span } else { b.span };
    let (message, help) = match (&left, &right) {
        (Unit::Money(one), Unit::Money(other)) if one != other => {
            let (column, amount) = if at == b.span { (one, other) } else { (other, one) };
            (
                format!("an amount in `{column}` can't be compared with one in `{amount}`"),
                format!("write the amount in `{column}`: Canvass converts no currencies"),
            )
        }
        (Unit::Time, Unit::Bare) => bare_time(b),
        (Unit::Bare, Unit::Time) => {
            let (message, help) = bare_time(a);
            cx.error("wrong-unit", a.span, message).help = Some(help);
            return false;
        }
        (Unit::Time, Unit::Money(_) | Unit::Points) | (Unit::Money(_) | Unit::Points, Unit::Time) => {
            ("a time can't be compared with this".to_owned(), "write a time, such as `40 seconds`".to_owned())
        }
        (Unit::Money(currency), Unit::Points) | (Unit::Points, Unit::Money(currency)) => (
            "an amount can't be compared with points".to_owned(),
            format!("write an amount, such as `{currency} 500`"),
        ),
        (Unit::Count, Unit::Money(_)) | (Unit::Money(_), Unit::Count) if written => (
            "this number has no currency".to_owned(),
            "leave the currency out, or declare the column as `money`".to_owned(),
        ),
        (Unit::Count, Unit::Time) | (Unit::Time, Unit::Count) if written => (
            "this number is no time".to_owned(),
            "leave the unit out, and write the number in the unit that is asked for".to_owned(),
        ),
        _ => return true,
    };
    cx.error("wrong-unit", at, message).help = Some(help);
    false
}

fn bare_time(number: &Expr) -> (String, String) {
    let example = match number.kind {
        ExprKind::Scalar(Scalar::Number(x)) => format!("{x} seconds"),
        _ => "40 seconds".to_owned(),
    };
    ("a time needs its unit".to_owned(), format!("write `{example}`, or minutes or hours"))
}

/// Tells whether a time is looked for in a range or a list of bare numbers, and says what to write.
pub fn is_bare_range(cx: &mut Cx, value: &Expr, set: &Expr) -> bool {
    if of(cx, value) != Unit::Time || !matches!(set.kind, ExprKind::Range(..)) {
        return false;
    }
    cx.error("wrong-unit", set.span, "a time needs its unit").help =
        Some("write two comparisons, such as `duration >= 10 seconds and duration <= 2 minutes`".to_owned());
    true
}
