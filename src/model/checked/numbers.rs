//! How answers become numbers, also those that were collected elsewhere.

use jiff::civil::Date;
use serde::Serialize;

use crate::expr::Expr;
use crate::model::checked::{Field, Relation, Text};
use crate::source::Span;

/// Answers collected elsewhere: a file or table of finished responses with the columns of its design.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Responses {
    /// Path relative to the spec's folder; for a database the relation, as it is shown.
    pub source: String,
    /// Rows in the profile's database, where the answers are no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
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
    /// Column of the day of the answer, for periods with other weights.
    pub at: Option<String>,
    /// Typed columns and bands of them.
    pub fields: Vec<Field>,
    /// Where the values of each field come from, in the same order.
    pub sources: Vec<FieldSource>,
    /// From which column an item's answers come.
    pub columns: Vec<ItemColumn>,
}

/// How the values of a field come about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum FieldSource {
    /// Read from a column of the file.
    Column(String),
    /// The number of cuts that a numeric column exceeds, plus one: intervals closed above, as R's `cut` makes them.
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
        self.weights_in(self.period_of(day).and_then(|i| self.during.get(i)))
    }

    /// Returns the period that a day lies in: the first, where several hold it (index into `during`).
    #[must_use]
    pub fn period_of(&self, day: Date) -> Option<usize> {
        self.during.iter().position(|p| p.from <= day && day <= p.to)
    }

    /// Returns the weights of the dimensions in a period, or outside of all.
    #[must_use]
    pub fn weights_in(&self, period: Option<&During>) -> Vec<(usize, f64)> {
        let base: Vec<(usize, f64)> = self
            .scores
            .iter()
            .enumerate()
            .filter_map(|(i, s)| match &s.kind {
                ScoreKind::Dimension { weight, .. } => Some((i, *weight)),
                _ => None,
            })
            .collect();
        let Some(period) = period else { return base };
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
    /// The answer with this share of people at or below it.
    Quantile(usize, f64),
    /// Net promoter score of an item, −100..100.
    Nps(usize),
    /// Share of the two best codes of an item's scale, on LO..HI.
    Top2(usize),
    /// Share of “yes” of a yes/no item, on LO..HI.
    Share(usize),
    /// Share of those for whom a condition holds among those for whom it can be said, on LO..HI.
    ShareOf(Expr),
    /// Estimated total of an item's numbers over the population.
    Total(usize),
    /// Estimated number of people, of all or of those for whom a condition holds.
    Count(Option<Expr>),
    /// Total of the first item over the total of the second, of those who have both.
    Ratio(usize, usize),
    /// Mean of a column of the events after which people were asked (indices into `events` and its fields); of a yes/no
    /// column the share of “yes”, on LO..HI.
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
    /// Known figures of the population that the weights are made to agree with.
    pub margins: Vec<Margin>,
    /// Smallest and largest weight, in multiples of the mean.
    pub trim: Option<(f64, f64)>,
    /// What a stratum with a single respondent contributes to errors.
    pub single: SingleStratum,
    /// Groups that the report compares; several variables make a cross table.
    pub segments: Vec<Vec<Grouping>>,
    /// Groups with fewer respondents are hidden.
    pub hide_below: u64,
    /// Finite population correction in judgements of targets and waves too.
    pub finite_correction: bool,
    /// What is to be explained by what.
    pub drivers: Vec<Drivers>,
    /// People with several low scores in a row.
    pub risks: Vec<Risk>,
}

/// A known figure of the population: `rake region`, `rake region by tier to "data/margins.csv"`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Margin {
    /// The variables whose combinations are counted.
    pub by: Vec<Grouping>,
    /// The figures by value of each variable, in the order of the file; `None` takes them from the eligible list.
    pub counts: Option<Vec<(Vec<String>, f64)>>,
}

/// What a stratum with a single respondent contributes to errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SingleStratum {
    /// The error can't be estimated, and that is said.
    #[default]
    Unknown,
    /// Its squared distance from the mean over all units.
    Adjust,
    /// Nothing, as if it had been drawn with certainty.
    Certainty,
    /// The mean contribution of the other strata.
    Average,
    /// Nothing.
    Remove,
}

/// `drivers of overall by attitude, speed`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drivers {
    /// An item or a score of one response.
    pub outcome: Measured,
    /// What may explain it.
    pub by: Vec<Measured>,
}

/// A number that one response has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// Index into `Questionnaire::items`.
    Item(usize),
    /// Index into `Scoring::scores`: a dimension or an index.
    Score(usize),
}

/// `risk high_risk over 3 waves when csi < 65`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Risk {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Answered waves in a row, the last one first.
    pub waves: u32,
    /// What holds in each of them.
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

impl Grouping {
    /// Returns the name of the variable, given the columns of people.
    #[must_use]
    pub fn name(self, fields: &[Field]) -> &str {
        match self {
            Self::Stratum => "stratum",
            Self::Channel => "channel",
            Self::Language => "language",
            Self::Field(i) => fields.get(i).map_or("", |f| f.name.as_str()),
        }
    }
}
