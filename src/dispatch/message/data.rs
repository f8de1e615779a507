//! What message templates may say: the only names that live inside `{{ }}`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::plan::StepKind;
use crate::plan::types::{OneTap, Plan, PlanChannel, PlanChannelKind, PlanStep};
use crate::store::Invitation;

/// The data of one message; fields of the frame stand beside these names.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MessageData {
    /// Name to greet with; absent when the list has none, so that `default(…)` takes hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Personal address of the form.
    pub link: String,
    /// The way out: an address in mails, the provider's words in short messages.
    pub opt_out: String,
    /// Title of the campaign.
    pub title: String,
    /// Last moment for answers, in the person's time zone and language.
    pub deadline: String,
    /// Minutes to answer, on the longest path, rounded up; at least 1.
    pub minutes: u32,
    /// Address of the campaign's owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Language.
    pub language: String,
    /// Who writes: the sender's name, or the signature of short messages.
    pub sender: String,
    /// Whether this is a reminder.
    pub reminder: bool,
    /// Buttons of the first question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_tap: Option<OneTapData>,
    /// Fields of the frame, as text.
    #[serde(flatten)]
    pub fields: BTreeMap<String, String>,
}

/// The first question, to be answered from within the message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OneTapData {
    /// Wording.
    pub text: String,
    /// One button a code; a button opens the form with the code filled in and sends nothing by itself.
    pub buttons: Vec<Button>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Button {
    /// Code.
    pub code: i64,
    /// Label; may be empty.
    pub label: String,
    /// Address.
    pub link: String,
}

/// What all messages of a run share.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// What links begin with, without a slash at the end.
    pub base: &'a str,
    /// Words with which people refuse further short messages, for the languages zh and others.
    pub sms_opt_out: (&'a str, &'a str),
}

/// Names that the frame's fields can't take.
const ROLES: [&str; 11] = [
    "name", "link", "opt_out", "title", "deadline", "minutes", "owner", "language", "sender", "reminder",
    "one_tap",
];

/// Gathers the data of one message; `token` is the person's.
#[must_use]
pub fn message_data(
    plan: &Plan,
    step: &PlanStep,
    channel: &PlanChannel,
    person: &Invitation,
    token: &str,
    site: Site<'_>,
) -> MessageData {
    let language = language_of(plan, person);
    let link = format!("{}/s/{token}", site.base);
    let (sender, opt_out, one_tap) = match &channel.kind {
        PlanChannelKind::Email { from_name, one_tap, .. } => (
            from_name.get(language).to_owned(),
            format!("{}/u/{token}", site.base),
            one_tap.as_ref().map(|tap| buttons(tap, &link, language)),
        ),
        PlanChannelKind::Sms { signature, .. } => {
            let (zh, other) = site.sms_opt_out;
            let words = if language.starts_with("zh") { zh } else { other };
            (signature.get(language).to_owned(), words.to_owned(), None)
        }
        PlanChannelKind::Phone { .. } => (plan.title.get(language).to_owned(), String::new(), None),
    };
    let fields = person.fields.iter().filter(|(k, v)| !ROLES.contains(&k.as_str()) && !v.is_empty());
    MessageData {
        name: person.name.clone().filter(|n| !n.trim().is_empty()),
        link,
        opt_out,
        title: plan.title.get(language).to_owned(),
        deadline: deadline(plan, person, language),
        minutes: minutes(plan, language),
        owner: plan.owner.clone(),
        language: language.to_owned(),
        sender,
        reminder: step.kind == StepKind::Remind,
        one_tap,
        fields: fields.map(|(k, v)| (k.clone(), v.clone())).collect(),
    }
}

/// Returns the person's language if the campaign speaks it, else the campaign's first.
#[must_use]
pub fn language_of<'a>(plan: &'a Plan, person: &'a Invitation) -> &'a str {
    let spoken = plan.languages.iter().find(|l| **l == person.language);
    spoken.or_else(|| plan.languages.first()).map_or("en", String::as_str)
}

/// Returns the person's zone, else the campaign's, else UTC.
#[must_use]
pub fn zone_of(plan: &Plan, person: &Invitation) -> TimeZone {
    let named = |name: &str| TimeZone::get(name).ok();
    let own = person.timezone.as_deref().filter(|z| !z.is_empty()).and_then(named);
    own.or_else(|| named(&plan.timezone)).unwrap_or(TimeZone::UTC)
}

fn buttons(tap: &OneTap, link: &str, language: &str) -> OneTapData {
    let button = |(code, label): &(i64, crate::plan::Text)| Button {
        code: *code,
        label: label.get(language).to_owned(),
        link: format!("{link}?{}={code}", escaped(&tap.item)),
    };
    OneTapData { text: tap.text.get(language).to_owned(), buttons: tap.codes.iter().map(button).collect() }
}

/// Percent-encodes a name for a query (RFC 3986 §2.3).
fn escaped(name: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |n: u8| HEX.get(usize::from(n)).map_or('0', |&b| char::from(b));
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    out
}

fn deadline(plan: &Plan, person: &Invitation, language: &str) -> String {
    let Ok(close) = plan.schedule.close.parse::<Timestamp>() else { return plan.schedule.close.clone() };
    let local = close.to_zoned(zone_of(plan, person));
    let (date, time) = (local.date(), local.time());
    let clock = format!("{:02}:{:02}", time.hour(), time.minute());
    if language.starts_with("zh") {
        return format!("{}年{}月{}日 {clock}", date.year(), date.month(), date.day());
    }
    format!("{} {} {}, {clock}", date.day(), month(date.month()), date.year())
}

fn month(n: i8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(n - 1).ok().and_then(|i| NAMES.get(i)).copied().unwrap_or("")
}

fn minutes(plan: &Plan, language: &str) -> u32 {
    let all = &plan.questionnaire.minutes;
    let found = all.iter().find(|m| m.language == language).or_else(|| all.first());
    let longest = found.map_or(1.0, |m| m.longest).ceil().clamp(1.0, 240.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 1..240")]
    let whole = longest as u32;
    whole
}
