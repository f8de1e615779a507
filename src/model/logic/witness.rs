//! For every question and every branch, the fewest answers that lead there.

use crate::expr::Expr;
use crate::model::Checked;
use crate::model::logic::clash::cone;
use crate::model::logic::diagram::{Made, Spent};
use crate::model::logic::encode::{pair, validity};
use crate::model::logic::flow::{Focus, Logic};
use crate::model::logic::shortest::{Found, Given, given, shortest};

/// A branch of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The question (index into `Questionnaire::questions`) is asked.
    Asked(usize),
    /// It is not.
    NotAsked(usize),
    /// The case (index into `Checked::cases`) is raised.
    Raised(usize),
    /// It is not.
    NotRaised(usize),
}

/// What is known about a branch.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// No answers lead there.
    Impossible,
    /// These lead there, and no fewer do.
    Possible(Given),
    /// Neither could be proven.
    NotProven,
}

/// Answers that lead to a branch.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// Where they lead.
    pub target: Target,
    /// The fewest answers that do; whoever is asked something else on the way may leave it out.
    pub given: Given,
}

/// Returns the shortest answers for every branch that can be reached, branches in the order of the spec.
///
/// Questions without a condition need no answers and have no second branch. Branches that can't be reached, and
/// those of which nothing is proven, are not there.
#[must_use]
pub fn witnesses(checked: &Checked) -> Vec<Witness> {
    let one = |(target, verdict)| match verdict {
        Verdict::Possible(given) => Some(Witness { target, given }),
        Verdict::Impossible | Verdict::NotProven => None,
    };
    verdicts(checked).into_iter().filter_map(one).collect()
}

/// Returns what is known about every branch.
#[must_use]
pub fn verdicts(checked: &Checked) -> Vec<(Target, Verdict)> {
    let cases: Vec<&Expr> = checked.cases.iter().map(|c| &c.condition).collect();
    let mut lx = Logic::new(checked, &cases, &[], &Focus::default());
    let mut all = Vec::new();
    for (q, question) in checked.questionnaire.questions.iter().enumerate() {
        all.push((Target::Asked(q), decide(&mut lx, |lx| asked(lx, q, true))));
        if question.condition.is_some() {
            all.push((Target::NotAsked(q), decide(&mut lx, |lx| asked(lx, q, false))));
        }
    }
    for (c, condition) in cases.into_iter().enumerate() {
        all.push((Target::Raised(c), decide(&mut lx, |lx| raised(lx, condition, true))));
        all.push((Target::NotRaised(c), decide(&mut lx, |lx| raised(lx, condition, false))));
    }
    all
}

/// Returns the first of these sets of questions of which one respondent can be asked all; what is not proven is not
/// returned.
#[must_use]
pub fn asked_together(checked: &Checked, sets: &[Vec<usize>]) -> Option<usize> {
    let only = Some(cone(checked, sets.iter().flatten().copied()));
    let mut lx = Logic::new(checked, &[], &[], &Focus { only, ..Focus::default() });
    let all = |lx: &mut Logic, set: &[usize]| {
        let mut node = None;
        for &question in set {
            let next = asked(lx, question, true)?;
            node = Some(match node {
                Some(before) => lx.diagram.and(before, next)?,
                None => next,
            });
        }
        node.ok_or(Spent)
    };
    sets.iter().position(|set| matches!(decide(&mut lx, |lx| all(lx, set)), Verdict::Possible(_)))
}

/// Decides about a truth function.
pub fn decide(lx: &mut Logic, make: impl FnOnce(&mut Logic) -> Made) -> Verdict {
    let Ok(node) = lx.attempt(make) else { return Verdict::NotProven };
    match shortest(lx, node) {
        Found::Nowhere => Verdict::Impossible,
        Found::Here(cells) => Verdict::Possible(given(lx, &cells)),
        Found::Guess => Verdict::NotProven,
    }
}

/// Returns where a question is asked, or where it is not.
pub fn asked(lx: &mut Logic, question: usize, wanted: bool) -> Made {
    let (asked, valid) = (lx.asked(question)?, lx.valid(question)?);
    let node = if wanted { asked } else { lx.diagram.not(asked)? };
    lx.diagram.and(node, valid)
}

/// Returns where a condition on finished answers holds, or where it does not.
pub fn raised(lx: &mut Logic, condition: &Expr, wanted: bool) -> Result<u32, Spent> {
    let holds = pair(lx, condition)?.holds;
    let node = if wanted { holds } else { lx.diagram.not(holds)? };
    let valid = validity(lx, condition)?;
    lx.diagram.and(node, valid)
}
