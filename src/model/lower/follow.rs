//! `case`, `action` and `test`: what follows from answers, and what is expected of them.

use crate::expr::{CompareOp, Expr as Typed, Value, Var};
use crate::model::checked::{
    Action, CaseRule, Channel, ChannelKind, Choice, Expectation, QuestionKind, Questionnaire, Scale, Scoring,
    Stratum, TestCase,
};
use crate::model::lower::cx::Cx;
use crate::model::lower::expr::{Scope, condition};
use crate::model::lower::reader::Reader;
use crate::model::lower::settings;
use crate::syntax::ast::{Expr, ExprKind, Item, Scalar, Statement};

/// Lowers `case NAME { … }`.
pub fn case(cx: &mut Cx, statement: &Statement, channels: &[Channel]) -> Option<CaseRule> {
    let mut head = Reader::new(statement);
    head.keyword("case");
    let name = head.name(cx, "the case's name")?;
    let title = head.optional_words(cx);
    head.end(cx);
    let (mut when, mut notify, mut due_hours) = (None, None, None);
    for line in settings(statement) {
        let mut r = Reader::new(line);
        if let Some(ast) = r.clause("when") {
            when = Some(condition(cx, ast, Scope::RESPONSE));
            r.end(cx);
            continue;
        }
        let here = r.here();
        match r.word().map(|w| w.text.as_str()) {
            Some("notify") => {
                notify = r.string(cx, "an address").map(str::to_owned);
                cx.not_carried_out("notify", Reader::new(line).span);
            }
            Some("call") => {
                if !r.keyword("via") {
                    r.expected(cx, "`via` and a phone channel");
                    continue;
                }
                let here = r.here();
                let phones = channels.iter().filter(|c| matches!(c.kind, ChannelKind::Phone { .. }));
                let phones: Vec<&str> = phones.map(|c| c.name.as_str()).collect();
                if let Some(word) = r.name(cx, "the name of a phone channel")
                    && !phones.contains(&word.text.as_str())
                {
                    cx.unknown("phone channel", &word.text, here, phones);
                    continue;
                }
                cx.not_carried_out("call", Reader::new(line).span);
            }
            Some("due") => match r.days_or_hours() {
                Some(period) => due_hours = Some(period.hours),
                None => r.expected(cx, "a period, such as `24 hours`"),
            },
            Some(other) => {
                cx.unknown("setting of `case`", other, here, ["when", "notify", "call", "due"]);
                continue;
            }
            None => {
                r.expected(cx, "a setting of the case");
                continue;
            }
        }
        r.end(cx);
    }
    let Some(when) = when else {
        cx.error("missing-setting", name.span, format!("case `{}` has no `when`", name.text));
        return None;
    };
    Some(CaseRule { name: name.text.clone(), title, condition: when?, notify, due_hours })
}

/// Lowers `action NAME "title" { … }`.
pub fn action(
    cx: &mut Cx,
    statement: &Statement,
    strata: &[Stratum],
    scoring: Option<&Scoring>,
) -> Option<Action> {
    let mut head = Reader::new(statement);
    head.keyword("action");
    let name = head.name(cx, "the action's name")?;
    let title = head.optional_words(cx);
    head.end(cx);
    let mut action = Action {
        name: name.text.clone(),
        title,
        stratum: None,
        improves: None,
        impact: None,
        difficulty: None,
        owner: None,
        due: None,
        status: None,
    };
    for line in settings(statement) {
        action_setting(cx, line, strata, scoring, &mut action);
    }
    Some(action)
}

fn action_setting(
    cx: &mut Cx,
    line: &Statement,
    strata: &[Stratum],
    scoring: Option<&Scoring>,
    action: &mut Action,
) {
    let mut r = Reader::new(line);
    let Some(word) = r.word() else {
        r.expected(cx, "a setting of the action");
        return;
    };
    match word.text.as_str() {
        "for" => {
            let here = r.here();
            if let Some(name) = r.name(cx, "a stratum") {
                action.stratum = strata.iter().position(|s| s.name == name.text);
                if action.stratum.is_none() {
                    cx.unknown("stratum", &name.text, here, strata.iter().map(|s| s.name.as_str()));
                }
            }
        }
        "improves" => improves(cx, &mut r, scoring, action),
        "impact" => action.impact = one_of(cx, &mut r, "impact", &["high", "medium", "low"]),
        "difficulty" => action.difficulty = one_of(cx, &mut r, "difficulty", &["high", "medium", "low"]),
        "status" => action.status = one_of(cx, &mut r, "status", &["planned", "doing", "done", "dropped"]),
        "owner" => action.owner = r.string(cx, "an address").map(str::to_owned),
        "due" => match r.date() {
            Some(date) => action.due = Some(date),
            None => r.expected(cx, "a date"),
        },
        "verify" => {
            if r.days_or_hours().is_none() || !r.keywords(&["after", "due"]) {
                r.expected(cx, "a period and `after due`, such as `3 weeks after due`");
                return;
            }
            cx.not_carried_out("verify", Reader::new(line).span);
        }
        other => {
            let known = ["for", "improves", "impact", "difficulty", "owner", "due", "status", "verify"];
            cx.unknown("setting of `action`", other, word.span, known);
            return;
        }
    }
    r.end(cx);
}

/// `count(tickets)`, `share(tickets.resolved)`, `mean(tickets.minutes)`.
fn event_figure(cx: &mut Cx, figure: &Expr) {
    let ExprKind::Call(function, args, None) = &figure.kind else { return };
    let [Expr { kind: ExprKind::Name(name), span }] = &args[..] else {
        cx.error("unexpected", figure.span, "a figure of events takes one name, such as `count(tickets)`");
        return;
    };
    match function.text.as_str() {
        "count" => {
            if !cx.events.contains(name) {
                let known = cx.events.clone();
                cx.unknown("events", name, *span, known.iter().map(String::as_str));
            }
        }
        "share" | "mean" => {
            if !matches!(cx.names.get(name).and_then(|s| s.var), Some(Var::EventField(..))) {
                let fields = cx.names.iter().filter(|(_, s)| matches!(s.var, Some(Var::EventField(..))));
                let known: Vec<String> = fields.map(|(n, _)| n.clone()).collect();
                cx.unknown("field of events", name, *span, known.iter().map(String::as_str));
            }
        }
        other => cx.unknown("figure of events", other, function.span, ["count", "share", "mean"]),
    }
}

fn improves(cx: &mut Cx, r: &mut Reader, scoring: Option<&Scoring>, action: &mut Action) {
    if let Some(figure) = r.call() {
        let told = cx.diagnostics.len();
        event_figure(cx, figure);
        r.keyword("by");
        if r.percent().is_none() && r.number().is_none() {
            r.expected(cx, "an amount, such as `-20%`");
        }
        if cx.diagnostics.len() == told {
            cx.not_carried_out("improves a figure of events", r.span);
        }
        return;
    }
    let here = r.here();
    let Some(name) = r.name(cx, "the name of a score") else { return };
    r.keyword("by");
    let amount = r.number();
    if amount.is_none() {
        r.expected(cx, "an amount, such as `3`");
    }
    let scores = scoring.map_or(&[][..], |s| &s.scores);
    match scores.iter().position(|s| s.name == name.text) {
        Some(position) => action.improves = amount.map(|a| (position, a)),
        None => cx.unknown("score", &name.text, here, scores.iter().map(|s| s.name.as_str())),
    }
}

fn one_of(cx: &mut Cx, r: &mut Reader, what: &str, known: &[&str]) -> Option<String> {
    let here = r.here();
    let word = r.name(cx, what)?;
    if known.contains(&word.text.as_str()) {
        return Some(word.text.clone());
    }
    cx.unknown(what, &word.text, here, known.iter().copied());
    None
}

/// What tests refer to.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// Questions and items.
    pub questionnaire: &'a Questionnaire,
    /// Scales.
    pub scales: &'a [Scale],
    /// Cases.
    pub cases: &'a [CaseRule],
}

/// Lowers `test "name" { given … expect … }`.
pub fn test(cx: &mut Cx, statement: &Statement, world: World) -> TestCase {
    let mut head = Reader::new(statement);
    head.keyword("test");
    let name = head.string(cx, "the test's name").unwrap_or_default().to_owned();
    let span = head.span;
    let mut test = TestCase { name, given: Vec::new(), expect: Vec::new(), span };
    for line in settings(statement) {
        let mut r = Reader::new(line);
        if r.keyword("given") {
            given(cx, &mut r, world, &mut test);
            r.end(cx);
        } else if r.keyword("expect") {
            if let Some(expectation) = expect(cx, &mut r, world) {
                test.expect.push(expectation);
            }
            r.end(cx);
        } else {
            r.expected(cx, "`given` or `expect`");
        }
    }
    test
}

fn given(cx: &mut Cx, r: &mut Reader, world: World, test: &mut TestCase) {
    loop {
        let here = r.here();
        let Some(name) = r.name(cx, "the name of a question") else { return };
        let Some((item, of)) = world.questionnaire.item(&name.text) else {
            cx.unknown(
                "question",
                &name.text,
                here,
                world.questionnaire.items.iter().map(|i| i.name.as_str()),
            );
            while !r.is_done() && !r.symbol(",") {
                let _ = (r.word(), r.number(), r.text(), r.date());
            }
            if r.is_done() {
                return;
            }
            continue;
        };
        let here = r.here();
        let kind = world.questionnaire.questions.get(of.question).map(|q| &q.kind);
        match kind.and_then(|kind| value(kind, r, world.scales)) {
            Some(value) => test.given.push((item, value)),
            None => {
                cx.error("wrong-type", here, format!("this is no answer to `{}`", name.text));
                let _ = (r.word(), r.number(), r.text());
            }
        }
        if !r.symbol(",") {
            return;
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "tested to be whole")]
fn value(kind: &QuestionKind, r: &mut Reader, scales: &[Scale]) -> Option<Value> {
    let named = |options: &[Choice], name: &str| options.iter().any(|o| o.name == name);
    match kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
            let x = r.number()?;
            let known = scales.get(*scale)?.points.iter().any(|p| x.fract() == 0.0 && p.code == x as i64);
            known.then_some(Value::Number(x))
        }
        QuestionKind::Number { .. } | QuestionKind::Slider { .. } => r.number().map(Value::Number),
        QuestionKind::YesNo | QuestionKind::Consent => match r.word()?.text.as_str() {
            "yes" | "true" => Some(Value::Bool(true)),
            "no" | "false" => Some(Value::Bool(false)),
            _ => None,
        },
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
        if found.is_none() {
            cx.unknown("question", &name.text, here, questions.iter().map(|q| q.name.as_str()));
        }
        return found.map(|q| Expectation::Asked(q, positive));
    }
    if r.keyword("case") {
        let here = r.here();
        let name = r.name(cx, "the name of a case")?;
        let found = world.cases.iter().position(|c| c.name == name.text);
        if found.is_none() {
            cx.unknown("case", &name.text, here, world.cases.iter().map(|c| c.name.as_str()));
        }
        return found.map(|c| Expectation::Case(c, positive));
    }
    comparison(cx, r).map(|e| Expectation::Holds(if positive { e } else { Typed::Not(Box::new(e)) }))
}

/// `csi < 40`: items, since the line is not an expression.
fn comparison(cx: &mut Cx, r: &mut Reader) -> Option<Typed> {
    let here = r.here();
    let name = r.name(cx, "`asked`, `case` or a score")?;
    let var = match cx.names.get(&name.text) {
        Some(symbol) => symbol.var,
        None => {
            let known: Vec<String> = cx.names.keys().cloned().collect();
            cx.unknown("name", &name.text, here, known.iter().map(String::as_str));
            while !r.is_done() && (r.any_symbol().is_some() || r.number().is_some() || r.word().is_some()) {}
            return None;
        }
    };
    let Some(var @ (Var::Item(_) | Var::Score(_))) = var else {
        cx.error("out-of-scope", here, format!("a test can't look at `{}`", name.text)).help =
            Some("tests look at answers, dimensions and indices of one response; a kpi is an estimate of the population".to_owned());
        while r.any_symbol().is_some() || r.number().is_some() {}
        return None;
    };
    let here = r.here();
    let op = match (r.assign(), r.any_symbol()) {
        (Some(ast), _) => {
            let crate::syntax::ast::ExprKind::Scalar(Scalar::Number(x)) = ast.kind else {
                cx.error("wrong-type", ast.span, "expected a number here");
                return None;
            };
            let constant = Box::new(Typed::Constant(Value::Number(x)));
            return Some(Typed::Compare(CompareOp::Equal, Box::new(Typed::Var(var)), constant));
        }
        (None, Some("<")) => CompareOp::Less,
        (None, Some("<=")) => CompareOp::LessEqual,
        (None, Some(">")) => CompareOp::Greater,
        (None, Some(">=")) => CompareOp::GreaterEqual,
        (None, Some("!=")) => CompareOp::NotEqual,
        (None, Some("=")) => CompareOp::Equal,
        _ => {
            cx.error("expected", here, "expected a comparison, such as `< 40`");
            return None;
        }
    };
    let Some(x) = r.number() else {
        r.expected(cx, "a number");
        return None;
    };
    Some(Typed::Compare(op, Box::new(Typed::Var(var)), Box::new(Typed::Constant(Value::Number(x)))))
}

/// Reports cases that are declared twice.
pub fn unique<'a>(cx: &mut Cx, what: &str, names: impl Iterator<Item = (&'a str, crate::source::Span)>) {
    let mut seen: Vec<&str> = Vec::new();
    for (name, span) in names {
        if seen.contains(&name) {
            cx.error("duplicate-name", span, format!("{what} `{name}` is declared twice"));
        }
        seen.push(name);
    }
}
