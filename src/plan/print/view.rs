//! Who looks at a plan: at a page for everybody, with titles and the largest strata, or at all of it in a terminal.

use crate::model::checked::StepKind;
use crate::plan::print::table::{Side, Table};
use crate::plan::say::{Words, say};
use crate::plan::types::{
    Entry, Plan, PlanChannel, PlanChannelKind, PlanDraw, PlanStep, PlanStratum, PlanTiming,
};
use crate::plan::words::{grouped, percent, rounded, title};

/// Rows of a table on a page, at most; what is left out is summed up below them.
pub const ROWS: usize = 12;

/// Half-width of a share from which on it tells nothing: the interval has no end within 0 and 100 %.
pub const NOTHING: f64 = 0.5;

/// A plan as somebody sees it.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The words of the campaign's first language.
    pub words: Words,
    /// A page for people who don't know the spec.
    pub page: bool,
}

impl<'a> View<'a> {
    /// Looks at a plan from a terminal.
    pub fn terminal(plan: &'a Plan) -> Self {
        Self { plan, words: Words::first(&plan.languages), page: false }
    }

    /// Looks at a plan on a page.
    pub fn page(plan: &'a Plan) -> Self {
        Self { page: true, ..Self::terminal(plan) }
    }

    /// Makes an empty table with these headings.
    pub fn table(&self, header: &[(&'static str, Side)]) -> Table {
        let header: Vec<(&str, Side)> =
            header.iter().map(|(key, side)| (self.words.get(key), *side)).collect();
        Table::new(&header)
    }

    /// Returns the campaign's first language.
    pub fn language(&self) -> &'a str {
        first_language(self.plan)
    }

    /// Names a stratum: on a page by its title, with the name that notes and the spec use.
    pub fn stratum(&self, stratum: &PlanStratum) -> String {
        self.named(title(&stratum.title, self.language(), ""), &stratum.name)
    }

    /// Names something that has a title, perhaps.
    pub fn named(&self, title: &str, name: &str) -> String {
        match (self.page, title.is_empty()) {
            (false, _) => name.to_owned(),
            (true, true) => format!("`{name}`"),
            (true, false) => format!("{title} `{name}`"),
        }
    }

    /// Names strata by their names.
    pub fn strata(&self, names: &[String]) -> String {
        let one = |name: &String| {
            let known = self.plan.strata.iter().find(|s| s.name == *name);
            known.map_or_else(|| name.clone(), |s| title(&s.title, self.language(), &s.name).to_owned())
        };
        if self.page {
            self.words.names(&names.iter().map(one).collect::<Vec<_>>())
        } else {
            names.join(self.words.get("comma"))
        }
    }

    /// Names a step: on a page in words.
    pub fn step(&self, step: &PlanStep) -> String {
        if self.page { step_in_words(step.kind, &step.name, &self.words) } else { step.name.clone() }
    }

    /// Names a channel: on a page by its kind where that is enough.
    pub fn channel(&self, name: &str) -> String {
        let of = |c: &PlanChannel| std::mem::discriminant(&c.kind);
        match self.plan.channels.iter().find(|c| c.name == name) {
            Some(channel) if self.page => {
                let alike = self.plan.channels.iter().filter(|c| of(c) == of(channel)).count();
                let kind = self.kind(channel);
                if alike > 1 { format!("{kind} `{name}`") } else { kind.to_owned() }
            }
            _ => name.to_owned(),
        }
    }

    /// Names the kind of a channel.
    pub fn kind(&self, channel: &PlanChannel) -> &'static str {
        self.words.get(match channel.kind {
            PlanChannelKind::Email { .. } => "email",
            PlanChannelKind::Sms { .. } => "sms",
            PlanChannelKind::Phone { .. } => "phone",
        })
    }

    /// Names the channels of a step: the first, else the next.
    pub fn via(&self, step: &PlanStep) -> String {
        let mut names = step.via.iter().map(|name| self.channel(name));
        let first = names.next().unwrap_or_default();
        names.fold(first, |first, second| say!(self.words, "else", first = first, second = second))
    }

    /// Says how many messages of a step each of several channels is tried with first; empty where that is not known.
    pub fn through(&self, step: &PlanStep) -> String {
        if step.via.len() < 2 {
            return String::new();
        }
        let one = |(name, n): (&String, &u64)| {
            say!(self.words, "reached_first", n = grouped(*n), channel = self.channel(name))
        };
        let all: Vec<String> = step.via.iter().zip(&step.through).map(one).collect();
        all.join(self.words.get("comma"))
    }

    /// Says how a draw lies beside earlier ones; empty where it looks at none.
    pub fn beside(&self, draw: &PlanDraw) -> String {
        let w = &self.words;
        let mut parts = Vec::new();
        if let Some(panel) = &draw.panel_of {
            parts.push(say!(w, "panel_of", campaign = panel));
        }
        if let Some(with) = &draw.with {
            parts.push(say!(w, "draw_with", campaign = with, start = draw.start));
        }
        if !draw.apart_from.is_empty() {
            let campaigns = draw.apart_from.join(w.get("comma"));
            parts.push(say!(w, "draw_apart", campaigns = campaigns, start = draw.start));
        }
        parts.join(w.get("semicolon"))
    }

    /// Says how people come in.
    pub fn enters(&self, entry: Entry) -> String {
        match entry {
            Entry::AtOnce => say!(self.words, "enters_at_once"),
            Entry::Completes { .. } => say!(self.words, "enters_batches"),
            Entry::Daily { share } => say!(self.words, "enters_daily", share = percent(share)),
            Entry::Events { share } => say!(self.words, "enters_events", share = percent(share)),
        }
    }

    /// Tells whether events are counted, not people.
    pub fn counts_events(&self) -> bool {
        self.plan.strata.iter().any(|s| matches!(s.entry, Entry::Events { .. }))
    }

    /// Returns what is counted: people, or events where some invite.
    pub fn unit(&self) -> &'static str {
        self.words.get(if self.counts_events() { "unit_events" } else { "unit_people" })
    }
}

/// Names a step: `remind_2` is the second reminder.
pub fn step_in_words(kind: StepKind, name: &str, words: &Words) -> String {
    let number = name.rsplit_once('_').map_or("", |(_, n)| n);
    match (kind, number) {
        (StepKind::Invite, "") => say!(words, "step_invite"),
        (StepKind::Invite, n) => say!(words, "step_invite_n", n = n),
        (StepKind::Remind, n) => say!(words, "step_remind_n", n = n),
    }
}

/// Says when a step is due.
pub fn timing(timing: &PlanTiming, words: &Words) -> String {
    match timing {
        PlanTiming::AtRelease => say!(words, "when_released"),
        PlanTiming::AfterInvite { days } => {
            say!(words, "after_invite", days = words.counted("n_days", u64::from(*days)))
        }
        PlanTiming::AfterEvent { events, hours, within_hours, .. } => say!(
            words,
            "after_event",
            hours = words.counted("n_hours", u64::from(*hours)),
            events = events,
            within = words.counted("n_hours", u64::from(*within_hours)),
        ),
    }
}

/// Returns the campaign's first language.
pub fn first_language(plan: &Plan) -> &str {
    plan.languages.first().map_or("en", String::as_str)
}

/// Writes an expectation as a whole number.
pub fn whole(x: f64) -> String {
    grouped(crate::frame::allocate::round_up(x.round()))
}

/// Writes a half-width.
pub fn margin(margin: Option<f64>) -> String {
    margin.map_or_else(|| "–".to_owned(), |m| format!("±{}", percent(m)))
}

/// Writes a half-width of a share in points of a hundred; a dash where it tells nothing.
pub fn in_points(margin: Option<f64>) -> String {
    margin.filter(|m| *m < NOTHING).map_or_else(|| "–".to_owned(), |m| format!("±{:.1}", points(m)))
}

/// Returns a half-width or difference of a share in points of a hundred, as exactly as people speak.
pub fn points(share: f64) -> f64 {
    rounded(share * 100.0, 1)
}

/// Writes an RFC 3339 moment shortly: `2026-01-05 09:00`.
pub fn moment(text: Option<&str>) -> String {
    text.map_or_else(|| "–".to_owned(), |t| t.chars().take(16).collect::<String>().replace('T', " "))
}
