//! `negation`: questions and statements in the negative.

use crate::model::rule::worded::report;
use crate::model::rule::wording::negation;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("negation", include_str!("../../../docs/rules/negation.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    let help = "say it in the positive, and let the answers carry the no";
    report(spec, found, negation::find, [help, help]);
}
