//! The parts of the plan that only restate the checked spec.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::frame::FrameSummary;
use crate::model::Checked;
use crate::model::checked::{
    Channel, ChannelKind, ContactKind, Frame, Question, QuestionKind, Schedule, SpecFile,
};
use crate::plan::clusters;
use crate::plan::types::{
    Columns, Count, OneTap, Overlap, PlanChannel, PlanChannelKind, PlanFrame, PlanRest, PlanSchedule,
};
use crate::plan::window::{Windows, instant};

/// Restates the list and who was left out of it.
pub fn frame(frame: &Frame, summary: &FrameSummary) -> PlanFrame {
    let excluded = frame.exclude.iter().zip(&summary.excluded);
    PlanFrame {
        source: frame.source.clone(),
        rows: summary.rows,
        bad_rows: summary.bad_rows,
        bad_cells: summary.bad_cells,
        excluded: excluded.map(|(e, &count)| Count { label: e.label.clone(), count }).collect(),
        once: summary.once,
        eligible: summary.eligible,
        rest: frame.rest.map(|r| PlanRest { days: r.days, delay: r.delay }),
        cluster: clusters::clause(frame, summary),
        columns: Columns {
            key: frame.key.clone(),
            email: frame.email.clone(),
            mobile: frame.mobile.clone(),
            name: frame.person_name.clone(),
            language: frame.language.clone(),
            timezone: frame.timezone.clone(),
        },
    }
}

/// Restates the overlaps.
pub fn overlaps(summary: &FrameSummary) -> Vec<Overlap> {
    let one = |o: &crate::frame::OverlapCount| Overlap {
        takes: o.takes.clone(),
        also: o.also.clone(),
        count: o.count,
    };
    summary.overlaps.iter().map(one).collect()
}

/// Restates the schedule, with offsets.
pub fn schedule(schedule: &Schedule, zone: &TimeZone) -> PlanSchedule {
    let hour = |t: jiff::civil::Time| t.strftime("%H:%M").to_string();
    // A day of margin on both sides: recipients' calendars run ahead of and behind the campaign's.
    let first = schedule.open.date().yesterday().unwrap_or(schedule.open.date());
    let last = schedule.close.date().tomorrow().unwrap_or(schedule.close.date());
    let within = |days: &[Date]| {
        let mut days: Vec<String> =
            days.iter().filter(|d| first <= **d && **d <= last).map(Date::to_string).collect();
        days.sort();
        days.dedup();
        days
    };
    PlanSchedule {
        open: local_moment(zone, schedule.open),
        close: local_moment(zone, schedule.close),
        hours: schedule.hours.map(|(from, to)| (hour(from), hour(to))),
        workdays: schedule.workdays,
        days_off: within(&schedule.days_off),
        days_on: within(&schedule.days_on),
    }
}

/// Returns the end of the last time in which messages may leave, in the campaign's time zone.
#[must_use]
pub fn end_of_sending(timetable: &Schedule, zone: &TimeZone) -> Option<Timestamp> {
    Windows::new(&schedule(timetable, zone))?.end(zone)
}

/// Writes a local time as RFC 3339.
pub fn local_moment(zone: &TimeZone, local: DateTime) -> String {
    instant(zone, local).map_or_else(|| local.to_string(), |at| moment(zone, at))
}

/// Writes an instant as RFC 3339 with the zone's offset.
pub fn moment(zone: &TimeZone, at: Timestamp) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Restates the channels that messages leave through; open links and webhooks are none.
pub fn channels(checked: &Checked) -> Vec<PlanChannel> {
    let one = |channel: &Channel| {
        let kind = match &channel.kind {
            ChannelKind::Email { from_name, from_address, subject, body, one_tap } => {
                PlanChannelKind::Email {
                    from_name: from_name.clone(),
                    from_address: from_address.clone(),
                    subject: subject.clone(),
                    body: body.as_ref().map(|file: &SpecFile| file.text.clone()),
                    one_tap: one_tap
                        .and_then(|q| checked.questionnaire.questions.get(q))
                        .and_then(|q| buttons(checked, q)),
                }
            }
            ChannelKind::Sms { signature, body, link } => {
                PlanChannelKind::Sms { signature: signature.clone(), body: body.clone(), link: *link }
            }
            ChannelKind::Phone { script } => PlanChannelKind::Phone { script: script.clone() },
            ChannelKind::Webhook { .. } | ChannelKind::Link { .. } => return None,
        };
        Some(PlanChannel { name: channel.name.clone(), kind, rate_per_minute: channel.rate_per_minute })
    };
    checked.channels.iter().filter_map(one).collect()
}

/// Returns the buttons of a question that has codes.
fn buttons(checked: &Checked, question: &Question) -> Option<OneTap> {
    let QuestionKind::Scale(scale, _) = question.kind else { return None };
    let codes = checked.scales.get(scale)?.points.iter().map(|p| (p.code, p.label.clone()));
    Some(OneTap { item: question.name.clone(), text: question.text.clone(), codes: codes.collect() })
}

/// Returns the contact that a channel needs, if messages leave through it.
pub fn contact(channel: &Channel) -> Option<ContactKind> {
    match channel.kind {
        ChannelKind::Email { .. } => Some(ContactKind::Email),
        ChannelKind::Sms { .. } | ChannelKind::Phone { .. } => Some(ContactKind::Mobile),
        ChannelKind::Webhook { .. } | ChannelKind::Link { .. } => None,
    }
}
