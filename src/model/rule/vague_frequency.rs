//! `vague-frequency`: “often”, “recently” and their like in a question.

use crate::model::rule::worded::report;
use crate::model::rule::wording::vague_frequency;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("vague-frequency", include_str!("../../../docs/rules/vague-frequency.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    let english = "name the window and let respondents count: “in the past 4 weeks, on how many days …”";
    let chinese = "name the window and let respondents count: “过去四周，您有几天……”";
    report(spec, found, vague_frequency::find, [english, chinese]);
}
