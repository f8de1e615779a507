//! `recall-burden`: figures that must be computed or fetched from long ago.

use crate::model::rule::worded::report;
use crate::model::rule::wording::recall_burden;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("recall-burden", include_str!("../../../docs/rules/recall-burden.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    let help = "ask for a shorter window, for the last occasion, or give brackets to choose from";
    report(spec, found, recall_burden::find, [help, help]);
}
