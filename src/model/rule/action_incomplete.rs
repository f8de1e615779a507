//! `action-incomplete`: a measure that nobody owns, or that is due on no day.

use crate::model::places::Node;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("action-incomplete", include_str!("../../../docs/rules/action-incomplete.md"), check)
        .about_absence();

fn check(spec: &Spec, found: &mut Findings) {
    for (i, action) in spec.checked.actions.iter().enumerate() {
        if matches!(action.status.as_deref(), Some("done" | "dropped")) {
            continue;
        }
        let (missing, help) = match (&action.owner, action.due) {
            (None, None) => ("neither owner nor due date", "add `owner \"…@…\"` and `due 2026-12-31`"),
            (None, Some(_)) => ("no owner", "add `owner \"…@…\"`: a measure without a person is nobody's"),
            (Some(_), None) => ("no due date", "add `due 2026-12-31`, so that it can be seen to be late"),
            (Some(_), Some(_)) => continue,
        };
        found
            .report(spec.name(Node::Action(i)), format!("action `{}` has {missing}", action.name))
            .help(help);
    }
}
