//! Test blocks for every question and branch, from the answers that lead there.

use crate::expr::Value;
use crate::model::Checked;
use crate::model::checked::{FieldKind, QuestionKind};
use crate::model::logic::{Given, Target, Verdict, verdicts};

/// A generated test, or a branch without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// The branch in words: `why is asked`.
    pub name: String,
    /// The block; `None` where no answers are known that lead there.
    pub block: Option<String>,
}

/// Returns one test for every branch, in the order of the spec.
#[must_use]
pub fn generate(checked: &Checked) -> Vec<Generated> {
    let taken = |name: &str| checked.tests.iter().any(|test| test.name == name);
    let one = |(target, verdict): (Target, Verdict)| {
        let (what, expect) = branch(checked, target)?;
        let mut names = std::iter::once(what.clone()).chain((2..).map(|n: u32| format!("{what} ({n})")));
        let name = names.find(|name| !taken(name))?;
        let block = match verdict {
            Verdict::Possible(given) => Some(block(checked, &name, &given, &expect)),
            Verdict::Impossible | Verdict::NotProven => None,
        };
        Some(Generated { name, block })
    };
    verdicts(checked).into_iter().filter_map(one).collect()
}

/// Says what a branch is, for people and as an expectation.
fn branch(checked: &Checked, target: Target) -> Option<(String, String)> {
    let question = |i: usize| checked.questionnaire.questions.get(i).map(|q| q.name.as_str());
    let case = |i: usize| checked.cases.get(i).map(|c| c.name.as_str());
    Some(match target {
        Target::Asked(i) => (format!("{} is asked", question(i)?), format!("asked {}", question(i)?)),
        Target::NotAsked(i) => {
            (format!("{} is not asked", question(i)?), format!("not asked {}", question(i)?))
        }
        Target::Raised(i) => (format!("the case {} is raised", case(i)?), format!("case {}", case(i)?)),
        Target::NotRaised(i) => {
            (format!("the case {} is not raised", case(i)?), format!("not case {}", case(i)?))
        }
    })
}

fn block(checked: &Checked, name: &str, given: &Given, expect: &str) -> String {
    let mut all: Vec<String> = Vec::new();
    all.extend(given.stratum.iter().map(|name| format!("stratum {name}")));
    all.extend(given.language.iter().map(|name| format!("language {name}")));
    all.extend(given.fields.iter().filter_map(|(name, value)| {
        Some(format!("{name} {}", written(value, names_values(checked, name))?))
    }));
    all.extend(given.answers.iter().filter_map(|(name, value)| {
        let item = checked.questionnaire.item(name);
        let kind =
            item.and_then(|(_, item)| checked.questionnaire.questions.get(item.question)).map(|q| &q.kind);
        let named = matches!(kind, Some(QuestionKind::Choice(_)));
        Some(format!("{name} {}", written(value, named)?))
    }));
    let given = if all.is_empty() { String::new() } else { format!("  given  {}\n", all.join(", ")) };
    format!("test {} {{\n{given}  expect {expect}\n}}\n", quoted(name))
}

/// Tells whether a column's values are names rather than texts.
fn names_values(checked: &Checked, name: &str) -> bool {
    let frame = checked.frame.iter().flat_map(|frame| &frame.fields);
    let mut fields = frame.chain(checked.events.iter().flat_map(|events| &events.fields));
    fields.any(|field| field.name == name && matches!(field.kind, FieldKind::OneOf(_)))
}

fn written(value: &Value, named: bool) -> Option<String> {
    Some(match value {
        Value::Missing => return None,
        Value::Text(name) if named => name.to_string(),
        Value::Text(text) => quoted(text),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(x) => x.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Set(names) => names.join(" "),
    })
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
