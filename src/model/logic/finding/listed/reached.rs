//! Strata and parts that somebody can fall into, found for all of them together.
//!
//! What is left of the list after one stratum is what the next is tried for, so that a thousand strata take a thousand
//! steps, not half a million. More conditions are looked at than [`super::reach`] does, never fewer: what is found here
//! need not be looked at there, of all else that says more and speaks.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::expr::Expr;
use crate::model::Checked;
use crate::model::logic::diagram::{FALSE, Node, Spent, TRUE};
use crate::model::logic::encode::{pair, validity};
use crate::model::logic::finding::listed::row::{entered_by, on};
use crate::model::logic::flow::{Focus, Logic};

/// What somebody can fall into on the day of opening.
#[derive(Debug, Default)]
pub struct Reached {
    /// Strata.
    pub strata: BTreeSet<usize>,
    /// Parts, each with its stratum before it.
    pub parts: BTreeSet<(usize, usize)>,
}

/// A condition on that day; none where everybody is meant.
type Dated = Option<Expr>;

/// Finds them.
pub fn reached(checked: &Checked) -> Reached {
    let mut found = Reached::default();
    let sources: BTreeSet<Option<usize>> =
        (0..checked.strata.len()).map(|s| entered_by(checked, s)).collect();
    for source in sources {
        // What could not be finished within the budget is left to the closer look.
        _ = chain(checked, source, &mut found);
    }
    found
}

/// Goes through the strata that are tried for the same people.
fn chain(checked: &Checked, source: Option<usize>, found: &mut Reached) -> Result<(), Spent> {
    let day = checked.schedule.as_ref().map_or_else(Date::default, |schedule| schedule.open.date());
    let dated = |e: &Option<Expr>, own: Option<Date>| e.as_ref().map(|e| on(e, own.unwrap_or(day)));
    let excluded: Vec<Expr> =
        checked.frame.iter().flat_map(|f| &f.exclude).map(|e| on(&e.condition, day)).collect();
    let own = checked.strata.iter().enumerate().filter(|(s, _)| entered_by(checked, *s) == source);
    let strata: Vec<(usize, Dated, Vec<Dated>)> = own
        .map(|(index, s)| {
            let parts = s.parts.iter().map(|part| dated(&part.condition, s.as_of)).collect();
            (index, dated(&s.condition, s.as_of), parts)
        })
        .collect();
    let all = strata.iter().flat_map(|(_, own, parts)| std::iter::once(own).chain(parts));
    let all: Vec<&Expr> = excluded.iter().chain(all.flatten()).collect();
    let focus = Focus { only: Some(BTreeSet::new()), ..Focus::default() }.anybody();
    let mut lx = Logic::new(checked, &all, &[], &focus);
    let mut rest = TRUE;
    for condition in &excluded {
        rest = lx.attempt(|lx| split(lx, rest, Some(condition)))?.1;
    }
    for (s, condition, parts) in &strata {
        let (taken, left) = lx.attempt(|lx| split(lx, rest, condition.as_ref()))?;
        if taken != FALSE {
            found.strata.insert(*s);
        }
        let mut open = taken;
        for (p, part) in parts.iter().enumerate() {
            let (own, others) = lx.attempt(|lx| split(lx, open, part.as_ref()))?;
            if own != FALSE {
                found.parts.insert((*s, p));
            }
            open = others;
        }
        // Whoever fulfils a panel's condition without being in the panel goes on to the next stratum.
        if checked.strata[*s].panel.is_none() {
            rest = left;
        }
    }
    Ok(())
}

/// Parts people into those who fulfil a condition and those who don't.
fn split(lx: &mut Logic, all: Node, condition: Option<&Expr>) -> Result<(Node, Node), Spent> {
    let Some(e) = condition else { return Ok((all, FALSE)) };
    let (holds, valid) = (pair(lx, e)?.holds, validity(lx, e)?);
    let fails = lx.diagram.not(holds)?;
    let all = lx.diagram.and(all, valid)?;
    Ok((lx.diagram.and(all, holds)?, lx.diagram.and(all, fails)?))
}
