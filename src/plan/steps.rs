//! The dated steps: how many messages, from when, until when.
//!
//! Simulated at the channel's rate through hours and workdays of the campaign's
//! time zone; recipients elsewhere have their own hours, so moments of theirs
//! may differ by the distance of the zones. Reminders go to those who have not
//! answered: of the expected completes, half is taken to have come before the
//! first reminder, half of the rest before the second, and so on.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::frame::allocate::{hamilton, round_up};
use crate::frame::{Design, Entering, FrameSummary};
use crate::model::Checked;
use crate::model::checked::{ContactKind, Schedule, Step, StepKind, Text, Timing};
use crate::plan::expect::Reckoned;
use crate::plan::parts::{contact, moment};
use crate::plan::print::view::step_in_words;
use crate::plan::say::{each, say};
use crate::plan::types::{PlanSchedule, PlanStep, PlanTiming};
use crate::plan::window::{Windows, days_later, instant};
use crate::plan::words::pace;

/// What the simulation stands on.
pub struct Stage<'a> {
    /// The model.
    pub checked: &'a Checked,
    /// The cells.
    pub design: &'a Design,
    /// The counts.
    pub summary: &'a FrameSummary,
    /// Sizes and response rates.
    pub reckoned: &'a [Reckoned],
    /// The campaign's zone.
    pub zone: &'a TimeZone,
    /// Rules of sending.
    pub windows: Windows,
}

/// First and last moment of a step, and its messages.
#[derive(Debug, Clone, Default)]
struct Run {
    messages: u64,
    /// The messages of each channel, not yet whole numbers.
    through: Vec<f64>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    /// Last message to those drawn at launch; later ones follow arrivals and events.
    bulk_last: Option<Timestamp>,
    /// Some whose turn comes late get nothing before close.
    cut: bool,
}

/// Simulates all steps; what does not fit is said in `warnings`.
pub fn steps(
    checked: &Checked,
    design: &Design,
    summary: &FrameSummary,
    reckoned: &[Reckoned],
    (schedule, rules): (&Schedule, &PlanSchedule),
    zone: &TimeZone,
    warnings: &mut Vec<Text>,
) -> Vec<PlanStep> {
    let Some(windows) = Windows::new(rules) else { return Vec::new() };
    let stage = Stage { checked, design, summary, reckoned, zone, windows };
    let mut all = Vec::new();
    let mut invited: Vec<(usize, Run)> = Vec::new();
    let mut cut: Vec<&Step> = Vec::new();
    for (index, step) in schedule.steps.iter().enumerate() {
        let run = match step.kind {
            StepKind::Invite => {
                let run = stage.invite(schedule, index, step);
                invited.push((index, run.clone()));
                run
            }
            StepKind::Remind => stage.remind(schedule, index, step, &invited),
        };
        warnings.extend(stage.complaint(step, &run));
        if run.cut {
            cut.push(step);
        }
        all.push(stage.planned(step, &run));
    }
    if !cut.is_empty() {
        warnings.push(each(&checked.campaign.languages, |w| {
            let names: Vec<String> = cut.iter().map(|s| step_in_words(s.kind, &s.name, w)).collect();
            say!(w, "cut", names = w.names(&names))
        }));
    }
    all
}

impl Stage<'_> {
    /// Returns the cells of the strata whose invitation is this step.
    fn cells_of_invite(&self, schedule: &Schedule, index: usize) -> Vec<usize> {
        let own = |cell: &usize| {
            let stratum = self.design.cells[*cell].stratum;
            let first =
                schedule.steps.iter().position(|s| s.kind == StepKind::Invite && concerns(s, stratum));
            first == Some(index)
        };
        (0..self.reckoned.len()).filter(own).collect()
    }

    fn invite(&self, schedule: &Schedule, index: usize, step: &Step) -> Run {
        let cells = self.cells_of_invite(schedule, index);
        let invitations = |cell: &usize| self.reckoned[*cell].size.invitations;
        let at_once = |cell: &usize| round_up((invitations(cell) as f64 * self.at_once(*cell)).round());
        let at_launch: u64 = cells.iter().filter(|c| self.entering(**c).at_launch()).map(at_once).sum();
        let mut run = Run { messages: cells.iter().map(invitations).sum(), ..Run::default() };
        self.through(step, cells.iter().map(|c| (*c, invitations(c) as f64)), &mut run);
        if at_launch > 0 {
            let open = self.windows.open();
            run.first = self.next(open);
            run.bulk_last = self.windows.last_of(self.zone, open, at_launch, self.rate(step));
            if run.bulk_last.is_none() {
                return run;
            }
        }
        run.last = run.bulk_last;
        for &cell in &cells {
            let (from, until) = self.waits(cell);
            run.first = earlier(run.first, from.and_then(|t| self.next(t)));
            self.follow(&mut run, until);
        }
        for cell in cells.into_iter().filter(|c| !self.entering(*c).at_launch() && invitations(c) > 0) {
            let known = &self.summary.cells[cell];
            let due = |text: &Option<String>| self.due(text.as_deref()?, self.entering(cell), step.timing);
            run.first = earlier(run.first, due(&known.first).and_then(|t| self.next(t)));
            self.follow(&mut run, due(&known.last));
        }
        run
    }

    fn entering(&self, cell: usize) -> Entering {
        self.design.entering[self.design.cells[cell].stratum]
    }

    /// Returns when the first and the last rest ends of those who are drawn at launch and rest at open.
    fn waits(&self, cell: usize) -> (Option<Timestamp>, Option<Timestamp>) {
        let waiting = self.summary.cells.get(cell).and_then(|c| c.waiting.as_ref());
        let at = |text: &Option<String>| text.as_deref()?.parse().ok();
        waiting.map_or((None, None), |w| (at(&w.from), at(&w.until)))
    }

    /// Returns what part of a cell's drawn people need not wait for the end of a rest.
    fn at_once(&self, cell: usize) -> f64 {
        let Some(known) = self.summary.cells.get(cell) else { return 1.0 };
        let waiting = known.waiting.as_ref().map_or(0, |w| w.people);
        1.0 - waiting as f64 / known.drawn.max(1) as f64
    }

    /// Lets a run reach to the message that is due then, or to the end of the last legal stretch.
    fn follow(&self, run: &mut Run, due: Option<Timestamp>) {
        let Some(due) = due else { return };
        let last = self.next(due);
        run.cut |= last.is_none();
        run.last = run.last.max(last.or_else(|| self.windows.end(self.zone)));
    }

    /// Returns when the message for an arrival or event is due.
    fn due(&self, text: &str, entering: Entering, timing: Timing) -> Option<Timestamp> {
        if let (Entering::Events { .. }, Timing::AfterEvent { hours, .. }) = (entering, timing) {
            let at: Timestamp = text.parse().ok()?;
            return at.checked_add(i64::from(hours).hours()).ok();
        }
        let day: jiff::civil::Date = text.parse().ok()?;
        instant(self.zone, day.to_datetime(jiff::civil::Time::midnight()))
    }

    fn remind(&self, schedule: &Schedule, index: usize, step: &Step, invited: &[(usize, Run)]) -> Run {
        let Timing::AfterInvite { days } = step.timing else { return Run::default() };
        let later = |at: Option<Timestamp>| days_later(self.zone, at?, days);
        let mut run = Run::default();
        let (mut bulk, mut others, mut all) = (0.0, 0.0, Vec::new());
        let (mut bulk_due, mut due) = (None, None);
        for (invite, invite_run) in invited {
            let cells = self.cells_of_invite(schedule, *invite).into_iter();
            let reached: Vec<usize> =
                cells.filter(|c| concerns(step, self.design.cells[*c].stratum)).collect();
            for &cell in &reached {
                let waiting = self.waiting(schedule, index, cell) * self.reached(step, cell);
                all.push((cell, waiting));
                if self.entering(cell).at_launch() {
                    bulk += waiting * self.at_once(cell);
                    bulk_due = bulk_due.max(later(invite_run.bulk_last));
                    // Whoever waits for the end of a rest is reminded so much later.
                    others += waiting * (1.0 - self.at_once(cell));
                    due = due.max(self.waits(cell).1.and_then(|at| later(self.next(at))));
                } else if waiting > 0.0 {
                    others += waiting;
                    due = due.max(later(invite_run.last));
                }
            }
            if !reached.is_empty() {
                run.first = earlier(run.first, later(invite_run.first).and_then(|t| self.next(t)));
            }
        }
        run.messages = round_up(bulk + others);
        self.through(step, all.into_iter(), &mut run);
        if run.messages == 0 {
            return Run::default();
        }
        if bulk > 0.0 {
            let at_rate =
                run.first.and_then(|t| self.windows.last_of(self.zone, t, round_up(bulk), self.rate(step)));
            let after_invites = bulk_due.and_then(|t| self.next(t));
            run.bulk_last = at_rate.zip(after_invites).map(|(a, b)| a.max(b));
            if run.bulk_last.is_none() {
                return run;
            }
        }
        run.last = run.bulk_last;
        self.follow(&mut run, due);
        run
    }

    /// Returns how many of a cell have not answered when a reminder goes out.
    fn waiting(&self, schedule: &Schedule, index: usize, cell: usize) -> f64 {
        let stratum = self.design.cells[cell].stratum;
        let earlier = schedule.steps[..index].iter();
        let reminders = earlier.filter(|s| s.kind == StepKind::Remind && concerns(s, stratum)).count();
        let answered = 1.0 - 0.5f64.powi(i32::try_from(reminders + 1).unwrap_or(i32::MAX));
        let reckoned = &self.reckoned[cell];
        reckoned.size.invitations as f64 * (1.0 - reckoned.response * answered)
    }

    /// Returns the contacts that a step's channels need, in their order.
    fn needs(&self, step: &Step) -> Vec<ContactKind> {
        step.via.iter().filter_map(|&c| self.checked.channels.get(c)).filter_map(contact).collect()
    }

    /// Returns what part of those who may be invited has each contact first, as the list tells.
    fn parts(&self, step: &Step, cell: usize) -> Option<Vec<f64>> {
        let known = self.summary.cells.get(cell)?;
        let available = known.available().max(1) as f64;
        Some(known.contacts?.by(&self.needs(step)).into_iter().map(|n| n as f64 / available).collect())
    }

    /// Returns what part of those who may be invited a step can reach.
    fn reached(&self, step: &Step, cell: usize) -> f64 {
        self.parts(step, cell).map_or(1.0, |parts| parts.iter().sum::<f64>().min(1.0))
    }

    /// Divides the messages to cells by the channel that is tried first.
    fn through(&self, step: &Step, messages: impl Iterator<Item = (usize, f64)>, run: &mut Run) {
        let mut through = vec![0.0; self.needs(step).len()];
        for (cell, messages) in messages.filter(|(_, n)| *n > 0.0) {
            let Some(parts) = self.parts(step, cell) else { return };
            let reached: f64 = parts.iter().sum();
            if reached > 0.0 {
                let each = parts.iter().map(|part| messages * part / reached);
                through.iter_mut().zip(each).for_each(|(sum, n)| *sum += n);
            }
        }
        run.through = through;
    }

    fn next(&self, at: Timestamp) -> Option<Timestamp> {
        self.windows.next_stretch(self.zone, at).map(|(start, _)| start)
    }

    /// Returns the rate of the step's first channel.
    fn rate(&self, step: &Step) -> Option<f64> {
        let channels = step.via.iter().filter_map(|&c| self.checked.channels.get(c));
        channels.filter(|c| contact(c).is_some()).map(|c| c.rate_per_minute).next().flatten()
    }

    fn complaint(&self, step: &Step, run: &Run) -> Option<Text> {
        if run.messages == 0 || (run.first.is_some() && run.last.is_some()) {
            return None;
        }
        Some(each(&self.checked.campaign.languages, |w| {
            let name = step_in_words(step.kind, &step.name, w);
            let messages = w.counted("n_messages", run.messages);
            match (run.first, self.rate(step)) {
                (None, _) => say!(w, "no_moment", name = name, messages = messages),
                (_, Some(rate)) => {
                    say!(w, "too_short", name = name, messages = messages, pace = pace(rate, w))
                }
                (_, None) => say!(w, "last_after_close", name = name, messages = messages),
            }
        }))
    }

    fn planned(&self, step: &Step, run: &Run) -> PlanStep {
        let checked = self.checked;
        let sends = |c: &&crate::model::checked::Channel| contact(c).is_some();
        let via = step.via.iter().filter_map(|&c| checked.channels.get(c)).filter(sends);
        PlanStep {
            name: step.name.clone(),
            kind: step.kind,
            via: via.map(|c| c.name.clone()).collect(),
            timing: timing(checked, step.timing),
            strata: step
                .strata
                .iter()
                .filter_map(|&s| checked.strata.get(s))
                .map(|s| s.name.clone())
                .collect(),
            messages: run.messages,
            through: hamilton_of(run),
            first: run.first.map(|t| moment(self.zone, t)),
            launch_last: run.bulk_last.filter(|t| Some(*t) != run.last).map(|t| moment(self.zone, t)),
            last: run.last.map(|t| moment(self.zone, t)),
        }
    }
}

/// Makes whole numbers of the messages of each channel, that add up to all.
fn hamilton_of(run: &Run) -> Vec<u64> {
    if run.messages == 0 || run.through.iter().sum::<f64>() <= 0.0 {
        return Vec::new();
    }
    hamilton(run.messages, &run.through)
}

fn concerns(step: &Step, stratum: usize) -> bool {
    step.strata.is_empty() || step.strata.contains(&stratum)
}

fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn timing(checked: &Checked, timing: Timing) -> PlanTiming {
    match timing {
        Timing::AtRelease => PlanTiming::AtRelease,
        Timing::AfterInvite { days } => PlanTiming::AfterInvite { days },
        Timing::AfterEvent { events, hours, within_hours } => match checked.events.get(events) {
            Some(source) => PlanTiming::AfterEvent {
                events: source.name.clone(),
                source: source.source.clone(),
                key: source.key.clone(),
                person: source.person.clone(),
                at: source.at.clone(),
                hours,
                within_hours,
            },
            None => PlanTiming::AtRelease,
        },
    }
}
