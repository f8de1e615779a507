//! `leading`: questions that lead to an answer.

use crate::model::rule::worded::report;
use crate::model::rule::wording::leading;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("leading", include_str!("../../../docs/rules/leading.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    report(
        spec,
        found,
        leading::find,
        "ask openly: name both sides, or ask “how …”, and leave out what others think",
    );
}
