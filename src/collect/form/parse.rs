//! From posted fields to answers.
//!
//! Goes in: the questions that are asked on the page, and the fields that came.
//! Comes out: valid answers, items to be emptied, and one [`Problem`] per item
//! that can't be taken. Nothing that a browser promised is believed: codes,
//! options, ranges, lengths and required answers are all looked at again here.

use std::collections::BTreeMap;

use crate::collect::form::posted::{NOT_APPLICABLE, Posted, field};
use crate::model::Checked;
use crate::model::checked::{Choice, Question, QuestionKind};
use crate::store::types::Answer;

mod options;
mod typed;

/// Most characters of a short text, of own words and of contact details.
pub const SHORT: usize = 300;
/// Most characters of a long text; three of them fit a request of 64 KB even when every character is Chinese.
pub const LONG: usize = 2_000;

/// Why an answer can't be taken.
#[derive(Debug, Clone, PartialEq)]
pub enum Problem {
    /// Nothing was answered.
    Required,
    /// No such option or code.
    UnknownOption,
    /// Not a number.
    NotANumber,
    /// Outside of the limits.
    OutOfRange(Option<f64>, Option<f64>),
    /// Not a multiple of the step from the lower end.
    OffStep(f64),
    /// Not a date.
    NotADate,
    /// More characters than this.
    TooLong(usize),
    /// This option (by name) excludes the others.
    Excludes(String),
    /// Two options have this place.
    SamePlace(usize),
    /// This place is left out.
    MissingPlace(usize),
    /// Not every option has a place.
    Unranked,
    /// Agreement is needed to go on.
    NotAgreed,
    /// Neither an address nor a telephone number.
    NotAContact,
}

/// What a posted page holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// Valid answers by item name.
    pub set: BTreeMap<String, Answer>,
    /// Items that were left empty.
    pub clear: Vec<String>,
    /// Items (index into `Questionnaire::items`) that can't be taken, in the order of the page.
    pub problems: Vec<(usize, Problem)>,
}

/// Reads the answers to `questions` (indices of those asked on the page) from the posted fields.
#[must_use]
pub fn parse(checked: &Checked, questions: &[usize], posted: &Posted) -> Parsed {
    let mut parsed = Parsed::default();
    for &index in questions {
        let Some(question) = checked.questionnaire.questions.get(index) else { continue };
        for (i, item) in checked.questionnaire.items_of(index) {
            match answer(checked, question, &field(&item.name), posted) {
                Ok(Some(answer)) => {
                    parsed.set.insert(item.name.clone(), answer);
                }
                Ok(None) if question.required => parsed.problems.push((i, Problem::Required)),
                Ok(None) => parsed.clear.push(item.name.clone()),
                Err(problem) => parsed.problems.push((i, problem)),
            }
        }
    }
    parsed
}

type Read = Result<Option<Answer>, Problem>;

fn answer(checked: &Checked, question: &Question, field: &str, posted: &Posted) -> Read {
    let may_skip = !question.not_applicable.is_empty();
    let says_so = posted.one(field) == NOT_APPLICABLE || posted.has(&format!("{field}.na"), NOT_APPLICABLE);
    if may_skip && says_so {
        return Ok(Some(Answer::NotApplicable));
    }
    let typed = posted.one(field);
    match &question.kind {
        QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => code(checked, *scale, typed),
        QuestionKind::Choice(options) => options::one(options, field, posted),
        QuestionKind::Choices(options) => options::many(options, field, posted),
        QuestionKind::Ranking(options) => options::ranking(options, field, posted, question.required),
        QuestionKind::YesNo => yes_no(typed),
        QuestionKind::Text { long } => typed::words(typed, if *long { LONG } else { SHORT }),
        QuestionKind::Number { min, max } => typed::number(typed, *min, *max, None),
        QuestionKind::Slider { min, max, step } => typed::number(typed, Some(*min), Some(*max), Some(*step)),
        QuestionKind::Date => typed::date(typed),
        QuestionKind::Consent => match typed {
            "yes" => Ok(Some(Answer::YesNo(true))),
            _ => Err(Problem::NotAgreed),
        },
        QuestionKind::Contact => typed::contact(typed),
        QuestionKind::Note => Ok(None),
    }
}

fn code(checked: &Checked, scale: usize, typed: &str) -> Read {
    if typed.is_empty() {
        return Ok(None);
    }
    let points = checked.scales.get(scale).map_or(&[][..], |s| &s.points);
    let point = points.iter().find(|p| p.code.to_string() == typed).ok_or(Problem::UnknownOption)?;
    Ok(Some(Answer::Number(point.code as f64)))
}

fn yes_no(typed: &str) -> Read {
    match typed {
        "" => Ok(None),
        "yes" => Ok(Some(Answer::YesNo(true))),
        "no" => Ok(Some(Answer::YesNo(false))),
        _ => Err(Problem::UnknownOption),
    }
}

/// Finds an option by name.
fn option<'a>(options: &'a [Choice], name: &str) -> Result<&'a Choice, Problem> {
    options.iter().find(|o| o.name == name).ok_or(Problem::UnknownOption)
}
