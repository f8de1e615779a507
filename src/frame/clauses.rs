//! The fingerprint of everything that a frame summary depends on.

use serde::Serialize;

use crate::frame::margins;
use crate::frame::quotas::of_list;
use crate::frame::random::text_digest;
use crate::frame::summary::SUMMARY_VERSION;
use crate::model::Checked;
use crate::model::checked::{
    ChannelKind, ContactKind, Events, Frame, Grouping, Joint, Quota, StepKind, Stratum, Timing,
};

#[derive(Serialize)]
struct Clauses<'a> {
    version: u32,
    frame: &'a Option<Frame>,
    events: &'a [Events],
    strata: &'a [Stratum],
    #[serde(skip_serializing_if = "<[Joint]>::is_empty")]
    joint: &'a [Joint],
    /// Scores whose spread sizes a sample.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scores: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quotas: Vec<&'a Quota>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    margins: Vec<&'a [Grouping]>,
    timezone: &'a str,
    period: Option<(String, String)>,
    invitations: Vec<Invitation<'a>>,
}

/// Who can be drawn depends on the contacts that the invitation uses.
#[derive(Serialize)]
struct Invitation<'a> {
    timing: Timing,
    strata: &'a [usize],
    contacts: Vec<Option<ContactKind>>,
}

/// Returns the SHA-256 of the clauses of frame, events and strata, the period and the contacts of the invitations.
#[must_use]
pub fn clauses_hash(checked: &Checked) -> String {
    let contact = |&channel: &usize| match checked.channels.get(channel).map(|c| &c.kind) {
        Some(ChannelKind::Email { .. }) => Some(ContactKind::Email),
        Some(ChannelKind::Sms { .. } | ChannelKind::Phone { .. }) => Some(ContactKind::Mobile),
        _ => None,
    };
    let invites = checked.schedule.iter().flat_map(|s| &s.steps).filter(|s| s.kind == StepKind::Invite);
    let clauses = Clauses {
        version: SUMMARY_VERSION,
        frame: &checked.frame,
        events: &checked.events,
        strata: &checked.strata,
        joint: &checked.joint,
        scores: spreading(checked),
        quotas: of_list(checked).collect(),
        margins: margins::of_list(checked).collect(),
        timezone: &checked.campaign.timezone,
        period: checked.schedule.as_ref().map(|s| (s.open.to_string(), s.close.to_string())),
        invitations: invites
            .map(|s| Invitation {
                timing: s.timing,
                strata: &s.strata,
                contacts: s.via.iter().map(contact).collect(),
            })
            .collect(),
    };
    // Texts, numbers and lists always serialise; an empty text would only ask for a new summary.
    text_digest(&serde_json::to_string(&clauses).unwrap_or_default())
}

/// Returns the names of the scores whose spread sizes a sample; the clauses themselves hold indices.
fn spreading(checked: &Checked) -> Vec<&str> {
    let scores: Vec<&str> = checked.scoring.iter().flat_map(|s| &s.scores).map(|s| s.name.as_str()).collect();
    checked.sizing_scores().filter_map(|i| scores.get(i).copied()).collect()
}
