//! `action-overdue`: a measure whose day has passed and that is not done.

use crate::model::places::Node;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("action-overdue", include_str!("../../../docs/rules/action-overdue.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    let Some(today) = spec.today() else { return };
    for (i, action) in spec.checked.actions.iter().enumerate() {
        let Some(due) = action.due else { continue };
        if due >= today || matches!(action.status.as_deref(), Some("done" | "dropped")) {
            continue;
        }
        let message = format!("action `{}` was due on {due}", action.name);
        found
            .report(spec.setting(Node::Action(i), "due"), message)
            .help("write `status done` or `status dropped`, or give it a new day with its owner");
    }
}
