//! Legal moments of sending: hours and workdays in the recipient's time zone.
//!
//! Goes in: the plan's schedule, a time zone, a moment. Comes out: the next
//! stretch of time in which messages may leave, always inside `open..close`.
//! A local time that does not exist (clocks go forward) becomes the next valid
//! instant; one that exists twice (clocks go back) means the first.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

use crate::plan::types::PlanSchedule;

/// The rules of a schedule, parsed once.
#[derive(Debug, Clone)]
pub struct Windows {
    open: Timestamp,
    close: Timestamp,
    hours: Option<(Time, Time)>,
    workdays: bool,
    days_off: BTreeSet<Date>,
    days_on: BTreeSet<Date>,
}

impl Windows {
    /// Reads the rules of a plan; `None` when one of its texts is not a time or date.
    #[must_use]
    pub fn new(schedule: &PlanSchedule) -> Option<Self> {
        let time = |text: &str| text.parse::<Time>().ok();
        let days = |all: &[String]| all.iter().map(|d| d.parse::<Date>().ok()).collect::<Option<_>>();
        let hours = match &schedule.hours {
            Some((from, to)) => Some((time(from)?, time(to)?)),
            None => None,
        };
        Some(Self {
            open: schedule.open.parse().ok()?,
            close: schedule.close.parse().ok()?,
            hours,
            workdays: schedule.workdays,
            days_off: days(&schedule.days_off)?,
            days_on: days(&schedule.days_on)?,
        })
    }

    /// Returns the first moment of the campaign.
    #[must_use]
    pub fn open(&self) -> Timestamp {
        self.open
    }

    /// Returns the moment after which nothing may be sent.
    #[must_use]
    pub fn close(&self) -> Timestamp {
        self.close
    }

    /// Returns the first stretch of allowed time (end not included) that reaches beyond `from`, cut off at `from`.
    #[must_use]
    pub fn next_stretch(&self, zone: &TimeZone, from: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let from = from.max(self.open);
        if from >= self.close {
            return None;
        }
        // The day before counts too: hours such as 22:00..06:00 reach over midnight.
        let mut day = zone.to_datetime(from).date().yesterday().ok()?;
        loop {
            for (start, end) in self.stretches_of(zone, day)? {
                if start >= self.close {
                    return None;
                }
                if end > from && start < end {
                    return Some((start.max(from), end.min(self.close)));
                }
            }
            // Days off bring no stretch of their own that could lie behind close.
            if instant(zone, day.to_datetime(Time::midnight()))? >= self.close {
                return None;
            }
            day = day.tomorrow().ok()?;
        }
    }

    /// Returns the end of the last legal stretch before close.
    #[must_use]
    pub fn end(&self, zone: &TimeZone) -> Option<Timestamp> {
        let mut day = zone.to_datetime(self.close).date();
        let opens = zone.to_datetime(self.open).date();
        while day >= opens.yesterday().ok()? {
            let stretches = self.stretches_of(zone, day)?;
            let fits =
                stretches.into_iter().rev().find(|(start, end)| *start < self.close && *end > self.open);
            if let Some((_, end)) = fits {
                return Some(end.min(self.close));
            }
            day = day.yesterday().ok()?;
        }
        None
    }

    /// Returns the moment at which the last of `messages` leaves when they go out from `from` at this rate.
    ///
    /// `None` when there is no legal moment, or the campaign closes before the last one.
    #[must_use]
    pub fn last_of(
        &self,
        zone: &TimeZone,
        from: Timestamp,
        messages: u64,
        rate_per_minute: Option<f64>,
    ) -> Option<Timestamp> {
        let (mut start, mut end) = self.next_stretch(zone, from)?;
        let Some(rate) = rate_per_minute.filter(|r| *r > 0.0) else { return Some(start) };
        // The first message leaves at once: n messages need n - 1 gaps.
        let mut seconds = messages.saturating_sub(1) as f64 * 60.0 / rate;
        loop {
            let length = end.duration_since(start).as_secs_f64();
            if seconds < length {
                return start.checked_add(whole_seconds(seconds)).ok();
            }
            seconds -= length;
            (start, end) = self.next_stretch(zone, end)?;
        }
    }

    /// Tells whether messages may leave on that local day at all.
    #[must_use]
    pub fn works_on(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        !self.workdays || (!self.days_off.contains(&day) && (!weekend || self.days_on.contains(&day)))
    }

    fn stretches_of(&self, zone: &TimeZone, day: Date) -> Option<Vec<(Timestamp, Timestamp)>> {
        if !self.works_on(day) {
            return Some(Vec::new());
        }
        let at = |day: Date, time: Time| instant(zone, day.to_datetime(time));
        let next = day.tomorrow().ok()?;
        Some(match self.hours {
            None => vec![(at(day, Time::midnight())?, at(next, Time::midnight())?)],
            Some((from, to)) if from < to => vec![(at(day, from)?, at(day, to)?)],
            Some((from, to)) => vec![(at(day, from)?, at(next, to)?)],
        })
    }
}

/// Returns the first legal moment at or after `from`, in a recipient's time zone; `None` when there is none before close.
#[must_use]
pub fn next_allowed(schedule: &PlanSchedule, zone: &TimeZone, from: Timestamp) -> Option<Timestamp> {
    Windows::new(schedule)?.next_stretch(zone, from).map(|(start, _)| start)
}

/// Returns the instant of a local time: the next valid one where it is skipped, the first where it comes twice.
#[must_use]
pub fn instant(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
            offset.to_timestamp(local).ok()
        }
        // Read with the later offset, the skipped time lies just before the clocks change.
        AmbiguousOffset::Gap { after, .. } => {
            let before_change = after.to_timestamp(local).ok()?;
            zone.following(before_change).next().map(|change| change.timestamp())
        }
    }
}

/// Returns the same local time so many calendar days later (the rule for reminders).
#[must_use]
pub fn days_later(zone: &TimeZone, from: Timestamp, days: u32) -> Option<Timestamp> {
    instant(zone, zone.to_datetime(from).checked_add(i64::from(days).days()).ok()?)
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to what a span of seconds holds")]
fn whole_seconds(seconds: f64) -> jiff::Span {
    (seconds.clamp(0.0, 1e10).ceil() as i64).seconds()
}
