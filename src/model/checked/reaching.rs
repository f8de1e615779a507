//! Over which channels, and when.

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use crate::model::checked::{SpecFile, Text};
use crate::source::Span;

/// A channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Channel {
    /// Name.
    pub name: String,
    /// Kind with its settings.
    pub kind: ChannelKind,
    /// Messages per minute, at most.
    pub rate_per_minute: Option<f64>,
}

/// Kinds of channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum ChannelKind {
    /// E-mail.
    Email {
        /// Sender's name.
        from_name: Text,
        /// Sender's address.
        from_address: String,
        /// Subject template.
        subject: Text,
        /// Body template of one's own (HTML, minijinja); `None` takes the built-in one.
        body: Option<SpecFile>,
        /// Question whose buttons stand in the message.
        one_tap: Option<usize>,
    },
    /// Short message.
    Sms {
        /// Signature that the provider puts in front.
        signature: Text,
        /// Text template.
        body: Text,
        /// What the link is.
        link: LinkMode,
    },
    /// Interviewers call.
    Phone {
        /// What they say first; may be empty.
        script: Text,
    },
    /// Another service by webhook.
    Webhook {
        /// Body template.
        body: Option<SpecFile>,
    },
    /// An open link.
    Link {
        /// Last part of the address.
        slug: String,
    },
}

/// The link in a short message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkMode {
    /// One per person.
    Personal,
    /// One for all, with a code.
    Fixed,
    /// None: answers come by reply.
    Reply,
}

/// When messages go out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Schedule {
    /// First moment, in the campaign's time zone.
    pub open: DateTime,
    /// Last moment for answers.
    pub close: DateTime,
    /// Hours of sending in the recipient's time zone, the end not included; the whole day without.
    pub hours: Option<(Time, Time)>,
    /// Only Monday to Friday, as changed by the holidays file.
    pub workdays: bool,
    /// Days off from the holidays file.
    pub days_off: Vec<Date>,
    /// Weekend days worked from the holidays file.
    pub days_on: Vec<Date>,
    /// Invitations and reminders, in the order of the spec.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// `invite`, `remind_1`, `remind_2`, …
    pub name: String,
    /// What it is.
    pub kind: StepKind,
    /// Channels (index into `Checked::channels`): the first, then the ones to fall back to.
    pub via: Vec<usize>,
    /// When.
    pub timing: Timing,
    /// Only for these strata (index); everybody when empty.
    pub strata: Vec<usize>,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// Kinds of step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// The first message.
    Invite,
    /// To those who have not answered.
    Remind,
}

/// When a step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Timing {
    /// When the person is released (at open, on arrival, with its batch).
    AtRelease,
    /// Days after the invitation was sent.
    AfterInvite {
        /// Days.
        days: u32,
    },
    /// Hours after an event (index into `Checked::events`); dropped when it can't leave in time.
    AfterEvent {
        /// Index of the events source.
        events: usize,
        /// Hours after the event.
        hours: u32,
        /// Latest, in hours after the event.
        within_hours: u32,
    },
}
