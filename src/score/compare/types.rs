//! What comparisons come to. Numbers are never rounded here; hidden ones are absent.

use jiff::civil::Date;
use serde::Serialize;

use crate::model::checked::Text;
use crate::score::compare::events::EventsBehind;
use crate::score::types::Verdict;

/// One estimate against another, with its test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contrast {
    /// The estimate.
    pub value: Option<f64>,
    /// What it is compared with.
    pub other: Option<f64>,
    /// Respondents behind the estimate.
    pub n: Option<u64>,
    /// Respondents behind the other.
    pub n_other: Option<u64>,
    /// The estimate less the other.
    pub difference: Option<f64>,
    /// Standard error of the difference.
    pub standard_error: Option<f64>,
    /// Degrees of freedom.
    pub df: Option<f64>,
    /// Lower end of the 95 % interval of the difference, for this comparison alone.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Two-sided p-value of this comparison alone.
    pub p: Option<f64>,
    /// p-value adjusted for the number of comparisons.
    pub p_adjusted: Option<f64>,
    /// What was found.
    pub outcome: Outcome,
    /// Why it was not tested.
    pub reason: Option<Reason>,
    /// Difference over the standard deviation between people (Cohen's d).
    pub size: Option<f64>,
    /// The same in a word.
    pub magnitude: Option<Magnitude>,
    /// Where no difference is shown, the smallest that 80 % of such comparisons would have shown.
    pub smallest: Option<f64>,
}

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Higher than the other, beyond chance.
    Higher,
    /// Lower than the other, beyond chance.
    Lower,
    /// Distributions differ, beyond chance.
    Differs,
    /// No difference shown.
    NotShown,
    /// Not tested.
    NotTested,
}

/// Why a comparison was not tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Too few respondents to be shown on one of the sides.
    Hidden,
    /// Nobody answered on one of the sides.
    Empty,
    /// A single answer on one of the sides.
    OneAnswer,
    /// All answers of a side are alike; a sample then says nothing about the spread.
    Alike,
    /// The error can't be estimated.
    ErrorUnknown,
    /// The other wave has no such figure.
    Missing,
    /// The figure changed its meaning; the authors say so.
    Broken,
    /// Too many people times cells.
    TooLarge,
    /// The source of events, or the list of people, can't be read.
    Unreadable,
    /// Events don't reach back a week before a measure was due.
    NoPast,
    /// A week after a measure is not over yet, or not covered by events.
    TooSoon,
    /// A measure's stratum is that of people of other events.
    OtherEvents,
    /// There were no events before, so that nothing is in proportion to them.
    NoneBefore,
    /// A mean that a change is to be in proportion to is not above zero.
    NotAbove,
}

/// Size of a difference in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Magnitude {
    /// Hardly to be noticed.
    Negligible,
    /// Small.
    Small,
    /// Medium.
    Medium,
    /// Large.
    Large,
}

/// Tests that are judged together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Family {
    /// How many tests were made.
    pub tests: u64,
    /// How their p-values are adjusted: `holm` up to ten, `benjamini_hochberg` beyond.
    pub adjustment: &'static str,
}

/// Every group of a variable against everybody else.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentComparison {
    /// Name of the variable.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Its groups.
    pub groups: Vec<GroupComparison>,
    /// The tests of all groups and measures together.
    pub family: Family,
    /// Whether answers to items are distributed alike in all groups.
    pub tables: Vec<ItemTable>,
    /// The tests of all items together.
    pub table_family: Family,
}

/// A group against everybody else.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupComparison {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// One per measure.
    pub contrasts: Vec<Contrast>,
}

/// Rao and Scott's test of an item's distribution over groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemTable {
    /// Name of the item.
    pub name: String,
    /// Respondents.
    pub n: Option<u64>,
    /// Groups that are compared.
    pub groups: u64,
    /// The statistic.
    pub f: Option<f64>,
    /// Degrees of freedom of the numerator.
    pub df1: Option<f64>,
    /// Degrees of freedom of the denominator.
    pub df2: Option<f64>,
    /// p-value.
    pub p: Option<f64>,
    /// p-value adjusted for the number of items.
    pub p_adjusted: Option<f64>,
    /// What was found.
    pub outcome: Outcome,
    /// Why it was not tested.
    pub reason: Option<Reason>,
    /// Cohen's w: root of the weighted table's chi-square over n.
    pub size: Option<f64>,
    /// The same in a word.
    pub magnitude: Option<Magnitude>,
}

/// Whose answers two waves hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum People {
    /// Nobody is in both: the covariance is zero.
    Different,
    /// Some or all are in both: what they have in common cancels.
    Overlapping,
    /// Who is in both is not known; taken as different people, which makes errors of a change rather too large.
    NotMatched,
}

/// This wave against the one before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WaveChange {
    /// Name of the wave before.
    pub wave: String,
    /// Its title.
    pub title: Text,
    /// Who answered.
    pub people: People,
    /// Kept responses of the wave before.
    pub n_before: Option<u64>,
    /// Kept responses of this wave.
    pub n_after: Option<u64>,
    /// People in both.
    pub n_both: Option<u64>,
    /// With finite population correction.
    pub finite_correction: bool,
    /// Scores over everybody.
    pub measures: Vec<Change>,
    /// Their tests together.
    pub family: Family,
    /// Means of items over everybody.
    pub items: Vec<Change>,
    /// Their tests together.
    pub item_family: Family,
    /// Scores by group of strata and segments.
    pub segments: Vec<SegmentChange>,
    /// Indices whose weights changed.
    pub splits: Vec<Split>,
}

/// A figure of two waves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// This wave against the one before.
    #[serde(flatten)]
    pub contrast: Contrast,
    /// Why it can't be compared, in the author's words.
    pub broken: Option<String>,
}

/// Changes by group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentChange {
    /// Name of the variable.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Groups with a change per measure.
    pub groups: Vec<GroupComparison>,
    /// Their tests together.
    pub family: Family,
}

/// The change of an index whose weights changed, taken apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Split {
    /// Name of the index.
    pub score: String,
    /// Title.
    pub title: Text,
    /// The change of the printed figures: opinion and weights together.
    pub change: f64,
    /// Opinion, both waves scored with this wave's weights.
    pub opinion_new: Contrast,
    /// What the other weights do to the answers of the wave before.
    pub weights_new: Contrast,
    /// Opinion, the mean of both scorings.
    pub opinion: Contrast,
    /// Weights, the mean over the answers of both waves.
    pub weights: Contrast,
}

/// What became of a promised effect.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasureResult {
    /// Name of the measure.
    pub action: String,
    /// Title.
    pub title: Text,
    /// Name of the score, or the figure of events: `count(tickets)`.
    pub score: String,
    /// Its title.
    pub score_title: Text,
    /// Stratum that it is for.
    pub stratum: Option<String>,
    /// Title of the stratum.
    pub stratum_title: Option<Text>,
    /// Promised change.
    pub promised: f64,
    /// Answers and events before this day are from before the measure.
    pub due: Option<Date>,
    /// Answers and events from this day on are from after it.
    pub from: Option<Date>,
    /// Whose answers are compared.
    pub people: People,
    /// After against before.
    #[serde(flatten)]
    pub contrast: Contrast,
    /// Whether the promise came true: its whole interval at or beyond what was promised, or wholly short of it.
    pub verdict: Verdict,
    /// What is behind a figure of events; `None` of a score.
    pub events: Option<EventsBehind>,
}
