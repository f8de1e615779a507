//! On which day a person comes into a daily stratum, seen from its own row alone.
//!
//! Whoever is eligible is asked on the first day and on every day on which one
//! of its dates enters or leaves a window: on all others its strata are those of
//! the day before.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::expr::{Expr, Var, Window};
use crate::frame::coordinate::behind;
use crate::frame::cuts::Cuts;
use crate::frame::design::{Design, Entering};
use crate::frame::membership::{Question, Taken};
use crate::frame::random::fraction;
use crate::frame::table::{Column, Table};
use crate::model::Checked;

/// What the days bring a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A stratum that is drawn at launch takes it on the first day.
    Launched,
    /// A daily stratum takes it.
    Came {
        /// When.
        day: Date,
        /// Stratum.
        stratum: usize,
        /// Cell.
        cell: usize,
        /// Whether a stratum took it on the first day, into a cell or into none.
        matched: bool,
    },
    /// No daily stratum takes it.
    Nothing {
        /// Whether a stratum took it on the first day.
        matched: bool,
    },
}

/// Days that follow each other.
pub struct Days<'a> {
    checked: &'a Checked,
    design: &'a Design,
    from: Date,
    to: Date,
    /// `within` conditions on a column, with where they begin on each day; `None` where rows have to be asked every day.
    windows: Option<Vec<(usize, Vec<Date>)>>,
}

impl<'a> Days<'a> {
    /// Looks at the windows of the days from one to another, both included.
    pub fn new(checked: &'a Checked, design: &'a Design, (from, to): (Date, Date)) -> Self {
        let mut windows = Some(Vec::new());
        for (_, stratum) in checked.strata.iter().enumerate().filter(|(i, _)| comes_by_day(design, *i)) {
            let parts = stratum.parts.iter().filter_map(|p| p.condition.as_ref());
            let conditions = stratum.condition.iter().chain(parts);
            // As of a day of its own, a stratum is the same every day.
            if stratum.as_of.is_none() && from < to {
                conditions.for_each(|c| note(c, (from, to), &mut windows));
            }
        }
        Self { checked, design, from, to, windows }
    }

    /// Finds out what the days bring an eligible row; `launch` tells that strata are drawn on the first of them.
    pub fn ask(&self, table: &Table, row: usize, who: (&str, u64), cuts: &Cuts, launch: bool) -> Found {
        let taken = |day: Date| {
            let question = Question { checked: self.checked, design: self.design, table, cuts, day };
            question.taken(row, who, None, false, |s| comes_by_day(self.design, s))
        };
        let came = |day: Date, taken: Option<Taken>, matched: bool| {
            let Taken { stratum, cell, .. } = taken?;
            let daily = matches!(self.design.entering[stratum], Entering::Daily { .. });
            cell.filter(|_| daily).map(|cell| Found::Came { day, stratum, cell, matched })
        };
        let first = taken(self.from);
        let matched = first.is_some();
        if launch && first.as_ref().is_some_and(|t| self.design.entering[t.stratum].at_launch()) {
            return Found::Launched;
        }
        let later = || self.worth(table, row).into_iter().find_map(|day| came(day, taken(day), matched));
        came(self.from, first, matched).or_else(later).unwrap_or(Found::Nothing { matched })
    }

    /// Returns the days behind the first on which another stratum can take a row than the day before, in order.
    fn worth(&self, table: &Table, row: usize) -> Vec<Date> {
        let Some(windows) = &self.windows else {
            return days((self.from, self.to)).skip(1).collect();
        };
        let mut days = Vec::new();
        for (field, begins) in windows {
            let Some(Some(Column::Date(dates))) = table.columns.get(*field) else { continue };
            let Some(date) = dates[row] else { continue };
            if self.from < date && date <= self.to {
                days.push(date);
            }
            // It leaves on the first day whose window begins behind it.
            let left = begins.partition_point(|begin| *begin <= date);
            if (1..begins.len()).contains(&left) {
                days.extend(
                    i64::try_from(left).ok().and_then(|left| self.from.checked_add(left.days()).ok()),
                );
            }
        }
        days.sort_unstable();
        days.dedup();
        days
    }
}

/// Tells whether people come into a stratum by the day: at launch or as they arrive.
pub fn comes_by_day(design: &Design, stratum: usize) -> bool {
    !matches!(design.entering[stratum], Entering::Events { .. })
}

/// Returns the days from one to another, both included.
fn days((from, to): (Date, Date)) -> impl Iterator<Item = Date> {
    from.series(1.day()).take_while(move |day| *day <= to)
}

/// Returns the periods over which the same rows are eligible: where a reason of exclusion has a window, every day is one.
pub fn periods(exclude: &[Expr], (from, to): (Date, Date)) -> Vec<(Date, Date)> {
    if has_windows(exclude) {
        return days((from, to)).map(|day| (day, day)).collect();
    }
    if from <= to { vec![(from, to)] } else { Vec::new() }
}

/// Tells whether conditions have windows, which move by the day.
pub fn has_windows(conditions: &[Expr]) -> bool {
    let mut windows = false;
    for condition in conditions {
        condition.each(&mut |e| windows |= matches!(e, Expr::Within(..)));
    }
    windows
}

/// Tells whether the number of somebody who comes into a daily stratum is drawn.
pub fn is_drawn(design: &Design, stratum: usize, number: u64) -> bool {
    let Entering::Daily { share } = design.entering[stratum] else { return false };
    fraction(behind(number, design.start(stratum))) < share
}

/// Adds the windows of a condition.
fn note(condition: &Expr, period: (Date, Date), windows: &mut Option<Vec<(usize, Vec<Date>)>>) {
    condition.each(&mut |e| {
        let Expr::Within(inner, window) = e else { return };
        let begins = match **inner {
            Expr::Var(Var::Field(_)) => begins(*window, period),
            _ => None,
        };
        match (&**inner, begins, &mut *windows) {
            (Expr::Var(Var::Field(field)), Some(begins), Some(all)) => all.push((*field, begins)),
            (_, None, windows) => *windows = None,
            _ => {}
        }
    });
}

/// Returns where a window begins on each day; `None` beyond the calendar.
fn begins(window: Window, period: (Date, Date)) -> Option<Vec<Date>> {
    days(period).map(|day| day.checked_sub(window.months.months().days(window.days)).ok()).collect()
}
