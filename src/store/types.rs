//! What the store holds, as plain values.
//!
//! Identifying data (invitation, message) and answers (response) are apart; one
//! nullable column on the invitation's side links them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::expr::Value;

use super::named::Named;

/// A launched campaign, as it was reviewed.
#[derive(Debug, Clone, PartialEq)]
pub struct Launched {
    /// Name.
    pub campaign: String,
    /// The spec's files as launched, the spec first; analysed again by whoever needs the model.
    pub files: Vec<(String, String)>,
    /// The plan as JSON.
    pub plan: String,
    /// Hash of the plan.
    pub plan_hash: String,
    /// When it was launched.
    pub launched_at: Timestamp,
    /// Whether it is held.
    pub paused: bool,
}

/// One drawn person (or event) of a campaign: the identifying side.
#[derive(Debug, Clone, PartialEq)]
pub struct Invitation {
    /// Id in the store; 0 before it is written.
    pub id: i64,
    /// Campaign.
    pub campaign: String,
    /// The person's key.
    pub key: String,
    /// The triggering event's key, else empty.
    pub occasion: String,
    /// Index of the plan's cell.
    pub cell: u32,
    /// Position in the draw order of its cell, from 0.
    pub position: u64,
    /// Where whole clusters are drawn: the place of its cluster in the draw order of its cell, from 0.
    pub cluster: Option<u64>,
    /// Language of messages and form.
    pub language: String,
    /// IANA time zone of the person, if known.
    pub timezone: Option<String>,
    /// Name to greet with.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Mobile number.
    pub mobile: Option<String>,
    /// Fields of the frame, as text, by name: for conditions, piping and segments.
    pub fields: BTreeMap<String, String>,
    /// Random bytes from the operating system from which the link's token is derived with the store's secret.
    pub nonce: [u8; 16],
    /// When it was released for sending; `None` while it waits in its cell's queue.
    pub released_at: Option<Timestamp>,
    /// When the triggering event happened.
    pub event_at: Option<Timestamp>,
}

/// States of a message: one row per campaign, person, occasion and step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Due at some time.
    Queued,
    /// Taken by a sender; an intent is written.
    Sending,
    /// The server took it.
    Accepted,
    /// The end of the message had been sent but no reply was seen: perhaps delivered, never blindly sent again.
    Unknown,
    /// The server refused this recipient for good.
    Rejected,
    /// It could not be rendered or has no usable address.
    RenderError,
    /// Too late.
    Expired,
    /// The address is on a suppression list.
    Suppressed,
    /// No longer needed: answered, withdrawn, closed.
    Cancelled,
    /// Handed over as a row of the interviewers' list.
    Listed,
}

impl MessageState {
    /// All states, in the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Sending,
        Self::Accepted,
        Self::Listed,
        Self::Unknown,
        Self::Rejected,
        Self::RenderError,
        Self::Expired,
        Self::Suppressed,
        Self::Cancelled,
    ];

    /// Returns the name in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Unknown => "unknown",
            Self::Rejected => "rejected",
            Self::RenderError => "render_error",
            Self::Expired => "expired",
            Self::Suppressed => "suppressed",
            Self::Cancelled => "cancelled",
            Self::Listed => "listed",
        }
    }
}

/// States of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseState {
    /// The start button was pressed.
    Started,
    /// The last page was sent.
    Completed,
    /// The person took it back.
    Withdrawn,
    /// The person was asked no further: screened out, or a quota was full.
    Screened,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Code of a scale, or a number.
    Number(f64),
    /// Name of an option, with words of one's own where it asks for them.
    Option {
        /// Option.
        name: String,
        /// Own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        other: Option<String>,
    },
    /// Names of options, in the order of the spec (ranking: of preference).
    Options {
        /// Options.
        names: Vec<String>,
        /// Own words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        other: Option<String>,
    },
    /// Words.
    Text(String),
    /// Yes or no.
    YesNo(bool),
    /// `YYYY-MM-DD`.
    Date(jiff::civil::Date),
    /// Not applicable.
    NotApplicable,
}

impl Answer {
    /// Returns the value that conditions see.
    #[must_use]
    pub fn value(&self) -> Value {
        match self {
            Self::Number(x) => Value::Number(*x),
            Self::Option { name, .. } => Value::Text(name.as_str().into()),
            Self::Options { names, .. } => Value::Set(names.iter().map(|n| n.as_str().into()).collect()),
            Self::Text(text) => Value::Text(text.as_str().into()),
            Self::YesNo(yes) => Value::Bool(*yes),
            Self::Date(date) => Value::Date(*date),
            Self::NotApplicable => Value::Missing,
        }
    }
}

/// One response: the answers' side, without anything that names the person.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Id in the store.
    pub id: i64,
    /// Campaign.
    pub campaign: Arc<str>,
    /// Random name.
    pub pseudonym: String,
    /// Index of the plan's cell; `None` for an open link.
    pub cell: Option<u32>,
    /// Language of the form.
    pub language: Arc<str>,
    /// Channel whose link was used.
    pub channel: Arc<str>,
    /// State.
    pub state: ResponseState,
    /// First page.
    pub started_at: Timestamp,
    /// Last save.
    pub updated_at: Timestamp,
    /// Last page.
    pub completed_at: Option<Timestamp>,
    /// Index of the form page that comes next (`collect::form::pages`).
    pub page: u32,
    /// Answers by item name.
    pub answers: Named<Answer>,
    /// Fields of the frame that segments and conditions use, as text.
    pub fields: Named<String>,
    /// Counts the saves; a save names the version that it saw.
    pub version: i64,
}

/// A drawn person as scoring sees it: whether it was released and answered, without its identity.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleUnit {
    /// Index of the plan's cell.
    pub cell: u32,
    /// Where whole clusters are drawn: the place of its cluster in the draw order of its cell.
    pub cluster: Option<u64>,
    /// Was released for sending.
    pub released: bool,
    /// Its response, if there is one.
    pub response: Option<i64>,
    /// Fields of the frame, as text.
    pub fields: Named<String>,
}

/// How many came into a daily or event cell until now, drawn or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrivals {
    /// Index of the plan's cell.
    pub cell: u32,
    /// People or events that came.
    pub count: u64,
}

/// What a new response starts with.
#[derive(Debug, Clone, PartialEq)]
pub struct NewResponse {
    /// Campaign.
    pub campaign: String,
    /// Random name, unique in the store.
    pub pseudonym: String,
    /// Index of the plan's cell; `None` for an open link.
    pub cell: Option<u32>,
    /// Language of the form.
    pub language: String,
    /// Channel whose link was used.
    pub channel: String,
    /// Fields of the frame that segments and conditions use, as text.
    pub fields: BTreeMap<String, String>,
}

/// What became of a page that was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Saved {
    /// It is stored.
    Done(Response),
    /// The same submission had been stored before; nothing changed.
    Replayed(Response),
    /// Another device saved meanwhile, or the response is closed; nothing changed.
    Conflict(Response),
}

/// How a person is reached, for the suppression list.
pub type AddressKind = crate::plan::ContactKind;

/// Who must not be drawn, as the frame wants to know it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactHistory {
    /// Keys of people who got a message within the rest period.
    pub at_rest: std::collections::BTreeSet<String>,
    /// Suppressed e-mail addresses, as [`address_key`] writes them.
    pub emails: std::collections::BTreeSet<String>,
    /// Suppressed mobile numbers, as [`address_key`] writes them and as lists have them.
    pub mobiles: std::collections::BTreeSet<String>,
}

/// Returns an address in the form in which two spellings of the same one are equal.
///
/// Mail servers tell letter case apart in theory only (RFC 5321 §2.4); numbers lose everything but digits and `+`.
#[must_use]
pub fn address_key(kind: AddressKind, address: &str) -> String {
    match kind {
        AddressKind::Email => address.trim().to_lowercase(),
        AddressKind::Mobile => address.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect(),
    }
}

/// A message in a list for people: who, which step, and what is known.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageLine {
    /// Id in the store.
    pub id: i64,
    /// The person's key.
    pub key: String,
    /// The triggering event's key, else empty.
    pub occasion: String,
    /// Step.
    pub step: String,
    /// Channel used last.
    pub channel: String,
    /// State.
    pub state: MessageState,
    /// When it was or will be tried.
    pub at: Option<Timestamp>,
    /// `Message-ID` or the gateway's id.
    pub message_id: Option<String>,
    /// What the server said, or why.
    pub detail: Option<String>,
}
