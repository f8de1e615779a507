//! A calendar as Markdown: one page for all campaigns of a repository.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::plan::calendar::{Calendar, CalendarCampaign, CalendarStep, Clash, day};
use crate::plan::print::rows::moment;
use crate::plan::print::table::{Side, Table};
use crate::plan::print::timeline::{Bar, chart};
use crate::plan::words::{counted, grouped};

/// Writes a calendar as Markdown.
#[must_use]
pub fn markdown(calendar: &Calendar) -> String {
    let mut out = "# Campaigns\n\n".to_owned();
    out.push_str(&campaigns(calendar).markdown());
    let chart = bars(calendar);
    if !chart.is_empty() {
        let _ = write!(out, "\n## Time\n\n```text\n{}\n```\n", chart.join("\n"));
    }
    if !calendar.days.is_empty() {
        let _ = write!(out, "\n## Messages per day\n\n{}", days(calendar).markdown());
    }
    let _ = write!(out, "\n## The same people\n\n");
    if calendar.clashes.is_empty() {
        out.push_str("No two campaigns ask the same people too close to one another.\n");
    }
    for clash in &calendar.clashes {
        let _ = writeln!(out, "- {}", clash_in_words(clash));
    }
    let unknown = calendar.campaigns.iter().filter_map(|c| Some((&c.spec, c.unknown.as_ref()?)));
    let left_out = calendar.left_out.iter().map(|l| (&l.spec, &l.reason));
    let notes: Vec<String> = unknown
        .map(|(spec, why)| format!("- `{spec}`: dates alone; {why}\n"))
        .chain(left_out.map(|(spec, why)| format!("- `{spec}` is left out: {why}\n")))
        .collect();
    if !notes.is_empty() {
        let _ = write!(out, "\n## Not known\n\n{}", notes.concat());
    }
    out
}

fn campaigns(calendar: &Calendar) -> Table {
    let mut table = Table::new(&[
        ("campaign", Side::Left),
        ("title", Side::Left),
        ("spec", Side::Left),
        ("open", Side::Left),
        ("close", Side::Left),
        ("steps", Side::Left),
        ("invited", Side::Right),
        ("messages", Side::Right),
        ("rest", Side::Right),
    ]);
    for c in &calendar.campaigns {
        let known = |n: u64| if c.unknown.is_some() { "?".to_owned() } else { grouped(n) };
        let step = |s: &CalendarStep| {
            let days = match (s.first, s.last) {
                (Some(a), Some(b)) if a != b => format!("{a} to {b}"),
                (Some(a), _) => a.to_string(),
                _ => "–".to_owned(),
            };
            format!("{} {days}", s.name)
        };
        table.row(vec![
            c.campaign.clone(),
            c.title.clone(),
            c.spec.clone(),
            moment(Some(&c.open)),
            moment(Some(&c.close)),
            c.steps.iter().map(step).collect::<Vec<_>>().join("; "),
            known(c.invitations),
            known(c.steps.iter().map(|s| s.messages).sum()),
            c.rest.map_or_else(String::new, |days| format!("{days} days")),
        ]);
    }
    table.without_empty_columns()
}

fn bars(calendar: &Calendar) -> Vec<String> {
    let spans: Vec<(&CalendarCampaign, Date, Date)> =
        calendar.campaigns.iter().filter_map(|c| Some((c, day(&c.open)?, day(&c.close)?))).collect();
    let first = spans.iter().map(|s| s.1).min();
    let last = spans.iter().map(|s| s.2).max();
    let Some(span) = first.zip(last) else { return Vec::new() };
    let bar = |(c, first, last): &(&CalendarCampaign, Date, Date)| Bar {
        name: c.campaign.clone(),
        number: if c.unknown.is_some() { "?".to_owned() } else { grouped(c.invitations) },
        first: *first,
        last: *last,
    };
    chart(span, &spans.iter().map(bar).collect::<Vec<_>>())
}

fn days(calendar: &Calendar) -> Table {
    let mut table = Table::new(&[("day", Side::Left), ("messages", Side::Right), ("of", Side::Left)]);
    for day in &calendar.days {
        let of: Vec<String> =
            day.campaigns.iter().map(|(name, n)| format!("{name} {}", grouped(*n))).collect();
        table.row(vec![day.date.to_string(), grouped(day.messages), of.join(", ")]);
    }
    table
}

fn clash_in_words(clash: &Clash) -> String {
    let people = match clash.people {
        Some(n) => format!("{} would be drawn by both", counted(n, "person", "people")),
        None => "how many people both would draw is not known here".to_owned(),
    };
    let (first, second, list) = (&clash.first, &clash.second, &clash.list);
    let apart = match clash.days {
        0 => format!("while `{first}` still invites"),
        days => format!("{} after `{first}`", counted(days.unsigned_abs().into(), "day", "days")),
    };
    match clash.rest {
        Some(rest) => format!(
            "`{second}` invites from `{list}` {apart}, and its rest is {rest} days: {people}, and drop out of `{second}`"
        ),
        None => format!(
            "`{second}` invites from `{list}` while `{first}` is open, and has no `rest`: {people}, and are asked twice; write `rest` into the frame, or `draw apart from {first}`"
        ),
    }
}
