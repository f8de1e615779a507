//! `double-barrelled`: two things asked at once.

use crate::model::rule::worded::report;
use crate::model::rule::wording::double_barrelled;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("double-barrelled", include_str!("../../../docs/rules/double-barrelled.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    let help = "ask about each in a question of its own, or make each a row of a grid";
    report(spec, found, double_barrelled::find, [help, help]);
}
