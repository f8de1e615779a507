//! `general-after-specific`: the overall rating comes after its parts.

use std::collections::BTreeMap;

use crate::model::rule::polarity::{idea, poles};
use crate::model::rule::text::has_cue;
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("general-after-specific", include_str!("../../../docs/rules/general-after-specific.md"), check);

const OVERALL: [&str; 16] = [
    "总体",
    "整体而言",
    "整体上",
    "整体满意",
    "总的来说",
    "总的来看",
    "综合来看",
    "overall",
    "all in all",
    "in general",
    "taking everything",
    "on the whole",
    "as a whole",
    "all things considered",
    "总之",
    "总而言之",
];

fn check(spec: &Spec, found: &mut Findings) {
    // The first part of each section and scale; whatever is overall behind it comes too late.
    let mut parts: BTreeMap<(usize, Option<usize>), &Asked> = BTreeMap::new();
    for asked in spec.questions().filter(|a| a.nature == Nature::Rating) {
        // Statements to agree with say “on the whole” without judging a whole.
        if spec.instrument(asked.index).is_some() || agrees(asked) {
            continue;
        }
        let topic = (asked.question.section, asked.scale.map(|(index, _)| index));
        if !asked.rows.is_empty() || !is_overall(spec, asked) {
            parts.entry(topic).or_insert(asked);
        } else if let Some(part) = parts.get(&topic) {
            let message = format!("the overall rating `{}` comes after its parts", asked.question.name);
            found
                .report(asked.stem.span(), message)
                .label(part.span(), "a part that is asked before")
                .help("ask the overall rating first; the parts then can't colour it");
        }
    }
}

fn agrees(asked: &Asked) -> bool {
    idea(&poles(asked.labels.iter().map(|(_, w)| w.text))) == Some("agreement")
}

/// The word must stand in the sentence that asks, in any language.
fn is_overall(spec: &Spec, asked: &Asked) -> bool {
    let all = spec.in_languages(asked.index).iter();
    all.map(|a| (a.stem.own_words(), a.stem.asked_clause()))
        .any(|(words, clause)| words.get(clause).is_some_and(|c| has_cue(c, &OVERALL)))
}
