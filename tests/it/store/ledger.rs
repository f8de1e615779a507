//! The ledger under random sequences of leases, results, answers, opt-outs and crashes.

use std::collections::BTreeMap;

use canvass::store::ledger::{Lease, Leased, Next, Outcome};
use canvass::store::{AddressKind, MessageState, NewResponse, Store};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{Opener, at, launched, people, release_all};

const PEOPLE: u64 = 6;

#[derive(Debug, Clone)]
enum Move {
    Lease(u8),
    Result(u8, Kind),
    Crash,
    Stale(u8),
    Answer(u8),
    OptOut(u8),
    Pause(bool),
    Wait(u8),
    Expire,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Accepted,
    Unknown,
    Rejected,
    Retry,
    FallBack,
    Expired,
}

fn a_move() -> impl Strategy<Value = Move> {
    let kind = prop_oneof![
        3 => Just(Kind::Accepted), 1 => Just(Kind::Unknown), 1 => Just(Kind::Rejected),
        2 => Just(Kind::Retry), 1 => Just(Kind::FallBack), 1 => Just(Kind::Expired)
    ];
    prop_oneof![
        6 => (0..12u8).prop_map(Move::Lease),
        6 => (0..12u8, kind).prop_map(|(n, k)| Move::Result(n, k)),
        1 => Just(Move::Crash),
        2 => (0..12u8).prop_map(Move::Stale),
        1 => (0..6u8).prop_map(Move::Answer),
        1 => (0..6u8).prop_map(Move::OptOut),
        1 => any::<bool>().prop_map(Move::Pause),
        2 => (1..100u8).prop_map(Move::Wait),
        1 => Just(Move::Expire),
    ]
}

struct Model {
    store: Store,
    now: Timestamp,
    /// Messages that a sender holds, with their fences.
    held: BTreeMap<i64, i64>,
    /// How often each message may have reached its person.
    left: BTreeMap<i64, u32>,
}

impl Model {
    async fn lease(&mut self, n: u8) {
        let mut due = Vec::new();
        for channel in ["mail", "sms"] {
            due.extend(self.store.due("a", channel, self.now, 50).await.unwrap());
        }
        let Some(m) = due.get(usize::from(n) % due.len().max(1)) else { return };
        let lease = Lease { id: m.id, at: self.now, message_id: format!("<{}@example.com>", m.id) };
        let given = self.store.round(&[], &[lease], &[]).await.unwrap();
        if let Leased::Go { fence } = given[0] {
            assert!(self.held.insert(m.id, fence).is_none(), "leased twice");
            assert_eq!(self.left.get(&m.id), None, "leased after it may have left");
        }
    }

    fn outcome(&self, id: i64, fence: i64, kind: Kind) -> Outcome {
        let due = self.now + SignedDuration::from_mins(5);
        let next = match kind {
            Kind::Accepted => Next::Accepted,
            Kind::Unknown => Next::Unknown,
            Kind::Rejected => Next::Rejected { suppress: Some("hard".to_owned()) },
            Kind::Retry => Next::Retry { due, charge: true },
            Kind::FallBack => Next::FallBack {
                via: 1,
                channel: "sms".to_owned(),
                contact: AddressKind::Mobile,
                due,
                suppress: None,
            },
            Kind::Expired => Next::Expired,
        };
        let sent = matches!(kind, Kind::Accepted | Kind::Unknown);
        let class = format!("{kind:?}").to_lowercase();
        Outcome { id, fence, at: self.now, class, sent, reply: String::new(), next }
    }

    async fn result(&mut self, n: u8, kind: Kind) {
        let Some((&id, &fence)) = self.held.iter().nth(usize::from(n) % self.held.len().max(1)) else {
            return;
        };
        self.held.remove(&id);
        if matches!(kind, Kind::Accepted | Kind::Unknown) {
            *self.left.entry(id).or_default() += 1;
        }
        self.store.round(&[self.outcome(id, fence, kind)], &[], &[]).await.unwrap();
    }

    /// A result under an old fence, or of a lease that a crash took away, changes nothing.
    async fn stale(&mut self, n: u8) {
        let before = self.store.message_counts("a").await.unwrap();
        let stale = self.outcome(i64::from(n) + 1, 9_999, Kind::Retry);
        self.store.round(&[stale], &[], &[]).await.unwrap();
        assert_eq!(self.store.message_counts("a").await.unwrap(), before);
    }

    async fn crash(&mut self) {
        let held = std::mem::take(&mut self.held);
        let turned = self.store.recover("a").await.unwrap();
        assert_eq!(turned, held.len() as u64);
        for id in held.keys() {
            *self.left.entry(*id).or_default() += 1;
        }
    }

    async fn answer(&self, n: u8) {
        let token = {
            let all = people("a", PEOPLE);
            canvass::store::token::token(self.store.secret().unwrap(), &all[usize::from(n)].nonce)
        };
        let id = self.store.invitation_by_token(&token).await.unwrap().unwrap().id;
        let start = NewResponse {
            campaign: "a".to_owned(),
            pseudonym: format!("p{n}"),
            cell: None,
            language: "zh".to_owned(),
            channel: "mail".to_owned(),
            fields: BTreeMap::new(),
        };
        let r = self.store.start_response(Some(id), &start, self.now).await.unwrap();
        self.store.save_page(r.id, "s", r.version, &BTreeMap::new(), 1, true, self.now).await.unwrap();
    }

    async fn step(&mut self, a_move: &Move) {
        match a_move {
            Move::Lease(n) => self.lease(*n).await,
            Move::Result(n, kind) => self.result(*n, *kind).await,
            Move::Crash => self.crash().await,
            Move::Stale(n) => self.stale(*n).await,
            Move::Answer(n) => self.answer(*n).await,
            Move::OptOut(n) => {
                let address = format!("p{n}@example.com");
                self.store.suppress(AddressKind::Email, &address, "asked", self.now).await.unwrap();
            }
            Move::Pause(on) => self.store.set_paused("a", *on).await.unwrap(),
            Move::Wait(hours) => self.now += SignedDuration::from_hours(i64::from(*hours)),
            Move::Expire => {
                self.store.expire("a", self.now).await.unwrap();
            }
        }
    }

    async fn check(&self) {
        assert_eq!(self.store.contradictions("a").await.unwrap(), Vec::<String>::new());
        let counts = self.store.message_counts("a").await.unwrap();
        assert_eq!(counts.iter().map(|c| c.count).sum::<u64>(), 2 * PEOPLE, "nobody is lost: {counts:?}");
        assert!(self.left.values().all(|&n| n == 1), "at most once: {:?}", self.left);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn no_sequence_loses_or_repeats_a_message(moves in prop::collection::vec(a_move(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let opener = Opener::sqlite("random");
            let store = opener.open().await;
            store.launch(&launched("a", "h"), &people("a", PEOPLE)).await.unwrap();
            release_all(&store, "a").await;
            let mut model = Model {
                store, now: at("2026-01-05T02:00:00Z"), held: BTreeMap::new(), left: BTreeMap::new(),
            };
            for a_move in &moves {
                model.step(a_move).await;
                model.check().await;
            }
            model.store.close().await;
        });
    }
}

#[tokio::test]
async fn reminders_wait_for_the_first_message_and_die_with_it() {
    let opener = Opener::sqlite("remind");
    let store = opener.open().await;
    store.launch(&launched("a", "h"), &people("a", 2)).await.unwrap();
    release_all(&store, "a").await;
    let now = at("2026-01-05T02:00:00Z");
    let due = store.due("a", "mail", now, 10).await.unwrap();
    assert_eq!(due.len(), 2, "no reminder is due yet");
    let leases: Vec<Lease> =
        due.iter().map(|m| Lease { id: m.id, at: now, message_id: String::new() }).collect();
    let given = store.round(&[], &leases, &[]).await.unwrap();
    let fence = |n: usize| match given[n] {
        Leased::Go { fence } => fence,
        other => panic!("{other:?}"),
    };
    let outcome = |n: usize, next: Next| Outcome {
        id: due[n].id,
        fence: fence(n),
        at: now,
        class: "x".to_owned(),
        sent: true,
        reply: "250 ok".to_owned(),
        next,
    };
    let results = [outcome(0, Next::Accepted), outcome(1, Next::Rejected { suppress: None })];
    store.round(&results, &[], &[]).await.unwrap();
    let next = store.next_due("a", "mail").await.unwrap().unwrap();
    assert_eq!(next, at("2026-01-08T02:00:00Z"), "three days after it was accepted");
    let cancelled = store.messages_in("a", MessageState::Cancelled).await.unwrap();
    assert_eq!(cancelled.len(), 1);
    assert_eq!((cancelled[0].key.as_str(), cancelled[0].step.as_str()), ("c00001", "remind_1"));
}
