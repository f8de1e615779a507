//! `hypothetical`: what people would do if.

use crate::model::rule::worded::report;
use crate::model::rule::wording::hypothetical;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("hypothetical", include_str!("../../../docs/rules/hypothetical.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    report(
        spec,
        found,
        hypothetical::find,
        "ask about what people have done, or what they want of what exists",
    );
}
