//! The fields of a posted page, as they came.
//!
//! Answers are named `a.ITEM`; own words `a.ITEM.other`; “not applicable” of a
//! question that is typed in `a.ITEM.na`; the place of an option in a ranking
//! `a.ITEM.place.OPTION`. Names of items and options hold no dots.

use std::collections::BTreeMap;

use crate::collect::form::pages::Page;
use crate::model::Checked;
use crate::store::types::Answer;

/// The value that stands for “not applicable” among codes and option names.
pub const NOT_APPLICABLE: &str = ".na";

/// Posted fields: name to values, in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Posted(BTreeMap<String, Vec<String>>);

impl FromIterator<(String, String)> for Posted {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        let mut posted = Self::default();
        for (name, value) in pairs {
            posted.add(name, value);
        }
        posted
    }
}

impl Posted {
    /// Adds a value.
    pub fn add(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.entry(name.into()).or_default().push(value.into());
    }

    /// Returns the first value of a field, trimmed; empty when it did not come.
    #[must_use]
    pub fn one(&self, name: &str) -> &str {
        self.0.get(name).and_then(|v| v.first()).map_or("", |v| v.trim())
    }

    /// Tells whether a field came with this value.
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.0.get(name).is_some_and(|values| values.iter().any(|v| v == value))
    }

    /// Returns all values of a field.
    #[must_use]
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns the fields that would hold these answers, so that a page shows what was saved.
    #[must_use]
    pub fn of_answers(checked: &Checked, page: &Page, answers: &BTreeMap<String, Answer>) -> Self {
        let mut posted = Self::default();
        for &question in &page.questions {
            for (_, item) in checked.questionnaire.items_of(question) {
                if let Some(answer) = answers.get(&item.name) {
                    posted.add_answer(&item.name, answer, is_ranking(checked, question));
                }
            }
        }
        posted
    }

    fn add_answer(&mut self, item: &str, answer: &Answer, ranking: bool) {
        let field = field(item);
        match answer {
            Answer::NotApplicable => {
                self.add(format!("{field}.na"), NOT_APPLICABLE);
                self.add(field, NOT_APPLICABLE);
            }
            Answer::Number(x) => self.add(field, x.to_string()),
            Answer::Text(text) => self.add(field, text),
            Answer::YesNo(yes) => self.add(field, if *yes { "yes" } else { "no" }),
            Answer::Date(date) => self.add(field, date.to_string()),
            Answer::Option { name, other } => {
                self.add(format!("{field}.other"), other.as_deref().unwrap_or_default());
                self.add(field, name);
            }
            Answer::Options { names, .. } if ranking => {
                for (place, name) in names.iter().enumerate() {
                    self.add(format!("{field}.place.{name}"), (place + 1).to_string());
                }
            }
            Answer::Options { names, other } => {
                self.add(format!("{field}.other"), other.as_deref().unwrap_or_default());
                for name in names {
                    self.add(field.clone(), name);
                }
            }
        }
    }
}

fn is_ranking(checked: &Checked, question: usize) -> bool {
    let kind = checked.questionnaire.questions.get(question).map(|q| &q.kind);
    matches!(kind, Some(crate::model::checked::QuestionKind::Ranking(_)))
}

/// Returns the name of the field that holds an item's answer.
#[must_use]
pub fn field(item: &str) -> String {
    format!("a.{item}")
}
