//! Two windows of equal length, before a measure and after it, for which events are known.
//!
//! Whole weeks balance the days of the week; equal lengths keep unequal periods from standing in for an effect.

use jiff::civil::Date;
use jiff::{Span, Unit};
use serde::Serialize;

/// Weeks that a window has at most: beyond a year other things change.
const MOST: i64 = 52;

/// The windows; last days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Windows {
    /// Weeks of each.
    pub weeks: i64,
    /// First and last day before.
    pub before: (Date, Date),
    /// First and last day after.
    pub after: (Date, Date),
}

/// Why there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Short {
    /// Events don't reach back a week before the measure was due.
    Past,
    /// A week after the measure is over, and covered by events, on this day.
    Future(Date),
}

impl Windows {
    /// Finds the longest windows that events from `first` to `last` cover on the day `today`.
    ///
    /// The first and the last day of the events, and the present day, may be halves of days and are no part of a window.
    pub fn new((due, from): (Date, Date), (first, last): (Date, Date), today: Date) -> Result<Self, Short> {
        let weeks =
            |from: Date, to: Date| from.until((Unit::Day, to)).map_or(0, |s| i64::from(s.get_days()) / 7);
        let behind = first.tomorrow().map_or(0, |first| weeks(first, due));
        if behind < 1 {
            return Err(Short::Past);
        }
        let add =
            |day: Date, days: i64| Span::new().try_days(days).ok().and_then(|s| day.checked_add(s).ok());
        let ahead = weeks(from, last.min(today));
        let long = behind.min(ahead).min(MOST);
        let days = 7 * long;
        let found = || Some(((add(due, -days)?, due.yesterday().ok()?), (from, add(from, days - 1)?)));
        match found().filter(|_| long >= 1) {
            Some((before, after)) => Ok(Self { weeks: long, before, after }),
            None => Err(Short::Future(add(from, 7).unwrap_or(Date::MAX))),
        }
    }

    /// Tells whether a day lies before or after; nothing for any other.
    #[must_use]
    pub fn side(&self, day: Date) -> Option<Side> {
        let inside = |(first, last): (Date, Date)| first <= day && day <= last;
        if inside(self.before) { Some(Side::Before) } else { inside(self.after).then_some(Side::After) }
    }
}

/// A window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before the measure.
    Before,
    /// After it.
    After,
}
