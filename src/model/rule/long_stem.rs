//! `long-stem`: questions too long to be kept in mind.

use crate::model::rule::worded::report;
use crate::model::rule::wording::long_stem;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("long-stem", include_str!("../../../docs/rules/long-stem.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    let help = "move what leads to the question into `hint` or a note, and ask in one short sentence";
    report(spec, found, long_stem::find, [help, help]);
}
