//! `test`: answers that are given, and what is expected of them.

use crate::expr::{CompareOp, Expr as Typed, Value, Var};
use crate::model::checked::{
    CaseRule, Choice, Expectation, Expected, Given, QuestionKind, Questionnaire, Scale, TestCase,
};
use crate::model::lower::cx::{Cx, Symbol, Type};
use crate::model::lower::reader::Reader;
use crate::model::lower::settings;
use crate::model::lower::unit::Unit;
use crate::syntax::ast::{Expr, ExprKind, Item, Scalar, Statement};

/// What tests refer to.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// Questions and items.
    pub questionnaire: &'a Questionnaire,
    /// Scales.
    pub scales: &'a [Scale],
    /// Cases.
    pub cases: &'a [CaseRule],
    /// Names of the channels.
    pub channels: &'a [&'a str],
}

/// Lowers `test "name" { given … expect … }`.
pub fn test(cx: &mut Cx, statement: &Statement, world: World) -> TestCase {
    let mut head = Reader::new(statement);
    head.keyword("test");
    let name = head.string(cx, "the test's name").unwrap_or_default().to_owned();
    let span = head.span;
    head.end(cx);
    let mut test = TestCase { name, given: Vec::new(), day: None, expect: Vec::new(), span };
    for line in settings(statement) {
        let mut r = Reader::new(line);
        if r.keyword("given") {
            given(cx, &mut r, world, &mut test);
            r.end(cx);
        } else if r.keyword("expect") {
            let span = r.span;
            test.expect.extend(expect(cx, &mut r, world).map(|what| Expected { what, span }));
            r.end(cx);
        } else {
            r.expected(cx, "`given` or `expect`");
        }
    }
    test
}

fn given(cx: &mut Cx, r: &mut Reader, world: World, test: &mut TestCase) {
    loop {
        let start = r.here();
        let Some(name) = r.name(cx, "the name of a question or column") else { return };
        let here = r.here();
        match cx.names.get(&name.text).cloned() {
            None if name.text == "answered" => answered(cx, r, test),
            None => {
                let known: Vec<String> = cx.names.keys().cloned().collect();
                cx.unknown("question", &name.text, start, known.iter().map(String::as_str));
                skip(r);
            }
            // What is broken was told of where it stands.
            Some(symbol) if symbol.kind == Type::Unknown => skip(r),
            Some(_) if wrong_currency(cx, r, &name.text) => skip(r),
            Some(symbol) => match given_value(r, world, &symbol) {
                Some((var, value)) => {
                    if test.given.iter().any(|given| given.var == var) {
                        cx.error("duplicate-name", start, format!("`{}` is given twice", name.text)).help =
                            Some("remove one of them".to_owned());
                    }
                    test.given.push(Given { var, value, span: start.to(here) });
                }
                None => {
                    let words = wanted(world, &symbol);
                    cx.error("wrong-type", here, format!("this can't be given for `{}`", name.text)).help =
                        Some(words);
                    skip(r);
                }
            },
        }
        if !r.symbol(",") {
            return;
        }
    }
}

/// Reads the day of `answered 2026-01-25`.
fn answered(cx: &mut Cx, r: &mut Reader, test: &mut TestCase) {
    let here = r.here();
    match r.date() {
        None => {
            r.expected(cx, "the day of the answers, such as `answered 2026-01-25`");
            skip(r);
        }
        Some(_) if test.day.is_some() => {
            cx.error("duplicate-name", here, "`answered` is given twice").help =
                Some("remove one of them".to_owned());
        }
        day => test.day = day,
    }
}

/// Tells whether an amount is given in another currency than its column's, and says so.
fn wrong_currency(cx: &mut Cx, r: &Reader, name: &str) -> bool {
    let (Some(Unit::Money(wanted)), Some(Item::Word(word))) = (cx.units.get(name).cloned(), r.peek()) else {
        return false;
    };
    if word.text == wanted {
        return false;
    }
    let message = format!("`{name}` is in `{wanted}`, not in `{}`", word.text);
    cx.error("wrong-unit", word.span, message).help = Some(format!("write the amount in `{wanted}`"));
    true
}

/// Passes over what stands up to the next comma.
fn skip(r: &mut Reader) {
    while r.word().is_some() || r.number().is_some() || r.text().is_some() || r.date().is_some() {}
}

fn given_value(r: &mut Reader, world: World, symbol: &Symbol) -> Option<(Var, Value)> {
    let var = symbol.var?;
    let value = match var {
        Var::Score(_) | Var::Duplicate => return None,
        Var::Item(_) if r.keywords(&["not", "applicable"]) => {
            let question = world.questionnaire.questions.get(symbol.index)?;
            (!question.not_applicable.is_empty()).then_some(Value::Missing)?
        }
        Var::Item(i) => {
            let question = world.questionnaire.items.get(i)?.question;
            answer(&world.questionnaire.questions.get(question)?.kind, r, world.scales)?
        }
        Var::Duration => Value::Number(seconds(r)?),
        Var::Channel => {
            let word = r.word()?;
            world.channels.contains(&word.text.as_str()).then(|| Value::Text(word.text.as_str().into()))?
        }
        Var::Field(_) | Var::EventField(..) | Var::Stratum | Var::Language => plain(r, &symbol.kind)?,
    };
    Some((var, value))
}

/// Reads `40 seconds`, `2 minutes`.
fn seconds(r: &mut Reader) -> Option<f64> {
    let number = r.number()?;
    let unit = match r.word()?.text.as_str() {
        "second" | "seconds" => 1.0,
        "minute" | "minutes" => 60.0,
        "hour" | "hours" => 3600.0,
        _ => return None,
    };
    (number >= 0.0).then_some(number * unit)
}

/// Reads the value of a column.
fn plain(r: &mut Reader, kind: &Type) -> Option<Value> {
    match kind {
        Type::Bool => yes_no(r).map(Value::Bool),
        Type::Number => {
            // An amount may carry its currency.
            if let Some(Item::Word(_)) = r.peek() {
                r.word();
            }
            r.number().map(Value::Number)
        }
        Type::Date => r.date().map(Value::Date),
        Type::One(names) => {
            let word = r.word()?;
            names.contains(&word.text).then(|| Value::Text(word.text.as_str().into()))
        }
        Type::Text => match r.text() {
            Some(text) => text.parts.first().map(|p| Value::Text(p.value.as_str().into())),
            None => r.word().map(|w| Value::Text(w.text.as_str().into())),
        },
        Type::Set(_) | Type::Opaque | Type::Unknown => None,
    }
}

fn yes_no(r: &mut Reader) -> Option<bool> {
    match r.word()?.text.as_str() {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}

/// Says what to write.
fn wanted(world: World, symbol: &Symbol) -> String {
    let listed = |names: &[String]| format!("write one of: {}", names.join(", "));
    match (symbol.var, &symbol.kind) {
        (None | Some(Var::Score(_) | Var::Duplicate), _) => {
            "a test gives answers to questions and rows, columns of the list, `stratum`, `channel`, `language` and `duration`".to_owned()
        }
        (Some(Var::Duration), _) => "write a time, such as `40 seconds`".to_owned(),
        (Some(Var::Channel), _) => format!("write one of: {}", world.channels.join(", ")),
        (_, Type::One(names)) => listed(names),
        (_, Type::Set(names)) => format!("{}; several with blanks between", listed(names)),
        (_, Type::Bool) => "write `yes` or `no`".to_owned(),
        (_, Type::Number) => "write a number that the question or column can have".to_owned(),
        (_, Type::Date) => "write a date, such as `2026-01-05`".to_owned(),
        _ => "write a text in quotes".to_owned(),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "tested to be whole")]
fn answer(kind: &QuestionKind, r: &mut Reader, scales: &[Scale]) -> Option<Value> {
    let named = |options: &[Choice], name: &str| options.iter().any(|o| o.name == name);
    match kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
            let x = r.number()?;
            let known = scales.get(*scale)?.points.iter().any(|p| x.fract() == 0.0 && p.code == x as i64);
            known.then_some(Value::Number(x))
        }
        QuestionKind::Number { .. } | QuestionKind::Slider { .. } => r.number().map(Value::Number),
        QuestionKind::YesNo | QuestionKind::Consent => yes_no(r).map(Value::Bool),
        QuestionKind::Choice(options) => {
            let word = r.word()?;
            named(options, &word.text).then(|| Value::Text(word.text.as_str().into()))
        }
        QuestionKind::Choices(options) | QuestionKind::Ranking(options) => {
            let mut chosen = Vec::new();
            while matches!(r.peek(), Some(Item::Word(w)) if named(options, &w.text)) {
                chosen.push(r.word()?.text.as_str().into());
            }
            (!chosen.is_empty()).then_some(Value::Set(chosen))
        }
        QuestionKind::Date => r.date().map(Value::Date),
        QuestionKind::Text { .. } | QuestionKind::Contact => {
            let text: &str = r.text()?.parts.first().map(|p| p.value.as_str())?;
            Some(Value::Text(text.into()))
        }
        QuestionKind::Note => None,
    }
}

fn expect(cx: &mut Cx, r: &mut Reader, world: World) -> Option<Expectation> {
    let positive = !r.keyword("not");
    if r.keyword("asked") {
        let here = r.here();
        let name = r.name(cx, "the name of a question")?;
        let questions = &world.questionnaire.questions;
        let found = questions.iter().position(|q| q.name == name.text);
        if found.is_none() && !cx.is_unknown(&name.text) {
            cx.unknown("question", &name.text, here, questions.iter().map(|q| q.name.as_str()));
        }
        return found.map(|q| Expectation::Asked(q, positive));
    }
    if r.keyword("case") {
        let here = r.here();
        let name = r.name(cx, "the name of a case")?;
        let found = world.cases.iter().position(|c| c.name == name.text);
        if found.is_none() && !cx.is_declared("case", &name.text) {
            cx.unknown("case", &name.text, here, world.cases.iter().map(|c| c.name.as_str()));
        }
        return found.map(|c| Expectation::Case(c, positive));
    }
    comparison(cx, r).map(|e| Expectation::Holds(if positive { e } else { Typed::Not(Box::new(e)) }))
}

/// `csi < 40`, `csi is missing`, `csi in 40..60`: items, since the line is not an expression.
fn comparison(cx: &mut Cx, r: &mut Reader) -> Option<Typed> {
    let here = r.here();
    let name = r.name(cx, "`asked`, `case` or a score")?;
    let Some(symbol) = cx.names.get(&name.text).cloned() else {
        let known: Vec<String> = cx.names.keys().cloned().collect();
        cx.unknown("name", &name.text, here, known.iter().map(String::as_str));
        rest(r);
        return None;
    };
    if symbol.kind == Type::Unknown {
        rest(r);
        return None;
    }
    let Some(var @ (Var::Item(_) | Var::Score(_))) = symbol.var else {
        cx.error("out-of-scope", here, format!("a test can't look at `{}`", name.text)).help =
            Some("tests look at answers, dimensions and indices of one response; a kpi is an estimate of the population".to_owned());
        rest(r);
        return None;
    };
    let left = Box::new(Typed::Var(var));
    if r.keyword("is") {
        let positive = !r.keyword("not");
        let missing = if r.keyword("missing") {
            positive
        } else if r.keyword("answered") {
            !positive
        } else {
            r.expected(cx, "`missing` or `answered`");
            return None;
        };
        let is_missing = Typed::IsMissing(left);
        return Some(if missing { is_missing } else { Typed::Not(Box::new(is_missing)) });
    }
    if r.keyword("in") {
        let Some((Scalar::Number(low), Scalar::Number(high))) = r.range() else {
            r.expected(cx, "a range, such as `40..60`");
            return None;
        };
        return Some(Typed::Between(left, Value::Number(low), Value::Number(high)));
    }
    let here = r.here();
    if let Some(value) = r.assign() {
        let Some(constant) = constant(value, &symbol.kind) else {
            cx.error("wrong-type", value.span, format!("`{}` can't be this", name.text)).help =
                Some("write a number, `yes` or `no`, or the name of an option".to_owned());
            return None;
        };
        return Some(Typed::Compare(CompareOp::Equal, left, Box::new(Typed::Constant(constant))));
    }
    let op = match r.any_symbol() {
        Some("<") => CompareOp::Less,
        Some("<=") => CompareOp::LessEqual,
        Some(">") => CompareOp::Greater,
        Some(">=") => CompareOp::GreaterEqual,
        Some("!=") => CompareOp::NotEqual,
        _ => {
            cx.error("expected", here, "expected a comparison, such as `< 40`");
            return None;
        }
    };
    let value = match (&symbol.kind, r.peek()) {
        (_, Some(Item::Scalar(Scalar::Number(_), _))) => r.number().map(Value::Number),
        (kind, Some(Item::Word(_))) if op == CompareOp::NotEqual => plain(r, kind),
        _ => None,
    };
    let Some(value) = value else {
        r.expected(cx, "a number");
        return None;
    };
    Some(Typed::Compare(op, left, Box::new(Typed::Constant(value))))
}

fn constant(value: &Expr, kind: &Type) -> Option<Value> {
    match (&value.kind, kind) {
        (ExprKind::Scalar(Scalar::Number(x)), Type::Number | Type::Unknown) => Some(Value::Number(*x)),
        (ExprKind::Name(name), Type::One(names) | Type::Set(names)) => {
            names.contains(name).then(|| Value::Text(name.as_str().into()))
        }
        (ExprKind::Name(name), Type::Bool) => match name.as_str() {
            "yes" | "true" => Some(Value::Bool(true)),
            "no" | "false" => Some(Value::Bool(false)),
            _ => None,
        },
        _ => None,
    }
}

/// Passes over the rest of a line that is told already.
fn rest(r: &mut Reader) {
    while r.any_symbol().is_some() || r.number().is_some() || r.word().is_some() || r.assign().is_some() {}
}
