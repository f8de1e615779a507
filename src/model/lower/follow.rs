//! `case` and `action`: what follows from answers.

use std::collections::BTreeMap;

use crate::diagnostic::Label;
use crate::model::checked::{Action, CaseRule, Channel, ChannelKind, Scoring, Stratum};
use crate::model::lower::cx::Cx;
use crate::model::lower::expr::{Scope, condition};
use crate::model::lower::promise::improves;
use crate::model::lower::reader::Reader;
use crate::model::lower::settings;
use crate::source::Span;
use crate::syntax::ast::{Statement, Word};

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
                let told = cx.diagnostics.len();
                notify = r.address(cx, "an address").map(str::to_owned);
                if cx.diagnostics.len() == told {
                    cx.not_carried_out("notify", Reader::new(line).span);
                }
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
                    if cx.is_declared("channel", &word.text) && !channels.iter().any(|c| c.name == word.text)
                    {
                        continue;
                    }
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
        verify_days: None,
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
        "improves" => action.improves = improves(cx, &mut r, scoring),
        "impact" => action.impact = one_of(cx, &mut r, "impact", &["high", "medium", "low"]),
        "difficulty" => action.difficulty = one_of(cx, &mut r, "difficulty", &["high", "medium", "low"]),
        "status" => action.status = one_of(cx, &mut r, "status", &["planned", "doing", "done", "dropped"]),
        "owner" => action.owner = r.string(cx, "an address").map(str::to_owned),
        "due" => match r.date() {
            Some(date) => action.due = Some(date),
            None => r.expected(cx, "a date"),
        },
        "verify" => {
            let days = r.days_or_hours().map(super::reader::Period::days);
            let Some(days) = days.filter(|_| r.keywords(&["after", "due"])) else {
                r.expected(cx, "a period and `after due`, such as `3 weeks after due`");
                return;
            };
            action.verify_days = Some(days);
        }
        other => {
            let known = ["for", "improves", "impact", "difficulty", "owner", "due", "status", "verify"];
            cx.unknown("setting of `action`", other, word.span, known);
            return;
        }
    }
    r.end(cx);
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

/// Reports declarations of one kind that share a name.
pub fn unique<'a>(cx: &mut Cx, what: &str, names: impl Iterator<Item = &'a Word>) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for name in names {
        let Some(first) = seen.get(name.text.as_str()) else {
            seen.insert(&name.text, name.span);
            continue;
        };
        let label = Label { span: *first, message: "declared here first".to_owned() };
        let found =
            cx.error("duplicate-name", name.span, format!("{what} `{}` is declared twice", name.text));
        found.help = Some("rename or remove one of them".to_owned());
        found.labels.push(label);
    }
}
