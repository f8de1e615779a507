//! Sending against real counterparts: mail servers with moods, a gateway over HTTP, cut wires.

mod calls;
mod foreign;
mod gateway;
mod kill;
mod mail;
mod reply;
mod smtp;
mod taken_over;
mod turns;

use std::sync::Arc;

use canvass::clock::ManualClock;
use canvass::dispatch::message::templates_of;
use canvass::dispatch::{
    Pace, Relay, Releasing, Senders, Silent, Stop, Turn, TurnSummary, dispatch_due, release_of,
};
use canvass::plan::Plan;
use canvass::store::{Invitation, Launched, MessageState, Release, Store};
use jiff::Timestamp;

use crate::store::{Opener, at, people};

/// A launched campaign with its store.
pub struct Stage {
    pub plan: Plan,
    pub store: Store,
    pub senders: Senders,
    pub clock: ManualClock,
    _opener: Opener,
}

pub const OPEN: &str = "2026-01-05T01:00:00Z";

impl Stage {
    pub async fn new(name: &str, plan: Plan, persons: u64, senders: Senders) -> Self {
        Self::with_people(name, plan, persons, senders, |_| ()).await
    }

    /// Launches with people who were changed before.
    pub async fn with_people(
        name: &str,
        plan: Plan,
        persons: u64,
        senders: Senders,
        change: impl FnOnce(&mut Vec<Invitation>),
    ) -> Self {
        let mut all = people(&plan.campaign, persons);
        change(&mut all);
        let opener = Opener::sqlite(name);
        let store = opener.open().await;
        let launched = Launched {
            campaign: plan.campaign.clone(),
            files: Vec::new(),
            plan: serde_json::to_string(&plan).unwrap(),
            plan_hash: plan.hash.clone(),
            launched_at: at(OPEN),
            paused: false,
        };
        store.launch(&launched, &all).await.unwrap();
        let stage = Self { plan, store, senders, clock: ManualClock::new(at(OPEN)), _opener: opener };
        stage.release().await;
        stage
    }

    /// Releases everybody at open.
    async fn release(&self) {
        let templates = templates_of(&self.plan).unwrap();
        let history = self.store.history("", at(OPEN), 0).await.unwrap();
        let releasing = Releasing {
            plan: &self.plan,
            templates: &templates,
            site: self.senders.site(),
            secret: self.store.secret().unwrap(),
            history: &history,
            now: at(OPEN),
        };
        let mut all = self.store.unreleased(&self.plan.campaign, 0, 100_000).await.unwrap();
        all.extend(self.store.unreleased(&self.plan.campaign, 1, 100_000).await.unwrap());
        all.sort_by_key(|i| i.id);
        let releases: Vec<Release> = all.iter().map(|i| release_of(releasing, i)).collect();
        self.store.release(&self.plan.campaign, at(OPEN), &releases).await.unwrap();
    }

    pub async fn turn_with(&self, pace: Pace) -> TurnSummary {
        let lock = self.store.dispatch_lock().unwrap();
        let turn = Turn {
            plan: &self.plan,
            store: &self.store,
            lock: &lock,
            senders: &self.senders,
            clock: &self.clock,
            pace,
            stop: &Stop::default(),
            progress: &Silent,
        };
        dispatch_due(&turn).await.unwrap()
    }

    /// A turn on a clock that jumped to `now`.
    pub async fn turn(&self, now: &str) -> TurnSummary {
        self.clock.set(now.parse::<Timestamp>().unwrap());
        let summary = self.turn_with(Pace::Jump).await;
        let wrong = self.store.contradictions(&self.plan.campaign).await.unwrap();
        assert_eq!(wrong, Vec::<String>::new());
        summary
    }

    /// Counts messages of a step in a state.
    pub async fn count(&self, step: &str, state: MessageState) -> u64 {
        let all = self.store.message_counts(&self.plan.campaign).await.unwrap();
        all.iter().filter(|c| c.step == step && c.state == state).map(|c| c.count).sum()
    }
}

pub fn relay(addr: std::net::SocketAddr) -> Relay {
    Relay::new(&addr.ip().to_string(), addr.port())
}

pub fn by_mail(addr: std::net::SocketAddr) -> Senders {
    Senders::new("https://survey.example.com", Some(relay(addr)), None)
}

/// A mood that answers one word of the dialogue for recipients whose address begins with `who`.
pub fn says(word: &'static str, who: &'static str, answer: &'static str) -> crate::support::sink::Mood {
    Arc::new(move |w, to, _| (w == word && to.to_lowercase().starts_with(who)).then(|| answer.to_owned()))
}
