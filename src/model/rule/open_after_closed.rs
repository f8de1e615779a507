//! `open-after-closed`: a list of answers stands before the open question that asks for the same.

use crate::model::rule::text::has_cue;
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("open-after-closed", include_str!("../../../docs/rules/open-after-closed.md"), check);

/// Questions further apart are not answered out of one memory.
const NEAR: usize = 3;

/// Fewer options are no list of ideas.
const LIST: usize = 3;

/// What both questions may be after; one line an idea, longer words before shorter ones of another idea.
const AFTER: [&[&str]; 6] = [
    &["most important", "matters most", "最重要", "最看重", "最在意"],
    &["reason", "reasons", "原因", "理由"],
    &["improve", "improved", "improvement", "improvements", "改进", "改善", "提升"],
    &["like most", "like best", "enjoy most", "最喜欢", "最满意"],
    &["like least", "dislike", "least satisfied", "最不喜欢", "最不满意"],
    &["problem", "problems", "difficulties", "obstacles", "困难", "障碍"],
];

/// What makes an open question a follow-up of the list, or the place for what the list left out.
const FOLLOWS: [&str; 42] = [
    "else",
    "other",
    "others",
    "further",
    "additional",
    "more about",
    "specifically",
    "please describe",
    "please explain",
    "tell us more",
    "更多",
    "更详细",
    "how",
    "why",
    "example",
    "this",
    "these",
    "that",
    "your answer",
    "your score",
    "your rating",
    "your response",
    "rated",
    "recommend",
    "这个分数",
    "该分数",
    "这一分数",
    "评分",
    "打分",
    "您的选择",
    "其他",
    "其它",
    "还有",
    "另外",
    "补充",
    "具体",
    "例如",
    "为什么",
    "为何",
    "如何",
    "怎么",
    "上述",
];

fn check(spec: &Spec, found: &mut Findings) {
    let all: Vec<&Asked> = spec.questions().filter(|a| a.nature != Nature::Note).collect();
    for (at, open) in all.iter().enumerate() {
        let plain = open.question.condition.is_none() && spec.asks_for_thoughts(open.index);
        if !plain || says(spec, open, &FOLLOWS) {
            continue;
        }
        let before = all.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
        let Some(closed) = before.iter().rev().find(|closed| names(spec, closed, open)) else { continue };
        let message = format!(
            "`{}` asks openly for what the list of `{}` has named before",
            open.question.name, closed.question.name
        );
        found
            .report(open.stem.span(), message)
            .label(closed.span(), "the list")
            .help("ask the open question first, or only what the list has left out");
    }
}

/// Tells whether a closed question lists answers to what an open one asks for.
fn names(spec: &Spec, closed: &Asked, open: &Asked) -> bool {
    let list = matches!(closed.nature, Nature::Choice | Nature::Choices) && closed.options.len() >= LIST;
    let same = |idea: &&[&str]| says(spec, closed, idea) && says(spec, open, idea);
    list && closed.question.section == open.question.section && AFTER.iter().any(same)
}

/// The words must stand in the sentence that asks, in any language.
fn says(spec: &Spec, asked: &Asked, cues: &[&str]) -> bool {
    spec.in_languages(asked.index).iter().any(|a| {
        let words = a.stem.own_words();
        words.get(a.stem.asked_clause()).is_some_and(|clause| has_cue(clause, cues))
    })
}
