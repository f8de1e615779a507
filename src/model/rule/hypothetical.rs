//! `hypothetical`: what people would do if.

use crate::model::rule::worded::report;
use crate::model::rule::wording::hypothetical;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("hypothetical", include_str!("../../../docs/rules/hypothetical.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    let english = "ask about what people have done: “have you bought less since the price was raised?”";
    let chinese = "ask about what people have done: “涨价以来，您是否减少了购买？”";
    report(spec, found, hypothetical::find, [english, chinese]);
}
