//! `length`: a longest path of more than five minutes.

use crate::model::logic::paths::{Longest, longer_than_again};
use crate::model::logic::time::{passes, shares};
use crate::model::rule::{Findings, Rule, Spec};
use crate::source::Span;

/// The rule.
pub const RULE: Rule = Rule::new("length", include_str!("../../../docs/rules/length.md"), check);

/// Milliseconds that the longest path may take.
const LIMIT: i64 = 5 * 60_000;

fn check(spec: &Spec, found: &mut Findings) {
    let Some(worst) = longer_than_again(spec.checked, LIMIT, spec.longest) else { return };
    let name = |s: usize| spec.checked.strata.get(s).map_or("", |s| s.name.as_str());
    let people = worst.stratum.map_or_else(String::new, |s| format!(" for stratum `{}`", name(s)));
    let up_to = if worst.exact { "" } else { "up to " };
    let minutes = tenths(worst.most);
    let message = format!(
        "the longest path takes {up_to}{minutes} minutes in `{}`{people}, more than 5",
        worst.language
    );
    let mut help = "shorten or leave out questions, or ask part of them only of some".to_owned();
    if let Some((given, _)) = &worst.way
        && !(given.answers.is_empty() && given.fields.is_empty())
    {
        help = format!("{help}; the longest path is reached with {}", given.words());
    }
    found.report(place(spec, &worst), message).help(help);
}

/// Returns the question at which the time is up; the last one when the path is not known.
fn place(spec: &Spec, length: &Longest) -> Span {
    let questions = &spec.checked.questionnaire.questions;
    let asked = length.way.as_ref().map(|(_, asked)| asked);
    let passed = asked.and_then(|asked| passes(&shares(spec.checked, &length.language), asked, LIMIT));
    passed.and_then(|q| questions.get(q)).or(questions.last()).map_or_else(Span::default, |q| q.span)
}

/// Rounds up to a tenth of a minute, so that what is over the limit reads as over it.
fn tenths(milliseconds: i64) -> String {
    let tenths = milliseconds.div_euclid(6_000) + i64::from(milliseconds.rem_euclid(6_000) > 0);
    format!("{}.{}", tenths / 10, tenths % 10)
}
