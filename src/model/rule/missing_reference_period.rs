//! `missing-reference-period`: how often, but over which time?.

use crate::model::rule::worded::report;
use crate::model::rule::wording::reference_period;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new(
    "missing-reference-period",
    include_str!("../../../docs/rules/missing-reference-period.md"),
    check,
);

fn check(spec: &Spec, found: &mut Findings) {
    let english = "name the window or the occasion: “in the past 3 months, how many times …”";
    let chinese = "name the window or the occasion: “过去三个月，您……多少次”";
    report(spec, found, reference_period::find, [english, chinese]);
}
