//! What follows from answers: cases, measures, privacy, report, tests.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::expr::Expr;
use crate::model::checked::Text;
use crate::source::Span;

/// Raises a follow-up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseRule {
    /// Name.
    pub name: String,
    /// Title; may be empty.
    pub title: Text,
    /// Which responses.
    pub condition: Expr,
    /// Who is told.
    pub notify: Option<String>,
    /// Hours until it is due.
    pub due_hours: Option<u32>,
}

/// A measure of the improvement plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// For which stratum.
    pub stratum: Option<usize>,
    /// Promised effect.
    pub improves: Option<Promise>,
    /// `high`, `medium`, `low`.
    pub impact: Option<String>,
    /// `high`, `medium`, `low`.
    pub difficulty: Option<String>,
    /// Who.
    pub owner: Option<String>,
    /// Until.
    pub due: Option<Date>,
    /// `planned`, `doing`, `done`, `dropped`.
    pub status: Option<String>,
    /// Days after due from which answers tell of its effect.
    pub verify_days: Option<u32>,
}

/// What a measure is to bring.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Promise {
    /// A change of a score, by its index, on the scale of the scores.
    Score(usize, f64),
    /// A change of a figure of events.
    Events(EventPromise),
}

/// A promised change of a figure of events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventPromise {
    /// Index into the events.
    pub source: usize,
    /// Which figure.
    pub figure: EventFigure,
    /// By how much: a share of the figure where `relative`, points of 0 to 1 of a share, else in the column's own unit.
    pub by: f64,
    /// Whether the change is one in proportion to the figure.
    pub relative: bool,
}

/// A figure of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventFigure {
    /// How many there are.
    Count,
    /// Share of those of which a yes/no column says yes, by its index.
    Share(usize),
    /// Mean of a column of numbers, by its index.
    Mean(usize),
}

impl EventFigure {
    /// Returns the column, where there is one.
    #[must_use]
    pub fn field(self) -> Option<usize> {
        match self {
            Self::Count => None,
            Self::Share(field) | Self::Mean(field) => Some(field),
        }
    }

    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Share(_) => "share",
            Self::Mean(_) => "mean",
        }
    }
}

impl Action {
    /// Returns the score that is to change, and by how much.
    #[must_use]
    pub fn score(&self) -> Option<(usize, f64)> {
        match self.improves {
            Some(Promise::Score(score, by)) => Some((score, by)),
            _ => None,
        }
    }

    /// Returns the figure of events that is to change.
    #[must_use]
    pub fn events(&self) -> Option<EventPromise> {
        match self.improves {
            Some(Promise::Events(promise)) => Some(promise),
            _ => None,
        }
    }

    /// Returns the day from which its effect can be told.
    #[must_use]
    pub fn from(&self) -> Option<Date> {
        let days = i64::from(self.verify_days.unwrap_or(0));
        self.due?.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
    }
}

/// What is promised to respondents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Privacy {
    /// Mode.
    pub mode: PrivacyMode,
    /// Days after close until the link between person and answers is deleted.
    pub keep_days: Option<u32>,
    /// Shown before the first question; may be empty.
    pub consent: Text,
}

/// Privacy modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrivacyMode {
    /// Answers carry the person.
    Identified,
    /// Answers carry a pseudonym; the link lies apart.
    Confidential,
    /// No link at all.
    Anonymous,
}

/// What the report shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportSpec {
    /// `markdown`, `html`, `xlsx`, `json`.
    pub formats: Vec<String>,
    /// Items whose words are quoted, and how many.
    pub quotes: Vec<(usize, usize)>,
}

/// A test block.
#[derive(Debug, Clone, PartialEq)]
pub struct TestCase {
    /// Name.
    pub name: String,
    /// What is given of the respondent and answered, in order.
    pub given: Vec<Given>,
    /// Day of the answers (`answered 2026-01-25`); the campaign's first when left out.
    pub day: Option<Date>,
    /// Expectations.
    pub expect: Vec<Expected>,
    /// Where it is declared.
    pub span: Span,
}

/// Something that a test gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// An item, a column, `stratum`, `channel`, `language` or `duration`.
    pub var: crate::expr::Var,
    /// Its value; missing for an item that does not apply.
    pub value: crate::expr::Value,
    /// Where it stands.
    pub span: Span,
}

/// An expectation with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// What.
    pub what: Expectation,
    /// The whole line.
    pub span: Span,
}

/// An expectation of a test.
#[derive(Debug, Clone, PartialEq)]
pub enum Expectation {
    /// The question is asked (or not).
    Asked(usize, bool),
    /// The case is raised (or not).
    Case(usize, bool),
    /// A condition on scores and answers holds.
    Holds(Expr),
}
