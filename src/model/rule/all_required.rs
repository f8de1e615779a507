//! `all-required`: not one question may be skipped.

use crate::model::places::Node;
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("all-required", include_str!("../../../docs/rules/all-required.md"), check);

/// Shorter forms may well need every answer.
const FEWEST: usize = 5;

fn check(spec: &Spec, found: &mut Findings) {
    let asked: Vec<&Asked> =
        spec.questions().filter(|a| !matches!(a.nature, Nature::Note | Nature::Other)).collect();
    if asked.len() < FEWEST || asked.iter().any(|a| !a.question.required) {
        return;
    }
    let Some(last) = asked.last() else { return };
    let message = format!("all {} questions must be answered", asked.len());
    found
        .report(spec.setting(Node::Question(last.index), "required"), message)
        .help("keep `required` for what scores and conditions can't do without, and leave it out elsewhere");
}
