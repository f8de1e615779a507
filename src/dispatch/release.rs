//! From a person to its messages: which steps, over which channel, when.

use jiff::{SignedDuration, Timestamp};

use crate::dispatch::message::short::number;
use crate::dispatch::message::{Site, Templates, build_short, message_data, message_key, try_mail};
use crate::plan::types::{Plan, PlanChannel, PlanChannelKind, PlanStep, PlanTiming};
use crate::plan::{ContactKind, StepKind};
use crate::store::token::token;
use crate::store::{ContactHistory, Invitation, NewMessage, Release, address_key};

/// What releasing needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Releasing<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Its templates.
    pub templates: &'a Templates,
    /// What templates need to know.
    pub site: Site<'a>,
    /// The store's secret.
    pub secret: &'a [u8],
    /// Suppressed addresses.
    pub history: &'a ContactHistory,
    /// The present moment.
    pub now: Timestamp,
}

/// Returns the messages that a released person will get.
///
/// The first message is rendered here, before anything is sent: one that can't be made is known at once.
#[must_use]
pub fn release_of(r: Releasing<'_>, person: &Invitation) -> Release {
    let messages = r.plan.steps.iter().filter(|s| concerns(r.plan, s, person));
    Release { invitation: person.id, messages: messages.filter_map(|s| message_of(r, s, person)).collect() }
}

/// Returns a channel by name.
#[must_use]
pub fn channel_of<'a>(plan: &'a Plan, name: &str) -> Option<&'a PlanChannel> {
    plan.channels.iter().find(|c| c.name == name)
}

/// Returns the first channel of a step, from `start` on, for which the person has a usable address.
#[must_use]
pub fn choose<'a>(
    plan: &'a Plan,
    step: &PlanStep,
    start: usize,
    person: &Invitation,
    history: &ContactHistory,
) -> Option<(u32, &'a PlanChannel)> {
    let named = step.via.iter().enumerate().skip(start);
    named
        .filter_map(|(n, name)| Some((u32::try_from(n).ok()?, channel_of(plan, name)?)))
        .find(|(_, channel)| usable(channel, person, history))
}

/// Returns the message of one step for a released person; `None` when the step is not for them.
#[must_use]
pub fn message_for(r: Releasing<'_>, step: &PlanStep, person: &Invitation) -> Option<NewMessage> {
    if concerns(r.plan, step, person) { message_of(r, step, person) } else { None }
}

fn concerns(plan: &Plan, step: &PlanStep, person: &Invitation) -> bool {
    let stratum = plan.strata.iter().find(|s| s.cells.iter().any(|c| c.index == person.cell));
    let inside = step.strata.is_empty() || stratum.is_some_and(|s| step.strata.contains(&s.name));
    // A person drawn by an event is invited by that event, the others by their release.
    let by_event = matches!(step.timing, PlanTiming::AfterEvent { .. });
    let fits = step.kind != StepKind::Invite || by_event == person.event_at.is_some();
    inside && fits
}

fn message_of(r: Releasing<'_>, step: &PlanStep, person: &Invitation) -> Option<NewMessage> {
    let close: Timestamp = r.plan.schedule.close.parse().ok()?;
    let (due, wait, not_after) = match &step.timing {
        PlanTiming::AtRelease => (Some(r.now), None, close),
        PlanTiming::AfterInvite { days } => (None, Some(i64::from(*days) * 86_400_000), close),
        PlanTiming::AfterEvent { hours, within_hours, .. } => {
            let event = person.event_at?;
            let after =
                |h: u32| event.saturating_add(SignedDuration::from_hours(i64::from(h))).unwrap_or(close);
            (Some(after(*hours).max(r.now)), None, after(*within_hours).min(close))
        }
    };
    let chosen = choose(r.plan, step, 0, person, r.history);
    let first = step.via.first().and_then(|name| channel_of(r.plan, name))?;
    let (via, channel) = chosen.unwrap_or((0, first));
    let broken = match chosen {
        // Who can't be reminded this way is simply not reminded; the invitation tells of missing addresses.
        None if step.kind == StepKind::Remind => return None,
        None => Some(format!("no usable address for {}", step.via.join(" or "))),
        Some(_) if wait.is_none() => trial(r, step, channel, person).err(),
        Some(_) => None,
    };
    Some(NewMessage {
        step: step.name.clone(),
        via,
        channel: channel.name.clone(),
        contact: channel.kind.contact(),
        due,
        wait,
        not_after,
        broken,
    })
}

fn usable(channel: &PlanChannel, person: &Invitation, history: &ContactHistory) -> bool {
    match channel.kind.contact() {
        ContactKind::Email => person.email.as_deref().is_some_and(|e| {
            let plain = e.trim();
            plain.is_ascii()
                && plain.parse::<lettre::Address>().is_ok()
                && !history.emails.contains(&address_key(ContactKind::Email, e))
        }),
        ContactKind::Mobile => person.mobile.as_deref().is_some_and(|m| {
            number(m).is_ok() && !history.mobiles.contains(&address_key(ContactKind::Mobile, m))
        }),
    }
}

fn trial(
    r: Releasing<'_>,
    step: &PlanStep,
    channel: &PlanChannel,
    person: &Invitation,
) -> Result<(), String> {
    let data = message_data(r.plan, step, channel, person, &token(r.secret, &person.nonce), r.site);
    let (key, occasion) = (&person.key, &person.occasion);
    let id = message_key(r.secret, &r.plan.campaign, key, occasion, &step.name, &channel.name);
    match &channel.kind {
        PlanChannelKind::Email { .. } => {
            try_mail(r.templates, channel, &data, person.email.as_deref().unwrap_or(""))
        }
        PlanChannelKind::Sms { .. } => {
            let to = person.mobile.as_deref().unwrap_or("");
            build_short(r.templates, channel, &data, &id, to).map(|_| ())
        }
        PlanChannelKind::Phone { .. } => Ok(()),
    }
}
