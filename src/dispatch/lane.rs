//! One channel during a turn: what is due on it, its rate, its hours, its connections.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::dispatch::message::ids::domain_of;
use crate::dispatch::message::zone_of;
use crate::dispatch::pace::Timeline;
use crate::dispatch::smtp::Connection;
use crate::plan::types::{Plan, PlanChannel, PlanChannelKind};
use crate::plan::window::Windows;
use crate::store::ledger::Due;
use crate::store::{Store, StoreError};

/// Rows read at once.
const PAGE: u32 = 500;
/// A channel stops when so many messages in a row are refused for what they are.
const FAULTS: u32 = 5;

/// A channel at work.
pub(super) struct Lane<'a> {
    pub(super) channel: &'a PlanChannel,
    gap: Option<SignedDuration>,
    next_slot: Option<Timestamp>,
    queue: VecDeque<Due>,
    /// Nothing is due that is not in flight.
    pub(super) dry: bool,
    /// Closed for this turn, and why.
    pub(super) held: Option<String>,
    /// The next message leaves then.
    pub(super) waits: Option<Timestamp>,
    /// Connections that are open and not in use.
    pub(super) idle: Vec<Connection>,
    /// Messages in flight, or about to be: they may still look queued to a reader.
    flying: BTreeSet<i64>,
    /// The free moment before the last message was offered.
    slot_before: Option<Timestamp>,
    /// Most messages in flight.
    pub(super) most: usize,
    faults: u32,
    slowed: BTreeMap<String, (u32, Timestamp)>,
}

/// What a lane has to offer.
pub(super) enum Offer {
    /// This message, at this moment.
    Send(Box<Due>, Timestamp),
    /// These must wait until their hours.
    Postpone(Vec<(i64, Timestamp)>),
    /// Nothing now.
    Nothing,
}

impl<'a> Lane<'a> {
    pub(super) async fn open(
        plan: &Plan,
        store: &Store,
        channel: &'a PlanChannel,
        most: usize,
    ) -> Result<Lane<'a>, StoreError> {
        let gap = channel.rate_per_minute.filter(|r| *r > 0.0 && r.is_finite());
        let gap = gap.and_then(|r| SignedDuration::try_from_secs_f64(60.0 / r).ok());
        let next_slot = if gap.is_some() { store.pace(&plan.campaign, &channel.name).await? } else { None };
        Ok(Self {
            channel,
            gap,
            next_slot,
            queue: VecDeque::new(),
            dry: false,
            held: None,
            waits: None,
            idle: Vec::new(),
            flying: BTreeSet::new(),
            slot_before: None,
            most,
            faults: 0,
            slowed: BTreeMap::new(),
        })
    }

    /// Tells whether one more message may fly.
    pub(super) fn has_room(&self) -> bool {
        self.held.is_none() && !self.dry && self.flying.len() < self.most
    }

    /// Looks for the next message; reads more rows when it has none.
    pub(super) async fn offer(
        &mut self,
        plan: &Plan,
        windows: &Windows,
        store: &Store,
        time: &Timeline<'_>,
    ) -> Result<Offer, StoreError> {
        let now = time.now();
        if self.queue.is_empty() {
            let rows = store.due(&plan.campaign, &self.channel.name, now, PAGE).await?;
            self.queue.extend(rows.into_iter().filter(|r| !self.flying.contains(&r.id)));
        }
        let mut later = Vec::new();
        while let Some(due) = self.queue.front() {
            let slot = time.floor(due.due, now).max(self.next_slot.unwrap_or(Timestamp::MIN));
            let at = time.stamp(slot, now);
            let legal = self.legal(plan, windows, due, at);
            if legal > at {
                later.push((due.id, legal));
                self.queue.pop_front();
                continue;
            }
            if !later.is_empty() {
                break;
            }
            if slot > now {
                self.waits = Some(slot);
                return Ok(Offer::Nothing);
            }
            self.waits = None;
            let Some(due) = self.queue.pop_front() else { break };
            self.slot_before = self.next_slot;
            self.next_slot = self.gap.map(|gap| slot + gap);
            return Ok(Offer::Send(Box::new(due), at));
        }
        if !later.is_empty() {
            return Ok(Offer::Postpone(later));
        }
        self.dry = true;
        self.waits = None;
        Ok(Offer::Nothing)
    }

    /// Returns the first moment from `slot` on that hours and the recipient's domain allow.
    fn legal(&self, plan: &Plan, windows: &Windows, due: &Due, slot: Timestamp) -> Timestamp {
        let gate = self.gate(due).unwrap_or(Timestamp::MIN).max(slot);
        let open = windows.next_stretch(&zone_of(plan, &due.invitation), gate);
        // Without a legal moment left it waits for its end, and expires there.
        open.map_or(due.not_after.max(slot + SignedDuration::from_millis(1)), |(start, _)| start)
    }

    fn gate(&self, due: &Due) -> Option<Timestamp> {
        self.slowed.get(&self.pressed(due)).map(|(_, until)| *until)
    }

    /// Returns who is pressed by a message: the recipient's domain, or the gateway itself.
    fn pressed(&self, due: &Due) -> String {
        let address = due.invitation.email.as_deref().filter(|_| self.is_mail());
        address.map_or_else(String::new, |a| domain_of(a).to_lowercase())
    }

    /// Slows a recipient's domain down: a minute first, then twice as long each time, half an hour at most.
    pub(super) fn slow(&mut self, due: &Due, at: Timestamp) -> Timestamp {
        let entry = self.slowed.entry(self.pressed(due)).or_insert((0, at));
        // Several answers of the same moment are one wish.
        if entry.1 <= at {
            let minutes = (1_i64 << entry.0.min(5)).min(30);
            *entry = (entry.0 + 1, at + SignedDuration::from_mins(minutes));
        }
        entry.1
    }

    /// Counts refusals of what we send; too many in a row close the lane, before all are burnt.
    pub(super) fn count_fault(&mut self, refused: bool, reply: &str) {
        self.faults = if refused { self.faults + 1 } else { 0 };
        if self.faults >= FAULTS {
            self.held = Some(format!("{FAULTS} messages in a row were refused for what they are: {reply}"));
        }
    }

    /// Returns what must be kept of the rate when the process ends.
    pub(super) fn pace_row(&self, plan: &Plan) -> Option<(String, String, Timestamp)> {
        let next = self.gap.and(self.next_slot)?;
        Some((plan.campaign.clone(), self.channel.name.clone(), next))
    }

    /// Takes an offered message back: there is nothing to send it by.
    pub(super) fn put_back(&mut self, due: Due) {
        self.next_slot = self.slot_before;
        self.queue.push_front(due);
    }

    /// Notes that a message is about to fly.
    pub(super) fn took(&mut self, id: i64) {
        self.flying.insert(id);
    }

    /// Notes that a message flies no more.
    pub(super) fn landed(&mut self, id: i64) {
        self.flying.remove(&id);
    }

    /// Tells whether anything is in flight.
    pub(super) fn flies(&self) -> bool {
        !self.flying.is_empty()
    }

    /// Forgets rows that were read, so that they are read again.
    pub(super) fn forget(&mut self) {
        self.queue.clear();
    }

    pub(super) fn is_mail(&self) -> bool {
        matches!(self.channel.kind, PlanChannelKind::Email { .. })
    }
}
