//! How long people read and answer: the one estimate that check, plan and messages share.
//!
//! Reading: 4 words a second (238 a minute in the meta-analysis of Brysbaert 2019,
//! “How many words do we read per minute?”, J. Memory and Language 109), and 5.5
//! characters a second of Chinese, of which the same content has about one and a
//! half as many as English has words and takes as long (Liversedge et al. 2016,
//! “Universality in eye movements and reading”, Cognition 147).
//! Answering: a few seconds by kind of question, after the question counting
//! rules of the Pew Research Center (2022), where a closed item is one point of
//! about ten seconds with its reading, and open ones are several; 2 seconds for
//! each page. All times are whole milliseconds, so that sums are exact.

use std::collections::BTreeSet;

use crate::model::Checked;
use crate::model::checked::{Question, QuestionKind, Text};

/// Milliseconds to turn a page.
const PAGE: i64 = 2_000;
/// Milliseconds to agree to what is promised before the first question.
const AGREE: i64 = 2_000;

/// Something that takes time when one of these questions is asked; always when there are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Any of these questions.
    pub of: BTreeSet<usize>,
    /// Milliseconds when open questions that may be skipped are skipped.
    pub least: i64,
    /// Milliseconds when everything is answered.
    pub most: i64,
}

/// Returns what takes time in a language.
#[must_use]
pub fn shares(checked: &Checked, language: &str) -> Vec<Share> {
    let mut all = Vec::new();
    let mut add = |of: BTreeSet<usize>, least: i64, most: i64| {
        if most > 0 {
            all.push(Share { of, least, most });
        }
    };
    if !checked.privacy.consent.is_empty() {
        let time = reading(&checked.privacy.consent, language) + AGREE;
        add(BTreeSet::new(), time, time);
    }
    let questions = &checked.questionnaire.questions;
    let mut rows = vec![(0, 0); questions.len()];
    for item in &checked.questionnaire.items {
        if let Some((count, time)) = rows.get_mut(item.question) {
            *count += 1;
            *time += reading(&item.row, language);
        }
    }
    let mut sections = vec![BTreeSet::new(); checked.questionnaire.sections.len()];
    let mut scales = vec![BTreeSet::new(); checked.scales.len()];
    for (q, (question, (count, read_rows))) in questions.iter().zip(rows).enumerate() {
        let read = reading(&question.text, language) + reading(&question.hint, language) + read_rows;
        let read = read + alternatives(question).map(|t| reading(t, language)).sum::<i64>();
        let answer = answering(question, count);
        let skipped = is_open(question) && !question.required;
        add(BTreeSet::from([q]), if skipped { read } else { read + answer }, read + answer);
        if let Some(section) = sections.get_mut(question.section) {
            section.insert(q);
        }
        if let QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) = question.kind
            && let Some(scale) = scales.get_mut(scale)
        {
            scale.insert(q);
        }
    }
    for (section, of) in checked.questionnaire.sections.iter().zip(sections) {
        let time = PAGE + reading(&section.title, language);
        if !of.is_empty() {
            add(of, time, time);
        }
    }
    // A scale's labels are read once; later questions show what is already known.
    for (scale, of) in checked.scales.iter().zip(scales) {
        let time = scale.points.iter().map(|p| reading(&p.label, language)).sum();
        if !of.is_empty() {
            add(of, time, time);
        }
    }
    all
}

/// Returns the question at which a path has taken more than so many milliseconds.
#[must_use]
pub fn passes(shares: &[Share], asked: &BTreeSet<usize>, limit: i64) -> Option<usize> {
    let mut after = vec![0_i64; asked.last().map_or(0, |q| q + 1)];
    let mut total = 0;
    for share in shares {
        // What several questions share is spent with the first of them.
        match share.of.iter().find(|q| asked.contains(q)) {
            Some(first) => after[*first] += share.most,
            None if share.of.is_empty() => total += share.most,
            None => {}
        }
    }
    asked.iter().copied().find(|q| {
        total += after[*q];
        total > limit
    })
}

fn alternatives(question: &Question) -> impl Iterator<Item = &Text> {
    let options = match &question.kind {
        QuestionKind::Choice(all) | QuestionKind::Choices(all) | QuestionKind::Ranking(all) => &all[..],
        _ => &[],
    };
    options.iter().map(|c| &c.label)
}

fn is_open(question: &Question) -> bool {
    matches!(question.kind, QuestionKind::Text { .. } | QuestionKind::Contact)
}

/// Milliseconds to decide and tap or type; `items` is the number of rows.
fn answering(question: &Question, items: i64) -> i64 {
    match &question.kind {
        QuestionKind::Scale(..) | QuestionKind::Choice(_) | QuestionKind::YesNo | QuestionKind::Consent => {
            3_000
        }
        QuestionKind::Grid(_) => 3_000 * items,
        QuestionKind::Ranking(all) => 2_500 * i64::try_from(all.len()).unwrap_or(i64::from(u16::MAX)),
        QuestionKind::Choices(_)
        | QuestionKind::Number { .. }
        | QuestionKind::Slider { .. }
        | QuestionKind::Date => 5_000,
        QuestionKind::Text { long: false } => 10_000,
        QuestionKind::Text { long: true } => 30_000,
        QuestionKind::Contact => 20_000,
        QuestionKind::Note => 0,
    }
}

/// Milliseconds to read a text: ideographs one by one, everything else by words.
fn reading(text: &Text, language: &str) -> i64 {
    let (mut ideographs, mut words, mut inside) = (0_i64, 0_i64, false);
    for c in text.get(language).chars() {
        let ideograph = is_ideograph(c);
        ideographs += i64::from(ideograph);
        let letter = !ideograph && c.is_alphanumeric();
        words += i64::from(letter && !inside);
        inside = !ideograph && !c.is_whitespace() && (inside || letter);
    }
    ideographs * 2_000 / 11 + words * 250
}

/// Han, kana and hangul: scripts that are read without spaces between words, or by syllables.
fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}
