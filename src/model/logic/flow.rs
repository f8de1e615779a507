//! The flow of the form as diagrams: for each question, where it is asked.
//!
//! Questions are taken in order, as the form does. A question is asked where its
//! condition certainly holds; the diagram of one question is made of those of
//! the questions that it looks at. What can't be made within the budget stays
//! undecided, and so does everything that looks at it.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::{Expr, Var};
use crate::model::Checked;
use crate::model::logic::diagram::{Diagram, FALSE, Made, Node, Spent, TRUE};
use crate::model::logic::encode::{pair, validity};
use crate::model::logic::people::{self, People};
use crate::model::logic::shortest::Costs;
use crate::model::logic::space::{Space, Uses};

/// Steps for one condition.
const STEPS: u64 = 20_000;
/// Steps for a whole spec; what is still open then stays undecided.
const ALL_STEPS: u64 = 2_000_000;

/// What is left open, and what is looked at.
#[derive(Debug, Clone, Default)]
pub struct Focus {
    /// Questions that may or may not be asked, because their condition is broken.
    pub open: BTreeSet<usize>,
    /// Of these questions only these parts of the condition count (`a and b` has two).
    pub kept: BTreeMap<usize, BTreeSet<usize>>,
    /// Only these questions, and all that they look at, are made; all when absent.
    pub only: Option<BTreeSet<usize>>,
    /// Only these strata say whom they take; all when absent.
    pub limited: Option<BTreeSet<usize>>,
}

impl Focus {
    /// Looks at conditions alone: nothing is known of people.
    #[must_use]
    pub fn anybody(self) -> Self {
        Self { limited: Some(BTreeSet::new()), ..self }
    }
}

/// The flow of a form, and everything that is needed to decide about it.
#[derive(Debug)]
pub struct Logic<'a> {
    /// The campaign.
    pub checked: &'a Checked,
    /// Its variables.
    pub space: Space,
    /// Its truth functions.
    pub diagram: Diagram,
    /// Cheapest ways, filled as far as they were asked for.
    pub costs: Costs,
    /// What strata say of whoever is asked, where conditions look at that.
    pub people: Option<People>,
    asked: Vec<Option<Node>>,
    valid: Vec<Option<Node>>,
    left: u64,
}

impl<'a> Logic<'a> {
    /// Makes the flow; `others` are further conditions that will be asked about, `missing` variables of which
    /// only their presence will.
    #[must_use]
    pub fn new(checked: &'a Checked, others: &[&Expr], missing: &[Var], focus: &Focus) -> Self {
        let questions = &checked.questionnaire.questions;
        let wanted = |q: &usize| focus.only.as_ref().is_none_or(|only| only.contains(q));
        let mut uses = Uses::default();
        for (q, question) in questions.iter().enumerate().filter(|(q, _)| wanted(q)) {
            if focus.open.contains(&q) || focus.kept.contains_key(&q) {
                uses.open(q);
            }
            if let Some(condition) = &question.condition {
                uses.gather(checked, condition, Some(q));
            }
        }
        for e in others {
            uses.gather(checked, e, None);
        }
        for var in missing {
            uses.missing(*var);
        }
        let members = if focus.limited.as_ref().is_some_and(BTreeSet::is_empty) {
            Vec::new()
        } else {
            people::members(checked)
        };
        let known = people::looked_at(&members);
        let concerned = uses.looks_at(Var::Stratum) || known.iter().any(|var| uses.looks_at(*var));
        if concerned && !known.is_empty() {
            members.iter().flatten().for_each(|(e, _)| uses.gather(checked, e, None));
        }
        let space = Space::new(checked, &uses);
        let mut logic = Self {
            checked,
            space,
            diagram: Diagram::new(),
            costs: Costs::default(),
            people: None,
            asked: vec![None; questions.len()],
            valid: vec![None; questions.len()],
            left: ALL_STEPS,
        };
        if concerned && !known.is_empty() {
            let made = logic.attempt(|logic| people::people(logic, &members, focus.limited.as_ref()));
            logic.people = made.ok();
        }
        for q in (0..questions.len()).filter(wanted) {
            let made = logic.attempt(|logic| logic.question(q, focus));
            if let Ok((asked, valid)) = made {
                logic.asked[q] = Some(asked);
                logic.valid[q] = Some(valid);
            }
        }
        logic
    }

    /// Does something within the budget; nothing stays of what could not be finished.
    pub fn attempt<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T, Spent>) -> Result<T, Spent> {
        let mark = self.diagram.mark();
        let granted = STEPS.min(self.left);
        self.diagram.allow(granted);
        let made = f(self);
        self.left -= granted - self.diagram.left();
        if made.is_err() {
            self.diagram.forget(mark);
        }
        made
    }

    fn question(&mut self, q: usize, focus: &Focus) -> Result<(Node, Node), Spent> {
        let checked = self.checked;
        let condition = checked.questionnaire.questions.get(q).and_then(|q| q.condition.as_ref());
        let open = match self.space.open(q) {
            Some(level) => self.diagram.node(level, &[(0, FALSE), (1, TRUE)])?,
            None => TRUE,
        };
        let Some(condition) = condition else { return Ok((open, TRUE)) };
        let Some(kept) = focus.kept.get(&q) else {
            let holds = pair(self, condition)?.holds;
            return Ok((self.diagram.and(open, holds)?, validity(self, condition)?));
        };
        let (mut asked, mut valid) = (open, TRUE);
        for (_, part) in parts(condition).into_iter().enumerate().filter(|(i, _)| kept.contains(i)) {
            let holds = pair(self, part)?.holds;
            asked = self.diagram.and(asked, holds)?;
            let one = validity(self, part)?;
            valid = self.diagram.and(valid, one)?;
        }
        Ok((asked, valid))
    }

    /// Returns where a question is asked.
    pub fn asked(&self, question: usize) -> Made {
        self.asked.get(question).copied().flatten().ok_or(Spent)
    }

    /// Returns what is true of the answers that a question depends on, whatever they say.
    pub fn valid(&self, question: usize) -> Made {
        self.valid.get(question).copied().flatten().ok_or(Spent)
    }
}

/// Returns of which one must hold for a condition to hold: the operands of its outermost `or`.
#[must_use]
pub fn alternatives(condition: &Expr) -> Vec<&Expr> {
    match condition {
        Expr::Or(all) => all.iter().flat_map(alternatives).collect(),
        other => vec![other],
    }
}

/// Returns what must hold together for a condition to hold: the operands of its outermost `and`.
#[must_use]
pub fn parts(condition: &Expr) -> Vec<&Expr> {
    match condition {
        Expr::And(all) => all.iter().flat_map(parts).collect(),
        other => vec![other],
    }
}
