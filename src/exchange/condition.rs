//! Conditions in the words of the language, for codebooks.

use crate::expr::{ArithmeticOp, CompareOp, Expr, Value, Var};
use crate::model::Checked;

/// Writes a condition as a spec would.
#[must_use]
pub fn words(checked: &Checked, e: &Expr) -> String {
    let inner = |e: &Expr| match e {
        Expr::And(_) | Expr::Or(_) => format!("({})", words(checked, e)),
        _ => words(checked, e),
    };
    let all = |parts: &[Expr], word: &str| parts.iter().map(inner).collect::<Vec<_>>().join(word);
    match e {
        Expr::Constant(value) => constant(value),
        Expr::Var(var) => name(checked, *var),
        Expr::Not(e) => format!("not {}", inner(e)),
        Expr::And(parts) => all(parts, " and "),
        Expr::Or(parts) => all(parts, " or "),
        Expr::Compare(op, a, b) => format!("{} {} {}", inner(a), compare(*op), inner(b)),
        Expr::In(e, values) => {
            format!("{} in ({})", inner(e), values.iter().map(constant).collect::<Vec<_>>().join(", "))
        }
        Expr::Between(e, low, high) => format!("{} in {}..{}", inner(e), constant(low), constant(high)),
        Expr::Within(e, window) => match (window.months, window.days) {
            (0, days) => format!("{} within {days} days", inner(e)),
            (months, 0) => format!("{} within {months} months", inner(e)),
            (months, days) => format!("{} within {months} months and {days} days", inner(e)),
        },
        Expr::Top(var, share) => format!("{} in top {}%", name(checked, *var), share * 100.0),
        Expr::IsMissing(e) => format!("{} is missing", inner(e)),
        Expr::Arithmetic(op, a, b) => format!("({} {} {})", inner(a), sign(*op), inner(b)),
        Expr::StraightLine(items) => {
            let names: Vec<String> = items.iter().map(|i| name(checked, Var::Item(*i))).collect();
            format!("straight_line({})", names.join(", "))
        }
        Expr::InRiskGroup { group, campaign } => format!("risk {group} of {campaign}"),
    }
}

fn constant(value: &Value) -> String {
    match value {
        Value::Missing => "missing".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(x) => x.to_string(),
        Value::Text(text) => text.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Set(all) => all.join(", "),
    }
}

/// Returns the name of a variable in specs.
fn name(checked: &Checked, var: Var) -> String {
    let found = match var {
        Var::Field(i) => checked.fields().get(i).map(|f| f.name.as_str()),
        Var::EventField(e, i) => checked.events.get(e).and_then(|e| e.fields.get(i)).map(|f| f.name.as_str()),
        Var::Item(i) => checked.questionnaire.items.get(i).map(|item| item.name.as_str()),
        Var::Score(i) => {
            checked.scoring.as_ref().and_then(|s| s.scores.get(i)).map(|score| score.name.as_str())
        }
        Var::Stratum => Some("stratum"),
        Var::Channel => Some("channel"),
        Var::Language => Some("language"),
        Var::Duration => Some("duration"),
        Var::Duplicate => Some("duplicate"),
    };
    found.unwrap_or("?").to_owned()
}

fn compare(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Equal => "=",
        CompareOp::NotEqual => "!=",
        CompareOp::Less => "<",
        CompareOp::LessEqual => "<=",
        CompareOp::Greater => ">",
        CompareOp::GreaterEqual => ">=",
    }
}

fn sign(op: ArithmeticOp) -> &'static str {
    match op {
        ArithmeticOp::Add => "+",
        ArithmeticOp::Subtract => "-",
        ArithmeticOp::Multiply => "*",
        ArithmeticOp::Divide => "/",
    }
}
