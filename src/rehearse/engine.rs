//! The clock that jumps: launches the campaign, and goes from one event to the next until close.
//!
//! Goes in: a [`Task`]. Comes out: a [`Rehearsal`] with its report on disk. All work is done
//! by the rooms that a real run uses; this file only says what time it is.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::clock::{Clock, ManualClock};
use crate::collect::server::{Server, serve_with};
use crate::dispatch::{Gateway, Pace, Relay, Senders, Silent, Stop};
use crate::frame::coordinate::{Starts, starts};
use crate::frame::{FrameError, History, Person, Place, Waves, measured};
use crate::model::Checked;
use crate::plan::{self, Plan};
use crate::rehearse::crowd::Crowd;
use crate::rehearse::failure::Failure;
use crate::rehearse::list::List;
use crate::rehearse::mailbox::{self, Mailbox};
use crate::rehearse::outcome::{Rehearsal, Timing};
use crate::rehearse::progress::{Progress, Stage};
use crate::rehearse::respondent;
use crate::rehearse::traits::Groups;
use crate::report;
use crate::runner::{self, Parts, Runner};
use crate::score::compare::events::asked;
use crate::store::token::SeededNonces;
use crate::store::{Durability, Store};

/// Turns of sending are at least this far apart in simulated time; messages keep their own times within a turn.
const BETWEEN_TURNS: SignedDuration = SignedDuration::from_mins(15);
/// A turn comes at least this often, so that arrivals and batches are seen.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(12);

/// What is to be rehearsed.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The campaign.
    pub checked: &'a Checked,
    /// Folder of the spec.
    pub folder: &'a Path,
    /// Address of the database, for a list that stands in one.
    pub database: Option<&'a str>,
    /// Seed of the draw, of the links and of everybody's behaviour.
    pub seed: u64,
    /// Folder of the store and the mailbox; it must not exist.
    pub home: &'a Path,
    /// Folder of the report.
    pub out: &'a Path,
    /// Is told how far it is.
    pub progress: &'a dyn Progress,
}

/// Rehearses a campaign from its spec to its report.
pub async fn rehearse(task: Task<'_>) -> Result<Rehearsal, Failure> {
    let mut timing = Timing::default();
    let watch = Instant::now();
    task.progress.begins(Stage::Draw, 1);
    let list = List::open(&task).await.map_err(|e| failure(&e))?;
    let (plan, drawn) = draw(&task, &list).await?;
    task.progress.ends(Stage::Draw, drawn.len() as u64);
    timing.draw = watch.elapsed();

    let mut world = World::open(&task, &list, plan, &drawn).await?;
    world.carry_out(&task, &mut timing).await?;

    let watch = Instant::now();
    task.progress.begins(Stage::Score, 1);
    let report = world.report(&task, &list.checked).await?;
    task.progress.ends(Stage::Score, report.len() as u64);
    timing.score = watch.elapsed();
    world.close(report, timing).await
}

/// Reads the list, plans and draws, as `plan` and `run` do.
async fn draw(task: &Task<'_>, list: &List) -> Result<(Plan, Vec<Person>), Failure> {
    if task.checked.frame.is_none() || task.checked.schedule.is_none() {
        let name = &task.checked.campaign.name;
        let words = format!(
            "campaign `{name}` invites nobody (it has no `frame` and `schedule`), so there is nothing to rehearse"
        );
        return Err(Failure::Spec(words));
    }
    // Nobody was asked before a rehearsal: earlier draws start where no start is told, and the rest is supposed.
    let nobody = |_: &str| Ok(Starts::new());
    let starts = starts(task.checked, &nobody).map_err(|faults| Failure::Spec(faults.join("\n")))?;
    let history = History { waves: Waves::stand_in(task.checked, starts), ..History::default() };
    let reading = list.read(task, &history).await.map_err(|e| failure(&e))?;
    Ok((plan::make(task.checked, &reading.summary, task.seed), reading.drawn))
}

fn failure(error: &FrameError) -> Failure {
    match error {
        FrameError::Spec(_) => Failure::Spec(error.to_string()),
        FrameError::List(_) => Failure::CouldNot(error.to_string()),
    }
}

/// Everything that runs during a rehearsal.
struct World {
    runner: Runner,
    store: Store,
    clock: Arc<ManualClock>,
    mailbox: Mailbox,
    crowd: Crowd,
    /// Failures that the forms' server told of.
    server_troubles: Arc<Mutex<Vec<String>>>,
    server: AbortHandle,
    troubles: Vec<String>,
    /// Id of the last invitation that was met.
    met: i64,
}

impl World {
    /// Opens mailbox, store and forms, and launches the campaign at its first moment.
    async fn open(task: &Task<'_>, list: &List, plan: Plan, drawn: &[Person]) -> Result<Self, Failure> {
        let name = plan.campaign.clone();
        let open: Timestamp = moment(&plan.schedule.open)?;
        let clock = Arc::new(ManualClock::new(open));
        let folder = task.home.join("mailbox");
        let mailbox = mailbox::start(&folder).await.map_err(|e| {
            Failure::could_not(&format!("the mailbox `{}` can't be opened", folder.display()), e)
        })?;
        let secret = format!("rehearsal of {name} under seed {}", task.seed).into_bytes();
        let url = format!("sqlite:{}", task.home.join("rehearsal.db").display());
        let store = Store::open(&url, Durability::Relaxed).await.map_err(trouble)?.with_secret(&secret);
        // One sequence for links and pseudonyms, so that no two are alike.
        let nonces = Arc::new(SeededNonces::new(task.seed));

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(|e| Failure::could_not("no port for the forms", e))?;
        let base = listener.local_addr().map_err(|e| Failure::could_not("no port for the forms", e))?;
        let base = format!("http://{base}");
        let server_troubles = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&server_troubles);
        let forms = Server::new(store.clone(), secret, clock.clone() as Arc<dyn Clock>)
            .with_nonces(nonces.clone())
            .with_report(Arc::new(move |words: &str| {
                told.lock().unwrap_or_else(PoisonError::into_inner).push(words.to_owned());
            }));
        let server = tokio::spawn(serve_with(forms, listener, std::future::pending())).abort_handle();

        let relay = Relay::new(&mailbox.smtp_addr.ip().to_string(), mailbox.smtp_addr.port());
        let gateway = Gateway::new(&mailbox.sms_url, Some(&mailbox.sms_token));
        let senders = Senders::new(&base, Some(relay), Some(gateway));
        runner::launch(task.checked, &plan, drawn, &store, open, &*nonces).await.map_err(trouble)?;
        let parts = Parts {
            checked: list.checked.clone(),
            folder: task.folder.to_path_buf(),
            plan,
            store: store.clone(),
            senders,
            nonces,
        };
        let runner = Runner::new(parts).map_err(trouble)?;
        let crowd = Crowd::new(task.seed);
        Ok(Self {
            runner,
            store,
            clock,
            mailbox,
            crowd,
            server_troubles,
            server,
            troubles: Vec::new(),
            met: 0,
        })
    }

    /// Goes from event to event until close: a turn of sending that is due, a person who acts.
    async fn carry_out(&mut self, task: &Task<'_>, timing: &mut Timing) -> Result<(), Failure> {
        let expected = self.runner.plan().expected.clone();
        task.progress.begins(Stage::Send, expected.messages);
        task.progress.begins(Stage::Answer, whole(expected.completes));
        let (open, close) = self.runner.period();
        let zone = TimeZone::get(&self.runner.plan().timezone).unwrap_or(TimeZone::UTC);
        let mut next_turn = open;
        loop {
            let now = self.clock.now();
            let day = Some(now.to_zoned(zone.clone()).date());
            if next_turn <= now {
                let watch = Instant::now();
                let due = self.send(task, timing).await?;
                timing.send += watch.elapsed();
                task.progress.reaches(Stage::Send, timing.messages, day);
                let soon = due.unwrap_or(close).max(now + BETWEEN_TURNS);
                next_turn = soon.min(now + LONGEST_PAUSE);
            }
            let watch = Instant::now();
            self.crowd
                .deliver(&self.mailbox.take_new(), now)
                .map_err(|e| Failure::could_not("a message that was just received can't be read", e))?;
            self.crowd.act(now).await.map_err(|e| Failure::could_not("the forms don't answer", e))?;
            timing.answer += watch.elapsed();
            task.progress.reaches(Stage::Answer, self.crowd.finished, day);
            let next = self.crowd.next_at().map_or(next_turn, |at| at.min(next_turn));
            if next >= close {
                break;
            }
            self.clock.set(next);
        }
        // What is still queued at close has come too late, and the ledger says so.
        self.clock.set(close);
        self.send(task, timing).await?;
        timing.answers = self.crowd.finished;
        timing.requests = self.crowd.requests();
        task.progress.ends(Stage::Send, timing.messages);
        task.progress.ends(Stage::Answer, self.crowd.finished);
        Ok(())
    }

    /// One turn; returns when the next one is due. Whoever was invited in it is let into the crowd.
    async fn send(&mut self, task: &Task<'_>, timing: &mut Timing) -> Result<Option<Timestamp>, Failure> {
        let turn = self.runner.turn(&*self.clock, Pace::Jump, &Stop::default(), &Silent).await;
        let turn = turn.map_err(trouble)?;
        timing.messages += turn.sent + turn.listed;
        for words in turn.trouble {
            if !self.troubles.contains(&words) {
                self.troubles.push(words);
            }
        }
        let name = &self.runner.plan().campaign;
        let fresh = self.store.invitations_after(name, self.met).await.map_err(trouble)?;
        let groups = Groups::new(task.checked, self.runner.plan());
        for invitation in &fresh {
            self.crowd.admit(&groups.of(invitation));
        }
        self.met = fresh.last().map_or(self.met, |i| i.id);
        Ok(turn.next_due)
    }

    /// Makes the report as of close, by the code of `report`.
    async fn report(&self, task: &Task<'_>, list: &Checked) -> Result<Vec<PathBuf>, Failure> {
        let plan = self.runner.plan();
        let now = self.clock.now();
        let history =
            History { waves: Waves::stand_in(task.checked, plan::starts(plan)), ..History::default() };
        let place = Place { checked: list, folder: task.folder, seed: task.seed, history: &history };
        // A list that stays in its database is not read for this.
        let at_hand = list.frame.as_ref().is_none_or(|f| f.relation.is_none());
        let events = if at_hand { measured(place, now, &asked(list, None)) } else { Vec::new() };
        let data = report::make_after(&self.store, &plan.campaign, task.checked, plan, (None, events), now);
        let data = Box::pin(data).await.map_err(trouble)?;
        let (formats, _) = report::formats(&[], task.checked);
        let languages: Vec<String> = task.checked.campaign.languages.iter().take(1).cloned().collect();
        report::write(task.out, &data, &formats, &languages).map_err(trouble)
    }

    /// Counts, closes everything and tells what came of it.
    async fn close(mut self, report: Vec<PathBuf>, timing: Timing) -> Result<Rehearsal, Failure> {
        let plan = self.runner.plan().clone();
        let messages = self.store.message_counts(&plan.campaign).await.map_err(trouble)?;
        let cells = self.store.cell_counts(&plan.campaign).await.map_err(trouble)?;
        self.server.abort();
        let people = self.crowd.record();
        let stuck = people.iter().filter(|((_, p), _)| *p == respondent::Progress::Stuck);
        let stuck: u64 = stuck.map(|(_, count)| count).sum();
        if stuck > 0 {
            self.troubles.push(format!("{stuck} simulated people could not get past a page of the form"));
        }
        if self.crowd.strays > 0 {
            self.troubles.push(format!("{} messages went to addresses that nobody has", self.crowd.strays));
        }
        self.troubles.extend(self.server_troubles.lock().unwrap_or_else(PoisonError::into_inner).drain(..));
        let (mailbox, store) = (self.mailbox.folder().to_path_buf(), self.store.path().to_path_buf());
        self.store.close().await;
        Ok(Rehearsal {
            plan,
            report,
            mailbox,
            store,
            messages,
            cells,
            people,
            troubles: self.troubles,
            timing,
        })
    }
}

fn moment(text: &str) -> Result<Timestamp, Failure> {
    text.parse().map_err(|e| Failure::could_not(&format!("the plan's time `{text}`"), e))
}

fn trouble(error: impl std::fmt::Display) -> Failure {
    Failure::CouldNot(error.to_string())
}

/// An expected number as a whole one.
fn whole(expected: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let whole = expected.clamp(0.0, 1e15).round() as u64;
    whole
}
