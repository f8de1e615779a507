//! All campaigns of a repository on one page: when each asks whom, how many messages leave per day, and where two ask the
//! same people.
//!
//! Goes in: plans, and who is drawn by two of them. Comes out: a [`Calendar`], as Markdown or JSON. The messages of a step
//! are spread evenly over its days of sending; a plan knows its first and its last.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::frame::allocate::hamilton;
use crate::model::checked::StepKind;
use crate::plan::print::rows::{first_language, moment};
use crate::plan::print::table::{Side, Table};
use crate::plan::print::timeline::{Bar, chart};
use crate::plan::types::{Plan, PlanStep, PlanTiming};
use crate::plan::window::{Windows, instant};
use crate::plan::words::{counted, grouped, title};

/// The version of the calendar's form.
pub const CALENDAR_VERSION: u32 = 1;

/// A campaign with its plan.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Path of the spec.
    pub spec: String,
    /// The plan.
    pub plan: Plan,
    /// The list as one name, the same for all campaigns that read it.
    pub list: String,
    /// Days of rest.
    pub rest: Option<u32>,
    /// Why the numbers of people are not known, if so.
    pub unknown: Option<String>,
}

/// All campaigns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calendar {
    /// Version of this form.
    pub version: u32,
    /// By day of opening.
    pub campaigns: Vec<CalendarCampaign>,
    /// Days on which messages leave.
    pub days: Vec<CalendarDay>,
    /// Campaigns that ask the same people too close to one another.
    pub clashes: Vec<Clash>,
    /// Specs that could not be planned, with the reason.
    pub left_out: Vec<LeftOut>,
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalendarCampaign {
    /// Name.
    pub campaign: String,
    /// Title in its first language.
    pub title: String,
    /// Path of the spec.
    pub spec: String,
    /// The list.
    pub list: String,
    /// First moment, RFC 3339.
    pub open: String,
    /// Last moment, RFC 3339.
    pub close: String,
    /// IANA time zone.
    pub timezone: String,
    /// Days of rest.
    pub rest: Option<u32>,
    /// Invitations.
    pub invitations: u64,
    /// Steps in order.
    pub steps: Vec<CalendarStep>,
    /// Why the numbers are not known.
    pub unknown: Option<String>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalendarStep {
    /// Name.
    pub name: String,
    /// Channels.
    pub via: Vec<String>,
    /// First day.
    pub first: Option<Date>,
    /// Last day.
    pub last: Option<Date>,
    /// Messages expected.
    pub messages: u64,
}

/// A day on which messages leave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalendarDay {
    /// In each campaign's own time zone.
    pub date: Date,
    /// Messages expected of all campaigns.
    pub messages: u64,
    /// By campaign.
    pub campaigns: BTreeMap<String, u64>,
}

/// Two campaigns that ask the same people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clash {
    /// The one that invites first.
    pub first: String,
    /// The other one.
    pub second: String,
    /// The list of both.
    pub list: String,
    /// Days between their invitations; 0 where they overlap.
    pub days: i32,
    /// Days of rest that the second one keeps.
    pub rest: Option<u32>,
    /// People whom both would draw at launch; `null` where the list can't be read.
    pub people: Option<u64>,
}

/// A spec that is not in the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Path.
    pub spec: String,
    /// Why.
    pub reason: String,
}

/// Makes the calendar; `common` counts the people whom two of the campaigns (by index) draw at launch.
pub fn calendar(
    mut planned: Vec<Planned>,
    left_out: Vec<LeftOut>,
    common: &mut dyn FnMut(&Planned, &Planned) -> Option<u64>,
) -> Calendar {
    planned.sort_by(|a, b| (&a.plan.schedule.open, &a.spec).cmp(&(&b.plan.schedule.open, &b.spec)));
    let mut days: BTreeMap<Date, BTreeMap<String, u64>> = BTreeMap::new();
    for one in &planned {
        for step in &one.plan.steps {
            for (day, messages) in per_day(&one.plan, step) {
                *days.entry(day).or_default().entry(one.plan.campaign.clone()).or_default() += messages;
            }
        }
    }
    let day = |(date, campaigns): (Date, BTreeMap<String, u64>)| CalendarDay {
        date,
        messages: campaigns.values().sum(),
        campaigns,
    };
    let mut clashes = Vec::new();
    for (i, a) in planned.iter().enumerate() {
        for b in planned.iter().skip(i + 1) {
            clashes.extend(clash(a, b, common));
        }
    }
    Calendar {
        version: CALENDAR_VERSION,
        campaigns: planned.iter().map(campaign).collect(),
        days: days.into_iter().map(day).collect(),
        clashes,
        left_out,
    }
}

fn campaign(one: &Planned) -> CalendarCampaign {
    let plan = &one.plan;
    let step = |s: &PlanStep| {
        let span = days_of(plan, s);
        CalendarStep {
            name: s.name.clone(),
            via: s.via.clone(),
            first: span.map(|(first, _)| first),
            last: span.map(|(_, last)| last),
            messages: s.messages,
        }
    };
    CalendarCampaign {
        campaign: plan.campaign.clone(),
        title: title(&plan.title, first_language(plan), &plan.campaign).to_owned(),
        spec: one.spec.clone(),
        list: one.list.clone(),
        open: plan.schedule.open.clone(),
        close: plan.schedule.close.clone(),
        timezone: plan.timezone.clone(),
        rest: one.rest,
        invitations: plan.expected.invitations,
        steps: plan.steps.iter().map(step).collect(),
        unknown: one.unknown.clone(),
    }
}

fn day(moment: &str) -> Option<Date> {
    moment.get(..10)?.parse().ok()
}

/// Returns first and last day of a step; where nobody is known, those that the schedule gives.
fn days_of(plan: &Plan, step: &PlanStep) -> Option<(Date, Date)> {
    let close = day(&plan.schedule.close)?;
    if let Some(first) = step.first.as_deref().and_then(day) {
        return Some((first, step.last.as_deref().and_then(day).unwrap_or(close)));
    }
    let open = day(&plan.schedule.open)?;
    match step.timing {
        PlanTiming::AtRelease => Some((open, open)),
        PlanTiming::AfterInvite { days } => {
            let due = open.checked_add(i64::from(days).days()).ok()?;
            Some((due, due))
        }
        PlanTiming::AfterEvent { .. } => Some((open, close)),
    }
}

/// Spreads the messages of a step evenly over the days between its first and its last on which messages may leave.
fn per_day(plan: &Plan, step: &PlanStep) -> Vec<(Date, u64)> {
    let Some((first, last)) = days_of(plan, step).filter(|_| step.messages > 0) else { return Vec::new() };
    let zone = TimeZone::get(&plan.timezone).unwrap_or(TimeZone::UTC);
    let windows = Windows::new(&plan.schedule);
    let sends = |day: &Date| {
        let start = instant(&zone, day.to_datetime(Time::midnight()));
        let next = windows.as_ref().zip(start).and_then(|(w, start)| w.next_stretch(&zone, start));
        next.is_some_and(|(start, _)| zone.to_datetime(start).date() == *day)
    };
    let mut days: Vec<Date> = first.series(1.day()).take_while(|d| *d <= last).filter(sends).collect();
    if days.is_empty() {
        days.push(first);
    }
    let shares = hamilton(step.messages, &vec![1.0; days.len()]);
    days.into_iter().zip(shares).filter(|(_, n)| *n > 0).collect()
}

/// Returns first and last day of a plan's invitations.
fn invites(plan: &Plan) -> Option<(Date, Date)> {
    let steps = plan.steps.iter().filter(|s| s.kind == StepKind::Invite);
    let spans: Vec<(Date, Date)> = steps.filter_map(|s| days_of(plan, s)).collect();
    Some((spans.iter().map(|s| s.0).min()?, spans.iter().map(|s| s.1).max()?))
}

/// Tells whether two campaigns ask people of one list while the rest after the first one lasts; without a rest, while
/// both are open.
fn clash(
    a: &Planned,
    b: &Planned,
    common: &mut dyn FnMut(&Planned, &Planned) -> Option<u64>,
) -> Option<Clash> {
    let same = a.list == b.list && a.plan.frame.columns.key == b.plan.frame.columns.key;
    if !same || a.list.is_empty() {
        return None;
    }
    let (one, other) = invites(&a.plan).zip(invites(&b.plan))?;
    let (first, second, ends, begins) =
        if one.0 <= other.0 { (a, b, one.1, other.0) } else { (b, a, other.1, one.0) };
    let days = ends.until(begins).map_or(0, |span| span.get_days()).max(0);
    let close = day(&first.plan.schedule.close)?;
    let too_close = match second.rest {
        Some(rest) => i64::from(days) < i64::from(rest),
        None => begins <= close,
    };
    let people = if too_close { common(first, second) } else { None };
    // Draws that have nobody in common ask nobody twice.
    (too_close && people != Some(0)).then(|| Clash {
        first: first.plan.campaign.clone(),
        second: second.plan.campaign.clone(),
        list: first.list.clone(),
        days,
        rest: second.rest,
        people,
    })
}

/// Writes a calendar as JSON.
#[must_use]
pub fn json(calendar: &Calendar) -> String {
    serde_json::to_string_pretty(calendar).unwrap_or_default() + "\n"
}

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
