//! What a store must do, whatever engine is behind it, and what SQLite's file must do besides.
//!
//! The contract tests take an [`Opener`], so that another engine joins by adding one.

mod contract;
mod file;
mod ledger;
mod named;

use std::collections::BTreeMap;

use canvass::store::token::{Nonces, SeededNonces};
use canvass::store::{AddressKind, Durability, Invitation, Launched, NewMessage, Release, Store};
use jiff::Timestamp;

use crate::support::scratch::Scratch;

/// Opens an empty store of one engine; the folder lives as long as the store is used.
pub struct Opener {
    pub folder: Scratch,
}

impl Opener {
    pub fn sqlite(name: &str) -> Self {
        Self { folder: Scratch::new(name) }
    }

    pub fn url(&self) -> String {
        format!("sqlite:{}", self.folder.0.join("store/canvass.db").display())
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.url(), Durability::Relaxed).await.unwrap().with_secret(b"a secret of the tests")
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn launched(campaign: &str, hash: &str) -> Launched {
    Launched {
        campaign: campaign.to_owned(),
        files: vec![("a.survey".to_owned(), "campaign a {}".to_owned())],
        plan: "{}".to_owned(),
        plan_hash: hash.to_owned(),
        launched_at: at("2026-01-05T01:00:00Z"),
        paused: false,
    }
}

pub fn people(campaign: &str, n: u64) -> Vec<Invitation> {
    let nonces = SeededNonces::new(7);
    (0..n)
        .map(|k| Invitation {
            id: 0,
            campaign: campaign.to_owned(),
            key: format!("c{k:05}"),
            occasion: String::new(),
            cell: u32::try_from(k % 2).unwrap(),
            position: k / 2,
            cluster: None,
            language: "zh".to_owned(),
            timezone: None,
            name: Some(format!("张{k}")),
            email: Some(format!("P{k}@Example.com")),
            mobile: Some(format!("+1-202-555-01{:02}", k % 100)),
            fields: BTreeMap::from([("region".to_owned(), "east".to_owned())]),
            nonce: nonces.nonce().unwrap(),
            released_at: None,
            event_at: None,
        })
        .collect()
}

/// Releases everybody with an invitation by mail and a reminder three days later.
pub async fn release_all(store: &Store, campaign: &str) {
    let now = at("2026-01-05T01:00:00Z");
    let mut all = store.unreleased(campaign, 0, 10_000).await.unwrap();
    all.extend(store.unreleased(campaign, 1, 10_000).await.unwrap());
    let message = |step: &str, due, wait| NewMessage {
        step: step.to_owned(),
        via: 0,
        channel: "mail".to_owned(),
        contact: AddressKind::Email,
        due,
        wait,
        not_after: at("2026-01-31T10:00:00Z"),
        broken: None,
    };
    let people: Vec<Release> = all
        .iter()
        .map(|i| Release {
            invitation: i.id,
            messages: vec![
                message("invite", Some(now), None),
                message("remind_1", None, Some(3 * 86_400_000)),
            ],
        })
        .collect();
    store.release(campaign, now, &people).await.unwrap();
}
