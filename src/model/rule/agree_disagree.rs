//! `agree-disagree`: a row of statements to agree with.
//!
//! Saris, Revilla, Krosnick & Shaeffer (2010) compared such batteries with questions that ask for the
//! thing itself. Instruments that are made of statements keep theirs: CES, and the ten of SUS.

use crate::model::rule::worded::Worded;
use crate::model::rule::wording::Answer;
use crate::model::rule::wording::contains_any;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("agree-disagree", include_str!("../../../docs/rules/agree-disagree.md"), check);

/// So many statements are a battery.
const BATTERY: usize = 4;

const HELP: &str = "ask for the thing itself with its own scale: “how clear was …”, not clear to very clear";

fn check(spec: &Spec, found: &mut Findings) {
    let Some(first) = spec.languages().first() else { return };
    let mut battery: Vec<&Worded> = Vec::new();
    for worded in spec.worded() {
        if spec.asked.get(worded.asked).is_none_or(|a| a.language != first) {
            continue;
        }
        if worded.stem.prompt.answer == Answer::Grid {
            continue;
        }
        let statement = worded.stem.prompt.is_agreement() && worded.stem.prompt.answer != Answer::Instrument;
        if statement {
            battery.push(worded);
        } else {
            close(&mut battery, found);
        }
    }
    close(&mut battery, found);
}

/// Reports a battery once, at its first statement.
fn close(battery: &mut Vec<&Worded>, found: &mut Findings) {
    let statements = std::mem::take(battery);
    let Some(first) = statements.first().filter(|_| statements.len() >= BATTERY && !is_sus(&statements))
    else {
        return;
    };
    let message = format!("{} statements in a row ask for agreement", statements.len());
    found.report(first.wording.span(), message).help(HELP);
}

/// Tells whether the statements are those of the System Usability Scale (Brooke 1996), also with the product's name.
fn is_sus(statements: &[&Worded]) -> bool {
    let cues = [
        "frequently",
        "complex",
        "easy to use",
        "technical person",
        "well integrated",
        "inconsistency",
        "very quickly",
        "cumbersome",
        "confident",
        "learn a lot",
        "经常使用",
        "复杂",
        "容易使用",
        "技术人员",
        "整合",
        "不一致",
        "很快",
        "繁琐",
        "自信",
        "学习很多",
    ];
    let hits = statements.iter().filter(|s| contains_any(s.wording.text, &cues)).count();
    (8..=12).contains(&statements.len()) && hits >= 7
}
