//! `instrument-changed`: a known instrument with another wording or range.

use crate::model::checked::Instrument;
use crate::model::rule::text::has_cue;
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("instrument-changed", include_str!("../../../docs/rules/instrument-changed.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    for asked in &spec.asked {
        if !matches!(asked.language, "zh" | "en") && !asked.is_chinese() {
            continue;
        }
        match asked.instrument {
            Instrument::Nps => nps(asked, found),
            Instrument::Csat => csat(asked, found),
            Instrument::Ces => ces(asked, found),
            Instrument::Own => own(asked, found),
        }
    }
}

fn nps(asked: &Asked, found: &mut Findings) {
    let text = asked.stem.text;
    let kept = if asked.is_chinese() {
        text.contains("推荐") && ["可能", "愿意", "意愿"].iter().any(|w| text.contains(w))
    } else {
        has_cue(text, &["likely", "likelihood"]) && mentions(text, "recommend")
    };
    if !kept {
        found
            .report(asked.stem.span(), "this is not the question of the Net Promoter Score")
            .help(if asked.is_chinese() {
                "ask 您有多大可能向朋友或同事推荐…？, or use a scale of your own"
            } else {
                "ask “How likely are you to recommend … to a friend or colleague?”, or use a scale of your own"
            });
    }
}

fn csat(asked: &Asked, found: &mut Findings) {
    let kept = if asked.is_chinese() {
        asked.stem.text.contains("满意")
    } else {
        mentions(asked.stem.text, "satisf")
    };
    if !kept {
        found
            .report(asked.stem.span(), "`csat` answers with satisfaction, the question does not ask for it")
            .help("ask “how satisfied …” / 有多满意, or use a scale of your own");
    }
}

/// The Customer Effort Score 2.0 is a statement that people agree with.
fn ces(asked: &Asked, found: &mut Findings) {
    let text = asked.stem.text;
    let clause = text.get(asked.stem.asked_clause()).unwrap_or(text);
    let asks_degree = if asked.is_chinese() {
        ["有多", "多么", "多大程度", "程度如何", "难易程度"].iter().any(|w| clause.contains(w))
            && !clause.contains("同意")
    } else {
        let lower = clause.to_lowercase();
        lower.starts_with("how ") && !lower.contains("agree")
    };
    if asks_degree {
        found
            .report(asked.stem.span(), "`ces` answers with agreement, the question asks how easy something was")
            .help("write the statement, such as “The company made it easy for me to handle my issue”, or use a scale of ease");
    }
}

/// The question of the Net Promoter Score on another range.
fn own(asked: &Asked, found: &mut Findings) {
    let (Some((_, scale)), Nature::Rating) = (asked.scale, asked.nature) else { return };
    let text = asked.stem.text;
    let asks = if asked.is_chinese() {
        text.contains("多大可能") && text.contains("推荐") && (text.contains("朋友") || text.contains("同事"))
    } else {
        has_cue(text, &["how likely"])
            && mentions(text, "recommend")
            && (mentions(text, "friend") || mentions(text, "colleague"))
    };
    let (low, high) = scale.range();
    if asks && asked.rows.is_empty() && (low, high) != (0, 10) {
        let message = format!("the Net Promoter Score is asked from 0 to 10, not from {low} to {high}");
        found.report(asked.stem.span(), message).help(format!(
            "write `question {} : nps`; other ranges can't be compared with anybody's",
            asked.question.name
        ));
    }
}

fn mentions(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(part)
}
