//! `absolute`: “always”, “never” and their like.

use crate::model::rule::worded::report;
use crate::model::rule::wording::absolute;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("absolute", include_str!("../../../docs/rules/absolute.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    let help = "ask how often or how far, or leave the word out";
    report(spec, found, absolute::find, [help, help]);
}
