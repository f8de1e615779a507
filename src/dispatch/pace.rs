//! Time while sending: a clock that runs, or one that jumps.
//!
//! On a running clock a channel with a rate waits for its next free moment, and a
//! backlog after an outage is no excuse to go faster. On a clock that jumps, the
//! same moments are computed instead of waited for: a message's time is the one at
//! which it would have left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use crate::clock::Clock;

/// How time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// The clock jumps between turns: everything that would have left until now leaves at once, at its own time.
    Jump,
    /// The clock runs: wait for free moments, for so long at most.
    Live {
        /// Longest turn; without it, the turn ends when nothing is due any more.
        at_most: Option<Duration>,
    },
}

const CATCH_UP: SignedDuration = SignedDuration::from_secs(1);

/// The time within one turn; it never goes backwards, whatever the clock does.
#[derive(Debug)]
pub(super) struct Timeline<'a> {
    clock: &'a dyn Clock,
    pace: Pace,
    began: Timestamp,
    instant: Instant,
}

impl std::fmt::Debug for dyn Clock + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

impl<'a> Timeline<'a> {
    pub(super) fn new(clock: &'a dyn Clock, pace: Pace) -> Self {
        Self { clock, pace, began: clock.now(), instant: Instant::now() }
    }

    pub(super) fn now(&self) -> Timestamp {
        match self.pace {
            Pace::Jump => self.began,
            Pace::Live { .. } => {
                let passed = SignedDuration::try_from(self.instant.elapsed()).unwrap_or(SignedDuration::ZERO);
                self.clock.now().max(self.began.saturating_add(passed).unwrap_or(self.began))
            }
        }
    }

    /// Returns the earliest moment at which something due since `due` may leave.
    ///
    /// On a running clock a channel may make up for a second, because no timer is exact; not for more, because a
    /// backlog is no excuse to go faster.
    pub(super) fn floor(&self, due: Timestamp, now: Timestamp) -> Timestamp {
        match self.pace {
            Pace::Jump => due,
            Pace::Live { .. } => due.max(now - CATCH_UP),
        }
    }

    /// Returns the moment that the ledger shows for a message that is sent in its slot.
    pub(super) fn stamp(&self, slot: Timestamp, now: Timestamp) -> Timestamp {
        match self.pace {
            Pace::Jump => slot,
            Pace::Live { .. } => slot.max(now),
        }
    }

    /// Returns for how long to wait for a moment; `None` when the turn ends before it.
    pub(super) fn wait_for(&self, at: Timestamp) -> Option<Duration> {
        let Pace::Live { at_most } = self.pace else { return None };
        let wait = Duration::try_from(at.duration_since(self.now())).unwrap_or(Duration::ZERO);
        let left = at_most.map(|most| most.saturating_sub(self.instant.elapsed()));
        left.is_none_or(|left| wait < left).then_some(wait)
    }

    /// Tells whether the turn has lasted long enough.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.pace, Pace::Live { at_most: Some(most) } if self.instant.elapsed() >= most)
    }
}

/// A wish to end: what is in flight is finished, nothing new begins.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<(AtomicBool, Notify)>);

impl Stop {
    /// Wishes the end.
    pub fn set(&self) {
        self.0.0.store(true, Ordering::SeqCst);
        self.0.1.notify_waiters();
    }

    /// Tells whether the end was wished.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.0.load(Ordering::SeqCst)
    }

    /// Sleeps, unless the end is wished.
    pub async fn sleep(&self, time: Duration) {
        let woken = self.0.1.notified();
        if self.is_set() {
            return;
        }
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(time) => {}
        }
    }
}
