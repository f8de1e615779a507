//! `agree-disagree`: a row of statements to agree with.
//!
//! Saris, Revilla, Krosnick & Shaeffer (2010) compared such batteries with questions that ask for the
//! thing itself. Instruments that are made of statements keep theirs.

use crate::model::rule::worded::Worded;
use crate::model::rule::wording::Answer;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("agree-disagree", include_str!("../../../docs/rules/agree-disagree.md"), check).once();

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
        if worded.prompt.answer == Answer::Grid {
            continue;
        }
        let statement = worded.prompt.is_agreement() && worded.prompt.answer != Answer::Instrument;
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
    let Some(first) = statements.first().filter(|_| statements.len() >= BATTERY) else { return };
    let message = format!("{} statements in a row ask for agreement", statements.len());
    found.report(first.wording.span(), message).help(HELP);
}
