//! Progress of a rehearsal on standard error: bars on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use jiff::civil::Date;

use crate::rehearse::progress::{Progress, Stage};

/// Shows progress; one bar per stage.
#[derive(Debug)]
pub struct Bars {
    /// Absent where standard error is no terminal.
    screen: Option<MultiProgress>,
    shown: Mutex<BTreeMap<Stage, ProgressBar>>,
    quiet: bool,
}

impl Bars {
    /// Makes bars for this standard error; `quiet` shows nothing.
    #[must_use]
    pub fn new(quiet: bool) -> Self {
        let screen = (!quiet && std::io::stderr().is_terminal()).then(MultiProgress::new);
        Self { screen, shown: Mutex::default(), quiet }
    }

    /// Leaves the finished bars where they are, so that what is said next stands below.
    pub fn close(&self) {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(ProgressBar::abandon);
    }

    fn bar(&self, stage: Stage, show: impl FnOnce(&ProgressBar)) {
        if let Some(bar) = self.shown.lock().unwrap_or_else(PoisonError::into_inner).get(&stage) {
            show(bar);
        }
    }
}

impl Progress for Bars {
    fn begins(&self, stage: Stage, expected: u64) {
        let Some(screen) = &self.screen else { return };
        let template = "{prefix:>9} {bar:32} {pos:>7}/{len} {msg}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = screen.add(ProgressBar::new(expected.max(1)).with_style(style).with_prefix(words(stage)));
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).insert(stage, bar);
    }

    fn reaches(&self, stage: Stage, done: u64, day: Option<Date>) {
        self.bar(stage, |bar| {
            // What comes may be more than what was expected.
            bar.set_length(bar.length().unwrap_or(0).max(done));
            bar.set_position(done);
            if let Some(day) = day {
                bar.set_message(day.to_string());
            }
        });
    }

    fn ends(&self, stage: Stage, done: u64) {
        self.bar(stage, |bar| {
            bar.set_length(done);
            bar.set_position(done);
            bar.abandon();
        });
        if self.screen.is_none() && !self.quiet {
            eprintln!("{:>9} {done}", words(stage));
        }
    }
}

fn words(stage: Stage) -> &'static str {
    match stage {
        Stage::Draw => "draw",
        Stage::Send => "sending",
        Stage::Answer => "answering",
        Stage::Score => "scoring",
    }
}
