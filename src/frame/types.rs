//! What the room gives to others.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::frame::summary::FrameSummary;
use crate::frame::waves::Waves;

/// What the store knows about people before the draw; empty where there is no store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// Keys of people who were invited so recently that they rest.
    pub at_rest: BTreeSet<String>,
    /// Until when people rest who may wait (`rest … delay`), by key; `None` where that is not known, or nobody waits for it.
    pub waiting: Option<BTreeMap<String, Timestamp>>,
    /// Suppressed addresses: e-mail addresses in lower case, mobile numbers as digits and `+` alone.
    pub suppressed: BTreeSet<String>,
    /// What earlier campaigns tell.
    pub waves: Waves,
}

/// A person who may be invited.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Key, as stored in the list.
    pub key: String,
    /// Permanent random number, at least 0 and below 1; that of the cluster where whole clusters are drawn.
    pub u: f64,
    /// Index of the plan's cell.
    pub cell: u32,
    /// Position in the draw order of its cell, from 0.
    pub position: u64,
    /// Where whole clusters are drawn: the place of its cluster in the draw order of the cell, from 0.
    pub cluster: Option<u64>,
    /// Language of messages and form: one of the campaign's.
    pub language: String,
    /// IANA time zone, where the list has a known one.
    pub timezone: Option<String>,
    /// Name to greet with.
    pub name: Option<String>,
    /// Usable, unsuppressed e-mail address.
    pub email: Option<String>,
    /// Usable, unsuppressed mobile number.
    pub mobile: Option<String>,
    /// Declared fields as text, by name; cells that are empty or can't be read are left out.
    pub fields: BTreeMap<String, String>,
}

/// Something in a list that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// File, as the spec names it.
    pub file: String,
    /// Line of the file on which the row begins; the header is line 1, and 0 stands for a whole column of a database.
    pub row: u64,
    /// Column; empty when the whole row is meant.
    pub column: String,
    /// What is wrong, without the cell's text.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            // Rows of a database have no line.
            0 => write!(f, "{}: ", self.file)?,
            row => write!(f, "{}:{row}: ", self.file)?,
        }
        if !self.column.is_empty() {
            write!(f, "column `{}`: ", self.column)?;
        }
        f.write_str(&self.message)
    }
}

/// The first problems and the number of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// The first [`Problems::KEPT`], in the order of the file.
    pub first: Vec<Problem>,
    /// How many there are.
    pub count: u64,
    /// What had to be done to read the lists at all, such as “is not UTF-8 and was read as GB18030”.
    pub notes: Vec<String>,
}

impl Problems {
    /// How many are kept in full.
    pub const KEPT: usize = 1000;

    /// Adds all of another list.
    pub fn append(&mut self, other: Self) {
        let shown = other.first.len() as u64;
        other.first.into_iter().for_each(|p| self.push(p));
        self.count += other.count - shown;
        self.notes.extend(other.notes);
    }

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.count += 1;
        if self.first.len() < Self::KEPT {
            self.first.push(problem);
        }
    }
}

/// What reading the list gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Counts and digests.
    pub summary: FrameSummary,
    /// The drawn people of all cells that are entered at launch, by cell and position.
    pub drawn: Vec<Person>,
    /// What could not be used.
    pub problems: Problems,
}

/// A person whom a daily stratum takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// Who; `cell` is the stratum's, `position` counts the drawn ones of this call per cell.
    pub person: Person,
    /// First day on which it was in the list and the predicate held.
    pub day: Date,
    /// Whether its random number is below the share and it can be invited.
    pub drawn: bool,
}

/// An event that an event stratum takes.
#[derive(Debug, Clone, PartialEq)]
pub struct EventArrival {
    /// Key of the event.
    pub event: String,
    /// When it happened.
    pub at: Timestamp,
    /// Whose it is; `u` is the event's random number, `position` counts the drawn ones of this call per cell.
    pub person: Person,
    /// Whether its random number is below the share and the person can be invited.
    pub drawn: bool,
}

/// Why the list gives no draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameError {
    /// The list can't be read: file, encoding, columns.
    List(Vec<String>),
    /// The spec asks for what the list does not hold.
    Spec(Vec<String>),
}

impl FrameError {
    /// Makes an error of the list.
    #[must_use]
    pub fn list(message: impl Into<String>) -> Self {
        Self::List(vec![message.into()])
    }

    /// Makes an error of the spec.
    #[must_use]
    pub fn spec(message: impl Into<String>) -> Self {
        Self::Spec(vec![message.into()])
    }

    /// Returns the messages.
    #[must_use]
    pub fn messages(&self) -> &[String] {
        match self {
            Self::List(messages) | Self::Spec(messages) => messages,
        }
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.messages().join("\n"))
    }
}

impl std::error::Error for FrameError {}
