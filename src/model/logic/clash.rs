//! Which conditions exclude each other: two where two suffice, else as few as can be.
//!
//! A condition is left out by leaving it open: its question may then be asked or
//! not, whatever is answered. So the fewer conditions are kept the more is
//! possible, and what is impossible with a few is impossible with all. Sets that
//! no member can leave are called minimal unsatisfiable; Marques-Silva 2010,
//! “Minimal unsatisfiability: models, algorithms and applications”, ISMVL.

use std::collections::BTreeSet;

use crate::expr::{Expr, Var};
use crate::model::Checked;
use crate::model::logic::diagram::{FALSE, TRUE};
use crate::model::logic::encode::{pair, validity};
use crate::model::logic::flow::{Focus, Logic, parts};

/// One operand of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Of the condition in question.
    Own(usize),
    /// Of the condition of a question (by index) that it depends on.
    Of(usize, usize),
    /// Whom a stratum (by index) takes.
    Member(usize),
}

/// What is never so.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// That this question is asked.
    Question(usize),
    /// That this condition on finished answers holds.
    Condition(&'a Expr),
}

/// Pairs that are tried, at most; with more only a minimal set is looked for.
const MOST_PAIRS: usize = 400;

/// Returns the fewest parts that already exclude the subject; none when it is possible after all, once the
/// questions of `open` are left open.
#[must_use]
pub fn clash(checked: &Checked, subject: Subject, open: &BTreeSet<usize>) -> Option<BTreeSet<Part>> {
    let condition = match subject {
        Subject::Question(q) => checked.questionnaire.questions.get(q)?.condition.as_ref()?,
        Subject::Condition(condition) => condition,
    };
    let mut before = cone(checked, questions_of(checked, condition));
    if let Subject::Question(q) = subject {
        before.remove(&q);
    }
    let own: Vec<Part> = (0..parts(condition).len()).map(Part::Own).collect();
    let mut others = Vec::new();
    for &q in before.iter().rev().filter(|q| !open.contains(q)) {
        let condition = checked.questionnaire.questions.get(q).and_then(|q| q.condition.as_ref());
        others.extend((0..condition.map_or(0, |c| parts(c).len())).map(|i| Part::Of(q, i)));
    }
    let conditions =
        before.iter().filter_map(|q| checked.questionnaire.questions.get(*q)?.condition.as_ref());
    if conditions.chain([condition]).any(looks_at_people) {
        others.extend((0..checked.strata.len()).map(Part::Member));
    }
    let impossible = |kept: &BTreeSet<Part>| excluded(checked, condition, &before, open, kept);
    fewest(&own, &others, &impossible)
}

/// Returns the smallest set of candidates that is impossible; sets of one or two have one of `own` among them.
pub fn fewest<T: Ord + Copy>(
    own: &[T],
    others: &[T],
    impossible: &dyn Fn(&BTreeSet<T>) -> bool,
) -> Option<BTreeSet<T>> {
    let all: BTreeSet<T> = own.iter().chain(others).copied().collect();
    if !impossible(&all) {
        return None;
    }
    let single = own.iter().map(|p| BTreeSet::from([*p])).find(|s| impossible(s));
    if single.is_some() {
        return single;
    }
    let pairs = own
        .iter()
        .enumerate()
        .flat_map(|(i, a)| own.iter().skip(i + 1).chain(others).map(move |b| BTreeSet::from([*a, *b])));
    let pair = pairs.take(MOST_PAIRS).find(|s| impossible(s));
    pair.or_else(|| {
        let mut kept = all;
        for part in others.iter().rev().chain(own.iter().rev()) {
            let mut without = kept.clone();
            without.remove(part);
            if impossible(&without) {
                kept = without;
            }
        }
        Some(kept)
    })
}

fn looks_at_people(condition: &Expr) -> bool {
    let mut found = false;
    condition.variables(&mut |v| found |= matches!(v, Var::Stratum | Var::Field(_) | Var::EventField(..)));
    found
}

fn excluded(
    checked: &Checked,
    condition: &Expr,
    before: &BTreeSet<usize>,
    open: &BTreeSet<usize>,
    kept: &BTreeSet<Part>,
) -> bool {
    let own: Vec<&Expr> = parts(condition)
        .into_iter()
        .enumerate()
        .filter(|(i, _)| kept.contains(&Part::Own(*i)))
        .map(|(_, e)| e)
        .collect();
    let strata = kept.iter().filter_map(|p| if let Part::Member(s) = p { Some(*s) } else { None });
    let mut focus = Focus {
        open: open.clone(),
        only: Some(before.clone()),
        limited: Some(strata.collect()),
        ..Focus::default()
    };
    for &q in before {
        let all = checked
            .questionnaire
            .questions
            .get(q)
            .and_then(|q| q.condition.as_ref())
            .map_or(0, |c| parts(c).len());
        let some: BTreeSet<usize> = (0..all).filter(|i| kept.contains(&Part::Of(q, *i))).collect();
        if some.len() < all {
            focus.kept.insert(q, some);
        }
    }
    let mut lx = Logic::new(checked, &own, &[], &focus);
    let never = lx.attempt(|lx| {
        let mut all = TRUE;
        for e in &own {
            let holds = pair(lx, e)?.holds;
            let valid = validity(lx, e)?;
            let both = lx.diagram.and(holds, valid)?;
            all = lx.diagram.and(all, both)?;
        }
        Ok(all)
    });
    never == Ok(FALSE)
}

/// Returns the questions on which it depends whether a question is asked, the question with them.
#[must_use]
pub fn cone(checked: &Checked, roots: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<usize> = roots.into_iter().collect();
    while let Some(q) = waiting.pop() {
        if !found.insert(q) {
            continue;
        }
        if let Some(condition) = checked.questionnaire.questions.get(q).and_then(|q| q.condition.as_ref()) {
            waiting.extend(questions_of(checked, condition));
        }
    }
    found
}

/// Returns the questions whose answers a condition looks at.
#[must_use]
pub fn questions_of(checked: &Checked, condition: &Expr) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    condition.variables(&mut |var| {
        if let Var::Item(i) = var
            && let Some(item) = checked.questionnaire.items.get(i)
        {
            found.insert(item.question);
        }
    });
    found
}
