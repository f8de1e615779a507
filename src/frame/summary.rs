//! What is known of a list without its rows: enough to plan where the list is not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::frame::allocate::CellCount;
use crate::frame::design::Unavailable;
use crate::frame::margins::MarginCount;
use crate::frame::table::Contact;
use crate::frame::waits::Waiting;
use crate::frame::waves::WaveBefore;
use crate::model::checked::ContactKind;

/// The version of the summary's form.
pub const SUMMARY_VERSION: u32 = 1;

/// Counts and digests of a list; no rows, no keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameSummary {
    /// Version of this form.
    pub version: u32,
    /// SHA-256 of the clauses that it was counted for.
    pub clauses: String,
    /// Seed of the draw.
    pub seed: u64,
    /// Rows read.
    pub rows: u64,
    /// Rows that could not be used.
    pub bad_rows: u64,
    /// Cells that count as missing.
    pub bad_cells: u64,
    /// Excluded, per reason of the frame.
    pub excluded: Vec<u64>,
    /// Left out because another person has the same address.
    pub once: u64,
    /// The population.
    pub eligible: u64,
    /// Eligible rows (events, where all strata are for events) that no stratum takes.
    pub unmatched: u64,
    /// Rows that two strata match.
    pub overlaps: Vec<OverlapCount>,
    /// Per stratum: rows that none of its parts takes.
    pub unparted: Vec<u64>,
    /// Cells in the order of the plan.
    pub cells: Vec<CellSummary>,
    /// Event lists that trigger invitations.
    pub events: Vec<EventsSummary>,
    /// Quotas that the list alone decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<QuotaCount>,
    /// People by the values that weights are made to agree with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub margins: Vec<MarginCount>,
    /// Where the draws of coordinated strata start, by name, times 2^52.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub starts: BTreeMap<String, u64>,
    /// What is known of clusters, where whole clusters are drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clusters: Option<ClusterTotals>,
    /// What the wave before told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<WaveBefore>,
}

/// Clusters over all cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterTotals {
    /// People of the cells who belong to nobody else: each is a cluster.
    pub alone: u64,
    /// Clusters that have people in several cells: each part is a cluster of its own.
    pub spanning: u64,
}

/// Clusters of a cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterCount {
    /// `N_h`: clusters with somebody eligible.
    pub population: u64,
    /// Not drawn: nobody of them may be invited.
    pub unavailable: u64,
    /// Drawn.
    pub drawn: u64,
    /// Sum of the squares of the numbers of people who are invited from each of those.
    pub squares: u64,
}

impl ClusterCount {
    /// Adds others.
    pub fn add(&mut self, others: Self) {
        self.population += others.population;
        self.unavailable += others.unavailable;
        self.drawn += others.drawn;
        self.squares += others.squares;
    }
}

/// People who count for a quota, among those who can be drawn at launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaCount {
    /// Name.
    pub name: String,
    /// Per cell; fewer than 10 are written as none.
    pub cells: Vec<u64>,
}

/// Rows that two strata match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverlapCount {
    /// The earlier stratum, which takes the person.
    pub takes: String,
    /// The later one.
    pub also: String,
    /// Rows.
    pub count: u64,
}

/// A cell in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellSummary {
    /// `stratum` or `stratum.part`.
    pub name: String,
    /// Eligible people; for daily and event entry those that the list already shows within the period.
    pub population: u64,
    /// Not drawn: invited recently.
    pub at_rest: u64,
    /// Not drawn: all usable addresses are suppressed.
    pub suppressed: u64,
    /// Not drawn: no usable address.
    pub no_address: u64,
    /// By which contacts those who may be invited can be reached; absent in summaries that were made before it was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Contacts>,
    /// Drawn (for `completes`: all who may be released).
    pub drawn: u64,
    /// Clusters, where whole clusters are drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clusters: Option<ClusterCount>,
    /// Who of them rests at open and waits; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// First day (or moment, for events) on which one came; daily and event entry only.
    pub first: Option<String>,
    /// Last day or moment.
    pub last: Option<String>,
    /// SHA-256 of the drawn keys in draw order, each followed by a newline; at launch only.
    pub digest: Option<String>,
}

/// People by their usable contacts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// With both.
    pub both: u64,
    /// With an e-mail address alone.
    pub email: u64,
    /// With a mobile number alone.
    pub mobile: u64,
}

impl Contacts {
    /// Counts so many people with these contacts.
    pub fn count(&mut self, email: Contact, mobile: Contact, people: u64) {
        match (email == Contact::Usable, mobile == Contact::Usable) {
            (true, true) => self.both += people,
            (true, false) => self.email += people,
            (false, true) => self.mobile += people,
            (false, false) => {}
        }
    }

    /// Adds others.
    pub fn add(&mut self, others: Self) {
        self.both += others.both;
        self.email += others.email;
        self.mobile += others.mobile;
    }

    /// Returns how many have the contact that each channel of a row needs and none that an earlier one needs.
    #[must_use]
    pub fn by(&self, needs: &[ContactKind]) -> Vec<u64> {
        let first = |kind: ContactKind| match kind {
            ContactKind::Email => self.both + self.email,
            ContactKind::Mobile => self.both + self.mobile,
        };
        let alone = |kind: ContactKind| match kind {
            ContactKind::Email => self.email,
            ContactKind::Mobile => self.mobile,
        };
        let one = |(place, kind): (usize, &ContactKind)| match place {
            0 => first(*kind),
            _ if needs[..place].contains(kind) => 0,
            _ => alone(*kind),
        };
        needs.iter().enumerate().map(one).collect()
    }
}

impl CellSummary {
    /// Counts so many eligible people: why they can't be invited, else by which contacts they can.
    pub fn count(&mut self, obstacle: Option<Unavailable>, (email, mobile): (Contact, Contact), people: u64) {
        self.population += people;
        match obstacle {
            None => self.contacts.get_or_insert_default().count(email, mobile, people),
            Some(Unavailable::AtRest) => self.at_rest += people,
            Some(Unavailable::Suppressed) => self.suppressed += people,
            Some(Unavailable::NoAddress) => self.no_address += people,
        }
    }

    /// Returns what sizes are allocated from: people, or clusters where whole clusters are drawn.
    #[must_use]
    pub fn units(&self) -> CellCount {
        match self.clusters {
            Some(c) => {
                CellCount { population: c.population, available: c.population.saturating_sub(c.unavailable) }
            }
            None => CellCount { population: self.population, available: self.available() },
        }
    }

    /// Returns how many may be invited.
    #[must_use]
    pub fn available(&self) -> u64 {
        self.population.saturating_sub(self.at_rest + self.suppressed + self.no_address)
    }
}

/// An event list in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventsSummary {
    /// Name of the source.
    pub name: String,
    /// Rows read.
    pub rows: u64,
    /// Rows that could not be used.
    pub bad_rows: u64,
    /// Cells that count as missing.
    pub bad_cells: u64,
}
