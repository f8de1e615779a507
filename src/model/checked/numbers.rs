//! How answers become numbers, also those that were collected elsewhere.

use jiff::civil::Date;
use serde::Serialize;

use crate::expr::Expr;
use crate::model::checked::{FieldKind, Text};
use crate::source::Span;

/// Answers collected elsewhere: a file of finished responses with the columns of its design.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Responses {
    /// Path relative to the spec's folder.
    pub source: String,
    /// Column of the key.
    pub key: Option<String>,
    /// Column of the design weight; everybody weighs 1 without it.
    pub weight: Option<String>,
    /// Column of the stratum.
    pub stratum: Option<String>,
    /// Column of the cluster (primary sampling unit).
    pub cluster: Option<String>,
    /// Column of the population size: clusters where there are clusters, else persons; sampling is taken to be with
    /// replacement without it.
    pub population: Option<String>,
    /// Column that tells who responded.
    pub responded: Option<String>,
    /// Typed columns and bands of them.
    pub fields: Vec<ResponseField>,
    /// From which column an item's answers come.
    pub columns: Vec<ItemColumn>,
}

/// A column of finished responses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResponseField {
    /// Name, and the column unless it is a band.
    pub name: String,
    /// Title for reports; empty when not given.
    pub title: Text,
    /// Type, or what it is computed from.
    pub kind: ResponseFieldKind,
}

/// How the values of a column come about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum ResponseFieldKind {
    /// Read from the file.
    Read(FieldKind),
    /// The number of cuts that a numeric column reaches or exceeds, plus one.
    Band {
        /// The column.
        column: String,
        /// Rising cuts.
        cuts: Vec<f64>,
    },
}

/// `overall from q7 { 0 missing; 6 not applicable }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemColumn {
    /// Index into `Questionnaire::items`.
    pub item: usize,
    /// Column.
    pub column: String,
    /// Codes that stand for no answer.
    pub missing: Vec<i64>,
    /// Codes that stand for “not applicable”.
    pub not_applicable: Vec<i64>,
}

/// Drops or flags responses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CleanRule {
    /// Drops; else only flags.
    pub drop: bool,
    /// Reason.
    pub label: Text,
    /// Which.
    pub condition: Expr,
}

/// How answers become scores.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scoring {
    /// Lower end of the reporting scale.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// All scores in the order of the spec.
    pub scores: Vec<Score>,
    /// Periods with other weights.
    pub during: Vec<During>,
    /// Goals.
    pub targets: Vec<Target>,
    /// Figures of others.
    pub benchmarks: Vec<Benchmark>,
}

impl Scoring {
    /// Returns the weights of all dimensions (index into `scores`, share) for a response of that day.
    ///
    /// In a period, the named dimensions take their new shares and the others keep their proportions.
    #[must_use]
    pub fn weights_on(&self, day: Date) -> Vec<(usize, f64)> {
        let base: Vec<(usize, f64)> = self
            .scores
            .iter()
            .enumerate()
            .filter_map(|(i, s)| match &s.kind {
                ScoreKind::Dimension { weight, .. } => Some((i, *weight)),
                _ => None,
            })
            .collect();
        let Some(period) = self.during.iter().find(|p| p.from <= day && day <= p.to) else { return base };
        let changed = |i: usize| period.weights.iter().find(|(j, _)| *j == i).map(|(_, w)| *w);
        let taken: f64 = period.weights.iter().map(|(_, w)| w).sum();
        let rest: f64 = base.iter().filter(|(i, _)| changed(*i).is_none()).map(|(_, w)| w).sum();
        let factor = if rest > 0.0 { (1.0 - taken) / rest } else { 0.0 };
        base.into_iter().map(|(i, w)| (i, changed(i).unwrap_or(w * factor))).collect()
    }
}

/// A score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// What it is.
    pub kind: ScoreKind,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// Kinds of score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum ScoreKind {
    /// Per response: mean of items, each mapped onto LO..HI.
    Dimension {
        /// Share in an index.
        weight: f64,
        /// Items (index into `Questionnaire::items`).
        items: Vec<usize>,
        /// Answered items needed.
        at_least: usize,
        /// Paths may leave it out (`if asked`).
        if_asked: bool,
    },
    /// Per response: weighted mean of dimensions; a missing one's weight is spread over the others.
    Index {
        /// Dimensions (index into `scores`).
        parts: Vec<usize>,
        /// Missing below this share of the weight.
        at_least: f64,
    },
    /// An estimate of the population.
    Kpi(Formula),
}

/// A formula over estimates of the population.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Formula {
    /// A number.
    Number(f64),
    /// Estimated mean of a dimension or index (index into `scores`).
    Score(usize),
    /// Value of an earlier KPI (index into `scores`).
    Kpi(usize),
    /// Estimated mean of an item's codes.
    Mean(usize),
    /// Net promoter score of an item, −100..100.
    Nps(usize),
    /// Share of the two best codes of an item's scale, on LO..HI.
    Top2(usize),
    /// Share of “yes” of a yes/no item, on LO..HI.
    Share(usize),
    /// Mean of a column of events (indices into `events` and its fields); of a yes/no column the share of “yes”.
    OfEvents(usize, usize),
    /// Two formulas.
    Arithmetic(crate::expr::ArithmeticOp, Box<Formula>, Box<Formula>),
}

/// Other weights in a period, both days included.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct During {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Changed shares (index into `scores`, share).
    pub weights: Vec<(usize, f64)>,
}

/// A goal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Target {
    /// Index into `scores`.
    pub score: usize,
    /// Only for this stratum.
    pub stratum: Option<usize>,
    /// At least (`>=`) or at most (`<=`).
    pub at_least: bool,
    /// Value on the score's scale.
    pub value: f64,
    /// Until.
    pub by: Option<Date>,
}

/// A figure of others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Benchmark {
    /// Index into `scores`.
    pub score: usize,
    /// Value.
    pub value: f64,
    /// Source.
    pub label: Text,
}

/// What is computed besides the scores.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Analysis {
    /// Weighting classes for non-response; empty means none.
    pub nonresponse: Vec<Grouping>,
    /// Groups that the report compares.
    pub segments: Vec<Grouping>,
    /// Groups with fewer respondents are hidden.
    pub hide_below: u64,
    /// Finite population correction in target judgements too.
    pub finite_correction: bool,
    /// People whose last waves all fulfilled a condition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<Risk>,
}

/// `risk high_risk "…" over 3 waves when csi < 65`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Risk {
    /// Name.
    pub name: String,
    /// Title for reports; empty when not given.
    pub title: Text,
    /// How many of a person's answered waves, the last ones, must fulfil the condition; at least 1.
    pub waves: u32,
    /// Over the scores of one response.
    pub condition: Expr,
}

/// A variable with groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Grouping {
    /// By stratum.
    Stratum,
    /// By the channel of the answer.
    Channel,
    /// By the language of the answer.
    Language,
    /// By a column of the frame (index into `Frame::fields`).
    Field(usize),
}
