//! `sensitive-without-exit`: what some keep to themselves must be answered, and no answer says so.

use crate::model::rule::wording::sensitive::{WAYS_OUT, find};
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("sensitive-without-exit", include_str!("../../../docs/rules/sensitive-without-exit.md"), check);

const HELP: &str = "leave `required` out, or add an answer such as “Prefer not to say”";

fn check(spec: &Spec, found: &mut Findings) {
    let rule = found.place();
    for worded in spec.worded() {
        let Some(asked) = spec.asked.get(worded.asked).filter(|a| a.question.required) else { continue };
        let optional = asked.hint.is_some_and(|h| super::wording::contains_any(h.text, WAYS_OUT));
        if asked.not_applicable.is_some() || optional {
            continue;
        }
        for hit in worded.hits(rule, find).iter() {
            found.report(worded.wording.part(hit.range.clone()), hit.message.clone()).help(HELP);
        }
    }
}
