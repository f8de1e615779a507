//! What to ask, and who is asked no further.

use serde::Serialize;

use crate::expr::Expr;
use crate::model::checked::{Choice, Text};
use crate::source::Span;

/// `quota women 250 where gender = female`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quota {
    /// Name.
    pub name: String,
    /// Completes at most.
    pub number: u64,
    /// Whose.
    pub condition: Expr,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// `screen out when age < 18`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Screen {
    /// Who is asked no further.
    pub condition: Expr,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// A scale of ordered codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scale {
    /// Name.
    pub name: String,
    /// Codes in order, each with its label (ends only for long scales).
    pub points: Vec<ScalePoint>,
}

impl Scale {
    /// Returns the lowest and the highest code.
    #[must_use]
    pub fn range(&self) -> (i64, i64) {
        let codes = || self.points.iter().map(|p| p.code);
        (codes().min().unwrap_or(0), codes().max().unwrap_or(0))
    }
}

/// A point of a scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScalePoint {
    /// Code.
    pub code: i64,
    /// Label; empty for unlabelled middle points.
    pub label: Text,
}

/// Sections, questions and items in the order in which they are asked.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Questionnaire {
    /// Sections; a section is a page of the form.
    pub sections: Vec<Section>,
    /// All questions.
    pub questions: Vec<Question>,
    /// All answerable items; a grid has one per row, other questions one, notes none.
    pub items: Vec<Item>,
}

impl Questionnaire {
    /// Finds an item by name.
    #[must_use]
    pub fn item(&self, name: &str) -> Option<(usize, &Item)> {
        self.items.iter().enumerate().find(|(_, item)| item.name == name)
    }

    /// Walks over a question's items with their indices.
    pub fn items_of(&self, question: usize) -> impl Iterator<Item = (usize, &Item)> {
        self.items.iter().enumerate().filter(move |(_, item)| item.question == question)
    }
}

/// A page of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Name.
    pub name: String,
    /// Title; may be empty.
    pub title: Text,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Question {
    /// Name.
    pub name: String,
    /// Index of its section.
    pub section: usize,
    /// Kind.
    pub kind: QuestionKind,
    /// Wording.
    pub text: Text,
    /// Line below the wording; may be empty.
    pub hint: Text,
    /// Must be answered when asked.
    pub required: bool,
    /// Asked only when this holds.
    pub condition: Option<Expr>,
    /// Label of the not-applicable option; empty when there is none.
    pub not_applicable: Text,
    /// Rows or options come in a random order per respondent; `none` and `specify` options stay last.
    pub shuffle: bool,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// What kind of answer a question wants.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum QuestionKind {
    /// One code of a scale (index into `Checked::scales`); `nps`, `csat` and `ces` too.
    Scale(usize, Instrument),
    /// One code of a scale per row.
    Grid(usize),
    /// One option.
    Choice(Vec<Choice>),
    /// Any number of options.
    Choices(Vec<Choice>),
    /// Options in order of preference.
    Ranking(Vec<Choice>),
    /// Yes or no.
    YesNo,
    /// Words; long ones in a text area.
    Text {
        /// Several lines.
        long: bool,
    },
    /// A number, perhaps within limits.
    Number {
        /// Smallest.
        min: Option<f64>,
        /// Largest.
        max: Option<f64>,
    },
    /// A number on a line.
    Slider {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Step.
        step: f64,
    },
    /// A calendar date.
    Date,
    /// Agreement that must be given to go on.
    Consent,
    /// Contact details.
    Contact,
    /// Words without a question.
    Note,
}

impl QuestionKind {
    /// Returns the word of the language for this kind; of a scale question just that.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Scale(..) => "scale",
            Self::Grid(_) => "grid",
            Self::Choice(_) => "choice",
            Self::Choices(_) => "choices",
            Self::Ranking(_) => "ranking",
            Self::YesNo => "yes_no",
            Self::Text { .. } => "text",
            Self::Number { .. } => "number",
            Self::Slider { .. } => "slider",
            Self::Date => "date",
            Self::Consent => "consent",
            Self::Contact => "contact",
            Self::Note => "note",
        }
    }
}

/// A known instrument behind a scale question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Instrument {
    /// A scale of the spec.
    Own,
    /// Net Promoter, 0–10 (Reichheld 2003).
    Nps,
    /// Satisfaction 1–5.
    Csat,
    /// Effort 1–7.
    Ces,
}

/// Something that gets one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Name: the question's, or the row's of a grid.
    pub name: String,
    /// Index of the question.
    pub question: usize,
    /// The row's label in a grid; else empty.
    pub row: Text,
}
