//! `missing-not-applicable`: a battery that everybody must answer, also those who never met what it asks about.

use crate::model::rule::text::has_cue;
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("missing-not-applicable", include_str!("../../../docs/rules/missing-not-applicable.md"), check)
        .about_absence()
        .once();

/// What not every customer meets.
const SOME_MEET: [&str; 26] = [
    "客服",
    "售后",
    "配送",
    "送货",
    "退货",
    "退款",
    "换货",
    "安装",
    "维修",
    "上门",
    "投诉",
    "客户经理",
    "热线",
    "customer service",
    "support",
    "delivery",
    "refund",
    "return",
    "returns",
    "installation",
    "repair",
    "complaint",
    "hotline",
    "call centre",
    "call center",
    "agent",
];

fn check(spec: &Spec, found: &mut Findings) {
    // Whoever is invited after an event has met it.
    if !spec.checked.events.is_empty() {
        return;
    }
    for asked in spec.questions() {
        let q = asked.question;
        let must = asked.nature == Nature::Rating && q.required && q.condition.is_none();
        let fixed = spec.instrument(asked.index).is_some();
        if !must || fixed || asked.not_applicable.is_some() {
            continue;
        }
        // Some labels say it in their own words.
        let said = asked.labels.iter().any(|(_, w)| crate::model::rule::answers::is_unsure(w.text));
        if said || !partial(spec, asked) {
            continue;
        }
        let message = format!("`{}` must be rated also by those to whom it does not apply", q.name);
        found
            .report(asked.span(), message)
            .help("add `not applicable \"…\"`, ask it only after a filter (`when`), or leave `required` out");
    }
}

/// Tells whether some may never have met what is rated.
fn partial(spec: &Spec, asked: &Asked) -> bool {
    let all = spec.in_languages(asked.index).iter();
    all.flat_map(|a| a.rows.iter().map(|(_, w)| w).chain(std::iter::once(&a.stem)))
        .any(|w| has_cue(&w.own_words(), &SOME_MEET))
}
