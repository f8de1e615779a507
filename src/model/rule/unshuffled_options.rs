//! `unshuffled-options`: names of things that always stand in the same order.

use crate::model::rule::shuffled_order::ordered;
use crate::model::rule::{Findings, Nature, Rule, Spec};

/// The rule; many lists have an order that no rule can see, so it ships switched off.
pub const RULE: Rule =
    Rule::new("unshuffled-options", include_str!("../../../docs/rules/unshuffled-options.md"), check).off();

/// Shorter lists are read to their end.
const FEWEST: usize = 5;

fn check(spec: &Spec, found: &mut Findings) {
    for asked in spec.questions().filter(|a| matches!(a.nature, Nature::Choice | Nature::Choices)) {
        let real = asked.options.iter().filter(|(c, _)| !c.specify && !c.exclusive).count();
        if asked.question.shuffle || real < FEWEST || ordered(asked) {
            continue;
        }
        found
            .report(
                asked.span(),
                format!("the {real} options of `{}` always stand in the same order", asked.question.name),
            )
            .help("add `shuffle options`; `none` and options with `specify` stay last");
    }
}
