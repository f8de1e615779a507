//! The words of the form itself, in every language that it speaks.
//!
//! One YAML file per language stands in `templates/form/strings`; each must hold
//! every key. Numbers and names go where `{n}`, `{name}` … stand.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::collect::form::parse::Problem;

/// All words of one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strings {
    /// Name of the language in itself.
    pub language: String,
    /// Between the parts of a list.
    pub list_separator: String,
    /// Yes.
    pub yes: String,
    /// No.
    pub no: String,
    /// Tag of a required question.
    pub required: String,
    /// Words of the start page.
    pub start: StartStrings,
    /// Words of the question pages.
    pub question: QuestionStrings,
    /// What is wrong with an answer.
    pub problem: ProblemStrings,
    /// Pages that only say something: title and text.
    pub notice: NoticeStrings,
    /// Stopping messages and taking answers back.
    pub leave: LeaveStrings,
}

/// Words of the start page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartStrings {
    /// What the answers are for, when the spec gives no purpose of its own.
    pub purpose: String,
    /// How long it takes: `{n}` minutes.
    pub minutes: String,
    /// Less than a minute.
    pub one_minute: String,
    /// Until when: `{date}`.
    pub until: String,
    /// How a date is written, as a pattern of strftime.
    pub date: String,
    /// Who asks: `{name}`.
    pub asked_by: String,
    /// Where to write: `{address}`.
    pub write_to: String,
    /// Heading of the privacy notice.
    pub privacy_title: String,
    /// Answers carry the person.
    pub identified: String,
    /// Answers carry a pseudonym.
    pub confidential: String,
    /// No link at all.
    pub anonymous: String,
    /// How long the link is kept: `{n}` days.
    pub keep: String,
    /// No tracking.
    pub no_tracking: String,
    /// Taking part is free and can be ended.
    pub voluntary: String,
    /// Pressing the button is agreement.
    pub agree: String,
    /// The button.
    pub start: String,
    /// The button, when there is a response already.
    pub resume: String,
    /// Above a question that was answered by the link.
    pub prefilled: String,
    /// The button below it.
    pub confirm: String,
    /// Label of the language switch.
    pub languages: String,
}

/// Words of the question pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionStrings {
    /// Step `{n}` of `{of}`.
    pub progress: String,
    /// Goes on.
    pub next: String,
    /// Ends.
    pub finish: String,
    /// Goes back.
    pub back: String,
    /// Title of the error summary, one error.
    pub error_one: String,
    /// Title of the error summary, `{n}` errors.
    pub error_many: String,
    /// Put in front of an error, for screen readers.
    pub error_prefix: String,
    /// Put in front of the document's title when there are errors.
    pub error_title: String,
    /// Hint of several options.
    pub choose_many: String,
    /// Hint of a ranking.
    pub rank: String,
    /// No place.
    pub unranked: String,
    /// Place `{n}`.
    pub place: String,
    /// Label of own words.
    pub specify: String,
    /// Limits of a number: `{min}`, `{max}`.
    pub between: String,
    /// Lower limit.
    pub at_least: String,
    /// Upper limit.
    pub at_most: String,
    /// Hint of contact details.
    pub contact: String,
    /// Label of a consent.
    pub agree: String,
    /// The page was saved elsewhere.
    pub conflict: String,
    /// Answers are saved.
    pub saved: String,
    /// Heading of a grid's first column.
    pub rows: String,
}

/// What is wrong with an answer, each naming the remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemStrings {
    /// Nothing answered.
    pub required: String,
    /// No such option.
    pub unknown_option: String,
    /// Not a number.
    pub not_a_number: String,
    /// Not within `{min}` and `{max}`.
    pub out_of_range: String,
    /// Below `{min}`.
    pub too_small: String,
    /// Above `{max}`.
    pub too_large: String,
    /// Not a multiple of `{step}`.
    pub off_step: String,
    /// Not a date.
    pub not_a_date: String,
    /// More than `{n}` characters.
    pub too_long: String,
    /// `{name}` excludes others.
    pub excludes: String,
    /// Two options on place `{n}`.
    pub same_place: String,
    /// Place `{n}` is missing.
    pub missing_place: String,
    /// Options without a place.
    pub unranked: String,
    /// Not agreed.
    pub not_agreed: String,
    /// Not a contact.
    pub not_a_contact: String,
}

/// A page that only says something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
}

/// Pages that only say something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeStrings {
    /// Completed.
    pub thanks: Notice,
    /// Wrong, expired or closed link: one page for all, so that nobody learns which.
    pub unknown: Notice,
    /// The campaign closed while it was being answered.
    pub closed: Notice,
    /// The browser's cookie is missing or belongs to nothing.
    pub no_session: Notice,
    /// The posted form does not belong to this response.
    pub stale: Notice,
    /// Too large.
    pub too_large: Notice,
    /// The server failed.
    pub failed: Notice,
    /// Answers were taken back.
    pub withdrawn: Notice,
    /// Asked no further: screened out, or a quota is full.
    pub screened: Notice,
    /// Nothing more will be sent.
    pub unsubscribed: Notice,
}

/// Stopping messages and taking answers back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaveStrings {
    /// Title of the page that stops messages.
    pub unsubscribe_title: String,
    /// Its text.
    pub unsubscribe_text: String,
    /// Its button.
    pub unsubscribe: String,
    /// Link that leads there.
    pub unsubscribe_link: String,
    /// Title of the page that takes answers back.
    pub withdraw_title: String,
    /// Its text.
    pub withdraw_text: String,
    /// Its button.
    pub withdraw: String,
    /// Link that leads there.
    pub withdraw_link: String,
    /// Goes back without doing it.
    pub keep: String,
}

/// The source files, by language tag.
pub const SOURCES: [(&str, &str); 2] = [
    ("zh", include_str!("../../../templates/form/strings/zh.yaml")),
    ("en", include_str!("../../../templates/form/strings/en.yaml")),
];

static ALL: LazyLock<Vec<(&'static str, Strings)>> = LazyLock::new(|| {
    let read = |(tag, source)| {
        (tag, serde_yaml::from_str(source).expect("the files of strings are compiled in and tested"))
    };
    SOURCES.into_iter().map(read).collect()
});

impl Strings {
    /// Returns the words of a language (`zh-CN` is `zh`); English for one that the form doesn't speak.
    #[must_use]
    pub fn of(language: &str) -> &'static Self {
        let primary = language.split(['-', '_']).next().unwrap_or(language).to_ascii_lowercase();
        let found = ALL.iter().position(|(tag, _)| *tag == primary);
        &ALL[found.unwrap_or(ALL.len() - 1)].1
    }

    /// Returns the languages that the form speaks.
    #[must_use]
    pub fn languages() -> Vec<&'static str> {
        ALL.iter().map(|(tag, _)| *tag).collect()
    }

    /// Says what is wrong with an answer; `name` gives the label of an option by its name.
    #[must_use]
    pub fn problem(&self, problem: &Problem, name: impl Fn(&str) -> String) -> String {
        let p = &self.problem;
        match problem {
            Problem::Required => p.required.clone(),
            Problem::UnknownOption => p.unknown_option.clone(),
            Problem::NotANumber => p.not_a_number.clone(),
            Problem::OutOfRange(Some(min), Some(max)) => {
                fill(&p.out_of_range, &[("min", &min.to_string()), ("max", &max.to_string())])
            }
            Problem::OutOfRange(Some(min), None) => fill(&p.too_small, &[("min", &min.to_string())]),
            Problem::OutOfRange(None, max) => {
                fill(&p.too_large, &[("max", &max.unwrap_or_default().to_string())])
            }
            Problem::OffStep(step) => fill(&p.off_step, &[("step", &step.to_string())]),
            Problem::NotADate => p.not_a_date.clone(),
            Problem::TooLong(n) => fill(&p.too_long, &[("n", &n.to_string())]),
            Problem::Excludes(option) => fill(&p.excludes, &[("name", &name(option))]),
            Problem::SamePlace(n) => fill(&p.same_place, &[("n", &n.to_string())]),
            Problem::MissingPlace(n) => fill(&p.missing_place, &[("n", &n.to_string())]),
            Problem::Unranked => p.unranked.clone(),
            Problem::NotAgreed => p.not_agreed.clone(),
            Problem::NotAContact => p.not_a_contact.clone(),
        }
    }
}

/// Puts values where `{key}` stands.
#[must_use]
pub fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(pattern.to_owned(), |text, (key, value)| text.replace(&format!("{{{key}}}"), value))
}
