//! What a profile gives to send with, and which of it is out of order just now.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::dispatch::gateway::Gateway;
use crate::dispatch::message::Site;
use crate::dispatch::smtp::Relay;
use crate::plan::types::{Plan, PlanChannelKind};

/// Everything that messages leave by.
#[derive(Debug)]
pub struct Senders {
    /// What links begin with, without a slash at the end.
    pub base: String,
    /// Relay of the e-mail channels.
    pub mail: Option<Relay>,
    /// Gateway of the short message channels.
    pub sms: Option<Gateway>,
    breakers: Mutex<BTreeMap<String, Breaker>>,
}

/// A way out that failed as a whole: closed for a while, then tried again with a single connection.
#[derive(Debug, Clone)]
struct Breaker {
    failures: u32,
    until: Timestamp,
    reason: String,
}

impl Senders {
    /// Gathers what there is.
    #[must_use]
    pub fn new(base: &str, mail: Option<Relay>, sms: Option<Gateway>) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), mail, sms, breakers: Mutex::default() }
    }

    /// Returns what templates need to know.
    #[must_use]
    pub fn site(&self) -> Site<'_> {
        let words = self.sms.as_ref().map(|g| (g.opt_out.0.as_str(), g.opt_out.1.as_str()));
        Site { base: &self.base, sms_opt_out: words.unwrap_or(("", "")) }
    }

    /// Lists, in words, the channels of a plan's steps for which nothing is set up.
    #[must_use]
    pub fn missing(&self, plan: &Plan) -> Vec<String> {
        let used = |name: &str| plan.steps.iter().any(|s| s.via.iter().any(|v| v == name));
        let lacks = |kind: &PlanChannelKind| match kind {
            PlanChannelKind::Email { .. } => self.mail.is_none().then_some("`mail`"),
            PlanChannelKind::Sms { .. } => self.sms.is_none().then_some("`sms`"),
            PlanChannelKind::Phone { .. } => None,
        };
        let of = |c: &crate::plan::types::PlanChannel| {
            lacks(&c.kind).map(|what| format!("channel `{}` needs {what} in the profile", c.name))
        };
        plan.channels.iter().filter(|c| used(&c.name)).filter_map(of).collect()
    }

    /// Returns why a channel is closed at this moment, and until when.
    pub(super) fn closed(&self, channel: &str, now: Timestamp) -> Option<(Timestamp, String)> {
        let breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        breakers.get(channel).filter(|b| b.until > now).map(|b| (b.until, b.reason.clone()))
    }

    /// Closes a channel: half a minute first, then twice as long each time, ten minutes at most.
    pub(super) fn close(&self, channel: &str, now: Timestamp, reason: &str) -> Timestamp {
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = breakers.get(channel).map_or(0, |b| b.failures);
        let seconds = (30_i64 << failures.min(5)).min(600);
        let until = now + SignedDuration::from_secs(seconds);
        breakers
            .insert(channel.to_owned(), Breaker { failures: failures + 1, until, reason: reason.to_owned() });
        until
    }

    /// Opens a channel that works again.
    pub(super) fn open(&self, channel: &str) {
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner).remove(channel);
    }
}
