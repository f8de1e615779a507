//! `leading`: questions that lead to an answer.

use crate::model::rule::worded::report;
use crate::model::rule::wording::leading;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("leading", include_str!("../../../docs/rules/leading.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    let english =
        "ask openly, or name both sides: “is our service better than a year ago, worse, or the same?”";
    let chinese = "ask openly, or name both sides: “与一年前相比，我们的服务变好了、变差了，还是没有变化？”";
    report(spec, found, leading::find, [english, chinese]);
}
