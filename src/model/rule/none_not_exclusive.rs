//! `none-not-exclusive`: “none of these” that can be ticked together with others.

use crate::model::places::Node;
use crate::model::rule::answers::{is_none, is_unsure};
use crate::model::rule::{Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("none-not-exclusive", include_str!("../../../docs/rules/none-not-exclusive.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    for asked in spec.asked.iter().filter(|a| a.nature == Nature::Choices) {
        for (i, (choice, wording)) in asked.options.iter().enumerate() {
            if choice.exclusive || choice.specify || !(is_none(wording.text) || is_unsure(wording.text)) {
                continue;
            }
            let message = format!("“{}” can be chosen together with other options", wording.text);
            let name = spec.name(Node::Option(asked.index, i));
            found
                .report(wording.span(), message)
                .label(name, "this option")
                .help(format!("call the option `none`, or write `{} \"…\" exclusive`", choice.name));
        }
    }
}
