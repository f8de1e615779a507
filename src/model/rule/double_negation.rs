//! `double-negation`: two negations in one clause.

use crate::model::rule::worded::report;
use crate::model::rule::wording::double_negation;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("double-negation", include_str!("../../../docs/rules/double-negation.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    let help = "say it in the positive: two negations leave nobody sure what a yes means";
    report(spec, found, double_negation::find, [help, help]);
}
