//! One message on its way: rendered, sent, and what came of it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::dispatch::gateway::Gateway;
use crate::dispatch::message::{
    Mail, MailIdentity, Short, Site, Templates, build_mail, build_short, message_data, message_key,
};
use crate::dispatch::release::channel_of;
use crate::dispatch::smtp::{Attempt, Connection, Relay};
use crate::dispatch::verdict::step_of;
use crate::plan::types::{Plan, PlanChannelKind};
use crate::store::ledger::Due;
use crate::store::token::token;

/// What all flights of a turn share.
pub(super) struct Shared {
    pub(super) plan: Plan,
    pub(super) templates: Templates,
    pub(super) secret: Vec<u8>,
    pub(super) base: String,
    pub(super) relay: Option<Relay>,
    pub(super) gateway: Option<Gateway>,
    pub(super) agent: Option<ureq::Agent>,
}

/// A message that was leased.
pub(super) struct Flight {
    pub(super) lane: usize,
    pub(super) due: Due,
    pub(super) fence: i64,
    pub(super) at: Timestamp,
    pub(super) by: Vehicle,
}

/// What a message travels by.
pub(super) enum Vehicle {
    /// A connection to the relay.
    Smtp(Box<Connection>),
    /// A request to the gateway.
    Http,
}

/// A message that came to an end.
pub(super) struct Landed {
    pub(super) lane: usize,
    pub(super) due: Due,
    pub(super) fence: i64,
    pub(super) at: Timestamp,
    pub(super) connection: Option<Box<Connection>>,
    /// What came of it; an error says why it could not even be made.
    pub(super) end: Result<Attempt, String>,
}

impl Shared {
    /// Returns a message's id in the ledger, the same over all attempts on a channel.
    pub(super) fn key_of(&self, due: &Due) -> String {
        let person = &due.invitation;
        let names = (&due.step, &due.channel);
        message_key(&self.secret, &self.plan.campaign, &person.key, &person.occasion, names.0, names.1)
    }

    fn site(&self) -> Site<'_> {
        let words = self.gateway.as_ref().map(|g| (g.opt_out.0.as_str(), g.opt_out.1.as_str()));
        Site { base: &self.base, sms_opt_out: words.unwrap_or(("", "")) }
    }

    fn mail(&self, due: &Due, at: Timestamp) -> Result<Mail, String> {
        let (step, channel) = self.parts(due)?;
        let person = &due.invitation;
        let data =
            message_data(&self.plan, step, channel, person, &token(&self.secret, &person.nonce), self.site());
        let identity = MailIdentity {
            key: &self.key_of(due),
            date: due.first_at.unwrap_or(at),
            campaign: &self.plan.campaign,
            to: person.email.as_deref().unwrap_or(""),
        };
        build_mail(&self.templates, channel, &data, identity)
    }

    fn short(&self, due: &Due) -> Result<Short, String> {
        let (step, channel) = self.parts(due)?;
        let person = &due.invitation;
        let data =
            message_data(&self.plan, step, channel, person, &token(&self.secret, &person.nonce), self.site());
        let to = person.mobile.as_deref().unwrap_or("");
        build_short(&self.templates, channel, &data, &self.key_of(due), to)
    }

    fn parts(
        &self,
        due: &Due,
    ) -> Result<(&crate::plan::types::PlanStep, &crate::plan::types::PlanChannel), String> {
        let step =
            step_of(&self.plan, &due.step).ok_or_else(|| format!("the plan has no step `{}`", due.step))?;
        let channel = channel_of(&self.plan, &due.channel);
        Ok((step, channel.ok_or_else(|| format!("the plan has no channel `{}`", due.channel))?))
    }

    /// Returns how many messages of a channel may be in flight.
    pub(super) fn parallel(&self, kind: &PlanChannelKind) -> usize {
        let most = match kind {
            PlanChannelKind::Email { .. } => self.relay.as_ref().map_or(0, |r| r.connections),
            PlanChannelKind::Sms { .. } => self.gateway.as_ref().map_or(0, |g| g.parallel),
            PlanChannelKind::Phone { .. } => 0,
        };
        most.min(1000)
    }
}

/// Renders and sends.
pub(super) async fn fly(shared: Arc<Shared>, flight: Flight) -> Landed {
    let Flight { lane, due, fence, at, by } = flight;
    let (connection, end) = match by {
        Vehicle::Smtp(mut connection) => {
            let end = match (&shared.relay, shared.mail(&due, at)) {
                (Some(relay), Ok(mail)) => Ok(connection.send(relay, &mail).await),
                (None, _) => Err("no relay is set up".to_owned()),
                (_, Err(why)) => Err(why),
            };
            (Some(connection), end)
        }
        Vehicle::Http => (None, post(&shared, &due).await),
    };
    Landed { lane, due, fence, at, connection, end }
}

async fn post(shared: &Arc<Shared>, due: &Due) -> Result<Attempt, String> {
    let short = shared.short(due)?;
    let (Some(gateway), Some(agent)) = (shared.gateway.clone(), shared.agent.clone()) else {
        return Err("no gateway is set up".to_owned());
    };
    let sent = tokio::task::spawn_blocking(move || gateway.send(&agent, &short)).await;
    // A thread that died in the middle leaves the same doubt as a connection that did.
    let class = crate::dispatch::reply::Class::Unknown;
    Ok(sent.unwrap_or_else(|e| Attempt { class, reply: e.to_string(), sent: true }))
}
