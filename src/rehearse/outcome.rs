//! What a rehearsal came to, and how it is told.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use crate::plan::types::Plan;
use crate::rehearse::behaviour::Temper;
use crate::rehearse::respondent::Progress;
use crate::store::{CellCount, MessageCount, MessageState};

/// A finished rehearsal.
#[derive(Debug)]
pub struct Rehearsal {
    /// The plan that was carried out.
    pub plan: Plan,
    /// Files of the report.
    pub report: Vec<PathBuf>,
    /// Folder of the messages.
    pub mailbox: PathBuf,
    /// Database of the store.
    pub store: PathBuf,
    /// Messages by step, channel and state.
    pub messages: Vec<MessageCount>,
    /// People per cell.
    pub cells: Vec<CellCount>,
    /// Invitations that reached somebody, by temper and by how far they got.
    pub people: BTreeMap<(Temper, Progress), u64>,
    /// What went wrong on the way, in words; a sound rehearsal has none.
    pub troubles: Vec<String>,
    /// How long it took.
    pub timing: Timing,
}

/// How long a rehearsal took on this machine; never part of its results.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timing {
    /// Reading, planning, drawing.
    pub draw: Duration,
    /// Turns of sending.
    pub send: Duration,
    /// Reading messages and filling forms.
    pub answer: Duration,
    /// Scores and report.
    pub score: Duration,
    /// Messages that were handed over.
    pub messages: u64,
    /// Forms that were filled to the end.
    pub answers: u64,
    /// HTTP requests of simulated people.
    pub requests: u64,
}

impl Rehearsal {
    /// Returns the summary: counts only, so that the same rehearsal says the same twice.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut text = String::new();
        let schedule = &self.plan.schedule;
        let _ = writeln!(text, "rehearsed `{}`, seed {}", self.plan.campaign, self.plan.seed);
        let _ = writeln!(text, "  from       {} to {}", schedule.open, schedule.close);
        let sum = |of: fn(&CellCount) -> u64| self.cells.iter().map(of).sum::<u64>();
        let eligible = thousands(self.plan.frame.eligible);
        let invited = sum(|c| c.released);
        let _ = writeln!(text, "  invited    {} of {eligible} eligible people", thousands(invited));
        let _ = writeln!(text, "  messages   {}", self.messages_in_words());
        let (started, completed) = (sum(|c| c.started), sum(|c| c.completed));
        let _ =
            writeln!(text, "  answers    {} begun, {} completed", thousands(started), thousands(completed));
        let mut tempers: BTreeMap<Temper, u64> = BTreeMap::new();
        for ((temper, _), count) in &self.people {
            *tempers.entry(*temper).or_default() += count;
        }
        let told =
            Temper::ALL.iter().filter_map(|t| Some(format!("{} {}", thousands(*tempers.get(t)?), t.words())));
        let _ = writeln!(text, "  people     {}", told.collect::<Vec<_>>().join(" · "));
        text
    }

    /// Returns how fast it went.
    #[must_use]
    pub fn speed(&self) -> String {
        let Timing { draw, send, answer, score, messages, answers, requests } = self.timing;
        let per_second = |count: u64, time: Duration| count as f64 / time.as_secs_f64().max(0.001);
        format!(
            "draw {:.1} s · sending {:.1} s, {:.0} messages/s · answering {:.1} s, {:.0} answers/s, {:.0} requests/s · \
             scoring {:.1} s",
            draw.as_secs_f64(),
            send.as_secs_f64(),
            per_second(messages, send),
            answer.as_secs_f64(),
            per_second(answers, answer),
            per_second(requests, answer),
            score.as_secs_f64(),
        )
    }

    fn messages_in_words(&self) -> String {
        let mut states: BTreeMap<MessageState, u64> = BTreeMap::new();
        for count in &self.messages {
            *states.entry(count.state).or_default() += count.count;
        }
        let told = MessageState::ALL
            .iter()
            .filter_map(|s| Some(format!("{} {}", thousands(*states.get(s)?), s.name().replace('_', " "))));
        told.collect::<Vec<_>>().join(" · ")
    }
}

/// Writes a count with a comma between thousands.
fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
