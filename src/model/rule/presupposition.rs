//! `presupposition`: questions that take something for granted.

use crate::model::rule::worded::report;
use crate::model::rule::wording::presupposition;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("presupposition", include_str!("../../../docs/rules/presupposition.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    let english = "ask first whether it is so, and this `when` it is; or give an answer such as “None”";
    let chinese = "ask first whether it is so, and this `when` it is; or give an answer such as “没有遇到过”";
    report(spec, found, presupposition::find, [english, chinese]);
}
