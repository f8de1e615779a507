//! Pages of the form, and the way through them.
//!
//! A section is a page. Where a question's condition or wording looks at an
//! answer of the same section, the section is broken in front of it, because a
//! page without scripts can't react to what is being filled in.

use std::collections::BTreeMap;

use crate::collect::form::asked::{Respondent, asked};
use crate::collect::form::pipe;
use crate::expr::Var;
use crate::model::Checked;
use crate::model::checked::{Question, QuestionKind};
use crate::store::types::Answer;

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Index of its section.
    pub section: usize,
    /// Indices of its questions, in order.
    pub questions: Vec<usize>,
}

/// Returns all pages; a response's `page` is an index into them. They depend on the spec alone, so make them once.
#[must_use]
pub fn pages(checked: &Checked) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    for (index, question) in checked.questionnaire.questions.iter().enumerate() {
        match pages.last_mut() {
            Some(page)
                if page.section == question.section && !looks_at(checked, question, &page.questions) =>
            {
                page.questions.push(index);
            }
            _ => pages.push(Page { section: question.section, questions: vec![index] }),
        }
    }
    pages
}

/// Tells whether a question's condition or wording reads an answer of these questions.
fn looks_at(checked: &Checked, question: &Question, others: &[usize]) -> bool {
    let items = &checked.questionnaire.items;
    let mut found = false;
    if let Some(condition) = &question.condition {
        condition.variables(&mut |var| {
            if let Var::Item(i) = var {
                found |= items.get(i).is_some_and(|item| others.contains(&item.question));
            }
        });
    }
    let names = pipe::names(checked, question);
    found || items.iter().any(|item| others.contains(&item.question) && names.contains(&item.name))
}

/// Returns the first of `pages` at or after `from` that has an asked question.
#[must_use]
pub fn next_page(
    checked: &Checked,
    pages: &[Page],
    answers: &BTreeMap<String, Answer>,
    respondent: &Respondent<'_>,
    from: usize,
) -> Option<usize> {
    let asked = asked(checked, answers, respondent);
    let has_asked = |page: &Page| page.questions.iter().any(|q| asked.contains(q));
    pages.iter().enumerate().skip(from).find(|(_, page)| has_asked(page)).map(|(i, _)| i)
}

/// Returns the last of `pages` before `before` that has an asked question.
#[must_use]
pub fn previous_page(
    checked: &Checked,
    pages: &[Page],
    answers: &BTreeMap<String, Answer>,
    respondent: &Respondent<'_>,
    before: usize,
) -> Option<usize> {
    let asked = asked(checked, answers, respondent);
    let has_asked = |page: &Page| page.questions.iter().any(|q| asked.contains(q));
    pages.iter().enumerate().take(before).rev().find(|(_, page)| has_asked(page)).map(|(i, _)| i)
}

/// Returns the first page on which a required question is asked but not answered.
#[must_use]
pub fn incomplete_page(
    checked: &Checked,
    pages: &[Page],
    answers: &BTreeMap<String, Answer>,
    respondent: &Respondent<'_>,
) -> Option<usize> {
    let asked = asked(checked, answers, respondent);
    let open = |&q: &usize| {
        let question = checked.questionnaire.questions.get(q);
        let needed = question.is_some_and(|q| q.required || q.kind == QuestionKind::Consent);
        needed && checked.questionnaire.items_of(q).any(|(_, item)| !answers.contains_key(&item.name))
    };
    let open: Vec<usize> = asked.into_iter().filter(open).collect();
    pages.iter().position(|page| page.questions.iter().any(|q| open.contains(q)))
}
