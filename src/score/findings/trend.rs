//! The main score over four and more waves: does its level jump, and is this wave off its course?
//!
//! [`crate::score::method::breaks`] tests a step before every wave (Holm over the places) and this wave against the
//! forecast from those before; the two questions are doubled. Five and more waves are compared with a line, four with a
//! level. Waves count as independent, so that with a panel fewer breaks are found.

use serde::Serialize;

use crate::model::checked::Text;
use crate::score::Scores;
use crate::score::findings::outstanding::LEVEL;
use crate::score::findings::tables::main_measure;
use crate::score::method::breaks::{Course, Point, Step, breaks, last_against_forecast};

/// Fewest waves.
pub const WAVES: usize = 4;

/// The main score of a wave.
#[derive(Debug, Clone, PartialEq)]
pub struct PastWave {
    /// Name of the campaign.
    pub name: String,
    /// Its middle, in days.
    pub at: f64,
    /// Estimate.
    pub value: f64,
    /// Its variance, without finite population correction unless the spec asks for it.
    pub variance: f64,
}

/// The course of the main score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trend {
    /// Name of the score.
    pub measure: String,
    /// Title of the score.
    pub measure_title: Text,
    /// `level` or `trend`.
    pub course: &'static str,
    /// The waves, oldest first.
    pub waves: Vec<TrendWave>,
    /// Steps that chance does not explain.
    pub breaks: Vec<TrendStep>,
    /// This wave against the forecast, where chance does not explain the distance.
    pub last: Option<TrendStep>,
}

/// A wave of the course.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrendWave {
    /// Name of the campaign.
    pub name: String,
    /// Estimate.
    pub value: f64,
    /// Standard error.
    pub standard_error: f64,
}

/// A step in the course.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrendStep {
    /// First wave behind it.
    pub wave: String,
    /// Height.
    pub height: f64,
    /// Standard error of the height.
    pub standard_error: f64,
    /// Adjusted p-value.
    pub p: f64,
}

/// Follows the main score; nothing for fewer than four waves.
#[must_use]
pub fn trend(past: &[PastWave], scores: &Scores) -> Option<Trend> {
    if past.len() < WAVES {
        return None;
    }
    let measure = &scores.measures[main_measure(scores)?];
    let course = if past.len() > WAVES { Course::Trend } else { Course::Level };
    let points: Vec<Point> =
        past.iter().map(|w| Point { at: w.at, value: w.value, variance: w.variance }).collect();
    let told = |step: &Step| {
        let p = (2.0 * step.p).min(1.0);
        (p <= LEVEL).then(|| TrendStep {
            wave: past[step.wave].name.clone(),
            height: step.height,
            standard_error: step.error,
            p,
        })
    };
    let steps = breaks(&points, course)?;
    let last = last_against_forecast(&points, course);
    let wave =
        |w: &PastWave| TrendWave { name: w.name.clone(), value: w.value, standard_error: w.variance.sqrt() };
    Some(Trend {
        measure: measure.name.clone(),
        measure_title: measure.title.clone(),
        course: if course == Course::Level { "level" } else { "trend" },
        waves: past.iter().map(wave).collect(),
        breaks: steps.iter().filter_map(told).collect(),
        last: last.as_ref().and_then(told),
    })
}
