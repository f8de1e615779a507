//! Findings: what a reader would otherwise look for by hand, said only where the numbers bear it.
//!
//! Goes in: a wave with its estimates, and who is in a risk group. Comes out: drivers, groups and times that stand
//! out, fair tables of many small groups, risk groups in counts. Whatever is said of a group rests on estimates that
//! the report shows anyway, so that nothing hidden can be worked out from it. May not rank what can't be told apart,
//! and may not speak of causes.

pub mod drivers;
pub mod fair;
pub mod outstanding;
pub mod risks;
pub mod tables;
pub mod times;
pub mod trend;

use serde::Serialize;

pub use self::drivers::DriverFinding;
pub use self::fair::FairTable;
pub use self::outstanding::Outstanding;
pub use self::risks::{RiskFinding, RiskMembers};
pub use self::times::Times;
pub use self::trend::{PastWave, Trend};

use crate::score::Scores;
use crate::score::views::Views;
use crate::score::wave::Wave;

/// All findings of a wave.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Findings {
    /// What goes with an outcome, one entry a `drivers` clause.
    pub drivers: Vec<DriverFinding>,
    /// Groups and times that stand out.
    pub outstanding: Outstanding,
    /// Fair tables of segments with many small groups.
    pub fair: Vec<FairTable>,
    /// When follow-ups come.
    pub times: Option<Times>,
    /// Risk groups, in counts.
    pub risks: Vec<RiskFinding>,
    /// Breaks in the course of the main score over the waves.
    pub trend: Option<Trend>,
}

/// What findings need besides the wave.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// Seed of the bootstrap.
    pub seed: u64,
    /// The moment of an answer is known to the hour.
    pub hours: bool,
    /// The day of an answer is known.
    pub days: bool,
    /// Who is in the risk groups; empty where there is no store to ask.
    pub risks: &'a [RiskMembers],
    /// The main score of this wave and of those before, oldest first.
    pub past: &'a [PastWave],
}

/// Makes all findings of a wave whose estimates are at hand.
#[must_use]
pub fn findings(wave: &Wave, scores: &Scores, beside: Beside) -> Findings {
    let tables = tables::tables(wave, scores, (beside.hours, beside.days));
    Findings {
        drivers: drivers::drivers(wave, beside.seed),
        outstanding: outstanding::outstanding(&tables, scores),
        fair: fair::fair(&tables, scores),
        times: times::times(wave, (beside.hours, beside.days)),
        risks: risks::risks(wave, beside.risks),
        trend: trend::trend(beside.past, scores),
    }
}

/// Makes the findings that counted answers bear: what stands out, and fair tables.
#[must_use]
pub fn findings_of_counts(views: Views, scores: &Scores) -> Findings {
    let tables = tables::shown(views, scores);
    Findings {
        outstanding: outstanding::outstanding(&tables, scores),
        fair: fair::fair(&tables, scores),
        ..Findings::default()
    }
}
