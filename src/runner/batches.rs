//! Releasing people: all at once, on arrival, or in batches until enough have answered.
//!
//! A batch of a `completes` cell is as large as what is still wanted, divided by the
//! response that may be expected. The next one follows when the last one has had its
//! full follow-up, and only while a full follow-up still fits before close. With `rest … delay`, who rests is released for
//! the moment at which the rest ends.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rayon::prelude::*;

use crate::dispatch::message::{Site, Templates};
use crate::dispatch::{Progress, Releasing, release_of};
use crate::plan::types::{Cell, Entry, Plan, PlanTiming};
use crate::runner::error::RunError;
use crate::store::{CellCount, ContactHistory, Invitation, Release, Store};

/// After the last reminder, people get so long before the next batch is thought of.
const GRACE: SignedDuration = SignedDuration::from_hours(48);
/// People released in one transaction.
const CHUNK: u64 = 2000;

/// What releasing works with.
#[derive(Clone, Copy)]
pub(super) struct Releaser<'a> {
    pub(super) plan: &'a Plan,
    pub(super) store: &'a Store,
    pub(super) templates: &'a Templates,
    pub(super) site: Site<'a>,
    pub(super) now: Timestamp,
    /// Start of the present day in the campaign's time zone.
    pub(super) today: Timestamp,
    pub(super) open: Timestamp,
    pub(super) close: Timestamp,
    /// Days for which people rest after an invitation, where they wait instead of being left out.
    pub(super) waits: Option<u32>,
}

/// Returns the end of a rest.
pub(super) fn rested(from: Timestamp, days: u32) -> Timestamp {
    from.saturating_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(from)
}

/// Rounds up to a whole minute, so that people whose rests end together are released together.
fn whole_minute(at: Timestamp) -> Timestamp {
    let minutes = at.as_second().div_euclid(60) + 1;
    Timestamp::from_second(minutes.saturating_mul(60)).unwrap_or(at)
}

impl Releaser<'_> {
    /// Releases who may be released now; returns when to look again.
    pub(super) async fn release(&self, progress: &dyn Progress) -> Result<Option<Timestamp>, RunError> {
        let counts = self.store.cell_counts(&self.plan.campaign).await?;
        if counts.iter().all(|c| c.drawn == c.released) {
            return Ok(None);
        }
        let history = self.store.history("", self.now, 0).await?;
        let mut resting = match self.waits {
            Some(days) => self.store.rest_ends("", self.now, days).await?,
            None => BTreeMap::new(),
        };
        let mut again = None;
        for stratum in &self.plan.strata {
            for cell in &stratum.cells {
                let count = counts.iter().find(|c| c.cell == cell.index);
                let waiting = count.map_or(0, |c| c.drawn - c.released);
                match stratum.entry {
                    Entry::AtOnce | Entry::Events { .. } => {
                        self.let_go(cell, waiting, self.now, (&history, &mut resting), progress).await?;
                    }
                    // An arrival is due from the start of its day; the hours of sending do the rest.
                    Entry::Daily { .. } => {
                        let due = self.today.max(self.open).min(self.now);
                        self.let_go(cell, waiting, due, (&history, &mut resting), progress).await?;
                    }
                    Entry::Completes { response } => {
                        let (batch, next) = self.batch(cell, count, response);
                        self.let_go(cell, batch.min(waiting), self.now, (&history, &mut resting), progress)
                            .await?;
                        // With nobody left to release, there is nothing to look for.
                        let next = if batch > 0 { Some(self.now + self.follow_up(cell)) } else { next };
                        again = earliest(again, next.filter(|_| waiting > batch));
                    }
                }
            }
        }
        Ok(again)
    }

    /// Returns how many of a `completes` cell go next, or when to ask again.
    fn batch(&self, cell: &Cell, count: Option<&CellCount>, response: f64) -> (u64, Option<Timestamp>) {
        let wanted = cell.wanted.unwrap_or(0);
        let Some(count) = count.filter(|c| c.released > 0) else {
            return (people_for(wanted, response), None);
        };
        if count.completed >= wanted {
            return (0, None);
        }
        let judged = count.last_release.unwrap_or(self.now) + self.follow_up(cell);
        if self.now < judged {
            return (0, Some(judged));
        }
        if self.now + self.longest_wait(cell) >= self.close {
            return (0, None);
        }
        // Trusts what was seen, but a handful of answers must not empty the whole cell at once.
        let seen = count.completed as f64 / count.released as f64;
        (people_for(wanted - count.completed, seen.max(response / 2.0)), None)
    }

    /// From a release until the batch can be judged.
    fn follow_up(&self, cell: &Cell) -> SignedDuration {
        self.longest_wait(cell) + GRACE
    }

    /// From a release until its last reminder.
    fn longest_wait(&self, cell: &Cell) -> SignedDuration {
        let stratum = self.plan.strata.iter().find(|s| s.cells.iter().any(|c| c.index == cell.index));
        let name = stratum.map_or("", |s| s.name.as_str());
        let steps = self.plan.steps.iter();
        let days =
            steps.filter(|s| s.strata.is_empty() || s.strata.iter().any(|n| n == name)).map(|s| {
                match s.timing {
                    PlanTiming::AfterInvite { days } => i64::from(days),
                    _ => 0,
                }
            });
        SignedDuration::from_hours(24 * days.max().unwrap_or(0))
    }

    /// Returns when a person may be invited: at once, or when its rest ends.
    fn due_of(
        &self,
        person: &Invitation,
        due: Timestamp,
        resting: &mut BTreeMap<String, Timestamp>,
    ) -> Timestamp {
        let Some(days) = self.waits else { return due };
        let due = resting.get(&person.key).map_or(due, |end| due.max(whole_minute(*end)));
        // The next occasion of the same person waits for this one's rest.
        resting.insert(person.key.clone(), rested(due, days));
        due
    }

    async fn let_go(
        &self,
        cell: &Cell,
        mut people: u64,
        due: Timestamp,
        (history, resting): (&ContactHistory, &mut BTreeMap<String, Timestamp>),
        progress: &dyn Progress,
    ) -> Result<(), RunError> {
        if people == 0 {
            return Ok(());
        }
        progress.begin("preparing", people);
        while people > 0 {
            let chunk = self.store.unreleased(&self.plan.campaign, cell.index, people.min(CHUNK)).await?;
            if chunk.is_empty() {
                break;
            }
            let releasing = Releasing {
                plan: self.plan,
                templates: self.templates,
                site: self.site,
                secret: self.store.secret()?,
                history,
                now: due,
            };
            let mut by_due: BTreeMap<Timestamp, Vec<&Invitation>> = BTreeMap::new();
            for person in &chunk {
                by_due.entry(self.due_of(person, due, resting)).or_default().push(person);
            }
            for (due, persons) in by_due {
                let releasing = Releasing { now: due, ..releasing };
                let releases: Vec<Release> = persons.par_iter().map(|p| release_of(releasing, p)).collect();
                self.store.release(&self.plan.campaign, due, &releases).await?;
            }
            people = people.saturating_sub(chunk.len() as u64);
            progress.advance(chunk.len() as u64);
        }
        progress.finish();
        Ok(())
    }
}

/// Returns how many people must be asked for so many answers.
fn people_for(answers: u64, response: f64) -> u64 {
    if response <= 0.0 || !response.is_finite() {
        return answers;
    }
    let people = (answers as f64 / response.min(1.0)).ceil().min(1e15);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1e15")]
    let people = people as u64;
    people
}

pub(super) fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
