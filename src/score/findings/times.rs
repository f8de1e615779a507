//! When follow-ups come: hours and weekdays of answering with more cases than their answers explain.
//!
//! Goes in: completed answers of drawn people, with whether they raised a case, dropped ones included (as the counts of
//! cases are). Comes out: places whose number of cases is beyond chance ([`crate::score::method::peaks`], Holm over the
//! hours and over the weekdays, doubled for the two). Places with fewer answers than `hide groups below` are left out.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::score::cases::raised;
use crate::score::findings::outstanding::LEVEL;
use crate::score::method::peaks::peaks;
use crate::score::respondent::{Respondent, zone};
use crate::score::wave::{Wave, is_drawn};

/// Hours and weekdays of cases.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Times {
    /// Completed answers.
    pub answers: u64,
    /// Of these, with a case.
    pub cases: u64,
    /// Hours and weekdays that were looked at.
    pub looked: u64,
    /// Peaks.
    pub peaks: Vec<Peak>,
}

/// A time with more cases than its answers explain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Peak {
    /// `hour` or `weekday`.
    pub kind: &'static str,
    /// First hour (0–23) or weekday (0 is Monday).
    pub from: u64,
    /// Hour at whose begin it ends, or the next weekday.
    pub to: u64,
    /// Answers.
    pub answers: u64,
    /// Cases.
    pub cases: u64,
    /// What all answers together let expect.
    pub expected: f64,
    /// Chance of as many or more, adjusted; of joined hours the smallest.
    pub p: f64,
}

/// Returns the hour in which a respondent finished, in the campaign's time zone.
#[must_use]
pub fn hour_of(wave: &Wave, respondent: usize) -> Option<usize> {
    hour(wave.respondents.get(respondent)?, &zone(wave.checked))
}

/// Returns the hour in which a response was finished.
#[must_use]
pub fn hour(respondent: &Respondent, zone: &TimeZone) -> Option<usize> {
    usize::try_from(respondent.response.completed_at?.to_zoned(zone.clone()).hour()).ok()
}

/// Returns the weekday on which a respondent answered; 0 is Monday.
#[must_use]
pub fn weekday_of(wave: &Wave, respondent: usize) -> usize {
    wave.respondents.get(respondent).map_or(0, weekday)
}

/// Returns the weekday of a response; 0 is Monday.
#[must_use]
pub fn weekday(respondent: &Respondent) -> usize {
    usize::try_from(respondent.day.weekday().to_monday_zero_offset()).unwrap_or(0)
}

/// Looks for peaks; nothing where there are no case rules or too few cases.
#[must_use]
pub fn times(wave: &Wave, (hours, days): (bool, bool)) -> Option<Times> {
    let least = wave.checked.analysis.hide_below.max(1);
    let (mut counts, zone) = (ByTime::default(), zone(wave.checked));
    for respondent in wave.completed.iter().filter(|r| is_drawn(&wave.study, r.response)) {
        counts.add(
            hour(respondent, &zone),
            weekday(respondent),
            raised(wave.checked, &wave.study, respondent),
        );
    }
    times_of(&counts, least, (hours, days))
}

/// Answers, and how many of them raised a case, by the time of answering.
#[derive(Debug, Clone, Default)]
pub struct ByTime {
    all: (u64, u64),
    hours: [(u64, u64); 24],
    weekdays: [(u64, u64); 7],
}

impl ByTime {
    /// Counts an answer of an hour, if that is known, and a weekday.
    pub fn add(&mut self, hour: Option<usize>, weekday: usize, case: bool) {
        let places = [hour.and_then(|h| self.hours.get_mut(h)), self.weekdays.get_mut(weekday)];
        for place in places.into_iter().flatten().chain([&mut self.all]) {
            place.0 += 1;
            place.1 += u64::from(case);
        }
    }
}

/// Looks for peaks among counts; `least` is the fewest answers of a time that is looked at.
#[must_use]
pub fn times_of(counts: &ByTime, least: u64, (hours, days): (bool, bool)) -> Option<Times> {
    let ByTime { all: (answers, cases), .. } = *counts;
    if cases < least || !(hours || days) {
        return None;
    }
    let by_hour = counts.hours.map(|n| if hours { n } else { (0, 0) });
    let by_day = counts.weekdays.map(|n| if days { n } else { (0, 0) });
    let grids = f64::from(u8::from(hours) + u8::from(days));
    let (mut looked, mut found) = (0, Vec::new());
    for (kind, places) in [("hour", &by_hour[..]), ("weekday", &by_day[..])] {
        let (number, peaks) = grid(kind, places, (least, grids));
        looked += number;
        found.extend(peaks);
    }
    Some(Times { answers, cases, looked, peaks: found })
}

/// Finds the peaks among places of (answers, cases); neighbours are told of together.
#[must_use]
pub fn grid(kind: &'static str, places: &[(u64, u64)], (least, grids): (u64, f64)) -> (u64, Vec<Peak>) {
    let exposure: Vec<f64> = places.iter().map(|(n, _)| if *n >= least { *n as f64 } else { 0.0 }).collect();
    let counts: Vec<u64> = places.iter().map(|(_, cases)| *cases).collect();
    let Some(all) = peaks(&counts, &exposure) else { return (0, Vec::new()) };
    let looked = all.places.iter().flatten().count() as u64;
    let mut out: Vec<Peak> = Vec::new();
    for (k, place) in all.places.iter().enumerate() {
        let Some(place) = place else { continue };
        let p = (place.p * grids).min(1.0);
        if p > LEVEL || (place.count as f64) <= place.expected {
            continue;
        }
        let from = k as u64;
        match out.last_mut().filter(|last| kind == "hour" && last.to == from) {
            Some(last) => {
                last.to += 1;
                last.answers += places[k].0;
                last.cases += place.count;
                last.expected += place.expected;
                last.p = last.p.min(p);
            }
            None => out.push(Peak {
                kind,
                from,
                to: from + 1,
                answers: places[k].0,
                cases: place.count,
                expected: place.expected,
                p,
            }),
        }
    }
    (looked, out)
}
