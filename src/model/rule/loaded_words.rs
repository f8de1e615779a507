//! `loaded-words`: praise or blame in front of what is to be judged.

use crate::model::rule::worded::report;
use crate::model::rule::wording::loaded_words;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("loaded-words", include_str!("../../../docs/rules/loaded-words.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    let help = "leave the word out: whether it is true is what respondents are asked";
    report(spec, found, loaded_words::find, [help, help]);
}
