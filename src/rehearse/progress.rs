//! What a rehearsal tells while it runs.

use jiff::civil::Date;

/// The parts of a rehearsal, in order; sending and answering go on side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The list is read, planned and drawn.
    Draw,
    /// Messages go out.
    Send,
    /// People answer.
    Answer,
    /// Answers become scores and a report.
    Score,
}

/// Listens to a rehearsal; all numbers are totals since the start.
pub trait Progress: Send + Sync {
    /// A stage begins, with what is expected of it.
    fn begins(&self, stage: Stage, expected: u64);
    /// A stage has got so far; sending and answering say on which simulated day.
    fn reaches(&self, stage: Stage, done: u64, day: Option<Date>);
    /// A stage is over.
    fn ends(&self, stage: Stage, done: u64);
}

/// Listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begins(&self, _: Stage, _: u64) {}
    fn reaches(&self, _: Stage, _: u64, _: Option<Date>) {}
    fn ends(&self, _: Stage, _: u64) {}
}
