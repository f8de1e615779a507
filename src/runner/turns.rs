//! One turn: who came, who is released, what is due.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::clock::Clock;
use crate::dispatch::message::{Templates, templates_of};
use crate::dispatch::{Pace, Progress, Senders, Stop, Turn, TurnSummary, dispatch_due};
use crate::frame::Panel;
use crate::model::Checked;
use crate::plan::Plan;
use crate::plan::types::Entry;
use crate::runner::batches::{Releaser, earliest};
use crate::runner::error::RunError;
use crate::runner::intake::{Door, Intake};
use crate::runner::replan::catch_up;
use crate::store::Store;
use crate::store::ledger::DispatchLock;
use crate::store::token::Nonces;

/// What a campaign is carried out with.
pub struct Parts {
    /// The launched spec.
    pub checked: Checked,
    /// Folder of the lists.
    pub folder: PathBuf,
    /// The launched plan.
    pub plan: Plan,
    /// The store.
    pub store: Store,
    /// What messages leave by.
    pub senders: Senders,
    /// Random bytes of links.
    pub nonces: Arc<dyn Nonces>,
}

/// A launched campaign at work; one process at a time has it.
pub struct Runner {
    parts: Parts,
    templates: Templates,
    zone: TimeZone,
    open: Timestamp,
    close: Timestamp,
    intake: Intake,
    /// A change of the schedule may have left messages to be planned again; only before the first turn.
    caught_up: bool,
    /// When people are looked for who may be released.
    look_again: Look,
    lock: DispatchLock,
}

/// At once, at a time, or not before somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Now,
    At(Timestamp),
    Never,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Runner({})", self.parts.plan.campaign)
    }
}

impl Runner {
    /// Takes a launched campaign up; refused while another process dispatches from the same store.
    pub fn new(parts: Parts) -> Result<Self, RunError> {
        let moment = |text: &str| {
            text.parse::<Timestamp>().map_err(|e| RunError::Words(format!("the plan's time `{text}`: {e}")))
        };
        let (open, close) = (moment(&parts.plan.schedule.open)?, moment(&parts.plan.schedule.close)?);
        let templates = templates_of(&parts.plan).map_err(RunError::Words)?;
        let zone = TimeZone::get(&parts.plan.timezone).unwrap_or(TimeZone::UTC);
        let lock = parts.store.dispatch_lock()?;
        Ok(Self {
            parts,
            templates,
            zone,
            open,
            close,
            intake: Intake::default(),
            caught_up: false,
            look_again: Look::Now,
            lock,
        })
    }

    /// Tells who is in the risk groups of earlier campaigns, for those who come while the campaign runs; without it they
    /// are supposed, as in a rehearsal.
    #[must_use]
    pub fn with_risks(mut self, risks: BTreeMap<(String, String), Panel>) -> Self {
        self.intake.risks = risks;
        self
    }

    /// Returns the first and the last moment of the campaign.
    #[must_use]
    pub fn period(&self) -> (Timestamp, Timestamp) {
        (self.open, self.close)
    }

    /// Returns the launched plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.parts.plan
    }

    /// Returns the store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// Brings the campaign forward to the clock's present: takes arrivals in, releases, sends what is due.
    pub async fn turn(
        &mut self,
        clock: &dyn Clock,
        pace: Pace,
        stop: &Stop,
        progress: &dyn Progress,
    ) -> Result<TurnSummary, RunError> {
        let now = clock.now();
        if now < self.open {
            return Ok(TurnSummary { next_due: Some(self.open), ..TurnSummary::default() });
        }
        if !self.caught_up {
            let Parts { plan, store, senders, .. } = &self.parts;
            catch_up(plan, store, &self.templates, senders.site(), now).await?;
            self.caught_up = true;
        }
        let mut again = None;
        // A held campaign loses nobody: who came meanwhile is taken in when it goes on.
        if now < self.close && !self.is_paused().await? {
            again = self.welcome(now, progress).await?;
        }
        let Parts { plan, store, senders, .. } = &self.parts;
        let turn = Turn { plan, store, lock: &self.lock, senders, clock, pace, stop, progress };
        let mut summary = dispatch_due(&turn).await?;
        summary.come_again(again.filter(|at| *at < self.close));
        Ok(summary)
    }

    async fn is_paused(&self) -> Result<bool, RunError> {
        Ok(self.parts.store.is_paused(&self.parts.plan.campaign).await? == Some(true))
    }

    /// Takes arrivals in and releases; returns when to look again.
    async fn welcome(
        &mut self,
        now: Timestamp,
        progress: &dyn Progress,
    ) -> Result<Option<Timestamp>, RunError> {
        let parts = &self.parts;
        let local = now.to_zoned(self.zone.clone());
        let start_of =
            |day: jiff::civil::Date| day.to_zoned(self.zone.clone()).map_or(now, |z| z.timestamp());
        let door = Door {
            checked: &parts.checked,
            folder: &parts.folder,
            plan: &parts.plan,
            store: &parts.store,
            nonces: &*parts.nonces,
            now,
            day: local.date(),
            close: self.close,
            close_day: self.close.to_zoned(self.zone.clone()).date(),
        };
        let (came, next_event) = self.intake.take_in(door).await?;
        let releaser = Releaser {
            plan: &parts.plan,
            store: &parts.store,
            templates: &self.templates,
            site: parts.senders.site(),
            now,
            today: start_of(local.date()),
            open: self.open,
            close: self.close,
            waits: parts.checked.frame.as_ref().and_then(|f| f.rest).filter(|r| r.delay).map(|r| r.days),
        };
        let looks = match self.look_again {
            Look::Now => true,
            Look::At(at) => came > 0 || at <= now,
            Look::Never => came > 0,
        };
        if looks {
            // Stays so when releasing fails: who came is then looked for by the next turn.
            self.look_again = Look::Now;
            self.look_again = releaser.release(progress).await?.map_or(Look::Never, Look::At);
        }
        let next_batch = match self.look_again {
            Look::At(at) => Some(at),
            Look::Now | Look::Never => None,
        };
        let daily = parts.plan.strata.iter().any(|s| matches!(s.entry, Entry::Daily { .. }));
        let tomorrow = local.date().tomorrow().ok().filter(|_| daily).map(start_of);
        Ok(earliest(earliest(next_event, next_batch), tomorrow))
    }
}
