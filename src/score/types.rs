//! Everything that scoring finds, as plain data.
//!
//! Numbers that can't be given are absent (`null` in JSON), never NaN or
//! infinite. Hidden groups carry no numbers at all.

use jiff::civil::Date;
use serde::Serialize;

use crate::model::checked::Text;
use crate::score::compare::types::{Magnitude, SegmentComparison};

/// All numbers of a campaign.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scores {
    /// Ends of the reporting scale.
    pub scale: (f64, f64),
    /// Groups with fewer respondents are hidden.
    pub hide_below: u64,
    /// Whether targets are judged with finite population correction.
    pub finite_correction: bool,
    /// What was left out before scoring.
    pub cleaning: Cleaning,
    /// How many were asked and answered, per cell of the design.
    pub response: Vec<CellResponse>,
    /// The same over all cells.
    pub response_total: ResponseTotal,
    /// Weights and what they cost.
    pub weights: Weights,
    /// The scores in the order of the spec; estimates below stand in this order.
    pub measures: Vec<Measure>,
    /// Estimates over all strata.
    pub overall: Group,
    /// Estimates per stratum.
    pub strata: Vec<Group>,
    /// Estimates per part of a stratum that is split.
    pub parts: Vec<Group>,
    /// Estimates per group of each segment.
    pub segments: Vec<Segment>,
    /// Every group of each segment against everybody else.
    pub comparisons: Vec<SegmentComparison>,
    /// Targets with their verdicts.
    pub targets: Vec<TargetResult>,
    /// Distances from benchmarks.
    pub benchmarks: Vec<BenchmarkResult>,
    /// What other weights in a period do to an index.
    pub periods: Vec<PeriodEffect>,
    /// Answers per item.
    pub items: Vec<ItemResult>,
    /// Follow-ups per rule.
    pub cases: Vec<CaseCount>,
    /// Completed responses of drawn people that raised at least one follow-up.
    pub with_case: u64,
    /// Answers by open links, unweighted.
    pub self_selected: Option<Group>,
    /// What the reader must know.
    pub cautions: Vec<Caution>,
}

/// An estimate of the population.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Estimate {
    /// The estimate.
    pub value: Option<f64>,
    /// Respondents that it rests on; absent when hidden.
    pub n: Option<u64>,
    /// Effective number of respondents: n over Kish's design effect.
    pub n_effective: Option<f64>,
    /// Standard error, with finite population correction.
    pub standard_error: Option<f64>,
    /// Variance over that of a simple random sample of as many out of the same population.
    pub design_effect: Option<f64>,
    /// Variance over that of a simple random sample of as many, drawn with replacement.
    pub design_effect_replace: Option<f64>,
    /// Degrees of freedom: respondents (clusters) less strata, of those who have a value.
    pub df: Option<u64>,
    /// Lower end of the 95 % interval, clipped to the scale.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// An end lay beyond the scale.
    pub clipped: bool,
    /// What must be said about it.
    pub notes: Vec<Note>,
}

/// What must be said about an estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "note")]
pub enum Note {
    /// Too few respondents to be shown, or hidden so that another group can't be computed.
    Hidden,
    /// Nobody answered.
    Empty,
    /// n or effective n under 30.
    Unreliable,
    /// The error can't be estimated: these cells hold a single respondent each.
    SingleRespondent {
        /// Names of the cells.
        cells: Vec<String>,
    },
    /// All answers are alike; a sample says nothing about the spread.
    NoVariation,
}

/// A score that is estimated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measure {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// `dimension`, `index` or `kpi`.
    pub kind: &'static str,
    /// Share in the index, for a dimension.
    pub weight: Option<f64>,
    /// Smallest possible value.
    pub low: Option<f64>,
    /// Largest possible value.
    pub high: Option<f64>,
}

/// Estimates of one group of people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Name in the spec or value in the data.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Respondents; absent when hidden.
    pub n: Option<u64>,
    /// People in the population, where the design knows it.
    pub population: Option<u64>,
    /// Not shown.
    pub hidden: bool,
    /// One per measure.
    pub estimates: Vec<Estimate>,
}

/// A variable with the estimates of its groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Segment {
    /// Name of the variable.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Its groups.
    pub groups: Vec<Group>,
}

/// What was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cleaning {
    /// Responses that reached the last page.
    pub completed: u64,
    /// Of these, dropped by a rule.
    pub dropped: u64,
    /// Of these, kept.
    pub kept: u64,
    /// Kept with at least one flag.
    pub flagged: u64,
    /// Rules in order.
    pub rules: Vec<RuleCount>,
}

/// How often a cleaning rule held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleCount {
    /// Reason.
    pub label: Text,
    /// Drops; else only flags.
    pub drop: bool,
    /// Responses.
    pub count: u64,
}

/// How many of a cell were asked and answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellResponse {
    /// Name of the cell.
    pub name: String,
    /// Title.
    pub title: Text,
    /// People in the population, where it is known.
    pub population: Option<u64>,
    /// Counts.
    #[serde(flatten)]
    pub counts: ResponseCounts,
    /// Weight of an invited person before any adjustment: population over invited.
    pub base_weight: Option<f64>,
}

/// Counts of the way from the draw to a kept response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ResponseCounts {
    /// Drawn.
    pub drawn: u64,
    /// Released for sending.
    pub invited: u64,
    /// Pressed the start button.
    pub started: u64,
    /// Started and neither completed nor withdrew.
    pub partial: u64,
    /// Took the answers back.
    pub withdrawn: u64,
    /// Asked no further: screened out, or a quota was full.
    pub screened: u64,
    /// Reached the last page.
    pub completed: u64,
    /// Completed and kept by the cleaning rules.
    pub kept: u64,
    /// AAPOR response rate 1: completed over invited, everybody invited counted as eligible.
    pub rate: Option<f64>,
}

/// Response over all cells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResponseTotal {
    /// People in the population, where it is known.
    pub population: Option<u64>,
    /// Counts.
    #[serde(flatten)]
    pub counts: ResponseCounts,
    /// Response rate 1 with base weights.
    pub weighted_rate: Option<f64>,
    /// Responses by open links.
    pub self_selected: u64,
}

/// The weights in figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weights {
    /// Variables of the non-response adjustment; empty means base weights only.
    pub adjusted_by: Vec<String>,
    /// Sum of all weights.
    pub sum: f64,
    /// Smallest.
    pub smallest: Option<f64>,
    /// Largest.
    pub largest: Option<f64>,
    /// Kish's design effect of all weights.
    pub design_effect: Option<f64>,
    /// Effective number of respondents.
    pub n_effective: Option<f64>,
    /// Weighting classes, cell by cell.
    pub classes: Vec<WeightClass>,
    /// Known figures that the weights were made to agree with.
    pub calibrated: Option<Calibrated>,
}

/// A weighting class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeightClass {
    /// Name of the cell.
    pub cell: String,
    /// Groups that it joins, each with the values of the adjustment's variables.
    pub groups: Vec<Vec<String>>,
    /// Invited.
    pub invited: u64,
    /// Kept responses.
    pub kept: u64,
    /// Weight of each of them.
    pub weight: Option<f64>,
}

/// A goal and whether it is reached.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetResult {
    /// Name of the score.
    pub score: String,
    /// Title of the score.
    pub title: Text,
    /// Name of the stratum, else everybody.
    pub stratum: Option<String>,
    /// Title of the stratum.
    pub stratum_title: Option<Text>,
    /// At least; else at most.
    pub at_least: bool,
    /// The goal.
    pub goal: f64,
    /// Until.
    pub by: Option<Date>,
    /// Estimate.
    pub value: Option<f64>,
    /// Standard error by which it is judged.
    pub standard_error: Option<f64>,
    /// Interval by which it is judged, not clipped.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// The verdict.
    pub verdict: Verdict,
    /// Estimate less goal over the standard deviation between people (Cohen's d).
    pub size: Option<f64>,
    /// The same in a word.
    pub magnitude: Option<Magnitude>,
    /// Where it is not decided, the smallest distance from the goal that 80 % of such samples would have shown.
    pub smallest: Option<f64>,
}

/// Verdicts on targets and benchmarks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The whole interval lies on the good side.
    Met,
    /// The whole interval lies on the other side.
    NotMet,
    /// The interval holds the goal, or there is none.
    NotDecided,
    /// Too few respondents to be shown.
    Hidden,
}

/// Distance from a figure of others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchmarkResult {
    /// Name of the score.
    pub score: String,
    /// Title of the score.
    pub title: Text,
    /// Source of the figure.
    pub label: Text,
    /// The figure.
    pub figure: f64,
    /// Estimate less figure.
    pub difference: Option<f64>,
    /// Its standard error, judged as targets are; the figure is taken as known.
    pub standard_error: Option<f64>,
    /// Lower end of its 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Difference over the standard deviation between people (Cohen's d).
    pub size: Option<f64>,
    /// The same in a word.
    pub magnitude: Option<Magnitude>,
    /// Where no difference is shown, the smallest that 80 % of such samples would have shown.
    pub smallest: Option<f64>,
}

/// An index under its weights by period against the usual weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeriodEffect {
    /// Name of the index.
    pub score: String,
    /// Title of the index.
    pub title: Text,
    /// Responses within a period.
    pub n_within: Option<u64>,
    /// The index with the usual weights for everybody.
    pub usual: Estimate,
    /// What the periods' weights add: a change of the ruler, not of opinions.
    pub effect: Estimate,
}

/// Answers of one item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemResult {
    /// Name.
    pub name: String,
    /// Wording of the question.
    pub text: Text,
    /// The row's label in a grid; else empty.
    pub row: Text,
    /// Kind of question.
    pub kind: &'static str,
    /// Not shown.
    pub hidden: bool,
    /// Substantive answers; absent when hidden.
    pub n: Option<u64>,
    /// Asked but left open.
    pub not_answered: Option<u64>,
    /// Answered “not applicable”.
    pub not_applicable: Option<u64>,
    /// Never asked, by its condition.
    pub not_asked: Option<u64>,
    /// Share of each answer.
    pub shares: Vec<AnswerShare>,
    /// Mean of codes or numbers.
    pub mean: Option<Estimate>,
    /// Share of the two best codes.
    pub top2: Option<Estimate>,
    /// Net promoter score.
    pub nps: Option<Estimate>,
}

/// Share of one answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerShare {
    /// Code or name of the option.
    pub code: String,
    /// Label.
    pub label: Text,
    /// Respondents who gave it.
    pub count: u64,
    /// Weighted share, with Wilson's interval.
    pub share: Estimate,
}

/// Follow-ups raised by a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseCount {
    /// Name of the rule.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Responses for which it held.
    pub count: u64,
    /// Hours until it is due.
    pub due_hours: Option<u32>,
}

/// What the reader must know about the whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "caution")]
pub enum Caution {
    /// Nobody of this cell answered; its people are not represented.
    NotRepresented {
        /// Name of the cell.
        cell: String,
        /// People.
        population: u64,
    },
    /// A cell holds a single respondent; merge it with a neighbour.
    SingleRespondent {
        /// Name of the cell.
        cell: String,
    },
    /// Weighting classes were joined because they had fewer than five respondents or too large a factor.
    ClassesJoined {
        /// Name of the cell.
        cell: String,
    },
    /// A variable of the adjustment is not known for those who did not answer.
    NotUsable {
        /// Name of the variable.
        variable: String,
    },
    /// There is no non-response adjustment although response differs between cells.
    NotAdjusted,
    /// Nobody of a weighting class answered; its people are not represented.
    ClassSilent {
        /// Values of the class.
        class: String,
        /// People of the file.
        people: u64,
    },
    /// The population's figures of a margin are not known; the weights are not made to agree with it.
    MarginUnknown {
        /// Variables of the margin.
        margin: String,
    },
    /// Nobody who answered has a value that the population has; the others stand for these people.
    MarginEmpty {
        /// Variables of the margin.
        margin: String,
        /// Value.
        value: String,
        /// People of the population.
        wanted: f64,
    },
    /// Respondents without a value of the margin's variables keep their share.
    MarginValueUnknown {
        /// Variables of the margin.
        margin: String,
        /// Respondents.
        people: u64,
    },
    /// A margin speaks of another total than the first; it was scaled to it.
    MarginsDiffer {
        /// Variables of the margin.
        margin: String,
        /// Its total.
        total: f64,
        /// Total of the first.
        first: f64,
    },
    /// Margins and bounds can't all be met; this figure is the weights' best.
    MarginMissed {
        /// Variables of the margin.
        margin: String,
        /// Value.
        value: String,
        /// People of the population.
        wanted: f64,
        /// Sum of the weights.
        reached: f64,
    },
    /// The weights could not be made to agree with the figures at all.
    NotCalibrated {
        /// Why.
        why: String,
    },
}

/// Weights that were made to agree with known figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibrated {
    /// The figures, margin by margin.
    pub margins: Vec<CalibratedMargin>,
    /// Sweeps over all margins.
    pub sweeps: u32,
    /// All figures are met.
    pub converged: bool,
    /// Bounds of the weights, in multiples of their mean.
    pub trimmed: Option<(f64, f64)>,
    /// Smallest factor of a weight.
    pub smallest_factor: Option<f64>,
    /// Largest factor of a weight.
    pub largest_factor: Option<f64>,
}

/// One margin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibratedMargin {
    /// Its variables.
    pub name: String,
    /// Its values.
    pub categories: Vec<MarginCategory>,
}

/// One value of a margin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MarginCategory {
    /// Values of the variables; empty for people whose values are not known.
    pub values: Vec<String>,
    /// Respondents who have them.
    pub respondents: u64,
    /// Sum of their weights before.
    pub before: f64,
    /// People of the population.
    pub wanted: f64,
    /// Sum of the weights now.
    pub reached: f64,
}
