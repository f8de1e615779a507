//! `hard-item-early`: a form that begins with work.

use crate::model::checked::QuestionKind;
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("hard-item-early", include_str!("../../../docs/rules/hard-item-early.md"), check);

/// Shorter forms are nothing but their hard question.
const FEWEST: usize = 4;

/// Questions in which people decide whether they go on.
const OPENING: usize = 3;

/// Things that can be put in order at a glance.
const AT_A_GLANCE: usize = 4;

fn check(spec: &Spec, found: &mut Findings) {
    let skipped = |a: &&Asked| a.nature == Nature::Note || matches!(a.question.kind, QuestionKind::Consent);
    let all: Vec<&Asked> = spec.questions().filter(|a| !skipped(a)).collect();
    // Where most is written, writing is what people came for.
    let open = all.iter().filter(|a| a.nature == Nature::Open).count();
    if all.len() < FEWEST || 2 * open > all.len() {
        return;
    }
    for (place, asked) in all.iter().take(OPENING).enumerate() {
        let Some(what) = hard(spec, asked, place == 0) else { continue };
        let message = format!("the form begins with {what}");
        found
            .report(asked.span(), message)
            .help("begin with a question that everybody answers at a glance, and ask this one later");
        return;
    }
}

fn hard(spec: &Spec, asked: &Asked, first: bool) -> Option<&'static str> {
    match asked.question.kind {
        // Whoever has said how satisfied they are may well be asked why.
        QuestionKind::Text { .. } if first && spec.asks_for_thoughts(asked.index) => {
            Some("a question to answer in writing")
        }
        QuestionKind::Contact if first => Some("contact details"),
        QuestionKind::Ranking(_) if asked.options.len() > AT_A_GLANCE => Some("a list to put in order"),
        _ => None,
    }
}
