//! Evaluates one expression for one row or response, after Kleene's strong logic.

use std::cmp::Ordering;

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use crate::expr::{ArithmeticOp, CompareOp, Expr, Truth, Value, Var, Window};

/// Knows the values of the variables.
pub trait Env {
    /// Returns a variable's value; [`Value::Missing`] where there is none.
    fn value(&self, var: Var) -> Value;

    /// Returns the day on which conditions are to hold.
    fn today(&self) -> Date;

    /// Returns the smallest value that is still within the top `share` of `var`; `None` when nobody has one.
    fn top_cut(&self, var: Var, share: f64) -> Option<f64> {
        let _ = (var, share);
        None
    }

    /// Tells whether the person belongs to a risk group of an earlier campaign; `None` where nobody knows.
    fn in_risk_group(&self, campaign: &str, group: &str) -> Option<bool> {
        let _ = (campaign, group);
        None
    }
}

/// Evaluates a condition.
pub fn truth(expr: &Expr, env: &dyn Env) -> Truth {
    match evaluate(expr, env) {
        Value::Bool(true) => Truth::True,
        Value::Bool(false) => Truth::False,
        _ => Truth::Unknown,
    }
}

/// Evaluates an expression.
pub fn evaluate(expr: &Expr, env: &dyn Env) -> Value {
    match expr {
        Expr::Constant(value) => value.clone(),
        Expr::Var(var) => env.value(*var),
        Expr::Not(inner) => match evaluate(inner, env) {
            Value::Bool(b) => Value::Bool(!b),
            _ => Value::Missing,
        },
        Expr::And(all) => fold(all, env, false),
        Expr::Or(all) => fold(all, env, true),
        Expr::Compare(op, a, b) => compare(*op, &evaluate(a, env), &evaluate(b, env)),
        Expr::In(e, set) => any_equal(&evaluate(e, env), set),
        Expr::Between(e, low, high) => between(&evaluate(e, env), low, high),
        Expr::Within(e, window) => within(&evaluate(e, env), *window, env.today()),
        Expr::Top(var, share) => top(&env.value(*var), env.top_cut(*var, *share)),
        Expr::IsMissing(e) => Value::Bool(evaluate(e, env) == Value::Missing),
        Expr::Arithmetic(op, a, b) => arithmetic(*op, &evaluate(a, env), &evaluate(b, env)),
        Expr::StraightLine(items) => straight_line(items, env),
        Expr::InRiskGroup { group, campaign } => {
            env.in_risk_group(campaign, group).map_or(Value::Missing, Value::Bool)
        }
    }
}

/// `and` for `decisive = false`, `or` for `decisive = true`: the decisive value wins over missing ones.
fn fold(all: &[Expr], env: &dyn Env, decisive: bool) -> Value {
    let mut unknown = false;
    for e in all {
        match evaluate(e, env) {
            Value::Bool(b) if b == decisive => return Value::Bool(decisive),
            Value::Bool(_) => {}
            _ => unknown = true,
        }
    }
    if unknown { Value::Missing } else { Value::Bool(!decisive) }
}

fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn compare(op: CompareOp, a: &Value, b: &Value) -> Value {
    if let (Value::Set(set), Value::Text(name)) = (a, b) {
        let has = set.contains(name);
        return match op {
            CompareOp::Equal => Value::Bool(has),
            CompareOp::NotEqual => Value::Bool(!has),
            _ => Value::Missing,
        };
    }
    let Some(order) = order(a, b) else { return Value::Missing };
    Value::Bool(op.holds(order))
}

fn any_equal(value: &Value, set: &[Value]) -> Value {
    if *value == Value::Missing {
        return Value::Missing;
    }
    Value::Bool(set.iter().any(|v| compare(CompareOp::Equal, value, v) == Value::Bool(true)))
}

fn between(value: &Value, low: &Value, high: &Value) -> Value {
    match (order(value, low), order(value, high)) {
        (Some(l), Some(h)) => Value::Bool(l.is_ge() && h.is_le()),
        _ => Value::Missing,
    }
}

/// Months are calendar months: 31 March less one month is the last day of February.
fn within(value: &Value, window: Window, today: Date) -> Value {
    let Value::Date(date) = value else { return Value::Missing };
    let back: Span = window.months.months().days(window.days);
    let Ok(first) = today.checked_sub(back) else { return Value::Missing };
    Value::Bool(first <= *date && *date <= today)
}

fn top(value: &Value, cut: Option<f64>) -> Value {
    match (value, cut) {
        (Value::Number(x), Some(cut)) => Value::Bool(*x >= cut),
        (Value::Number(_), None) => Value::Bool(false),
        _ => Value::Missing,
    }
}

fn arithmetic(op: ArithmeticOp, a: &Value, b: &Value) -> Value {
    let (Value::Number(a), Value::Number(b)) = (a, b) else { return Value::Missing };
    let result = match op {
        ArithmeticOp::Add => a + b,
        ArithmeticOp::Subtract => a - b,
        ArithmeticOp::Multiply => a * b,
        ArithmeticOp::Divide => a / b,
    };
    if result.is_finite() { Value::Number(result) } else { Value::Missing }
}

fn straight_line(items: &[usize], env: &dyn Env) -> Value {
    let answered: Vec<Value> =
        items.iter().map(|&i| env.value(Var::Item(i))).filter(|v| *v != Value::Missing).collect();
    Value::Bool(answered.len() >= 3 && answered.windows(2).all(|pair| pair[0] == pair[1]))
}
