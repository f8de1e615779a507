//! Whether an answer is one that a questionnaire can take: codes may have been removed since it was given.

use crate::model::Checked;
use crate::model::checked::{Choice, QuestionKind};

use super::types::Answer;

/// Tells whether an answer to an item is one that the questionnaire knows.
///
/// Answers that don't fit any more stay in the store as they were given.
#[must_use]
pub fn fits(checked: &Checked, item: &str, answer: &Answer) -> bool {
    let Some((_, item)) = checked.questionnaire.item(item) else { return false };
    let Some(question) = checked.questionnaire.questions.get(item.question) else { return false };
    let has = |options: &[Choice], name: &String| options.iter().any(|o| o.name == *name);
    let within = |x: f64, min: Option<f64>, max: Option<f64>| {
        min.is_none_or(|min| x >= min) && max.is_none_or(|max| x <= max)
    };
    match (&question.kind, answer) {
        (_, Answer::NotApplicable)
        | (QuestionKind::YesNo | QuestionKind::Consent, Answer::YesNo(_))
        | (QuestionKind::Text { .. } | QuestionKind::Contact, Answer::Text(_))
        | (QuestionKind::Date, Answer::Date(_)) => true,
        (QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale), Answer::Number(x)) => {
            let points = checked.scales.get(*scale).map_or(&[][..], |s| &s.points);
            points.iter().any(|p| (p.code as f64 - x).abs() < 1e-9)
        }
        (QuestionKind::Choice(options), Answer::Option { name, .. }) => has(options, name),
        (QuestionKind::Choices(options) | QuestionKind::Ranking(options), Answer::Options { names, .. }) => {
            names.iter().all(|name| has(options, name))
        }
        (QuestionKind::Number { min, max }, Answer::Number(x)) => within(*x, *min, *max),
        (QuestionKind::Slider { min, max, .. }, Answer::Number(x)) => within(*x, Some(*min), Some(*max)),
        _ => false,
    }
}
