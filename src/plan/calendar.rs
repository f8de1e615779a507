//! All campaigns of a repository on one page: when each asks whom, how many messages leave per day, and where two ask the
//! same people.
//!
//! Goes in: plans, and who is drawn by two of them. Comes out: a [`Calendar`]. A plan knows the first and the last day of a
//! step; how its messages lie between is worked out here.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use crate::frame::allocate::hamilton;
use crate::model::checked::StepKind;
use crate::plan::print::view::first_language;
use crate::plan::types::{Cell, Entry, Plan, PlanStep, PlanTiming};
use crate::plan::window::{Windows, days_later, instant};
use crate::plan::words::title;

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
    /// Its first language.
    pub language: String,
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
    /// What it does.
    pub kind: StepKind,
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
    /// Who rests waits until the rest ends, if that is before close.
    pub delay: bool,
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
            kind: s.kind,
            via: s.via.clone(),
            first: span.map(|(first, _)| first),
            last: span.map(|(_, last)| last),
            messages: s.messages,
        }
    };
    CalendarCampaign {
        campaign: plan.campaign.clone(),
        title: title(&plan.title, first_language(plan), &plan.campaign).to_owned(),
        language: first_language(plan).to_owned(),
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

/// Returns the day of a moment in its own offset.
pub(crate) fn day(moment: &str) -> Option<Date> {
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

/// Spreads the messages of a step over its days of sending: those to people drawn at launch leave from the first day on
/// as fast as the channel allows, those to people who wait evenly between the ends of the first rest and the last, those
/// to people who arrive or have events evenly over all of its days.
fn per_day(plan: &Plan, step: &PlanStep) -> Vec<(Date, u64)> {
    let Some((first, last)) = days_of(plan, step).filter(|_| step.messages > 0) else { return Vec::new() };
    let own = plan.strata.iter().filter(|s| step.strata.is_empty() || step.strata.contains(&s.name));
    let (mut at_once, mut others, mut waiting) = (0.0, 0.0, Vec::new());
    for stratum in own {
        let launched = matches!(stratum.entry, Entry::AtOnce | Entry::Completes { .. });
        for cell in &stratum.cells {
            let invitations = cell.invitations as f64;
            let days = waiting_days(plan, step, cell).filter(|_| launched);
            let waits = if days.is_some() { invitations * waiting_part(cell) } else { 0.0 };
            waiting.extend(days.map(|(from, until)| (waits, from.min(last), until.min(last))));
            *(if launched { &mut at_once } else { &mut others }) += invitations - waits;
        }
    }
    // Nobody is known to be invited: what the step sends, it sends at once.
    if at_once + others + waiting.iter().map(|w| w.0).sum::<f64>() <= 0.0 {
        at_once = 1.0;
    }
    let mut parts = vec![(at_once, first, last), (others, first, last)];
    parts.extend(waiting);
    let messages = hamilton(step.messages, &parts.iter().map(|part| part.0).collect::<Vec<_>>());
    if let Some((bulk, part)) = messages.first().zip(parts.first_mut()) {
        part.2 = bulk_end(plan, step, *bulk).unwrap_or(last).min(last);
    }
    let mut days: BTreeMap<Date, u64> = BTreeMap::new();
    for (messages, (_, first, last)) in messages.into_iter().zip(parts).filter(|(n, _)| *n > 0) {
        let sending = sending_days(plan, first, last);
        let shares = hamilton(messages, &vec![1.0; sending.len()]);
        sending.into_iter().zip(shares).for_each(|(day, n)| *days.entry(day).or_default() += n);
    }
    days.into_iter().filter(|(_, n)| *n > 0).collect()
}

/// Returns what part of a cell's drawn people waits for the end of a rest.
fn waiting_part(cell: &Cell) -> f64 {
    let waiting = cell.waiting.as_ref().map_or(0, |w| w.people);
    waiting as f64 / cell.drawn.max(1) as f64
}

/// Returns the first and the last day on which those of a cell who wait get a step's message; the end of the campaign
/// where no message may leave any more.
fn waiting_days(plan: &Plan, step: &PlanStep, cell: &Cell) -> Option<(Date, Date)> {
    let waiting = cell.waiting.as_ref().filter(|w| w.people > 0)?;
    let (zone, windows) = (TimeZone::get(&plan.timezone).ok()?, Windows::new(&plan.schedule)?);
    let next = |at: Timestamp| windows.next_stretch(&zone, at).map(|(start, _)| start);
    let due = |end: &Option<String>| {
        let invited = next(end.as_deref()?.parse().ok()?)?;
        let at = match step.timing {
            PlanTiming::AfterInvite { days } => next(days_later(&zone, invited, days)?)?,
            _ => invited,
        };
        Some(zone.to_datetime(at).date())
    };
    let close = day(&plan.schedule.close)?;
    Some((due(&waiting.from).unwrap_or(close), due(&waiting.until).unwrap_or(close)))
}

/// Returns the day on which the last of so many messages leaves at the rate of the step's first channel.
fn bulk_end(plan: &Plan, step: &PlanStep, messages: u64) -> Option<Date> {
    let zone = TimeZone::get(&plan.timezone).ok()?;
    let first: Timestamp = step.first.as_deref()?.parse().ok()?;
    let channel = step.via.first().and_then(|name| plan.channels.iter().find(|c| c.name == *name));
    let rate = channel.and_then(|c| c.rate_per_minute);
    let last = Windows::new(&plan.schedule)?.last_of(&zone, first, messages, rate)?;
    Some(zone.to_datetime(last).date())
}

/// Returns the days between two on which messages may leave; the first one where there is none.
fn sending_days(plan: &Plan, first: Date, last: Date) -> Vec<Date> {
    let zone = TimeZone::get(&plan.timezone).unwrap_or(TimeZone::UTC);
    let windows = Windows::new(&plan.schedule);
    let sends = |day: &Date| {
        let start = instant(&zone, day.to_datetime(Time::midnight()));
        let next = windows.as_ref().zip(start).and_then(|(w, start)| w.next_stretch(&zone, start));
        next.is_some_and(|(start, _)| zone.to_datetime(start).date() == *day)
    };
    let days: Vec<Date> = first.series(1.day()).take_while(|d| *d <= last).filter(sends).collect();
    if days.is_empty() { vec![first] } else { days }
}

/// Returns first and last day of a plan's invitations.
fn invites(plan: &Plan) -> Option<(Date, Date)> {
    let steps = plan.steps.iter().filter(|s| s.kind == StepKind::Invite);
    let spans: Vec<(Date, Date)> = steps.filter_map(|s| days_of(plan, s)).collect();
    let (first, last) = (spans.iter().map(|s| s.0).min()?, spans.iter().map(|s| s.1).max()?);
    // Who waits would be invited from the opening on, were it not for the rest.
    let waits = plan.strata.iter().flat_map(|s| &s.cells).any(|cell| waiting_part(cell) > 0.0);
    let open = day(&plan.schedule.open).filter(|_| waits);
    Some((open.map_or(first, |open| open.min(first)), last))
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
        delay: second.plan.frame.rest.is_some_and(|r| r.delay),
        people,
    })
}

/// Writes a calendar as JSON.
#[must_use]
pub fn json(calendar: &Calendar) -> String {
    serde_json::to_string_pretty(calendar).unwrap_or_default() + "\n"
}
