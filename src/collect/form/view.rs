//! What a page of questions shows.
//!
//! Goes in: the page, the fields to be shown (as posted, or as saved), and what
//! is wrong with them. Comes out: [`QuestionData`] for every asked question.
//! A page is always drawn from fields, so that a wrong entry stands as it was typed.

use crate::collect::form::asked::Respondent;
use crate::collect::form::data::{Control, ErrorData, QuestionData};
use crate::collect::form::parse::Problem;
use crate::collect::form::pipe::Pipes;
use crate::collect::form::posted::{Posted, field};
use crate::collect::form::strings::{Strings, fill};
use crate::model::Checked;
use crate::model::checked::{Choice, Question, QuestionKind};

mod choose;
mod typed;

/// All that drawing a question needs.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The campaign.
    pub checked: &'a Checked,
    /// Who answers.
    pub respondent: &'a Respondent<'a>,
    /// Earlier answers in words.
    pub pipes: &'a Pipes,
    /// The form's own words.
    pub strings: &'a Strings,
    /// Fields to be shown.
    pub posted: &'a Posted,
    /// What is wrong: items and problems.
    pub problems: &'a [(usize, Problem)],
}

impl View<'_> {
    /// Draws a question.
    #[must_use]
    pub fn question(&self, index: usize) -> Option<QuestionData> {
        let question = self.checked.questionnaire.questions.get(index)?;
        let id = format!("q{}", index + 1);
        let control = self.control(question, index, &id);
        let error = match &control {
            Control::Grid(_) => String::new(),
            _ => self.item(index).map(|(i, _)| self.error(question, i)).unwrap_or_default(),
        };
        Some(QuestionData {
            name: question.name.clone(),
            text: self.pipes.text(&question.text),
            hint: self.pipes.text(&question.hint),
            help: self.help(question, &control),
            required: question.required || question.kind == QuestionKind::Consent,
            id,
            error,
            control,
        })
    }

    /// Lists what is wrong, in the order of the page.
    #[must_use]
    pub fn errors(&self, questions: &[QuestionData]) -> Vec<ErrorData> {
        questions.iter().flat_map(errors_of).collect()
    }

    fn item(&self, question: usize) -> Option<(usize, &crate::model::checked::Item)> {
        self.checked.questionnaire.items_of(question).next()
    }

    /// Returns what is wrong with an item, in words.
    fn error(&self, question: &Question, item: usize) -> String {
        let Some((_, problem)) = self.problems.iter().find(|(i, _)| *i == item) else { return String::new() };
        let label = |name: &str| {
            let option = options(&question.kind).iter().find(|o| o.name == name);
            option.map_or_else(|| name.to_owned(), |o| self.label(o))
        };
        self.strings.problem(problem, label)
    }

    fn label(&self, option: &Choice) -> String {
        let label = self.pipes.text(&option.label);
        if label.is_empty() { option.name.clone() } else { label }
    }

    fn control(&self, question: &Question, index: usize, id: &str) -> Control {
        let field = self.item(index).map(|(_, item)| field(&item.name)).unwrap_or_default();
        match &question.kind {
            QuestionKind::Scale(scale, _) => self.scale(question, *scale, id, &field),
            QuestionKind::Grid(scale) => self.grid(question, index, *scale, id),
            QuestionKind::Choice(options) => self.choices(question, options, false, id, &field),
            QuestionKind::Choices(options) => self.choices(question, options, true, id, &field),
            QuestionKind::Ranking(options) => self.ranking(question, options, id, &field),
            QuestionKind::YesNo => self.yes_no(question, id, &field),
            QuestionKind::Text { long } => self.words(question, *long, id, &field),
            QuestionKind::Number { min, .. } => self.number(question, *min, id, &field),
            QuestionKind::Slider { min, max, step } => self.slider(question, (*min, *max, *step), id, &field),
            QuestionKind::Date => self.date(question, id, &field),
            QuestionKind::Contact => self.contact(question, id, &field),
            QuestionKind::Consent => Control::Consent { checked: self.posted.one(&field) == "yes", field },
            QuestionKind::Note => Control::Note,
        }
    }

    fn help(&self, question: &Question, control: &Control) -> String {
        let words = &self.strings.question;
        let limits = |min: Option<f64>, max: Option<f64>| match (min, max) {
            (Some(min), Some(max)) => {
                fill(&words.between, &[("min", &min.to_string()), ("max", &max.to_string())])
            }
            (Some(min), None) => fill(&words.at_least, &[("min", &min.to_string())]),
            (None, Some(max)) => fill(&words.at_most, &[("max", &max.to_string())]),
            (None, None) => String::new(),
        };
        match (&question.kind, control) {
            (QuestionKind::Choices(_), _) => words.choose_many.clone(),
            (QuestionKind::Ranking(_), _) => words.rank.clone(),
            (QuestionKind::Number { min, max }, _) => limits(*min, *max),
            (QuestionKind::Slider { min, max, .. }, Control::Line(_)) => limits(Some(*min), Some(*max)),
            (QuestionKind::Contact, _) => words.contact.clone(),
            _ => String::new(),
        }
    }
}

fn options(kind: &QuestionKind) -> &[Choice] {
    match kind {
        QuestionKind::Choice(options) | QuestionKind::Choices(options) | QuestionKind::Ranking(options) => {
            options
        }
        _ => &[],
    }
}

fn errors_of(question: &QuestionData) -> Vec<ErrorData> {
    if let Control::Grid(grid) = &question.control {
        let wrong = grid.rows.iter().filter(|row| !row.error.is_empty());
        return wrong
            .map(|row| ErrorData {
                anchor: format!("{}-1", row.id),
                label: row.label.clone(),
                message: row.error.clone(),
            })
            .collect();
    }
    if question.error.is_empty() {
        return Vec::new();
    }
    let anchor = format!("{}-1", question.id);
    vec![ErrorData { anchor, label: question.text.clone(), message: question.error.clone() }]
}
