//! Conditions on one row of the list, on one day.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::expr::{Expr, Value, Window};
use crate::model::Checked;
use crate::model::checked::{Sample, StepKind, Stratum, Timing};
use crate::model::logic::diagram::{FALSE, TRUE};
use crate::model::logic::encode::{pair, validity};
use crate::model::logic::flow::{Focus, Logic};

/// Days of a schedule on which strata are looked at, at most; of longer ones nothing is said that depends on the day.
const MOST_DAYS: usize = 400;

/// A condition, whether it has to hold, and its day if that is not the one of the draw.
pub type Wanted<'a> = (&'a Expr, bool, Option<Date>);

/// Tells whether no row fulfils all terms on any of these days.
pub fn impossible(checked: &Checked, days: &[Date], terms: &[Wanted]) -> bool {
    let dated = terms.iter().any(|(e, _, day)| {
        let mut dated = false;
        e.each(&mut |e| dated |= day.is_none() && matches!(e, Expr::Within(..)));
        dated
    });
    if !dated {
        return impossible_on(checked, Date::default(), terms);
    }
    !days.is_empty() && days.iter().all(|day| impossible_on(checked, *day, terms))
}

fn impossible_on(checked: &Checked, day: Date, terms: &[Wanted]) -> bool {
    let resolved: Vec<(Expr, bool)> =
        terms.iter().map(|(e, wanted, own)| (on(e, own.unwrap_or(day)), *wanted)).collect();
    let all: Vec<&Expr> = resolved.iter().map(|(e, _)| e).collect();
    let focus = Focus { only: Some(BTreeSet::new()), ..Focus::default() }.anybody();
    let mut lx = Logic::new(checked, &all, &[], &focus);
    let never = lx.attempt(|lx| {
        let mut all = TRUE;
        for (e, wanted) in &resolved {
            let holds = pair(lx, e)?.holds;
            let one = if *wanted { holds } else { lx.diagram.not(holds)? };
            let valid = validity(lx, e)?;
            let one = lx.diagram.and(one, valid)?;
            all = lx.diagram.and(all, one)?;
        }
        Ok(all)
    });
    never == Ok(FALSE)
}

/// Returns the days on which people may be tried for a stratum: at open, or on every day when they arrive.
pub fn days(checked: &Checked, stratum: Option<usize>) -> Vec<Date> {
    let Some(schedule) = &checked.schedule else { return Vec::new() };
    let (first, last) = (schedule.open.date(), schedule.close.date());
    if stratum.is_some_and(|s| at_open(checked, s)) {
        return vec![first];
    }
    let days: Vec<Date> = first.series(1.day()).take_while(|d| *d <= last).take(MOST_DAYS + 1).collect();
    if days.len() > MOST_DAYS { Vec::new() } else { days }
}

/// Tells whether all people of a stratum are drawn on the day of opening.
pub fn at_open(checked: &Checked, stratum: usize) -> bool {
    let daily = |s: &Stratum| matches!(s.sample, Sample::DailyShare(_));
    entered_by(checked, stratum).is_none() && !checked.strata.get(stratum).is_some_and(daily)
}

/// Returns the events that bring people into a stratum; strata of other people are tried apart.
pub fn entered_by(checked: &Checked, stratum: usize) -> Option<usize> {
    let mut steps = checked.schedule.iter().flat_map(|s| &s.steps);
    let step =
        steps.find(|s| s.kind == StepKind::Invite && (s.strata.is_empty() || s.strata.contains(&stratum)))?;
    if let Timing::AfterEvent { events, .. } = step.timing { Some(events) } else { None }
}

/// Returns the strata that are tried before one, for the people whom it is tried for.
pub fn before(checked: &Checked, stratum: usize) -> impl Iterator<Item = &Stratum> {
    let source = entered_by(checked, stratum);
    let earlier = checked.strata.iter().enumerate().take(stratum);
    // Whoever fulfils a panel's condition without being in the panel goes on to the next stratum.
    earlier
        .filter(move |(s, other)| entered_by(checked, *s) == source && other.panel.is_none())
        .map(|(_, other)| other)
}

/// Replaces windows by the periods that they are on a day.
pub fn on(e: &Expr, day: Date) -> Expr {
    let boxed = |e: &Expr| Box::new(on(e, day));
    let list = |all: &[Expr]| all.iter().map(|e| on(e, day)).collect();
    match e {
        Expr::Within(inner, window) => period(*window, day).map_or_else(
            || e.clone(),
            |first| Expr::Between(boxed(inner), Value::Date(first), Value::Date(day)),
        ),
        Expr::Not(inner) => Expr::Not(boxed(inner)),
        Expr::And(all) => Expr::And(list(all)),
        Expr::Or(all) => Expr::Or(list(all)),
        Expr::IsMissing(inner) => Expr::IsMissing(boxed(inner)),
        Expr::Compare(op, a, b) => Expr::Compare(*op, boxed(a), boxed(b)),
        other => other.clone(),
    }
}

fn period(window: Window, day: Date) -> Option<Date> {
    day.checked_sub(window.months.months().days(window.days)).ok()
}
