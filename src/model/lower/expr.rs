//! Turns expressions of the syntax into typed ones.

use crate::expr::{ArithmeticOp, CompareOp, Expr, Value, Var, Window};
use crate::model::lower::cx::{Cx, Type};
use crate::model::lower::unit;
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Expr as Ast, ExprKind, Scalar, Word};

/// Which variables a condition may read.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// What the condition is for, in words.
    pub what: &'static str,
    /// Answers, up to (not including) this question.
    pub questions_before: Option<usize>,
    /// Scores.
    pub scores: bool,
    /// `duration`, `duplicate`, `channel`.
    pub response: bool,
    /// `stratum` and `language`.
    pub person: bool,
}

impl Scope {
    /// Conditions over the list: fields only.
    pub const FRAME: Self = Self {
        what: "a condition on the customer list",
        questions_before: None,
        scores: false,
        response: false,
        person: false,
    };
    /// Conditions over a finished response.
    pub const RESPONSE: Self = Self {
        what: "a condition on a response",
        questions_before: Some(usize::MAX),
        scores: true,
        response: true,
        person: true,
    };

    /// Conditions on whether a question is asked.
    #[must_use]
    pub fn before(question: usize) -> Self {
        Self {
            what: "a condition on whether a question is asked",
            questions_before: Some(question),
            scores: false,
            response: false,
            person: true,
        }
    }
}

/// Lowers a condition; `None` when it has errors.
pub fn condition(cx: &mut Cx, ast: &Ast, scope: Scope) -> Option<Expr> {
    let (expr, kind) = lower(cx, ast, scope)?;
    match kind {
        Type::Bool | Type::Unknown => Some(expr),
        // What the parser put in the place of something broken is nobody's fault.
        _ if cx.is_broken(ast.span) => None,
        other => {
            cx.error("wrong-type", ast.span, format!("this is {}, not a condition", describe(&other))).help =
                Some("compare it with something: `= …`, `>= …`, `in (…)`".to_owned());
            None
        }
    }
}

/// Describes a type in words.
#[must_use]
pub fn describe(kind: &Type) -> &'static str {
    match kind {
        Type::Bool => "a condition",
        Type::Number => "a number",
        Type::Text => "a text",
        Type::Date => "a date",
        Type::One(_) => "one of several names",
        Type::Set(_) => "a set of names",
        Type::Opaque | Type::Unknown => "something that conditions can't use",
    }
}

/// Says how a value of a type is written.
fn example(kind: &Type) -> String {
    match kind {
        Type::Bool => "`yes` or `no`".to_owned(),
        Type::Number => "a number, such as `20`".to_owned(),
        Type::Text => "a text in quotes".to_owned(),
        Type::Date => "a date, such as `2026-01-05`".to_owned(),
        Type::One(names) | Type::Set(names) => {
            let some: Vec<String> = names.iter().take(4).map(|name| format!("`{name}`")).collect();
            format!("one of its values: {}", some.join(", "))
        }
        Type::Opaque | Type::Unknown => "something of its own kind".to_owned(),
    }
}

fn lower(cx: &mut Cx, ast: &Ast, scope: Scope) -> Option<(Expr, Type)> {
    match &ast.kind {
        ExprKind::Name(name) => variable(cx, name, ast.span, scope),
        ExprKind::Scalar(scalar) => Some(constant(*scalar)),
        ExprKind::Quantity(n, unit) => quantity(cx, *n, unit),
        ExprKind::Text(text) => {
            let value = text.parts.first().map_or("", |p| p.value.as_str());
            Some((Expr::Constant(Value::Text(value.into())), Type::Text))
        }
        ExprKind::Not(inner) => Some((Expr::Not(Box::new(condition(cx, inner, scope)?)), Type::Bool)),
        ExprKind::Negate(inner) => negate(cx, inner, scope),
        ExprKind::Binary(op, a, b) => binary(cx, *op, a, b, ast.span, scope),
        ExprKind::In(value, set) => membership(cx, value, set, scope),
        ExprKind::Within(value, n, unit) => within(cx, value, *n, unit, scope),
        ExprKind::Is(value, word) => is(cx, value, word, scope),
        ExprKind::Call(name, args, _) => call(cx, name, args, ast.span, scope),
        ExprKind::RiskOf(group, campaign) => risk_group(cx, group, campaign, ast.span, scope),
        ExprKind::Range(..) | ExprKind::List(_) | ExprKind::Top(_) => {
            cx.error("unexpected", ast.span, "this belongs behind `in`").help =
                Some("write `x in 1..3`, `x in (a, b)` or `x in top 20%`".to_owned());
            None
        }
    }
}

fn constant(scalar: Scalar) -> (Expr, Type) {
    let (value, kind) = match scalar {
        Scalar::Number(x) | Scalar::Percent(x) => (Value::Number(x), Type::Number),
        Scalar::Date(d) => (Value::Date(d), Type::Date),
        Scalar::Time(t) => (Value::Text(t.to_string().into()), Type::Text),
    };
    (Expr::Constant(value), kind)
}

/// `risk high_risk of csat_2025q4`: who belongs to it, the store of the earlier wave knows.
fn risk_group(cx: &mut Cx, group: &Word, campaign: &Word, span: Span, scope: Scope) -> Option<(Expr, Type)> {
    if scope.questions_before.is_some() || scope.scores {
        cx.error("out-of-scope", span, format!("{} can't look at risk groups", scope.what)).help =
            Some("risk groups choose people: write it behind the `where` of a stratum".to_owned());
        return None;
    }
    let expr =
        Expr::InRiskGroup { group: group.text.as_str().into(), campaign: campaign.text.as_str().into() };
    Some((expr, Type::Bool))
}

/// Times are seconds, amounts are in the currency that they are compared with.
fn quantity(cx: &mut Cx, n: f64, unit: &Word) -> Option<(Expr, Type)> {
    let factor = match unit.text.trim_end_matches('s') {
        "second" | "point" => 1.0,
        "minute" => 60.0,
        "hour" => 3600.0,
        _ if unit::is_currency(unit) => 1.0,
        _ => {
            cx.error("wrong-unit", unit.span, format!("`{}` can't be used here", unit.text)).help =
                Some("use seconds, minutes or hours; for dates write `within 6 months`".to_owned());
            return None;
        }
    };
    Some((Expr::Constant(Value::Number(n * factor)), Type::Number))
}

fn variable(cx: &mut Cx, name: &str, span: Span, scope: Scope) -> Option<(Expr, Type)> {
    let Some(symbol) = cx.names.get(name).cloned() else {
        if cx.asked.contains(name) {
            cx.error("out-of-scope", span, format!("{} can't use the question `{name}`", scope.what)).help =
                Some("people are drawn before anybody answers; use a `field` of the frame".to_owned());
            return None;
        }
        if cx.scores.iter().any(|score| score == name) {
            cx.error("out-of-scope", span, format!("{} can't use the score `{name}`", scope.what)).help =
                Some("scores are made of finished answers: use the answers themselves".to_owned());
            return None;
        }
        let known: Vec<String> = cx.names.keys().cloned().collect();
        cx.unknown("name", name, span, known.iter().map(String::as_str));
        return None;
    };
    if symbol.kind == Type::Unknown {
        return None;
    }
    let Some(var) = symbol.var else {
        let message =
            format!("`{name}` is a {}, which has no value of its own for one response", symbol.what);
        cx.error("wrong-type", span, message).help =
            Some("use an answer, a column, a dimension or an index".to_owned());
        return None;
    };
    let allowed = match var {
        Var::Field(_) => true,
        Var::EventField(..) => false,
        Var::Item(_) => match scope.questions_before {
            Some(limit) if symbol.index >= limit => {
                let message = format!("`{name}` is asked later than this condition looks at it");
                cx.error("later-question", span, message).help =
                    Some("move the question up, or ask for something that comes before".to_owned());
                return None;
            }
            limit => limit.is_some(),
        },
        Var::Score(_) => scope.scores,
        Var::Duration | Var::Duplicate | Var::Channel => scope.response,
        Var::Stratum | Var::Language => scope.person,
    };
    if !allowed {
        cx.error("out-of-scope", span, format!("{} can't use the {} `{name}`", scope.what, symbol.what));
        return None;
    }
    Some((Expr::Var(var), symbol.kind))
}

fn negate(cx: &mut Cx, inner: &Ast, scope: Scope) -> Option<(Expr, Type)> {
    let value = number(cx, inner, scope)?;
    let zero = Box::new(Expr::Constant(Value::Number(0.0)));
    Some((Expr::Arithmetic(ArithmeticOp::Subtract, zero, Box::new(value)), Type::Number))
}

fn number(cx: &mut Cx, ast: &Ast, scope: Scope) -> Option<Expr> {
    let (expr, kind) = lower(cx, ast, scope)?;
    if matches!(kind, Type::Number | Type::Unknown) {
        return Some(expr);
    }
    cx.error("wrong-type", ast.span, format!("this is {}, not a number", describe(&kind))).help =
        Some("compute with numbers, amounts, codes of scales and scores only".to_owned());
    None
}

fn binary(cx: &mut Cx, op: BinaryOp, a: &Ast, b: &Ast, span: Span, scope: Scope) -> Option<(Expr, Type)> {
    match op {
        BinaryOp::And | BinaryOp::Or => {
            let (left, right) = (condition(cx, a, scope), condition(cx, b, scope));
            let both = flatten(op, left?, right?);
            Some((if op == BinaryOp::And { Expr::And(both) } else { Expr::Or(both) }, Type::Bool))
        }
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide => {
            let (left, right) = (number(cx, a, scope)?, number(cx, b, scope)?);
            if matches!(op, BinaryOp::Add | BinaryOp::Subtract) && !unit::fit(cx, a, b) {
                return None;
            }
            let op = arithmetic_op(op)?;
            Some((Expr::Arithmetic(op, Box::new(left), Box::new(right)), Type::Number))
        }
        _ => comparison(cx, op, a, b, span, scope),
    }
}

/// Keeps `a and b and c` as one list, so that it reads as it was written.
fn flatten(op: BinaryOp, left: Expr, right: Expr) -> Vec<Expr> {
    let mut all = Vec::new();
    for side in [left, right] {
        match (op, side) {
            (BinaryOp::And, Expr::And(inner)) | (BinaryOp::Or, Expr::Or(inner)) => all.extend(inner),
            (_, other) => all.push(other),
        }
    }
    all
}

/// Returns the arithmetic operator, if it is one.
#[must_use]
pub fn arithmetic_op(op: BinaryOp) -> Option<ArithmeticOp> {
    match op {
        BinaryOp::Add => Some(ArithmeticOp::Add),
        BinaryOp::Subtract => Some(ArithmeticOp::Subtract),
        BinaryOp::Multiply => Some(ArithmeticOp::Multiply),
        BinaryOp::Divide => Some(ArithmeticOp::Divide),
        _ => None,
    }
}

/// Returns the comparison operator, if it is one.
#[must_use]
pub fn compare_op(op: BinaryOp) -> Option<CompareOp> {
    match op {
        BinaryOp::Equal => Some(CompareOp::Equal),
        BinaryOp::NotEqual => Some(CompareOp::NotEqual),
        BinaryOp::Less => Some(CompareOp::Less),
        BinaryOp::LessEqual => Some(CompareOp::LessEqual),
        BinaryOp::Greater => Some(CompareOp::Greater),
        BinaryOp::GreaterEqual => Some(CompareOp::GreaterEqual),
        _ => None,
    }
}

/// A bare word opposite an enumerated value is first looked up among that type's values.
fn comparison(cx: &mut Cx, op: BinaryOp, a: &Ast, b: &Ast, span: Span, scope: Scope) -> Option<(Expr, Type)> {
    let op = compare_op(op)?;
    let (left, right, lk, rk) = if enumerated(cx, a).is_some() || enumerated(cx, b).is_none() {
        let (left, lk) = lower(cx, a, scope)?;
        let (right, rk) = opposite(cx, b, &lk, scope)?;
        (left, right, lk, rk)
    } else {
        let (right, rk) = lower(cx, b, scope)?;
        let (left, lk) = opposite(cx, a, &rk, scope)?;
        (left, right, lk, rk)
    };
    // What was chosen stands first, as the evaluation wants it.
    let swapped = matches!(rk, Type::Set(_)) && !matches!(lk, Type::Set(_));
    let (left, right, lk, rk) = if swapped { (right, left, rk, lk) } else { (left, right, lk, rk) };
    let ordered = !matches!(op, CompareOp::Equal | CompareOp::NotEqual);
    if ordered && matches!(lk, Type::One(_) | Type::Set(_) | Type::Bool) {
        let message = format!("{} has no order; `<` and `>` don't apply", describe(&lk));
        cx.error("wrong-type", span, message).help = Some("use `=` or `in (…)`".to_owned());
        return None;
    }
    if !compatible(&lk, &rk) {
        let message = format!("{} can't be compared with {}", describe(&lk), describe(&rk));
        cx.error("wrong-type", span, message).help = Some(format!("compare it with {}", example(&lk)));
        return None;
    }
    if !unit::fit(cx, a, b) {
        return None;
    }
    Some((Expr::Compare(op, Box::new(left), Box::new(right)), Type::Bool))
}

fn enumerated(cx: &Cx, ast: &Ast) -> Option<Vec<String>> {
    let ExprKind::Name(name) = &ast.kind else { return None };
    match &cx.names.get(name)?.kind {
        Type::One(names) | Type::Set(names) => Some(names.clone()),
        Type::Bool => Some(vec!["yes".to_owned(), "no".to_owned()]),
        _ => None,
    }
}

fn opposite(cx: &mut Cx, ast: &Ast, other: &Type, scope: Scope) -> Option<(Expr, Type)> {
    let ExprKind::Name(name) = &ast.kind else { return lower(cx, ast, scope) };
    match other {
        Type::One(names) | Type::Set(names) => {
            if names.contains(name) {
                return Some((Expr::Constant(Value::Text(name.as_str().into())), Type::One(names.clone())));
            }
            if cx.names.contains_key(name) {
                return lower(cx, ast, scope);
            }
            cx.unknown("value", name, ast.span, names.iter().map(String::as_str));
            None
        }
        Type::Bool if matches!(name.as_str(), "yes" | "no" | "true" | "false") => {
            Some((Expr::Constant(Value::Bool(matches!(name.as_str(), "yes" | "true"))), Type::Bool))
        }
        // Channels are declared by the spec, but a comparison may stand before them.
        Type::Text if !cx.names.contains_key(name) => {
            Some((Expr::Constant(Value::Text(name.as_str().into())), Type::Text))
        }
        _ => lower(cx, ast, scope),
    }
}

fn compatible(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Unknown, _)
        | (_, Type::Unknown)
        | (Type::One(_) | Type::Set(_) | Type::Text, Type::One(_) | Type::Text) => true,
        (Type::Opaque, _) | (_, Type::Opaque) => false,
        _ => a == b,
    }
}

fn membership(cx: &mut Cx, value: &Ast, set: &Ast, scope: Scope) -> Option<(Expr, Type)> {
    let (left, kind) = lower(cx, value, scope)?;
    let expr = match &set.kind {
        ExprKind::Range(low, high) => {
            let ((low, lk), (high, _)) = (constant(*low), constant(*high));
            if !compatible(&kind, &lk) {
                let message = format!("{} can't lie in a range of this type", describe(&kind));
                cx.error("wrong-type", set.span, message).help =
                    Some(format!("compare it with {}", example(&kind)));
                return None;
            }
            if unit::is_bare_range(cx, value, set) {
                return None;
            }
            let (Expr::Constant(low), Expr::Constant(high)) = (low, high) else { return None };
            Expr::Between(Box::new(left), low, high)
        }
        ExprKind::Top(share) if !(*share > 0.0 && *share <= 1.0) => {
            let message = "a share of the list lies above 0 % and at most at 100 %";
            cx.error("out-of-range", set.span, message).help =
                Some("write a share such as `top 20%`".to_owned());
            return None;
        }
        ExprKind::Top(share) => match (left, kind) {
            (Expr::Var(var @ Var::Field(_)), Type::Number) => Expr::Top(var, *share),
            _ => {
                cx.error(
                    "wrong-type",
                    value.span,
                    "`in top` ranks a number or an amount of the customer list",
                )
                .help = Some("name such a column, as in `spend in top 20%`".to_owned());
                return None;
            }
        },
        ExprKind::List(members) => {
            let mut values = Vec::new();
            for member in members {
                let (expr, member_kind) = opposite(cx, member, &kind, scope)?;
                let Expr::Constant(constant) = expr else {
                    cx.error("unexpected", member.span, "a list behind `in` holds constants only");
                    return None;
                };
                if !compatible(&kind, &member_kind) {
                    cx.error(
                        "wrong-type",
                        member.span,
                        format!("{} does not fit here", describe(&member_kind)),
                    )
                    .help = Some(format!("write {}", example(&kind)));
                    return None;
                }
                if !unit::fit(cx, value, member) {
                    return None;
                }
                values.push(constant);
            }
            Expr::In(Box::new(left), values)
        }
        _ => {
            cx.error("unexpected", set.span, "`in` wants a range, a list in parentheses, or `top …%`");
            return None;
        }
    };
    Some((expr, Type::Bool))
}

#[expect(clippy::cast_possible_truncation, reason = "bounded above")]
fn within(cx: &mut Cx, value: &Ast, n: f64, unit: &Word, scope: Scope) -> Option<(Expr, Type)> {
    let (left, kind) = lower(cx, value, scope)?;
    if !matches!(kind, Type::Date | Type::Unknown) {
        cx.error("wrong-type", value.span, format!("`within` wants a date; this is {}", describe(&kind)))
            .help = Some("name a column or question that holds dates".to_owned());
        return None;
    }
    if n.fract() != 0.0 || !(0.0..=100_000.0).contains(&n) {
        cx.error("wrong-unit", unit.span, "`within` wants a whole number of days, weeks, months or years");
        return None;
    }
    let n = n as i32;
    let window = match unit.text.trim_end_matches('s') {
        "day" => Window { months: 0, days: n },
        "week" => Window { months: 0, days: 7 * n },
        "month" => Window { months: n, days: 0 },
        "year" => Window { months: 12 * n, days: 0 },
        _ => {
            cx.error("wrong-unit", unit.span, format!("`{}` is too short for a date", unit.text)).help =
                Some("use days, weeks, months or years".to_owned());
            return None;
        }
    };
    Some((Expr::Within(Box::new(left), window), Type::Bool))
}

fn is(cx: &mut Cx, value: &Ast, word: &Word, scope: Scope) -> Option<(Expr, Type)> {
    let (left, _) = lower(cx, value, scope)?;
    let missing = Expr::IsMissing(Box::new(left));
    Some((if word.text == "answered" { Expr::Not(Box::new(missing)) } else { missing }, Type::Bool))
}

fn call(cx: &mut Cx, name: &Word, args: &[Ast], span: Span, scope: Scope) -> Option<(Expr, Type)> {
    if name.text != "straight_line" {
        let message = format!("`{}` is not a function of one response", name.text);
        cx.error("unknown-name", name.span, message).help =
            Some("conditions know `straight_line(…)`; estimates such as `nps` stand in `score`".to_owned());
        return None;
    }
    if scope.questions_before.is_none() {
        cx.error("out-of-scope", span, format!("{} can't look at answers", scope.what));
        return None;
    }
    let mut items = Vec::new();
    for arg in args {
        items.extend(items_of(cx, arg)?);
    }
    if items.len() < 3 {
        cx.error("too-few-items", span, "`straight_line` needs at least three items");
        return None;
    }
    Some((Expr::StraightLine(items), Type::Bool))
}

/// Returns the items of a name: a grid stands for all its rows.
pub fn items_of(cx: &mut Cx, ast: &Ast) -> Option<Vec<usize>> {
    let ExprKind::Name(name) = &ast.kind else {
        cx.error("unexpected", ast.span, "the name of a question or grid row belongs here");
        return None;
    };
    let found = cx.names.get(name).cloned();
    match found {
        Some(symbol) if symbol.kind == Type::Unknown => None,
        Some(symbol) if matches!(symbol.var, Some(Var::Item(_))) => {
            Some(symbol.var.and_then(|v| if let Var::Item(i) = v { Some(vec![i]) } else { None })?)
        }
        Some(symbol) if symbol.what == "grid" => {
            let rows = cx.names.values().filter(|s| s.index == symbol.index && s.what == "grid row");
            let mut items: Vec<usize> =
                rows.filter_map(|s| if let Some(Var::Item(i)) = s.var { Some(i) } else { None }).collect();
            items.sort_unstable();
            Some(items)
        }
        Some(symbol) => {
            cx.error("wrong-type", ast.span, format!("`{name}` is a {}, not a question", symbol.what)).help =
                Some("name a question, or a row of a grid".to_owned());
            None
        }
        None => {
            let known: Vec<String> = cx
                .names
                .iter()
                .filter(|(_, s)| matches!(s.var, Some(Var::Item(_))))
                .map(|(n, _)| n.clone())
                .collect();
            cx.unknown("question", name, ast.span, known.iter().map(String::as_str));
            None
        }
    }
}
