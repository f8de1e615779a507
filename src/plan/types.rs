//! The plan as a value: complete, serialised, hashed, without personal data.
//!
//! Dispatch reads only this. It holds rules, counts and digests, never keys or
//! names. Maps and lists are ordered, so that the same input gives the same bytes.

use serde::{Deserialize, Serialize};

use crate::frame::margins::MarginCount;
use crate::frame::{ClusterCount, Contacts, Waiting, WaveBefore};
use crate::model::checked::{ContactKind, LinkMode, PrivacyMode, StepKind, Text};
use crate::plan::cost::Cost;
use crate::plan::precision::Precision;

/// The version of the plan's form.
pub const PLAN_VERSION: u32 = 1;

/// An execution plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Version of this form.
    pub version: u32,
    /// SHA-256 over what the campaign is (LANGUAGE “Plan identity”), hexadecimal.
    pub hash: String,
    /// Name of the campaign.
    pub campaign: String,
    /// Title.
    pub title: Text,
    /// Languages, the default first.
    pub languages: Vec<String>,
    /// IANA time zone.
    pub timezone: String,
    /// Owner's address.
    pub owner: Option<String>,
    /// Seed of the draws.
    pub seed: u64,
    /// Privacy mode.
    pub privacy: PrivacyMode,
    /// The list and who was left out of it.
    pub frame: PlanFrame,
    /// Strata in order.
    pub strata: Vec<PlanStratum>,
    /// How many rows matched two strata (the earlier takes the person).
    pub overlaps: Vec<Overlap>,
    /// Eligible rows that no stratum takes.
    pub unmatched: u64,
    /// What is asked, in figures.
    pub questionnaire: PlanQuestionnaire,
    /// When.
    pub schedule: PlanSchedule,
    /// How.
    pub channels: Vec<PlanChannel>,
    /// Steps in order.
    pub steps: Vec<PlanStep>,
    /// What may be expected.
    pub expected: Expected,
    /// What the reviewer should know, in words.
    pub warnings: Vec<Text>,
    /// What can be told with that; absent in plans that were made before it was worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// Completes that are wanted at most of some people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<PlanQuota>,
    /// People of the list by the values that weights are made to agree with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub margins: Vec<MarginCount>,
    /// What the messages cost; absent where none is charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// What the wave before told of scores: what sizes and powers were reckoned with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<WaveBefore>,
}

/// Counts over the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanFrame {
    /// Path or table.
    pub source: String,
    /// Rows read.
    pub rows: u64,
    /// Rows that could not be used (empty or repeated key, wrong number of columns).
    pub bad_rows: u64,
    /// Cells that could not be read and count as missing.
    pub bad_cells: u64,
    /// Excluded per reason.
    pub excluded: Vec<Count>,
    /// Left out because another person has the same address.
    pub once: u64,
    /// What is left: the population.
    pub eligible: u64,
    /// How long people rest after an invitation of whatever campaign of the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<PlanRest>,
    /// Whole clusters are drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<PlanCluster>,
    /// Column names that dispatch needs: key and contact columns.
    pub columns: Columns,
}

/// Whole clusters are drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanCluster {
    /// Column whose equal texts belong together.
    pub column: String,
    /// Correlation within clusters that margins are reckoned with.
    pub correlation: f64,
    /// The spec does not state it.
    pub supposed: bool,
    /// People without a value: each is a cluster.
    pub alone: u64,
    /// Clusters with people in several cells.
    pub spanning: u64,
}

/// How long people rest after an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRest {
    /// Days.
    pub days: u32,
    /// Who rests is invited when the rest ends, if that is before close; else left out.
    pub delay: bool,
}

/// Which columns hold what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// Key.
    pub key: String,
    /// E-mail.
    pub email: Option<String>,
    /// Mobile.
    pub mobile: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// Time zone.
    pub timezone: Option<String>,
}

/// A count with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Reason.
    pub label: Text,
    /// How many.
    pub count: u64,
}

/// A stratum in the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanStratum {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// The sample clause, in words (`all`, `10% daily`, `500 completes expecting 25% response`).
    pub sample: Text,
    /// How people come in.
    pub entry: Entry,
    /// How the draw lies beside those of earlier campaigns.
    #[serde(default, skip_serializing_if = "PlanDraw::is_plain")]
    pub draw: PlanDraw,
    /// One cell per sub-stratum, or a single one for the stratum itself.
    pub cells: Vec<Cell>,
}

/// A draw beside those of earlier campaigns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanDraw {
    /// Random number from which on people are taken, at least 0 and below 1.
    pub start: f64,
    /// Takes the same people first as this campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// Takes the people last whom these campaigns take first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart_from: Vec<String>,
    /// Takes only people who answered in this campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel_of: Option<String>,
}

impl PlanDraw {
    /// Tells whether the draw looks at no earlier campaign.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// How people come into a stratum's sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Entry {
    /// Drawn at launch, all released at once.
    AtOnce,
    /// Drawn at launch, released in batches in draw order until each cell has its completes.
    Completes {
        /// Expected response rate.
        response: f64,
    },
    /// Each arrival whose random number is below the share.
    Daily {
        /// Share.
        share: f64,
    },
    /// One invitation per event of this source (name), each event whose random number is below the share.
    Events {
        /// Share; 1 for all.
        share: f64,
    },
}

/// A cell of the design: a stratum or one of its parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Position among all cells of the plan, from 0; the store refers to it.
    pub index: u32,
    /// `stratum` or `stratum.part`.
    pub name: String,
    /// Title.
    pub title: Text,
    /// `N_h`: eligible people; for daily and event entry those known now.
    pub population: u64,
    /// Not drawn because at rest, suppressed or without an address, per reason.
    pub unavailable: Vec<Count>,
    /// By which contacts those who may be invited can be reached; absent where nobody may, and in plans that were made
    /// before it was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Contacts>,
    /// People in draw order that may be invited (for `completes`: all who may be released).
    pub drawn: u64,
    /// Clusters, where whole clusters are drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clusters: Option<CellClusters>,
    /// Who of them rests at open and is invited when the rest ends; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// Invitations expected to be sent.
    pub invitations: u64,
    /// Completes wanted, for `completes` entry.
    pub wanted: Option<u64>,
    /// Completes expected.
    pub completes: f64,
    /// `N_h` over invitations, both in clusters where whole clusters are drawn; `null` while unknown.
    pub base_weight: Option<f64>,
    /// Half-width of a 95 % interval for a share of one half, with finite population correction, as a share.
    pub margin: Option<f64>,
    /// SHA-256 over the drawn keys in draw order, each followed by a newline, hexadecimal; none for daily and event entry.
    pub digest: Option<String>,
}

/// Clusters of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CellClusters {
    /// In figures.
    pub count: ClusterCount,
    /// Design effect: by how much the clusters raise variances over those of as many people drawn singly.
    pub effect: f64,
}

impl Cell {
    /// Returns by how much clusters raise variances, with finite population correction or without.
    ///
    /// With it the design effect D is of the first stage alone, those of the clusters' people who answer being the second
    /// (Särndal, Swensson & Wretman 1992, eq. 4.3.21): with f the share of clusters drawn and r that of people who answer
    /// `(1 − f) D + f (1 − r)` in place of the `1 − f r` of people drawn singly.
    #[must_use]
    pub fn effect(&self, finite: bool) -> f64 {
        let Some(clusters) = &self.clusters else { return 1.0 };
        if !finite {
            return clusters.effect;
        }
        let share = |a: f64, b: f64| if b > 0.0 { (a / b).min(1.0) } else { 0.0 };
        let drawn = share(clusters.count.drawn as f64, clusters.count.population as f64);
        let silent = 1.0 - drawn * share(self.completes, self.invitations as f64);
        if silent > 0.0 { 1.0 + (clusters.effect - 1.0) * (1.0 - drawn) / silent } else { 1.0 }
    }
}

/// Two strata that match the same rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    /// The earlier stratum, which takes the person.
    pub takes: String,
    /// The later one.
    pub also: String,
    /// Rows.
    pub count: u64,
}

/// The questionnaire in figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanQuestionnaire {
    /// Questions.
    pub questions: u64,
    /// Answerable items.
    pub items: u64,
    /// Questions on the shortest and the longest path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paths: Option<PathCounts>,
    /// Estimated minutes, per language.
    pub minutes: Vec<Minutes>,
}

/// How many questions are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathCounts {
    /// On the shortest path.
    pub least: u64,
    /// On the longest path.
    pub most: u64,
    /// Both are reached; else the shortest may be longer and the longest shorter.
    pub exact: bool,
}

/// Estimated time to answer in one language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Minutes {
    /// Language.
    pub language: String,
    /// Shortest path.
    pub shortest: f64,
    /// Half of the respondents take less; absent in plans that were made before it was worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median: Option<f64>,
    /// Longest path.
    pub longest: f64,
}

/// When messages may go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSchedule {
    /// First moment: RFC 3339 with offset.
    pub open: String,
    /// Last moment for answers: RFC 3339 with offset.
    pub close: String,
    /// Hours of sending in the recipient's time zone, `HH:MM`, the end not included.
    pub hours: Option<(String, String)>,
    /// Only on workdays.
    pub workdays: bool,
    /// Days off within the period, `YYYY-MM-DD`.
    pub days_off: Vec<String>,
    /// Worked weekend days within the period, `YYYY-MM-DD`.
    pub days_on: Vec<String>,
}

/// A channel with all that sending needs but addresses of machines and secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanChannel {
    /// Name.
    pub name: String,
    /// Kind and its settings.
    #[serde(flatten)]
    pub kind: PlanChannelKind,
    /// Messages per minute, at most.
    pub rate_per_minute: Option<f64>,
}

/// Kinds of channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum PlanChannelKind {
    /// E-mail.
    Email {
        /// Sender's name.
        from_name: Text,
        /// Sender's address.
        from_address: String,
        /// Subject template.
        subject: Text,
        /// HTML body template of one's own; absent for the built-in one.
        body: Option<String>,
        /// Buttons of the first question in the message.
        one_tap: Option<OneTap>,
    },
    /// Short message.
    Sms {
        /// Signature.
        signature: Text,
        /// Text template.
        body: Text,
        /// What the link is.
        link: LinkMode,
    },
    /// Interviewers call from a list.
    Phone {
        /// Script.
        script: Text,
    },
}

impl PlanChannelKind {
    /// Returns which contact the channel needs.
    #[must_use]
    pub fn contact(&self) -> ContactKind {
        match self {
            Self::Email { .. } => ContactKind::Email,
            Self::Sms { .. } | Self::Phone { .. } => ContactKind::Mobile,
        }
    }
}

/// A question whose codes stand as buttons in the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTap {
    /// Item.
    pub item: String,
    /// Wording.
    pub text: Text,
    /// Codes with labels.
    pub codes: Vec<(i64, Text)>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanStep {
    /// `invite`, `remind_1`, …
    pub name: String,
    /// What it is.
    pub kind: StepKind,
    /// Channel names: the first, then those to fall back to.
    pub via: Vec<String>,
    /// When.
    pub timing: PlanTiming,
    /// Only for these strata (names); everybody when empty.
    pub strata: Vec<String>,
    /// Messages expected.
    pub messages: u64,
    /// The messages by the channel that is tried first, in the order of `via`, as the contacts of the list tell; what does
    /// not arrive may be sent once more through the next one. Absent where the list was not counted for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<u64>,
    /// When the first one leaves at the earliest: RFC 3339.
    pub first: Option<String>,
    /// When the last one to somebody drawn at launch has left, where later ones follow arrivals or events: RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch_last: Option<String>,
    /// When the last one of those known now has left at the given rate: RFC 3339.
    pub last: Option<String>,
}

/// When a step is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum PlanTiming {
    /// When the person is released.
    AtRelease,
    /// Days after the invitation was sent.
    AfterInvite {
        /// Days.
        days: u32,
    },
    /// Hours after an event.
    AfterEvent {
        /// Name of the source.
        events: String,
        /// Path of the source, relative to the spec's folder.
        source: String,
        /// Column of the event's key.
        key: String,
        /// Column of the person's key.
        person: String,
        /// Column of the moment.
        at: String,
        /// Hours after the event.
        hours: u32,
        /// Latest, in hours after the event.
        within_hours: u32,
    },
}

/// A quota in the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanQuota {
    /// Name.
    pub name: String,
    /// Completes at most.
    pub number: u64,
    /// People who count for it among those who can be drawn at launch; absent where answers decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u64>,
    /// Completes expected without the quota; where answers decide, all there are.
    pub completes: f64,
}

/// What may be expected of the whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// Invitations.
    pub invitations: u64,
    /// Messages of all steps.
    pub messages: u64,
    /// Completes.
    pub completes: f64,
    /// Half-width of a 95 % interval for a share of one half over all strata, as a share.
    pub margin: Option<f64>,
}
