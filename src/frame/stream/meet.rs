//! Events meet the people whose they are, part by part of what [`happened`](super::happened) and
//! [`owners`](super::owners) wrote down.
//!
//! Each event is asked by itself, as of its own day. Where a reason of exclusion
//! has a window, addresses and the cuts of `top` are those of the day as well:
//! if there are any, every day on which something happened takes a pass of its
//! own over the list.

mod ask;

use std::collections::{BTreeSet, HashSet};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use rayon::prelude::*;

use crate::frame::block::Reader;
use crate::frame::count::Strata;
use crate::frame::cuts::tops;
use crate::frame::days::has_windows;
use crate::frame::design::Design;
use crate::frame::keys::Keys;
use crate::frame::list::List;
use crate::frame::load::{of_strata, used_fields};
use crate::frame::random::Seeded;
use crate::frame::read::instant_of;
use crate::frame::spill::{Bits, PARTS, spread};
use crate::frame::stream::Opened;
use crate::frame::stream::ahead::{First, first};
use crate::frame::stream::faults::Faults;
use crate::frame::stream::happened::{Happened, Happening, happenings, share};
pub use crate::frame::stream::meet::ask::{Hit, Met};
use crate::frame::stream::owners::{Crowd, Owners};
use crate::frame::summary::EventsSummary;
use crate::frame::types::{FrameError, Problems};
use crate::model::Checked;
use crate::model::checked::{Events, Schedule};

/// What is known of an event list beforehand.
pub struct Meeting<'a> {
    checked: &'a Checked,
    reader: Reader<'a>,
    list: &'a List,
    design: &'a Design,
    opened: &'a Opened,
    source: usize,
    events: &'a Events,
    zone: TimeZone,
    /// When events count.
    period: (Timestamp, Timestamp),
    used: BTreeSet<usize>,
    happened: Happened,
    owners: Owners,
}

/// What was found while events met people for the first time.
#[derive(Default)]
struct Review {
    keys: Keys,
    bad_rows: u64,
    bad_cells: u64,
    faults: Faults,
}

/// Some days with all that rows share on them.
struct Pass<'a> {
    first: &'a First,
    days: (Date, Date),
    /// Moments that may lie on these days, whatever the time zone.
    near: RangeInclusive<Timestamp>,
    /// Rows of events whose key an earlier one has.
    again: &'a Bits,
    /// Takes what is found of all rows, whatever their days.
    review: Option<&'a Mutex<Review>>,
}

impl<'a> Meeting<'a> {
    /// Reads the events of a source until a moment, and their people; `whole` tells that people are filled in.
    pub fn new(
        (checked, folder, schedule): (&'a Checked, &Path, &Schedule),
        (reader, list): (Reader<'a>, &'a List),
        (design, opened): (&'a Design, &'a Opened),
        (source, until): (usize, Timestamp),
        whole: bool,
    ) -> Result<Self, FrameError> {
        let Some(events) = checked.events.get(source) else {
            return Err(FrameError::spec("the schedule refers to events that are not declared"));
        };
        let zone = TimeZone::get(&checked.campaign.timezone).unwrap_or(TimeZone::UTC);
        let period = (instant_of(&zone, schedule.open)?, until);
        let happened = Happened::read(events, folder, &zone, period)?;
        let used = used_fields(checked);
        let owners = Owners::read(reader, list, (&opened.first, &happened), &used, whole)?;
        Ok(Self {
            checked,
            reader,
            list,
            design,
            opened,
            source,
            events,
            zone,
            period,
            used,
            happened,
            owners,
        })
    }

    /// Hands every event of the period of somebody eligible over, in no order; `each` adds to what `start` makes.
    pub fn each<T: Send>(
        self,
        start: impl Fn() -> T + Sync + Send,
        each: impl Fn(&mut T, &Met) + Sync + Send,
        join: impl Fn(T, T) -> T + Sync + Send,
    ) -> Result<(T, EventsSummary, Problems), FrameError> {
        let mut all = start();
        let mut again = Bits::default();
        let mut review = None;
        for days in self.periods() {
            let own;
            let first = if days.0 == days.1 {
                let exclusion = Strata::exclusion(&self.opened.exclude, days.0);
                own = first(self.checked, self.reader, self.list, &exclusion, &Bits::default())?;
                &own
            } else {
                &self.opened.first
            };
            // What is wrong with rows is found once; where keys come twice, it is known afterwards which rows count.
            let near = near(days);
            let mut found = None;
            while review.is_none() {
                let now = Mutex::new(Review::default());
                let pass = Pass { first, days, near: near.clone(), again: &again, review: Some(&now) };
                let met = self.pass(&pass, (&start, &each, &join))?;
                let now = now.into_inner().unwrap_or_else(PoisonError::into_inner);
                let repeated = now.keys.repeated()?;
                if repeated.is_empty() || !again.is_empty() {
                    (found, review) = (Some(met), Some(now));
                } else {
                    again = repeated;
                }
            }
            let met = match found {
                Some(met) => met,
                None => {
                    let pass = Pass { first, days, near, again: &again, review: None };
                    self.pass(&pass, (&start, &each, &join))?
                }
            };
            all = join(all, met);
        }
        let Review { bad_rows, bad_cells, mut faults, .. } = review.unwrap_or_default();
        let summary = EventsSummary {
            name: self.events.name.clone(),
            rows: self.happened.rows,
            bad_rows: bad_rows + self.happened.faults.count,
            bad_cells,
        };
        faults.append(self.happened.faults);
        let mut problems = faults.finish(&self.events.source);
        problems.notes = self.happened.notes;
        Ok((all, summary, problems))
    }

    /// Returns periods over which addresses and cuts are the same: a single day stands for itself.
    fn periods(&self) -> Vec<(Date, Date)> {
        let ranked = !tops(of_strata(self.checked)).is_empty();
        let shared = self.reader.frame.once_per.is_some() || ranked;
        if shared && has_windows(&self.opened.exclude) && !self.happened.days.is_empty() {
            return self.happened.days.iter().map(|day| (*day, *day)).collect();
        }
        vec![(Date::MIN, Date::MAX)]
    }

    fn pass<T: Send>(
        &self,
        pass: &Pass,
        (start, each, join): (
            &(impl Fn() -> T + Sync + Send),
            &(impl Fn(&mut T, &Met) + Sync + Send),
            &(impl Fn(T, T) -> T + Sync + Send),
        ),
    ) -> Result<T, FrameError> {
        let part = |mut sum: T, part: usize| {
            self.part(pass, part, &mut |met| each(&mut sum, met))?;
            Ok(sum)
        };
        (0..PARTS).into_par_iter().try_fold(start, part).try_reduce(start, |a, b| Ok(join(a, b)))
    }

    fn part(&self, pass: &Pass, part: usize, each: &mut dyn FnMut(&Met)) -> Result<(), FrameError> {
        if self.happened.parts.size(part) == 0 {
            return Ok(());
        }
        let of = self.owners.shares(part);
        for index in 0..of {
            let own = |one: &Happening| of == 1 || share(spread(one.person.as_bytes()), of) == index;
            let bytes = self.owners.share(part, (index, of))?;
            // Once rows are reviewed, only those are looked at to whom something happened on these days.
            let mut wanted = HashSet::new();
            if pass.review.is_none() {
                self.happened.parts.each(part, |piece| {
                    let now = happenings(piece).filter(|one| own(one) && self.day(pass, one).is_some());
                    wanted.extend(now.map(|one| spread(one.person.as_bytes())));
                })?;
            }
            let wants = |key: &str| pass.review.is_some() || wanted.contains(&spread(key.as_bytes()));
            let crowd = Crowd::new(&bytes, self.reader, &self.used, wants);
            let mut result = Ok(());
            self.happened.parts.each(part, |piece| {
                let mut review = Review::default();
                let mut seen = Vec::new();
                for one in happenings(piece).filter(own) {
                    let day = self.day(pass, &one);
                    if day.is_none() && pass.review.is_none() {
                        continue;
                    }
                    let Some(row) = self.row(pass, &crowd, &one, (&mut review, &mut seen)) else { continue };
                    let values = self.values(&one, &mut review);
                    if let Some((at, day)) = day {
                        self.ask(pass, &crowd, (&one, row, &values), (at, day), each);
                    }
                }
                if let (Ok(()), Some(all)) = (&result, pass.review) {
                    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                    result = seen.iter().try_for_each(|(print, record)| all.keys.push(*print, *record));
                    all.bad_rows += review.bad_rows;
                    all.bad_cells += review.bad_cells;
                    all.faults.append(review.faults);
                }
            })?;
            result?;
        }
        Ok(())
    }

    /// Returns when an event happened that counts in the pass.
    fn day(&self, pass: &Pass, one: &Happening) -> Option<(Timestamp, Date)> {
        let (open, until) = self.period;
        let at = one.at.filter(|at| open <= *at && *at <= until && pass.near.contains(at))?;
        let day = Zoned::new(at, self.zone.clone()).date();
        (pass.days.0 <= day && day <= pass.days.1).then_some((at, day))
    }

    /// Returns where the person of an event that can be used stands in the crowd.
    fn row(
        &self,
        pass: &Pass,
        crowd: &Crowd,
        one: &Happening,
        (review, seen): (&mut Review, &mut Vec<(u128, u64)>),
    ) -> Option<usize> {
        let events = self.events;
        let row = crowd.rows.get(one.person).copied();
        let (column, message) = if row.is_none() {
            (&events.person, format!("no usable row of `{}` has this key", self.reader.frame.source))
        } else if one.at.is_none() {
            (&events.at, "not a moment as YYYY-MM-DD HH:MM or RFC 3339".to_owned())
        } else {
            if pass.review.is_some() {
                seen.push((Seeded::new(0).person(one.key).identity, u64::from(one.record)));
            }
            if !pass.again.has(u64::from(one.record)) {
                return row;
            }
            (&events.key, "the key stands in an earlier row too".to_owned())
        };
        review.bad_rows += 1;
        let fault = || (column.clone(), format!("{message}; the event is left out"));
        review.faults.push((one.record, 0), one.line, fault);
        None
    }
}

/// Returns moments that lie on some days in one time zone or another.
fn near((first, last): (Date, Date)) -> RangeInclusive<Timestamp> {
    let moment = |day: Result<Date, jiff::Error>| Some(day.ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp());
    let from = moment(first.checked_sub(2.days())).unwrap_or(Timestamp::MIN);
    from..=moment(last.checked_add(3.days())).unwrap_or(Timestamp::MAX)
}
