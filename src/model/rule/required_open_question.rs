//! `required-open-question`: words of one's own that must be given.

use crate::model::places::Node;
use crate::model::rule::open::open_questions;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("required-open-question", include_str!("../../../docs/rules/required-open-question.md"), check)
        .once();

fn check(spec: &Spec, found: &mut Findings) {
    for asked in open_questions(spec).filter(|a| a.question.required) {
        let message = format!("open question `{}` must be answered", asked.question.name);
        found
            .report(spec.setting(Node::Question(asked.index), "required"), message)
            .help("leave `required` out: whoever has nothing to say writes anything, or leaves");
    }
}
