//! `missing-none`: several answers may be given, but “none of these” is not among them.

use crate::model::rule::answers::{is_none, is_other, is_unsure};
use crate::model::rule::ranges::is_range;
use crate::model::rule::{Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("missing-none", include_str!("../../../docs/rules/missing-none.md"), check).about_absence();

fn check(spec: &Spec, found: &mut Findings) {
    for asked in spec.asked.iter().filter(|a| a.nature == Nature::Choices) {
        let first = spec.languages().first().is_some_and(|l| l == asked.language);
        let way_out = asked.options.iter().any(|(choice, wording)| {
            let text = wording.text;
            choice.exclusive || choice.specify || is_none(text) || is_other(text) || is_unsure(text)
        });
        // A filter that came before may have made sure that something applies; so may `not applicable`.
        let sure = asked.question.condition.is_some() || asked.not_applicable.is_some();
        let ranges = asked.options.iter().any(|(_, w)| is_range(w.text));
        if !first || way_out || sure || ranges || asked.options.len() < 3 {
            continue;
        }
        let message =
            format!("question `{}` has an answer neither for none nor for others", asked.question.name);
        found
            .report(asked.span(), message)
            .help("add `none \"None of these\"`, or `other \"Something else\" specify`");
    }
}
