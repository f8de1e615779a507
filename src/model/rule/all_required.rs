//! `all-required`: not one question may be skipped.

use crate::model::places::Node;
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("all-required", include_str!("../../../docs/rules/all-required.md"), check);

/// Answers to give; shorter forms may well need each.
const FEWEST: usize = 8;

fn check(spec: &Spec, found: &mut Findings) {
    let asked: Vec<&Asked> =
        spec.questions().filter(|a| !matches!(a.nature, Nature::Note | Nature::Other)).collect();
    let answers: usize = asked.iter().map(|a| a.rows.len().max(1)).sum();
    // A published instrument counts only when it is whole.
    let instruments = asked.iter().all(|a| spec.instrument(a.index).is_some());
    if answers < FEWEST || instruments || asked.iter().any(|a| !a.question.required) {
        return;
    }
    let Some(last) = asked.last() else { return };
    let message = format!("all {answers} answers must be given");
    found
        .report(spec.setting(Node::Question(last.index), "required"), message)
        .help("keep `required` for what scores and conditions can't do without, and leave it out elsewhere");
}
