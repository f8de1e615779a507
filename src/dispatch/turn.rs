//! One turn of sending: everything that is due, in order, under rates and hours.
//!
//! The loop holds the promise: results of what landed and intents of what starts
//! next are one commit; only then does anything leave. After a crash at most as many
//! messages are unknown as there are connections.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::dispatch::calls::write_list;
use crate::dispatch::flight::{Flight, Landed, Shared, Vehicle, fly};
use crate::dispatch::lane::{Lane, Offer};
use crate::dispatch::message::ids::message_id;
use crate::dispatch::message::{Site, templates_of};
use crate::dispatch::pace::{Pace, Stop, Timeline};
use crate::dispatch::progress::Progress;
use crate::dispatch::reply::Class;
use crate::dispatch::senders::Senders;
use crate::dispatch::smtp::Connection;
use crate::dispatch::summary::{DispatchError, TurnSummary};
use crate::dispatch::verdict::verdict;
use crate::plan::types::{Plan, PlanChannel, PlanChannelKind};
use crate::plan::window::Windows;
use crate::store::ledger::{DispatchLock, Lease, Leased, Next, Outcome};
use crate::store::{MessageState, Store};

/// What a turn works with.
#[derive(Clone, Copy)]
pub struct Turn<'a> {
    /// The launched plan.
    pub plan: &'a Plan,
    /// The ledger.
    pub store: &'a Store,
    /// Proof that no other process dispatches from this store.
    pub lock: &'a DispatchLock,
    /// What messages leave by.
    pub senders: &'a Senders,
    /// The time.
    pub clock: &'a dyn Clock,
    /// How time passes.
    pub pace: Pace,
    /// Wishes the end.
    pub stop: &'a Stop,
    /// Is told how far it is.
    pub progress: &'a dyn Progress,
}

impl std::fmt::Debug for Turn<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Turn({}, {:?})", self.plan.campaign, self.pace)
    }
}

/// Sends everything of the plan that is due; says what came of it and when to come again.
pub async fn dispatch_due(turn: &Turn<'_>) -> Result<TurnSummary, DispatchError> {
    let store = turn.store;
    store.check_secret().await?;
    let name = &turn.plan.campaign;
    let mut summary = TurnSummary { recovered: store.recover(name).await?, ..TurnSummary::default() };
    let time = Timeline::new(turn.clock, turn.pace);
    summary.ended += store.expire(name, time.now()).await?;
    if store.is_paused(name).await? != Some(false) {
        summary.trouble.push(format!("campaign `{name}` is held; `canvass resume` lets it go on"));
        return Ok(summary);
    }
    if is_idle(turn, time.now(), &mut summary).await? {
        return Ok(summary);
    }
    let windows =
        Windows::new(&turn.plan.schedule).ok_or_else(|| DispatchError::Plan("its schedule".to_owned()))?;
    let shared = Arc::new(shared(turn)?);
    hand_over_calls(turn, &shared, &windows, &time, &mut summary).await?;
    let mut work = Work::open(turn, shared, &windows, time).await?;
    work.run(&mut summary).await?;
    let Work { lanes, .. } = work;
    for lane in lanes {
        settle(turn, lane, &mut summary).await?;
    }
    Ok(summary)
}

/// Tells whether nothing is due and no list is to be written, and notes when to come again.
async fn is_idle(turn: &Turn<'_>, now: Timestamp, summary: &mut TurnSummary) -> Result<bool, DispatchError> {
    let mut next = None;
    for channel in &turn.plan.channels {
        let due = turn.store.next_due(&turn.plan.campaign, &channel.name).await?;
        let calls = matches!(channel.kind, PlanChannelKind::Phone { .. });
        if calls || due.is_some_and(|at| at <= now) {
            return Ok(false);
        }
        next = [next, due].into_iter().flatten().min();
    }
    summary.come_again(next);
    Ok(true)
}

/// Closes a lane's connections and notes what it leaves for later.
async fn settle(turn: &Turn<'_>, lane: Lane<'_>, summary: &mut TurnSummary) -> Result<(), DispatchError> {
    let (campaign, channel) = (&turn.plan.campaign, &lane.channel.name);
    let now = turn.clock.now();
    let next = match (&lane.held, lane.waits) {
        (Some(reason), _) => {
            summary.held += turn.store.count_due(campaign, channel, now).await?;
            summary.trouble.push(format!("channel `{channel}`: {reason}"));
            turn.senders.closed(channel, now).map(|(until, _)| until)
        }
        (None, Some(slot)) => Some(slot),
        (None, None) => turn.store.next_due(campaign, channel).await?,
    };
    summary.come_again(next);
    for connection in lane.idle {
        connection.quit().await;
    }
    Ok(())
}

fn shared(turn: &Turn<'_>) -> Result<Shared, DispatchError> {
    Ok(Shared {
        plan: turn.plan.clone(),
        templates: templates_of(turn.plan).map_err(DispatchError::Plan)?,
        secret: turn.store.secret()?.to_vec(),
        base: turn.senders.base.clone(),
        relay: turn.senders.mail.clone(),
        gateway: turn.senders.sms.clone(),
        agent: turn.senders.sms.as_ref().map(crate::dispatch::Gateway::agent),
    })
}

/// Hands phone calls over, and writes the lists.
async fn hand_over_calls(
    turn: &Turn<'_>,
    shared: &Shared,
    windows: &Windows,
    time: &Timeline<'_>,
    summary: &mut TurnSummary,
) -> Result<(), DispatchError> {
    for channel in turn.plan.channels.iter().filter(|c| matches!(c.kind, PlanChannelKind::Phone { .. })) {
        let mut lane = Lane::open(turn.plan, turn.store, channel, 1).await?;
        while lane.has_room() && !turn.stop.is_set() {
            match lane.offer(turn.plan, windows, turn.store, time).await? {
                Offer::Send(due, at) => {
                    let lease = Lease { id: due.id, at, message_id: shared.key_of(&due) };
                    let given = turn.store.hand_over(&[lease]).await?;
                    if let Some(Leased::Go { .. }) = given.first() {
                        summary.listed += 1;
                    }
                }
                Offer::Postpone(later) => turn.store.postpone(&later).await?,
                Offer::Nothing => break,
            }
        }
        let rows = turn.store.listed(&turn.plan.campaign, &channel.name).await?;
        let (secret, site) = (&shared.secret, Site { base: &shared.base, sms_opt_out: ("", "") });
        write_list(&turn.store.folder(), turn.plan, channel, &rows, &shared.templates, secret, site)
            .map_err(DispatchError::Calls)?;
        settle(turn, lane, summary).await?;
    }
    Ok(())
}

/// The loop's state.
struct Work<'a> {
    turn: &'a Turn<'a>,
    shared: Arc<Shared>,
    windows: &'a Windows,
    time: Timeline<'a>,
    lanes: Vec<Lane<'a>>,
    flights: JoinSet<Landed>,
    outcomes: Vec<Outcome>,
}

impl<'a> Work<'a> {
    async fn open(
        turn: &'a Turn<'a>,
        shared: Arc<Shared>,
        windows: &'a Windows,
        time: Timeline<'a>,
    ) -> Result<Work<'a>, DispatchError> {
        let mut lanes = Vec::new();
        for channel in &turn.plan.channels {
            if matches!(channel.kind, PlanChannelKind::Phone { .. }) {
                continue;
            }
            let mut lane = Lane::open(turn.plan, turn.store, channel, shared.parallel(&channel.kind)).await?;
            lane.held = held_from_the_start(turn, channel, lane.most, time.now());
            lanes.push(lane);
        }
        Ok(Self { turn, shared, windows, time, lanes, flights: JoinSet::new(), outcomes: Vec::new() })
    }

    async fn run(&mut self, summary: &mut TurnSummary) -> Result<(), DispatchError> {
        let due = self.count_due().await?;
        self.turn.progress.begin("sending", due);
        loop {
            let picked = self.pick().await?;
            if picked.is_empty() && self.outcomes.is_empty() {
                if !self.flights.is_empty() {
                    self.land().await;
                } else if !self.sleep().await {
                    break;
                }
                continue;
            }
            self.round(picked, summary).await?;
            if !self.flights.is_empty() {
                self.land().await;
            }
        }
        self.turn.progress.finish();
        Ok(())
    }

    async fn count_due(&self) -> Result<u64, DispatchError> {
        let mut total = 0;
        for lane in &self.lanes {
            let name = &lane.channel.name;
            total += self.turn.store.count_due(&self.turn.plan.campaign, name, self.time.now()).await?;
        }
        Ok(total)
    }

    /// Fills the lanes: takes the next messages for which there is a connection.
    async fn pick(&mut self) -> Result<Vec<Flight>, DispatchError> {
        let mut picked = Vec::new();
        if self.turn.stop.is_set() || self.time.is_over() {
            return Ok(picked);
        }
        for n in 0..self.lanes.len() {
            while let Some(lane) = self.lanes.get_mut(n).filter(|l| l.has_room()) {
                match lane.offer(self.turn.plan, self.windows, self.turn.store, &self.time).await? {
                    Offer::Send(due, at) => {
                        let Some(by) = vehicle(self.turn, &self.shared, lane, self.time.now()).await else {
                            lane.put_back(*due);
                            break;
                        };
                        lane.took(due.id);
                        picked.push(Flight { lane: n, due: *due, fence: 0, at, by });
                    }
                    Offer::Postpone(later) => {
                        self.turn.store.postpone(&later).await?;
                        if later.iter().any(|(_, at)| *at <= self.time.now()) {
                            lane.forget();
                        }
                    }
                    Offer::Nothing => break,
                }
            }
        }
        Ok(picked)
    }

    /// Commits results and intents, then lets the leased messages go.
    async fn round(&mut self, picked: Vec<Flight>, summary: &mut TurnSummary) -> Result<(), DispatchError> {
        let leases: Vec<Lease> = picked.iter().map(|f| self.lease(f)).collect();
        let paces: Vec<_> = self.lanes.iter().filter_map(|l| l.pace_row(self.turn.plan)).collect();
        let results = std::mem::take(&mut self.outcomes);
        let given = self.turn.store.round(&results, &leases, &paces).await?;
        for outcome in &results {
            summary.count(&outcome.next);
            if matches!(outcome.next, Next::Retry { .. } | Next::FallBack { .. }) {
                // It may be due again at once, here or on another channel.
                self.lanes.iter_mut().for_each(|l| l.dry = false);
            } else {
                self.turn.progress.advance(1);
            }
        }
        for (mut flight, leased) in picked.into_iter().zip(given) {
            match leased {
                Leased::Go { fence } => {
                    flight.fence = fence;
                    self.flights.spawn(fly(Arc::clone(&self.shared), flight));
                }
                other => self.not_leased(flight, other, summary),
            }
        }
        Ok(())
    }

    fn lease(&self, flight: &Flight) -> Lease {
        let key = self.shared.key_of(&flight.due);
        let channel = self.lanes.get(flight.lane).map(|l| &l.channel.kind);
        let message_id = match channel {
            Some(PlanChannelKind::Email { from_address, .. }) => message_id(&key, from_address),
            _ => key,
        };
        Lease { id: flight.due.id, at: flight.at, message_id }
    }

    fn not_leased(&mut self, flight: Flight, leased: Leased, summary: &mut TurnSummary) {
        let Some(lane) = self.lanes.get_mut(flight.lane) else { return };
        lane.landed(flight.due.id);
        park(lane, Some(flight.by));
        match leased {
            Leased::Ended(_) => summary.ended += 1,
            Leased::Held => lane.held = Some("the campaign is held".to_owned()),
            Leased::Gone | Leased::Go { .. } => {}
        }
    }

    /// Waits for one landing and takes all others that are there.
    async fn land(&mut self) {
        let mut landed = self.flights.join_next().await;
        while let Some(one) = landed {
            // A task that died leaves its row in `sending`; the next turn lists it as unknown.
            if let Ok(one) = one {
                self.take_in(one);
            }
            landed = self.flights.try_join_next();
        }
    }

    fn take_in(&mut self, landed: Landed) {
        let Landed { lane, due, fence, at, connection, end } = landed;
        let Some(lane) = self.lanes.get_mut(lane) else { return };
        lane.landed(due.id);
        park(lane, connection.map(Vehicle::Smtp));
        let (id, turn) = (due.id, self.turn);
        let attempt = match end {
            Ok(attempt) => attempt,
            Err(why) => {
                let (class, next) = ("render_error".to_owned(), Next::RenderError);
                self.outcomes.push(Outcome { id, fence, at, class, sent: false, reply: why, next });
                return;
            }
        };
        let slow = if attempt.class == Class::Throttle { lane.slow(&due, at) } else { at };
        lane.count_fault(attempt.class == Class::Fault, &attempt.reply);
        if attempt.class == Class::Relay {
            turn.senders.close(&lane.channel.name, self.time.now(), &attempt.reply);
            lane.held = Some(attempt.reply.clone());
        } else if matches!(attempt.class, Class::Accepted) {
            turn.senders.open(&lane.channel.name);
        }
        let next = verdict(turn.plan, &due, &attempt, at, slow);
        let class = attempt.class.word().to_owned();
        self.outcomes.push(Outcome { id, fence, at, class, sent: attempt.sent, reply: attempt.reply, next });
    }

    /// Sleeps until the next free moment of a channel; `false` when the turn is over.
    async fn sleep(&self) -> bool {
        if self.turn.stop.is_set() || self.time.is_over() {
            return false;
        }
        let waiting = self.lanes.iter().filter(|l| l.held.is_none());
        let next: Option<Timestamp> = waiting.filter_map(|l| l.waits).min();
        let Some(wait) = next.and_then(|at| self.time.wait_for(at)) else { return false };
        self.turn.stop.sleep(wait).await;
        !self.turn.stop.is_set()
    }
}

fn held_from_the_start(
    turn: &Turn<'_>,
    channel: &PlanChannel,
    most: usize,
    now: Timestamp,
) -> Option<String> {
    if most == 0 {
        return Some("nothing is set up for it in the profile".to_owned());
    }
    turn.senders.closed(&channel.name, now).map(|(_, reason)| reason)
}

/// Finds what the next message travels by; a relay that can't be reached closes the lane before anything is leased.
async fn vehicle(turn: &Turn<'_>, shared: &Shared, lane: &mut Lane<'_>, now: Timestamp) -> Option<Vehicle> {
    if !lane.is_mail() {
        return Some(Vehicle::Http);
    }
    let relay = shared.relay.as_ref()?;
    while let Some(connection) = lane.idle.pop() {
        if connection.is_fresh(relay) {
            return Some(Vehicle::Smtp(Box::new(connection)));
        }
        connection.quit().await;
    }
    match Connection::open(relay).await {
        Ok(connection) => Some(Vehicle::Smtp(Box::new(connection))),
        // While others still fly, the server may only be counting its connections.
        Err(_) if lane.flies() => None,
        Err(why) => {
            let why = format!("the mail server {relay} can't be reached or refuses: {why}");
            turn.senders.close(&lane.channel.name, now, &why);
            lane.held = Some(why);
            None
        }
    }
}

fn park(lane: &mut Lane<'_>, by: Option<Vehicle>) {
    if let Some(Vehicle::Smtp(connection)) = by {
        lane.idle.push(*connection);
    }
}

impl TurnSummary {
    fn count(&mut self, next: &Next) {
        match next {
            Next::Accepted => self.sent += 1,
            Next::Listed => self.listed += 1,
            Next::Unknown => self.unknown += 1,
            Next::Rejected { .. } | Next::RenderError | Next::Expired => self.failed += 1,
            Next::Retry { .. } | Next::FallBack { .. } => self.retried += 1,
        }
    }
}

/// States that a finished campaign must explain.
#[must_use]
pub fn is_failure(state: MessageState) -> bool {
    matches!(
        state,
        MessageState::Unknown | MessageState::Rejected | MessageState::RenderError | MessageState::Expired
    )
}
