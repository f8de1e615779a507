//! Answers and scores as numbers of 64 bits, so that equal ones are counted together.

use crate::model::Checked;
use crate::model::checked::QuestionKind;
use crate::store::types::Answer;

/// Not answered, or no score.
pub const NONE: u64 = 0;
/// Answered “not applicable”.
pub const NOT_APPLICABLE: u64 = 1;
/// Never asked, by the question's condition.
pub const NOT_ASKED: u64 = 2;
/// The first of all others: an answer's place in the spec, a number's bits, or a set's.
pub const FIRST: u64 = 3;

/// Writes a finite number.
#[inline]
#[must_use]
pub fn number(x: f64) -> u64 {
    // Zero has one word, whatever its sign; what is not finite has none.
    if x.is_finite() { (if x == 0.0 { 0.0 } else { x }).to_bits() + FIRST } else { NONE }
}

/// Reads a number that [`number`] wrote.
#[inline]
#[must_use]
pub fn of_number(word: u64) -> Option<f64> {
    (word >= FIRST).then(|| f64::from_bits(word - FIRST))
}

/// Writes an answer to an item.
#[must_use]
pub fn of(checked: &Checked, item: usize, answer: &Answer) -> u64 {
    let kind = &checked.questionnaire.questions[checked.questionnaire.items[item].question].kind;
    let place = |place: Option<usize>| place.map_or(NONE, |i| i as u64 + FIRST);
    match (kind, answer) {
        (_, Answer::NotApplicable) => NOT_APPLICABLE,
        (QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale), Answer::Number(x)) => {
            let points = &checked.scales[*scale].points;
            match points.iter().position(|p| (p.code as f64 - x).abs() < 1e-6) {
                None if points.is_empty() => number(*x),
                found => place(found),
            }
        }
        (_, Answer::Number(x)) => number(*x),
        (_, Answer::YesNo(yes)) => FIRST + u64::from(*yes),
        (QuestionKind::Choice(options), Answer::Option { name, .. }) => {
            place(options.iter().position(|o| o.name == *name))
        }
        (QuestionKind::Choices(options), Answer::Options { names, .. }) => {
            let bit = |name: &String| options.iter().position(|o| o.name == *name).map_or(0, |i| 1 << i);
            names.iter().map(bit).fold(0, |all: u64, one: u64| all | one) + FIRST
        }
        (QuestionKind::Ranking(options), Answer::Options { names, .. }) => {
            let first = names.first().and_then(|name| options.iter().position(|o| o.name == *name));
            place(first)
        }
        (_, Answer::Text(_) | Answer::Date(_)) => FIRST,
        _ => NONE,
    }
}

/// Returns an answer that reports and scores can't tell from the one that was given; nothing where there is none.
#[must_use]
pub fn answer(checked: &Checked, item: usize, word: u64) -> Option<Answer> {
    if word == NOT_APPLICABLE {
        return Some(Answer::NotApplicable);
    }
    let bits = word.checked_sub(FIRST)?;
    let place = usize::try_from(bits).unwrap_or(usize::MAX);
    let kind = &checked.questionnaire.questions[checked.questionnaire.items[item].question].kind;
    let named = |names: Vec<String>| Answer::Options { names, other: None };
    match kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
            let points = &checked.scales[*scale].points;
            match points.get(place) {
                _ if points.is_empty() => Some(Answer::Number(f64::from_bits(bits))),
                point => point.map(|p| Answer::Number(p.code as f64)),
            }
        }
        QuestionKind::Number { .. } | QuestionKind::Slider { .. } => {
            Some(Answer::Number(f64::from_bits(bits)))
        }
        QuestionKind::YesNo | QuestionKind::Consent => Some(Answer::YesNo(bits == 1)),
        QuestionKind::Choice(options) => {
            options.get(place).map(|o| Answer::Option { name: o.name.clone(), other: None })
        }
        QuestionKind::Choices(options) => {
            let chosen = options.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1);
            Some(named(chosen.map(|(_, o)| o.name.clone()).collect()))
        }
        QuestionKind::Ranking(options) => options.get(place).map(|o| named(vec![o.name.clone()])),
        QuestionKind::Text { .. } | QuestionKind::Date | QuestionKind::Contact => {
            Some(Answer::Text(String::new()))
        }
        QuestionKind::Note => None,
    }
}

/// Returns the code by which scores and conditions know an answer.
#[must_use]
pub fn codes(checked: &Checked, item: usize) -> Vec<Option<f64>> {
    let kind = &checked.questionnaire.questions[checked.questionnaire.items[item].question].kind;
    match kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
            checked.scales[*scale].points.iter().map(|p| Some(p.code as f64)).collect()
        }
        QuestionKind::YesNo | QuestionKind::Consent => vec![Some(0.0), Some(1.0)],
        _ => Vec::new(),
    }
}
