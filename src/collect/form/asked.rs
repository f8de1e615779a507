//! Which questions a respondent is asked.
//!
//! Questions are walked in order. A question without a condition is asked; one
//! with a condition is asked when the condition certainly holds (a missing
//! operand makes it unknown, and unknown does not hold). The answer of a
//! question that is not asked counts as missing in every later condition, even
//! if it lies in the store because the person went back and changed their mind.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::expr::{Env, Expr, Value, Var, truth};
use crate::model::Checked;
use crate::store::types::Answer;

/// Who answers, as far as conditions, piping and the order of options may know.
#[derive(Debug, Clone, Copy)]
pub struct Respondent<'a> {
    /// Columns of the frame (and of the triggering event), as text by name.
    pub fields: &'a BTreeMap<String, String>,
    /// Name of the stratum; empty for an open link.
    pub stratum: &'a str,
    /// Name of the channel whose link was used; empty when unknown.
    pub channel: &'a str,
    /// Language of the form.
    pub language: &'a str,
    /// Random name of the response, which seeds the order of shuffled options.
    pub pseudonym: &'a str,
    /// Day on which conditions about dates are to hold: the day of the answer.
    pub today: Date,
}

impl<'a> Respondent<'a> {
    /// Makes a respondent of whom only fields and language are known.
    #[must_use]
    pub fn new(fields: &'a BTreeMap<String, String>, language: &'a str, today: Date) -> Self {
        Self { fields, stratum: "", channel: "", language, pseudonym: "", today }
    }
}

/// Returns the indices of the questions that are asked, in order, notes included.
///
/// `answers` are by item name; an item that is not there has not been answered
/// (yet), so its conditions do not hold (yet). `respondent.fields` need to hold
/// only the columns that conditions read.
///
/// A test block passes its given answers and gets what would be asked; a server
/// passes the answers so far and gets what is asked as things stand.
#[must_use]
pub fn asked(
    checked: &Checked,
    answers: &BTreeMap<String, Answer>,
    respondent: &Respondent<'_>,
) -> Vec<usize> {
    let items = &checked.questionnaire.items;
    let mut env = FormEnv::new(checked, respondent);
    let mut result = Vec::new();
    for (index, question) in checked.questionnaire.questions.iter().enumerate() {
        let holds = question.condition.as_ref().is_none_or(|c| truth(c, &env).holds());
        if !holds {
            continue;
        }
        for (i, _) in checked.questionnaire.items_of(index) {
            env.items[i] = answers.get(&items[i].name).map_or(Value::Missing, Answer::value);
        }
        result.push(index);
    }
    result
}

/// Returns the answers whose questions are asked; answers of others don't count anywhere.
#[must_use]
pub fn counted(
    checked: &Checked,
    answers: &BTreeMap<String, Answer>,
    respondent: &Respondent<'_>,
) -> BTreeMap<String, Answer> {
    let asked = asked(checked, answers, respondent);
    let of_asked = checked.questionnaire.items.iter().filter(|item| asked.contains(&item.question));
    of_asked
        .filter_map(|item| answers.get_key_value(&item.name))
        .map(|(n, a)| (n.clone(), a.clone()))
        .collect()
}

/// Tells whether a condition certainly holds for somebody who gave these answers; those of questions that are not asked
/// don't count.
#[must_use]
pub fn holds(
    checked: &Checked,
    condition: &Expr,
    answers: &BTreeMap<String, Answer>,
    respondent: &Respondent<'_>,
) -> bool {
    let counted = counted(checked, answers, respondent);
    let mut env = FormEnv::new(checked, respondent);
    for (value, item) in env.items.iter_mut().zip(&checked.questionnaire.items) {
        *value = counted.get(&item.name).map_or(Value::Missing, Answer::value);
    }
    truth(condition, &env).holds()
}

/// What conditions of questions can read.
struct FormEnv<'a> {
    checked: &'a Checked,
    respondent: &'a Respondent<'a>,
    /// By item; missing until its question is asked and answered.
    items: Vec<Value>,
}

impl<'a> FormEnv<'a> {
    fn new(checked: &'a Checked, respondent: &'a Respondent<'a>) -> Self {
        Self { checked, respondent, items: vec![Value::Missing; checked.questionnaire.items.len()] }
    }

    fn cell(&self, field: Option<&crate::model::checked::Field>) -> Value {
        let Some(field) = field else { return Value::Missing };
        let text = self.respondent.fields.get(&field.name);
        text.and_then(|text| field.kind.read(text).ok()).unwrap_or(Value::Missing)
    }
}

fn name(text: &str) -> Value {
    if text.is_empty() { Value::Missing } else { Value::Text(text.into()) }
}

impl Env for FormEnv<'_> {
    fn value(&self, var: Var) -> Value {
        match var {
            Var::Field(i) => self.cell(self.checked.frame.as_ref().and_then(|f| f.fields.get(i))),
            Var::EventField(e, i) => self.cell(self.checked.events.get(e).and_then(|e| e.fields.get(i))),
            Var::Item(i) => self.items.get(i).cloned().unwrap_or(Value::Missing),
            Var::Stratum => name(self.respondent.stratum),
            Var::Channel => name(self.respondent.channel),
            Var::Language => name(self.respondent.language),
            // Known only after the last page, when no question is left to ask.
            Var::Score(_) | Var::Duration | Var::Duplicate => Value::Missing,
        }
    }

    fn today(&self) -> Date {
        self.respondent.today
    }
}
