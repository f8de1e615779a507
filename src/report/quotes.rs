//! Chooses what respondents are quoted with.
//!
//! The order is that of SHA-256 over item and pseudonym, so that neither time
//! nor content decides and the same answers give the same quotes. Items with
//! fewer answers than `hide groups below` are not quoted. What looks like an
//! address or a telephone number is masked; a quote stands without any
//! statement about the person.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::model::Checked;
use crate::report::data::Quotes;
use crate::store::types::{Answer, Response, ResponseState};

/// Longest quote, in characters.
const LONGEST: usize = 240;

/// Chooses quotes for the items that the spec names.
#[must_use]
pub fn quotes(checked: &Checked, responses: &[Response]) -> Vec<Quotes> {
    checked
        .report
        .quotes
        .iter()
        .filter_map(|&(item, number)| of_item(checked, responses, item, number))
        .collect()
}

fn of_item(checked: &Checked, responses: &[Response], item: usize, number: usize) -> Option<Quotes> {
    let item = checked.questionnaire.items.get(item)?;
    let question = &checked.questionnaire.questions[item.question];
    let completed = responses.iter().filter(|r| r.state == ResponseState::Completed);
    let mut said: Vec<([u8; 32], &str)> = completed
        .filter_map(|r| match r.answers.get(&item.name)? {
            Answer::Text(text) if !text.trim().is_empty() => {
                Some((order(&item.name, &r.pseudonym), text.trim()))
            }
            _ => None,
        })
        .collect();
    if (said.len() as u64) < checked.analysis.hide_below {
        return None;
    }
    said.sort_unstable();
    let mut seen = BTreeSet::new();
    let quotes = said.into_iter().filter(|(_, text)| seen.insert(*text)).take(number);
    let quotes = quotes.map(|(_, text)| shorten(&mask(text))).collect();
    Some(Quotes { item: item.name.clone(), text: question.text.clone(), quotes })
}

fn order(item: &str, pseudonym: &str) -> [u8; 32] {
    Sha256::digest(format!("{item}:{pseudonym}").as_bytes()).into()
}

/// Replaces addresses and runs of six or more digits by an ellipsis.
#[must_use]
pub fn mask(text: &str) -> String {
    let text = mask_numbers(text);
    let mut out = String::new();
    for part in text.split_inclusive(char::is_whitespace) {
        let word = part.trim_end();
        let digits = word.chars().filter(char::is_ascii_digit).count();
        if word.contains('@') || digits >= 6 {
            out.push('…');
            out.push_str(&part[word.len()..]);
        } else {
            out.push_str(part);
        }
    }
    out
}

/// Masks long numbers, also when they are written in groups, such as `+1 202 555 0123`.
fn mask_numbers(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    let flush = |out: &mut String, run: &mut String| {
        let digits = run.chars().filter(char::is_ascii_digit).count();
        if digits >= 6 {
            let tail = run.len() - run.trim_end().len();
            out.push('…');
            out.push_str(&run[run.len() - tail..]);
        } else {
            out.push_str(run);
        }
        run.clear();
    };
    for c in text.chars() {
        let joins = c.is_ascii_digit() || c == '+' || (!run.is_empty() && matches!(c, ' ' | '-' | '.'));
        if joins {
            run.push(c);
        } else {
            flush(&mut out, &mut run);
            out.push(c);
        }
    }
    flush(&mut out, &mut run);
    out
}

fn shorten(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= LONGEST {
        return flat;
    }
    flat.chars().take(LONGEST).chain(['…']).collect()
}
