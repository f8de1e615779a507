//! `many-open-questions`: more than two open questions on one path.

use crate::model::logic::asked_together;
use crate::model::rule::open::open_questions;
use crate::model::rule::{Asked, Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("many-open-questions", include_str!("../../../docs/rules/many-open-questions.md"), check);

/// Open questions that one respondent may meet.
const MOST: usize = 2;

/// Open questions of which all combinations are tried: 220 of three.
const TRIED: usize = 12;

fn check(spec: &Spec, found: &mut Findings) {
    let open: Vec<&Asked> = open_questions(spec).collect();
    let Some(together) = first_together(spec, &open) else { return };
    let [first, second, third] = together;
    let message = format!("`{}` is the third open question on one path", third.question.name);
    found
        .report(third.span(), message)
        .label(first.span(), "the first one")
        .label(second.span(), "the second one")
        .help("ask at most two questions for words; make the others closed, or ask each only where it matters (`when`)");
}

/// Finds the first three open questions that one respondent can be asked.
fn first_together<'s, 'a>(spec: &Spec, open: &[&'s Asked<'a>]) -> Option<[&'s Asked<'a>; MOST + 1]> {
    let always: Vec<&Asked> = open.iter().copied().filter(|a| a.question.condition.is_none()).collect();
    if let [first, second, third, ..] = always[..] {
        return Some([first, second, third]);
    }
    let mut sets = Vec::new();
    let open = open.get(..TRIED).unwrap_or(open);
    for (i, first) in open.iter().enumerate() {
        for (j, second) in open.iter().enumerate().skip(i + 1) {
            sets.extend(open.iter().skip(j + 1).map(|third| [*first, *second, *third]));
        }
    }
    let indices: Vec<Vec<usize>> = sets.iter().map(|set| set.iter().map(|a| a.index).collect()).collect();
    asked_together(spec.checked, &indices).and_then(|at| sets.get(at).copied())
}
