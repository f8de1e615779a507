//! `missing-none`: several answers may be given, but “none of these” is not among them; or one of a list that nobody
//! can complete, and “other” is not among them.

use crate::model::rule::answers::{denies, is_none, is_other, is_unsure};
use crate::model::rule::polarity::pole;
use crate::model::rule::ranges::is_range;
use crate::model::rule::text::has_cue;
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("missing-none", include_str!("../../../docs/rules/missing-none.md"), check).about_absence();

/// What a question asks for when no list of answers can be complete; said in the sentence that asks.
const ENDLESS: [&str; 42] = [
    "hear about",
    "heard about",
    "find out about",
    "found out about",
    "learn about us",
    "main reason",
    "most important reason",
    "primary reason",
    "why did you",
    "why do you",
    "your occupation",
    "your profession",
    "your favourite",
    "your favorite",
    "means of transport",
    "mode of transport",
    "which brand",
    "what brand",
    "从哪里知道",
    "从哪里得知",
    "从哪里了解",
    "从哪儿知道",
    "怎么知道",
    "如何知道",
    "如何得知",
    "什么渠道",
    "哪种渠道",
    "哪个渠道",
    "什么途径",
    "哪种途径",
    "主要原因",
    "最主要的原因",
    "您的职业",
    "你的职业",
    "从事的职业",
    "最喜欢的水果",
    "最喜欢的运动",
    "最喜欢的品牌",
    "什么品牌",
    "哪个品牌",
    "交通工具",
    "出行方式",
];

/// Longer lists are meant to be complete.
const SHORT: usize = 6;

fn check(spec: &Spec, found: &mut Findings) {
    several(spec, found);
    for asked in spec.questions().filter(|a| a.nature == Nature::Choice && is_endless(spec, a)) {
        let message =
            format!("question `{}` has no answer for whoever is not in its list", asked.question.name);
        found.report(asked.span(), message).help("add `other \"Something else\" specify`");
    }
}

/// Tells whether one answer is wanted of a short list that can't be complete.
fn is_endless(spec: &Spec, asked: &Asked) -> bool {
    let short = (3..=SHORT).contains(&asked.options.len());
    if !short || asked.not_applicable.is_some() || has_way_out(asked) {
        return false;
    }
    let asks = spec.in_languages(asked.index).iter().any(|a| {
        let words = a.stem.own_words();
        words.get(a.stem.asked_clause()).is_some_and(|clause| has_cue(clause, &ENDLESS))
    });
    asks && !asked.options.iter().any(|(_, w)| is_range(w.text) || pole(w.text).is_some())
}

fn has_way_out(asked: &Asked) -> bool {
    asked.options.iter().any(|(choice, wording)| {
        let text = wording.text;
        choice.exclusive
            || choice.specify
            || is_none(text)
            || denies(text)
            || is_other(text)
            || is_unsure(text)
    })
}

fn several(spec: &Spec, found: &mut Findings) {
    for asked in spec.asked.iter().filter(|a| a.nature == Nature::Choices) {
        let first = spec.languages().first().is_some_and(|l| l == asked.language);
        let way_out = has_way_out(asked);
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
