//! What a variable can be, and the finitely many cells into which the constants of a spec cut it.
//!
//! Two values that no condition of the spec tells apart lie in one cell, so a
//! cell's first value stands for all of them. Cell 0 is always the missing value.

use std::sync::Arc;

use jiff::civil::Date;

use crate::expr::{Value, Var};
use crate::model::Checked;
use crate::model::checked::{ChannelKind, Choice, FieldKind, Question, QuestionKind};

/// All values that a variable can take when it is not missing.
#[derive(Debug, Clone, PartialEq)]
pub enum Domain {
    /// One of these.
    Finite(Vec<Value>),
    /// A number between these, both included; infinite where there is no limit.
    Numbers {
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
        /// Only whole ones.
        whole: bool,
    },
    /// A day between these, both included.
    Dates(Date, Date),
    /// Any words.
    Words,
    /// Any number of options, but not none: name, and whether it excludes the others.
    Options(Vec<(Arc<str>, bool)>),
    /// Something of which conditions see only that it is there, with an example.
    Something(Value),
}

/// The form takes no larger number; beyond it a float no longer counts single units.
const LARGEST: f64 = 1e15;
/// Points of a slider that are listed one by one.
const MOST_POINTS: f64 = 1_000.0;

/// Returns the question of an item.
pub fn question_of(checked: &Checked, item: usize) -> Option<&Question> {
    checked.questionnaire.questions.get(checked.questionnaire.items.get(item)?.question)
}

/// Tells whether an asked item always has a value.
pub fn must_be_answered(question: &Question) -> bool {
    question.kind == QuestionKind::Consent || (question.required && question.not_applicable.is_empty())
}

/// Tells whether a variable other than an item can be missing.
pub fn may_be_missing(checked: &Checked, var: Var) -> bool {
    match var {
        // Whoever comes by an open link was not drawn from a stratum.
        Var::Stratum => {
            checked.strata.is_empty()
                || checked.channels.iter().any(|c| matches!(c.kind, ChannelKind::Link { .. }))
        }
        Var::Language | Var::Duration | Var::Duplicate => false,
        _ => true,
    }
}

/// Returns what a variable can be.
pub fn domain(checked: &Checked, var: Var) -> Domain {
    let names = |all: &mut dyn Iterator<Item = &str>| {
        Domain::Finite(all.map(|n| Value::Text(Arc::from(n))).collect())
    };
    match var {
        Var::Item(item) => match question_of(checked, item) {
            Some(question) => of_question(checked, &question.kind),
            None => Domain::Words,
        },
        Var::Field(i) => {
            checked.frame.as_ref().and_then(|f| f.fields.get(i)).map_or(Domain::Words, |f| of_field(&f.kind))
        }
        Var::EventField(e, i) => {
            checked.events.get(e).and_then(|e| e.fields.get(i)).map_or(Domain::Words, |f| of_field(&f.kind))
        }
        Var::Stratum => names(&mut checked.strata.iter().map(|s| s.name.as_str())),
        Var::Language => names(&mut checked.campaign.languages.iter().map(String::as_str)),
        Var::Duplicate => Domain::Finite(vec![Value::Bool(false), Value::Bool(true)]),
        Var::Duration => Domain::Numbers { low: 0.0, high: f64::INFINITY, whole: false },
        Var::Score(_) => {
            let (low, high) =
                checked.scoring.as_ref().map_or((f64::NEG_INFINITY, f64::INFINITY), |s| (s.low, s.high));
            Domain::Numbers { low, high, whole: false }
        }
        // Answers that are brought in from elsewhere may name a channel of their own.
        Var::Channel => Domain::Words,
    }
}

fn of_question(checked: &Checked, kind: &QuestionKind) -> Domain {
    match kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
            let points = checked.scales.get(*scale).map_or(&[][..], |s| &s.points);
            Domain::Finite(points.iter().map(|p| Value::Number(p.code as f64)).collect())
        }
        QuestionKind::Choice(all) => one_of(all),
        QuestionKind::Choices(all) => {
            Domain::Options(all.iter().map(|c| (Arc::from(c.name.as_str()), c.exclusive)).collect())
        }
        QuestionKind::YesNo => Domain::Finite(vec![Value::Bool(true), Value::Bool(false)]),
        QuestionKind::Consent => Domain::Finite(vec![Value::Bool(true)]),
        QuestionKind::Number { min, max } => {
            Domain::Numbers { low: min.unwrap_or(-LARGEST), high: max.unwrap_or(LARGEST), whole: false }
        }
        QuestionKind::Slider { min, max, step } => slider(*min, *max, *step),
        QuestionKind::Date => Domain::Dates(jiff::civil::date(1900, 1, 1), jiff::civil::date(2200, 12, 31)),
        QuestionKind::Text { .. } | QuestionKind::Note => Domain::Words,
        QuestionKind::Ranking(all) => {
            Domain::Something(Value::Set(all.iter().map(|c| Arc::from(c.name.as_str())).collect()))
        }
        QuestionKind::Contact => Domain::Something(Value::Text(Arc::from("somebody@example.com"))),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded above, and not negative"
)]
fn slider(min: f64, max: f64, step: f64) -> Domain {
    let steps = ((max - min) / step + 1e-9).floor();
    if !(0.0..=MOST_POINTS).contains(&steps) {
        return Domain::Numbers { low: min, high: max, whole: false };
    }
    Domain::Finite((0..=steps as u32).map(|k| Value::Number(min + f64::from(k) * step)).collect())
}

fn of_field(kind: &FieldKind) -> Domain {
    let numbers = |whole| Domain::Numbers { low: f64::NEG_INFINITY, high: f64::INFINITY, whole };
    match kind {
        FieldKind::Int => numbers(true),
        FieldKind::Number | FieldKind::Money(_) => numbers(false),
        FieldKind::Date => Domain::Dates(Date::MIN, Date::MAX),
        FieldKind::YesNo => Domain::Finite(vec![Value::Bool(true), Value::Bool(false)]),
        FieldKind::Text => Domain::Words,
        FieldKind::OneOf(all) => one_of(all),
    }
}

fn one_of(all: &[Choice]) -> Domain {
    Domain::Finite(all.iter().map(|c| Value::Text(Arc::from(c.name.as_str()))).collect())
}

/// Returns one value of each cell, the missing one first; with `each`, finite values stand by themselves.
pub fn cells(domain: &Domain, constants: &[Value], each: bool) -> Vec<Value> {
    let mut cells = vec![Value::Missing];
    match domain {
        Domain::Finite(values) if each => cells.extend(values.iter().cloned()),
        Domain::Finite(values) => {
            let mut seen: Vec<Vec<i8>> = Vec::new();
            for value in values {
                let signature: Vec<i8> = constants.iter().map(|c| side(value, c)).collect();
                if !seen.contains(&signature) {
                    seen.push(signature);
                    cells.push(value.clone());
                }
            }
        }
        Domain::Numbers { low, high, whole } => cells.extend(numbers(*low, *high, *whole, constants)),
        Domain::Dates(low, high) => cells.extend(dates(*low, *high, constants)),
        Domain::Words => cells.extend(words(constants)),
        Domain::Options(_) => {}
        Domain::Something(example) => cells.push(example.clone()),
    }
    cells
}

/// On which side of a constant a value lies; 2 where they can't be compared.
fn side(value: &Value, constant: &Value) -> i8 {
    let order = match (value, constant) {
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    };
    order.map_or(2, |o| o as i8)
}

fn numbers(low: f64, high: f64, whole: bool, constants: &[Value]) -> Vec<Value> {
    let number = |v: &Value| if let Value::Number(x) = v { Some(*x) } else { None };
    let mut points: Vec<f64> = constants.iter().filter_map(number).filter(|x| x.is_finite()).collect();
    points.sort_by(f64::total_cmp);
    points.dedup();
    points.retain(|x| (low..=high).contains(x));
    let mut cells = Vec::new();
    let mut below: Option<f64> = None;
    for &point in &points {
        cells.extend(between(below, Some(point), (low, high), whole));
        if !whole || point.fract() == 0.0 {
            cells.push(point);
        }
        below = Some(point);
    }
    cells.extend(between(below, None, (low, high), whole));
    cells.into_iter().map(Value::Number).collect()
}

/// Returns a number strictly between two points, as round as can be.
fn between(below: Option<f64>, above: Option<f64>, (low, high): (f64, f64), whole: bool) -> Option<f64> {
    let fits = |x: &f64| {
        below.is_none_or(|b| *x > b)
            && above.is_none_or(|a| *x < a)
            && (low..=high).contains(x)
            && x.is_finite()
    };
    let candidates = match (below, above) {
        (Some(b), Some(a)) => vec![b.floor() + 1.0, f64::midpoint(a, b)],
        (Some(b), None) => vec![b.floor() + 1.0, f64::midpoint(b, high), high],
        (None, Some(a)) => vec![0.0, a.ceil() - 1.0, f64::midpoint(low, a), low],
        (None, None) => vec![0.0, 1.0, low.ceil(), low, high],
    };
    candidates.into_iter().filter(|x| !whole || x.fract() == 0.0).find(fits)
}

fn dates(low: Date, high: Date, constants: &[Value]) -> Vec<Value> {
    let date = |v: &Value| if let Value::Date(d) = v { Some(*d) } else { None };
    let mut points: Vec<Date> =
        constants.iter().filter_map(date).filter(|d| (low..=high).contains(d)).collect();
    points.sort();
    points.dedup();
    let Some(&first) = points.first() else {
        return vec![Value::Date(jiff::civil::date(2000, 1, 1).clamp(low, high))];
    };
    let mut cells: Vec<Date> = first.yesterday().ok().filter(|d| *d >= low).into_iter().collect();
    for (position, &point) in points.iter().enumerate() {
        cells.push(point);
        let last = points.get(position + 1).copied();
        let after = point.tomorrow().ok().filter(|d| last.map_or(*d <= high, |l| *d < l));
        cells.extend(after);
    }
    cells.into_iter().map(Value::Date).collect()
}

/// Forms and lists trim what they read, and nothing is as good as missing.
fn words(constants: &[Value]) -> Vec<Value> {
    let mut cells: Vec<Value> = Vec::new();
    for constant in constants {
        let Value::Text(text) = constant else { continue };
        if !text.is_empty() && text.trim() == &**text && !cells.contains(constant) {
            cells.push(constant.clone());
        }
    }
    let other = (0..).map(|n: u32| if n == 0 { "x".to_owned() } else { format!("x{n}") });
    let other = other.map(|t| Value::Text(Arc::from(t.as_str()))).find(|v| !cells.contains(v));
    cells.extend(other);
    cells
}
