//! What a plan can tell, as plain data.

use serde::{Deserialize, Serialize};

use crate::model::checked::Text;

/// What a plan can tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Precision {
    /// Probability with which the smallest differences are found.
    pub power: f64,
    /// Two-sided level.
    pub level: f64,
    /// The wave that changes are told since.
    pub since: Option<String>,
    /// Nobody knows how many answered then: as many as now are supposed.
    pub since_supposed: bool,
    /// All people first, then the strata where there are several.
    pub groups: Vec<PrecisionGroup>,
    /// Targets and whether they can be decided.
    pub targets: Vec<PrecisionTarget>,
}

/// What can be told of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrecisionGroup {
    /// Name of the stratum; `null` for all.
    pub stratum: Option<String>,
    /// Completes expected.
    pub completes: f64,
    /// Of a share of one half, as shares.
    pub share: Figures,
    /// Of scores, in points.
    pub scores: Vec<PrecisionScore>,
}

/// What can be told of a score in a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrecisionScore {
    /// Name.
    pub score: String,
    /// Title.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub title: Text,
    /// Standard deviation that is reckoned with.
    pub deviation: f64,
    /// Nothing tells it: a quarter of the scale.
    pub supposed: bool,
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Half-width and smallest differences.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Half-width of a 95 % interval.
    pub margin: Option<f64>,
    /// Smallest change since the wave before.
    pub since: Option<f64>,
    /// Smallest difference to all other strata together.
    pub beside: Option<f64>,
}

/// A target beside what can be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrecisionTarget {
    /// Score.
    pub score: String,
    /// Its title.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub title: Text,
    /// Stratum; `null` for all.
    pub stratum: Option<String>,
    /// At least, else at most.
    pub at_least: bool,
    /// Goal.
    pub goal: f64,
    /// Half-width without finite population correction; `null` where fewer than two completes are expected.
    pub margin: Option<f64>,
    /// Value in the wave before.
    pub before: Option<f64>,
    /// Completes that would decide it if the score stayed as it was; `null` where they are there, or nothing is known.
    pub wanted: Option<u64>,
}
