//! `canvass run`: carries the plan out until close.

mod bars;
mod copy;
mod dry;
mod forms;
mod take_up;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use self::bars::SendingBars;
use self::forms::Forms;
use crate::cli::earlier::risks;
use crate::cli::run::copy::ListCopy;
use crate::cli::{Context, Exit};
use crate::clock::Clock;
use crate::dispatch::{Pace, Stop, TurnSummary};
use crate::rehearse::mailbox;
use crate::runner::outfit::{self, MailboxAddress};
use crate::runner::{Parts, Runner};
use crate::settings::Settings;
use crate::store::Store;
use crate::store::token::SystemNonces;

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The spec
    spec: PathBuf,
    /// Carry out exactly this reviewed plan (YAML or JSON), or refuse
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Do what is due now, and end; for cron
    #[arg(long)]
    once: bool,
    /// Launch nothing, send nothing; print what would be sent
    #[arg(long, conflicts_with = "once")]
    dry_run: bool,
    /// Leave the forms to `canvass serve`
    #[arg(long)]
    no_forms: bool,
}

/// Lists are looked at and the store is asked at least this often.
const LONGEST_NAP: Duration = Duration::from_mins(1);
/// A turn ends after so long, so that arrivals are seen while a long queue is worked off.
const LONGEST_TURN: Duration = Duration::from_mins(1);

/// Runs the command.
#[must_use]
pub fn run(args: &RunArgs, cx: &Context) -> Exit {
    cx.block_on(carry_out(args, cx))
}

async fn carry_out(args: &RunArgs, cx: &Context) -> Result<Exit, Exit> {
    let (folder, checked) = cx.checked_in_short(&args.spec)?;
    let settings = cx.settings(&folder)?;
    if args.dry_run {
        return dry::print(args, cx, &folder, checked, &settings).await;
    }
    let clock: Arc<dyn Clock> = Arc::from(cx.clock());
    let store = cx.store(&settings).await?;
    let post = Post::open(&settings, cx).await?;
    let senders = post.senders(&settings, cx)?;
    let taken = take_up::take_up(args, cx, &folder, checked, &settings, &store, &*clock, &senders).await?;
    let nonces = Arc::new(SystemNonces);
    let plan = taken.plan;
    let risks = risks(cx, &taken.checked, &store).await?;
    let (copy, checked) = ListCopy::open(taken.checked, &settings, plan.seed, clock.now(), cx).await?;
    let parts = Parts { checked, folder, plan, store: store.clone(), senders, nonces };
    let runner = Runner::new(parts).map_err(|e| cx.fail(Exit::CouldNot, &e.to_string()))?.with_risks(risks);
    let stop = Stop::default();
    listen_for_signals(&stop);
    // A fixed clock never reaches close, so that a run on it could only be a single turn.
    let once = args.once || cx.now.is_some();
    let forms = if once || args.no_forms {
        None
    } else {
        Some(Forms::open(cx, &settings, &store, Arc::clone(&clock)).await?)
    };
    let work = Work { cx, clock: &*clock, runner, copy, stop: &stop, total: TurnSummary::default() };
    // The whole run is one large state; the heap keeps it off the stack.
    let exit = Box::pin(work.work(once)).await;
    if let Some(forms) = forms {
        forms.close().await;
    }
    store.close().await;
    exit
}

/// The built-in mailbox, where the profile sends into it.
struct Post(Option<mailbox::Mailbox>);

impl Post {
    async fn open(settings: &Settings, cx: &Context) -> Result<Self, Exit> {
        if !outfit::wants_mailbox(settings) {
            return Ok(Self(None));
        }
        let could_not = |e: &dyn std::fmt::Display| cx.fail(Exit::CouldNot, &format!("the mailbox: {e}"));
        let folder = settings.mailbox_folder().map_err(|e| could_not(&e))?;
        let mailbox = mailbox::start(&folder).await.map_err(|e| could_not(&e))?;
        cx.say(&format!("messages go into the mailbox {}", folder.display()));
        Ok(Self(Some(mailbox)))
    }

    fn senders(&self, settings: &Settings, cx: &Context) -> Result<crate::dispatch::Senders, Exit> {
        let address = self.0.as_ref().map(|m| MailboxAddress {
            smtp: m.smtp_addr,
            sms_url: m.sms_url.clone(),
            sms_key: m.sms_token.clone(),
        });
        outfit::senders(settings, address.as_ref()).map_err(|e| cx.fail(Exit::CouldNot, &e))
    }
}

/// A run at work.
struct Work<'a> {
    cx: &'a Context,
    clock: &'a dyn Clock,
    runner: Runner,
    copy: ListCopy,
    stop: &'a Stop,
    total: TurnSummary,
}

impl Work<'_> {
    async fn work(mut self, once: bool) -> Result<Exit, Exit> {
        let (open, close) = self.runner.period();
        if self.clock.now() < open {
            self.cx.say(&format!("campaign `{}` opens at {open}", self.runner.plan().campaign));
        }
        let bars = SendingBars::new(self.cx.quiet);
        let mut said: Vec<String> = Vec::new();
        let at_most = (!once).then_some(LONGEST_TURN);
        for turns in 0_u64.. {
            self.copy.refresh(self.clock.now(), self.cx).await;
            let turn = self.runner.turn(self.clock, Pace::Live { at_most }, self.stop, &bars).await;
            let summary = turn.map_err(|e| self.cx.fail(Exit::CouldNot, &e.to_string()))?;
            if summary.trouble != said {
                summary.trouble.iter().for_each(|t| self.cx.say(&format!("warning: {t}")));
                said.clone_from(&summary.trouble);
            }
            let unreachable = summary.held > 0 && summary.sent + summary.listed == 0;
            let next = summary.next_due;
            self.total.add(summary);
            if unreachable && (once || turns == 0) {
                return Err(self.unreachable());
            }
            if once || self.stop.is_set() || self.clock.now() >= close {
                break;
            }
            self.nap(next, close).await;
            if self.stop.is_set() {
                break;
            }
        }
        Ok(self.end())
    }

    async fn nap(&self, next: Option<Timestamp>, close: Timestamp) {
        let now = self.clock.now();
        let until = next.map_or(close, |at| at.min(close));
        let wait = Duration::try_from(until.duration_since(now).max(SignedDuration::ZERO));
        let wait = wait.unwrap_or(LONGEST_NAP).clamp(Duration::from_millis(100), LONGEST_NAP);
        self.stop.sleep(wait).await;
    }

    fn unreachable(&self) -> Exit {
        let words = self.total.trouble.join("\n");
        let remedy = "nothing is lost: the messages stay queued; check the address in `canvass.yaml` (or the \
                      variable it names) and that the server runs, then run the command again";
        self.cx.fail(Exit::CouldNot, &format!("{words}\n{remedy}"))
    }

    fn end(&self) -> Exit {
        let t = &self.total;
        let figures = [
            (t.sent, "sent"),
            (t.listed, "listed for interviewers"),
            (t.retried, "put off after a temporary refusal"),
            (t.failed, "failed"),
            (t.unknown + t.recovered, "perhaps delivered"),
            (t.held, "held"),
        ];
        let shown: Vec<String> =
            figures.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        let next = t.next_due.map_or_else(String::new, |at| format!("; next at {at:.0}"));
        let shown = if shown.is_empty() { "nothing was due".to_owned() } else { shown.join(", ") };
        self.cx.say(&format!("{shown}{next}"));
        let trouble = t.failed + t.unknown + t.recovered + t.held;
        if trouble > 0 { Exit::Partly } else { Exit::Good }
    }
}

/// Ends the run on Ctrl-C and SIGTERM after what is in flight; a second Ctrl-C is the system's.
fn listen_for_signals(stop: &Stop) {
    let stop = stop.clone();
    tokio::spawn(async move {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let Ok(mut term) = signal(SignalKind::terminate()) else { return };
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
        stop.set();
    });
}

/// Says in one line what the store of a run is, for messages.
fn place(store: &Store) -> String {
    store.path().display().to_string()
}
