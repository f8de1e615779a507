//! What happens next in simulated time.
//!
//! Acts are ordered by moment, then person, then invitation, so that two acts of
//! the same second come in the same order in every run.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::{SignedDuration, Timestamp};

/// An act to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Act {
    /// When.
    pub at: Timestamp,
    /// Position of the person in the population.
    pub person: usize,
    /// Position of the invitation among the person's.
    pub visit: usize,
}

/// Acts to come, the earliest first.
#[derive(Debug, Default)]
pub struct Agenda(BinaryHeap<Reverse<Act>>);

impl Agenda {
    /// Puts down an act so many seconds from a moment; one beyond the end of time is dropped.
    pub fn add(&mut self, from: Timestamp, seconds: i64, person: usize, visit: usize) {
        if let Ok(at) = from.checked_add(SignedDuration::from_secs(seconds)) {
            self.0.push(Reverse(Act { at, person, visit }));
        }
    }

    /// Returns the moment of the next act.
    #[must_use]
    pub fn next_at(&self) -> Option<Timestamp> {
        self.0.peek().map(|Reverse(act)| act.at)
    }

    /// Takes the next act that is due at `now`.
    pub fn take_due(&mut self, now: Timestamp) -> Option<Act> {
        if self.next_at()? > now {
            return None;
        }
        self.0.pop().map(|Reverse(act)| act)
    }
}
