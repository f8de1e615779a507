//! Values as the form takes them, and as people read them.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::form::parse::Problem;
use crate::diagnostic::Diagnostic;
use crate::expr::{Env, Expr, Value, Var};
use crate::model::Checked;
use crate::model::checked::{Given, QuestionKind, TestCase};
use crate::store::types::Answer;

/// Returns the answers that a test gives, by item name.
pub(super) fn answers(checked: &Checked, test: &TestCase) -> BTreeMap<String, Answer> {
    let items = &checked.questionnaire.items;
    let one = |given: &Given| {
        let Var::Item(i) = given.var else { return None };
        let item = items.get(i)?;
        let kind = &checked.questionnaire.questions.get(item.question)?.kind;
        Some((item.name.clone(), answer(kind, &given.value)))
    };
    test.given.iter().filter_map(one).collect()
}

fn answer(kind: &QuestionKind, value: &Value) -> Answer {
    match value {
        Value::Missing => Answer::NotApplicable,
        Value::Bool(yes) => Answer::YesNo(*yes),
        Value::Number(x) => Answer::Number(*x),
        Value::Date(date) => Answer::Date(*date),
        Value::Text(name) if matches!(kind, QuestionKind::Choice(_)) => {
            Answer::Option { name: name.to_string(), other: None }
        }
        Value::Text(text) => Answer::Text(text.to_string()),
        Value::Set(names) => {
            Answer::Options { names: names.iter().map(ToString::to_string).collect(), other: None }
        }
    }
}

/// Returns a value as a cell of a list holds it.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Missing => String::new(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(x) => x.to_string(),
        Value::Text(text) => text.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Set(names) => names.join(" "),
    }
}

/// Returns a value for people; a number with at most two decimals.
fn shown(value: &Value) -> String {
    match value {
        Value::Missing => "missing".to_owned(),
        Value::Number(x) => {
            let rounded = format!("{x:.2}");
            rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        other => cell(other),
    }
}

/// Lists the variables of a condition with their values: `: overall is 5, csi is missing`.
pub(super) fn seen(checked: &Checked, condition: &Expr, env: &dyn Env) -> String {
    let mut all = BTreeSet::new();
    condition.variables(&mut |var| {
        all.insert(var);
    });
    let parts: Vec<String> = all
        .into_iter()
        .map(|var| {
            let name = name(checked, var);
            format!("`{name}` is {}", shown(&env.value(var)))
        })
        .collect();
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
}

fn name(checked: &Checked, var: Var) -> &str {
    let known = match var {
        Var::Item(i) => checked.questionnaire.items.get(i).map(|item| item.name.as_str()),
        Var::Field(i) => checked.frame.as_ref().and_then(|f| f.fields.get(i)).map(|f| f.name.as_str()),
        Var::EventField(e, i) => checked.events.get(e).and_then(|e| e.fields.get(i)).map(|f| f.name.as_str()),
        Var::Score(i) => checked.scoring.as_ref().and_then(|s| s.scores.get(i)).map(|s| s.name.as_str()),
        Var::Stratum => Some("stratum"),
        Var::Channel => Some("channel"),
        Var::Language => Some("language"),
        Var::Duration => Some("duration"),
        Var::Duplicate => Some("duplicate"),
    };
    known.unwrap_or("?")
}

/// Says why the form does not take an answer.
pub(super) fn refused(checked: &Checked, item: usize, given: &Given, problem: &Problem) -> Diagnostic {
    let name = checked.questionnaire.items.get(item).map_or("?", |item| item.name.as_str());
    let why = match problem {
        Problem::Required | Problem::NotAgreed => "nobody gets on without agreeing".to_owned(),
        Problem::UnknownOption => "there is no such option".to_owned(),
        Problem::NotANumber => "it is no number".to_owned(),
        Problem::OutOfRange(low, high) => {
            let end = |x: &Option<f64>| x.map_or("…".to_owned(), |x| x.to_string());
            format!("it must lie in {}..{}", end(low), end(high))
        }
        Problem::OffStep(step) => format!("it must be a multiple of {step}"),
        Problem::NotADate => "it is no date from 1900 to 2200".to_owned(),
        Problem::TooLong(most) => format!("it has more than {most} characters"),
        Problem::Excludes(option) => format!("`{option}` excludes the other options"),
        Problem::SamePlace(place) => format!("two options have place {place}"),
        Problem::MissingPlace(place) => format!("nothing has place {place}"),
        Problem::Unranked => "every option must be ranked".to_owned(),
        Problem::NotAContact => "it is neither an address nor a telephone number".to_owned(),
    };
    Diagnostic::error(
        "test-failed",
        given.span,
        format!("the form does not take this answer to `{name}`: {why}"),
    )
    .help("give an answer that a respondent can give")
}
