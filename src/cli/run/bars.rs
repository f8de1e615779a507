//! Progress of a run on standard error: a bar on a terminal, nothing elsewhere.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};

use crate::dispatch::Progress;

/// Shows one piece of work at a time.
#[derive(Debug)]
pub(super) struct SendingBars {
    shows: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl SendingBars {
    pub(super) fn new(quiet: bool) -> Self {
        Self { shows: !quiet && std::io::stderr().is_terminal(), bar: Mutex::default() }
    }

    fn with(&self, act: impl FnOnce(&mut Option<ProgressBar>)) {
        act(&mut self.bar.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Progress for SendingBars {
    fn begin(&self, what: &str, total: u64) {
        if !self.shows || total == 0 {
            return;
        }
        let template = "{prefix:>9} {bar:32} {pos:>7}/{len} {per_sec} {eta}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        self.with(|bar| {
            *bar = Some(ProgressBar::new(total).with_style(style).with_prefix(what.to_owned()));
        });
    }

    fn advance(&self, count: u64) {
        self.with(|bar| {
            if let Some(bar) = bar {
                bar.inc(count);
            }
        });
    }

    fn finish(&self) {
        self.with(|bar| {
            if let Some(bar) = bar.take() {
                bar.abandon();
            }
        });
    }

    fn note(&self, words: &str) {
        if !self.shows {
            return;
        }
        self.with(|bar| match bar {
            Some(bar) => bar.suspend(|| eprintln!("{words}")),
            None => eprintln!("{words}"),
        });
    }
}
