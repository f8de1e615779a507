//! How long the questionnaire takes on its shortest and longest path.
//!
//! Reading: 4 words a second, Chinese 5.5 characters a second. Answering: a few
//! seconds by kind of question, 2 seconds for each page (after the question
//! counting rules of the Pew Research Center, 2022, and Galesic & Bosnjak 2009
//! on length). Paths are found by trying all values of the items that
//! conditions read, so that questions that exclude each other are never added
//! up. Where that would be too many, or a condition reads free numbers or
//! words, the bounds are used: everything, and only what is always asked. An
//! open question that may be skipped costs the shortest path only its reading.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::expr::{Env, Expr, Value, Var, truth};
use crate::model::Checked;
use crate::model::checked::{FieldKind, Question, QuestionKind, Text};
use crate::plan::parts::alternatives;
use crate::plan::types::Minutes;
use crate::plan::words::rounded;

/// Combinations of answers that are tried, at most.
const MOST: usize = 20_000;

/// Estimates the minutes in every language of the campaign.
pub fn minutes(checked: &Checked) -> Vec<Minutes> {
    let paths = paths(checked);
    let one = |language: &String| {
        let all = |longest: bool| paths.iter().map(move |path| seconds(checked, path, language, longest));
        let shortest = all(false).fold(f64::INFINITY, f64::min);
        let longest = all(true).fold(0.0, f64::max);
        Minutes {
            language: language.clone(),
            shortest: rounded(shortest.min(longest) / 60.0, 1),
            longest: rounded(longest / 60.0, 1),
        }
    };
    checked.campaign.languages.iter().map(one).collect()
}

/// Which questions are asked, by index.
type Path = Vec<bool>;

fn paths(checked: &Checked) -> BTreeSet<Path> {
    let questions = &checked.questionnaire.questions;
    let mut domains: BTreeMap<Var, Vec<Value>> = BTreeMap::new();
    let mut free = vec![false; questions.len()];
    for (question, free) in questions.iter().zip(&mut free) {
        let Some(condition) = &question.condition else { continue };
        condition.variables(&mut |var| match domain(checked, var) {
            Some(values) => drop(domains.insert(var, values)),
            None => *free = true,
        });
    }
    let combinations = domains.values().try_fold(1usize, |n, d| n.checked_mul(d.len())).unwrap_or(usize::MAX);
    let mut found = BTreeSet::new();
    if combinations > MOST {
        found.insert(vec![true; questions.len()]);
        found.insert(questions.iter().map(|q| q.condition.is_none()).collect());
        return found;
    }
    for combination in 0..combinations {
        let mut rest = combination;
        let mut values = BTreeMap::new();
        for (var, domain) in &domains {
            values.insert(*var, domain[rest % domain.len()].clone());
            rest /= domain.len();
        }
        // A free condition may hold or not.
        found.insert(path(checked, &values, &free, false));
        found.insert(path(checked, &values, &free, true));
    }
    found
}

fn path(checked: &Checked, values: &BTreeMap<Var, Value>, free: &[bool], free_hold: bool) -> Path {
    let questions = &checked.questionnaire.questions;
    let mut asked: Path = Vec::with_capacity(questions.len());
    for (question, free) in questions.iter().zip(free) {
        let env = Answers { checked, values, asked: &asked };
        let holds = |c: &Expr| if *free { free_hold } else { truth(c, &env).holds() };
        asked.push(question.condition.as_ref().is_none_or(holds));
    }
    asked
}

/// Returns all values that a variable can take; `None` where they can't be listed.
fn domain(checked: &Checked, var: Var) -> Option<Vec<Value>> {
    let names = |all: &[crate::model::checked::Choice]| {
        all.iter().map(|c| Value::Text(c.name.as_str().into())).collect::<Vec<_>>()
    };
    let yes_no = || vec![Value::Bool(true), Value::Bool(false)];
    let mut values = match var {
        Var::Item(item) => {
            let item = checked.questionnaire.items.get(item)?;
            let question = checked.questionnaire.questions.get(item.question)?;
            match &question.kind {
                QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) => {
                    checked.scales.get(*scale)?.points.iter().map(|p| Value::Number(p.code as f64)).collect()
                }
                QuestionKind::Choice(all) => names(all),
                QuestionKind::YesNo => yes_no(),
                _ => return None,
            }
        }
        Var::Field(field) => match &checked.frame.as_ref()?.fields.get(field)?.kind {
            FieldKind::OneOf(all) => names(all),
            FieldKind::YesNo => yes_no(),
            _ => return None,
        },
        Var::Stratum => checked.strata.iter().map(|s| Value::Text(s.name.as_str().into())).collect(),
        _ => return None,
    };
    if !is_required(checked, var) {
        values.push(Value::Missing);
    }
    Some(values)
}

fn is_required(checked: &Checked, var: Var) -> bool {
    let Var::Item(item) = var else { return var == Var::Stratum };
    let question =
        checked.questionnaire.items.get(item).and_then(|i| checked.questionnaire.questions.get(i.question));
    question.is_some_and(|q| q.required && q.not_applicable.is_empty())
}

struct Answers<'a> {
    checked: &'a Checked,
    values: &'a BTreeMap<Var, Value>,
    asked: &'a [bool],
}

impl Env for Answers<'_> {
    fn value(&self, var: Var) -> Value {
        if let Var::Item(item) = var {
            let question = self.checked.questionnaire.items.get(item).map(|i| i.question);
            if question.is_none_or(|q| self.asked.get(q) != Some(&true)) {
                return Value::Missing;
            }
        }
        self.values.get(&var).cloned().unwrap_or(Value::Missing)
    }

    fn today(&self) -> Date {
        self.checked.schedule.as_ref().map_or(Date::MIN, |s| s.open.date())
    }
}

/// Seconds to turn a page.
const PAGE: f64 = 2.0;

fn seconds(checked: &Checked, path: &Path, language: &str, longest: bool) -> f64 {
    let mut total = 0.0;
    if !checked.privacy.consent.is_empty() {
        total += reading(&checked.privacy.consent, language) + 2.0;
    }
    let mut pages = BTreeSet::new();
    let mut scales = BTreeSet::new();
    let asked = checked.questionnaire.questions.iter().enumerate().filter(|(i, _)| path[*i]);
    for (index, question) in asked {
        pages.insert(question.section);
        total += reading(&question.text, language) + reading(&question.hint, language);
        total += alternatives(question).into_iter().map(|t| reading(t, language)).sum::<f64>();
        // A scale's labels are read once; later questions show what is already known.
        if let QuestionKind::Scale(scale, _) | QuestionKind::Grid(scale) = question.kind
            && scales.insert(scale)
            && let Some(scale) = checked.scales.get(scale)
        {
            total += scale.points.iter().map(|p| reading(&p.label, language)).sum::<f64>();
        }
        let rows = checked.questionnaire.items_of(index).map(|(_, item)| reading(&item.row, language));
        total += rows.sum::<f64>();
        if longest || question.required || !is_open(question) {
            total += answering(checked, index, question);
        }
    }
    let titles = pages.iter().filter_map(|&s| checked.questionnaire.sections.get(s));
    total + titles.map(|s| PAGE + reading(&s.title, language)).sum::<f64>()
}

fn is_open(question: &Question) -> bool {
    matches!(question.kind, QuestionKind::Text { .. } | QuestionKind::Contact)
}

/// Seconds to decide and tap or type.
fn answering(checked: &Checked, index: usize, question: &Question) -> f64 {
    match &question.kind {
        QuestionKind::Scale(..) | QuestionKind::Choice(_) | QuestionKind::YesNo | QuestionKind::Consent => {
            3.0
        }
        QuestionKind::Grid(_) => 3.0 * checked.questionnaire.items_of(index).count() as f64,
        QuestionKind::Ranking(all) => 2.5 * all.len() as f64,
        QuestionKind::Choices(_)
        | QuestionKind::Number { .. }
        | QuestionKind::Slider { .. }
        | QuestionKind::Date => 5.0,
        QuestionKind::Text { long: false } => 10.0,
        QuestionKind::Text { long: true } => 30.0,
        QuestionKind::Contact => 20.0,
        QuestionKind::Note => 0.0,
    }
}

/// Seconds to read a text: ideographs one by one, everything else by words.
fn reading(text: &Text, language: &str) -> f64 {
    let text = text.get(language);
    let ideographs = text.chars().filter(|c| is_ideograph(*c)).count();
    let spaced: String = text.chars().map(|c| if is_ideograph(c) { ' ' } else { c }).collect();
    let words = spaced.split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric)).count();
    ideographs as f64 / 5.5 + words as f64 / 4.0
}

/// Han, kana and hangul: scripts that are read without spaces between words, or by syllables.
fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}
