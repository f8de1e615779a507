//! Typed conditions as expressions of the database, with the same three-valued logic.
//!
//! What is unknown to [`crate::expr`] is null here: comparisons of a missing value, and whatever has no meaning for its
//! types. `and`, `or` and `not` of SQL are Kleene's already.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::expr::{CompareOp, Expr, Value, Var, Window};
use crate::frame::sql::dialect::{Dialect, Kind};

/// What a condition is written for.
pub struct Scope<'a> {
    /// The engine.
    pub dialect: &'a dyn Dialect,
    /// Types of the frame's fields; their columns are called `v0`, `v1` and so on.
    pub kinds: &'a [Kind],
    /// Day on which it is to hold.
    pub day: Date,
    /// Returns where the cut of `top` stands.
    pub cut: &'a dyn Fn(Var, f64) -> Option<String>,
}

/// An expression with its type; one without a type is always missing.
struct Typed {
    sql: String,
    kind: Option<Kind>,
}

/// Returns a condition that is true exactly for the rows for which the expression holds.
pub fn condition(expr: &Expr, scope: &Scope) -> String {
    flag(&typed(expr, scope), scope)
}

/// Returns the name of a field's column.
pub fn column(field: usize) -> String {
    format!("v{field}")
}

fn flag(value: &Typed, scope: &Scope) -> String {
    match value.kind {
        Some(Kind::Flag) => value.sql.clone(),
        _ => scope.dialect.missing(Kind::Flag),
    }
}

fn typed(expr: &Expr, scope: &Scope) -> Typed {
    let inside = |e: &Expr| typed(e, scope);
    match expr {
        Expr::Constant(value) => constant(value, scope),
        Expr::Var(var) => variable(*var, scope),
        Expr::Not(e) => truth(format!("(NOT {})", condition(e, scope))),
        Expr::And(all) => join(all, " AND ", "TRUE", scope),
        Expr::Or(all) => join(all, " OR ", "FALSE", scope),
        Expr::Compare(op, a, b) => compare(*op, &inside(a), &inside(b), scope),
        Expr::In(e, set) => any_of(&inside(e), set, scope),
        Expr::Between(e, low, high) => {
            between(&inside(e), &constant(low, scope), &constant(high, scope), scope)
        }
        Expr::Within(e, window) => within(&inside(e), *window, scope),
        Expr::Top(var, share) => top(*var, *share, scope),
        Expr::IsMissing(e) => match inside(e) {
            Typed { kind: None, .. } => truth("TRUE".to_owned()),
            Typed { sql, .. } => truth(format!("({sql} IS NULL)")),
        },
        Expr::Arithmetic(op, a, b) => match (inside(a), inside(b)) {
            (Typed { sql: a, kind: Some(Kind::Number) }, Typed { sql: b, kind: Some(Kind::Number) }) => {
                Typed { sql: scope.dialect.arithmetic(*op, &a, &b), kind: Some(Kind::Number) }
            }
            _ => unknown(),
        },
        // Nobody has answered yet.
        Expr::StraightLine(_) => truth("FALSE".to_owned()),
        Expr::InRiskGroup { .. } => unknown(),
    }
}

fn truth(sql: String) -> Typed {
    Typed { sql, kind: Some(Kind::Flag) }
}

fn unknown() -> Typed {
    Typed { sql: "NULL".to_owned(), kind: None }
}

fn constant(value: &Value, scope: &Scope) -> Typed {
    let (sql, kind) = match value {
        Value::Missing | Value::Set(_) => return unknown(),
        Value::Bool(true) => ("TRUE".to_owned(), Kind::Flag),
        Value::Bool(false) => ("FALSE".to_owned(), Kind::Flag),
        Value::Number(x) => (scope.dialect.number(*x), Kind::Number),
        // Two constants have no column from which they could take the order of bytes.
        Value::Text(text) => (scope.dialect.as_text(&scope.dialect.text(text)), Kind::Text),
        Value::Date(day) => (scope.dialect.date(*day), Kind::Date),
    };
    Typed { sql, kind: Some(kind) }
}

fn variable(var: Var, scope: &Scope) -> Typed {
    match var {
        Var::Field(i) => Typed { sql: column(i), kind: scope.kinds.get(i).copied() },
        // Events, answers and scores are not known of a row of the list.
        _ => unknown(),
    }
}

fn join(all: &[Expr], word: &str, empty: &str, scope: &Scope) -> Typed {
    if all.is_empty() {
        return truth(empty.to_owned());
    }
    let parts: Vec<String> = all.iter().map(|e| condition(e, scope)).collect();
    truth(format!("({})", parts.join(word)))
}

fn compare(op: CompareOp, a: &Typed, b: &Typed, scope: &Scope) -> Typed {
    if a.kind.is_none() || a.kind != b.kind {
        return truth(scope.dialect.missing(Kind::Flag));
    }
    let op = match op {
        CompareOp::Equal => "=",
        CompareOp::NotEqual => "<>",
        CompareOp::Less => "<",
        CompareOp::LessEqual => "<=",
        CompareOp::Greater => ">",
        CompareOp::GreaterEqual => ">=",
    };
    truth(format!("({} {op} {})", a.sql, b.sql))
}

/// Values of another type are never equal, but a missing value stays unknown.
fn any_of(value: &Typed, set: &[Value], scope: &Scope) -> Typed {
    let Some(kind) = value.kind else { return truth(scope.dialect.missing(Kind::Flag)) };
    let same = set.iter().map(|v| constant(v, scope)).filter(|v| v.kind == Some(kind));
    let same: Vec<String> = same.map(|v| v.sql).collect();
    truth(if same.is_empty() {
        format!("(CASE WHEN {} IS NOT NULL THEN FALSE END)", value.sql)
    } else {
        format!("({} IN ({}))", value.sql, same.join(", "))
    })
}

fn between(value: &Typed, low: &Typed, high: &Typed, scope: &Scope) -> Typed {
    if value.kind.is_none() || value.kind != low.kind || value.kind != high.kind {
        return truth(scope.dialect.missing(Kind::Flag));
    }
    truth(format!("({} BETWEEN {} AND {})", value.sql, low.sql, high.sql))
}

/// Months are counted here, so that they end on the same day as in a list that Canvass reads itself.
fn within(value: &Typed, window: Window, scope: &Scope) -> Typed {
    let first = scope.day.checked_sub(window.months.months().days(window.days));
    let (Some(Kind::Date), Ok(first)) = (value.kind, first) else {
        return truth(scope.dialect.missing(Kind::Flag));
    };
    let (first, last) = (scope.dialect.date(first), scope.dialect.date(scope.day));
    truth(format!("({} BETWEEN {first} AND {last})", value.sql))
}

/// Without a cut nobody has a value, and whoever had one would not be on top.
fn top(var: Var, share: f64, scope: &Scope) -> Typed {
    let value = variable(var, scope);
    let (Some(Kind::Number), Some(cut)) = (value.kind, (scope.cut)(var, share)) else {
        return truth(scope.dialect.missing(Kind::Flag));
    };
    truth(format!("(CASE WHEN {0} IS NOT NULL THEN coalesce({0} >= {cut}, FALSE) END)", value.sql))
}
