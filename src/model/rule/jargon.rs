//! `jargon`: words of the trade.

use crate::model::rule::worded::report;
use crate::model::rule::wording::jargon;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("jargon", include_str!("../../../docs/rules/jargon.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    let english =
        "say it in the words of respondents, or explain it in brackets: “service level agreement (SLA)”";
    let chinese = "say it in the words of respondents, or explain it in brackets: “服务时效承诺（SLA）”";
    report(spec, found, jargon::find, [english, chinese]);
}
