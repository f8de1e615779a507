//! The time of a campaign as a chart of signs: one line a step, one column a day (or several, in long campaigns).
//!
//! Signs can be read in every viewer of a pull request and in every terminal.

use jiff::civil::Date;

use crate::plan::print::view::View;
use crate::plan::say::{Words, say};
use crate::plan::words::grouped;

/// Columns of the chart, at most.
const COLUMNS: i32 = 64;

/// Draws the chart, line by line; nothing where the plan has no days.
#[must_use]
pub(crate) fn timeline(view: &View) -> Vec<String> {
    let plan = view.plan;
    let day = |moment: &str| moment.get(..10).and_then(|d| d.parse::<Date>().ok());
    let Some((open, close)) = day(&plan.schedule.open).zip(day(&plan.schedule.close)) else {
        return Vec::new();
    };
    let bars = plan.steps.iter().filter_map(|step| {
        let first = day(step.first.as_deref()?)?;
        let last = step.last.as_deref().and_then(day).unwrap_or(close);
        Some(Bar { name: view.step(step), number: grouped(step.messages), first, last })
    });
    chart((open, close), &bars.collect::<Vec<_>>(), &view.words)
}

/// Something that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What.
    pub name: String,
    /// How much of it.
    pub number: String,
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
}

/// Draws bars between two days, each with its name behind it: so they stand below one another whatever the names' width.
#[must_use]
pub fn chart((open, close): (Date, Date), bars: &[Bar], words: &Words) -> Vec<String> {
    let Some(days) = days_between(open, close).filter(|days| *days >= 0) else { return Vec::new() };
    let per_column = (days + 1).div_euclid(COLUMNS + 1) + 1;
    let columns = days / per_column + 1;
    let column = |day: Date| days_between(open, day).unwrap_or(0).clamp(0, days) / per_column;
    let (first, last) = (open.to_string(), close.to_string());
    let gap = usize::try_from(columns).unwrap_or(0).saturating_sub(first.len() + last.len()).max(1);
    // A mark each week, so that a day can be found.
    let tick = |c: i32| if c * per_column / 7 != (c - 1) * per_column / 7 || c == 0 { '|' } else { '·' };
    let ruler: String = (0..columns).map(tick).collect();
    let mut lines = vec![format!("{first}{}{last}", " ".repeat(gap)), ruler];
    for bar in bars {
        let (from, to) = (column(bar.first), column(bar.last));
        let signs: String = (0..columns).map(|c| if (from..=to).contains(&c) { '█' } else { '·' }).collect();
        lines.push(format!("{signs}  {}  {}", bar.name, bar.number));
    }
    if per_column > 1 {
        lines.push(say!(words, "one_sign", n = per_column));
    }
    lines
}

fn days_between(from: Date, to: Date) -> Option<i32> {
    from.until(to).ok().map(|span| span.get_days())
}
