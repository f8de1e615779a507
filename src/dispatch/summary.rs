//! What a turn came to.

use std::fmt;

use jiff::Timestamp;

use crate::store::StoreError;

/// What one turn did and left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TurnSummary {
    /// Taken by a server.
    pub sent: u64,
    /// Handed over to interviewers.
    pub listed: u64,
    /// Refused for good, not to be rendered, or too late after tries.
    pub failed: u64,
    /// Perhaps delivered.
    pub unknown: u64,
    /// To be tried again, or on another channel.
    pub retried: u64,
    /// Due, but their channel is out of order.
    pub held: u64,
    /// No longer needed or too late.
    pub ended: u64,
    /// Left by a crash, now unknown.
    pub recovered: u64,
    /// When something is due again.
    pub next_due: Option<Timestamp>,
    /// What is out of order, in words.
    pub trouble: Vec<String>,
}

impl TurnSummary {
    /// Notes a moment at which something is due again; the earliest counts.
    pub fn come_again(&mut self, at: Option<Timestamp>) {
        self.next_due = match (self.next_due, at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }

    /// Adds another turn's figures; its next moment replaces this one's.
    pub fn add(&mut self, later: Self) {
        self.sent += later.sent;
        self.listed += later.listed;
        self.failed += later.failed;
        self.unknown += later.unknown;
        self.retried += later.retried;
        self.held = later.held;
        self.ended += later.ended;
        self.recovered += later.recovered;
        self.next_due = later.next_due;
        self.trouble = later.trouble;
    }
}

/// Why a turn could not be done.
#[derive(Debug)]
pub enum DispatchError {
    /// The store.
    Store(StoreError),
    /// The launched plan can't be carried out.
    Plan(String),
    /// The call list.
    Calls(String),
}

impl fmt::Display for DispatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(e) => e.fmt(f),
            Self::Plan(e) => write!(f, "the plan can't be carried out: {e}"),
            Self::Calls(e) => f.write_str(e),
        }
    }
}

impl std::error::Error for DispatchError {}

impl From<StoreError> for DispatchError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
