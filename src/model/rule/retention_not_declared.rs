//! `retention-not-declared`: nobody said when the link between person and answers is deleted.

use crate::model::checked::PrivacyMode;
use crate::model::places::Node;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("retention-not-declared", include_str!("../../../docs/rules/retention-not-declared.md"), check)
        .about_absence();

fn check(spec: &Spec, found: &mut Findings) {
    let drawn = spec.checked.frame.is_some() && spec.checked.schedule.is_some();
    // Anonymous answers were never linked to anybody.
    let linked = spec.checked.privacy.mode != PrivacyMode::Anonymous;
    if !drawn || !linked || spec.checked.privacy.keep_days.is_some() {
        return;
    }
    found
        .report(spec.name(Node::Privacy), "the campaign does not say how long answers stay linked to people")
        .help("write `privacy { keep 400 days }`: so long after close the link is deleted");
}
