//! Whom to ask: the list, events, strata and how they are drawn.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::expr::Expr;
use crate::model::checked::Text;
use crate::source::Span;

/// The customer list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Frame {
    /// Name.
    pub name: String,
    /// Path of the list, relative to the spec's folder; for a database the relation, as it is shown.
    pub source: String,
    /// Rows in the profile's database, where the list is no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// Column of the key.
    pub key: String,
    /// Column of the e-mail address.
    pub email: Option<String>,
    /// Column of the mobile number.
    pub mobile: Option<String>,
    /// Column of the name to be greeted with.
    pub person_name: Option<String>,
    /// Column of the preferred language.
    pub language: Option<String>,
    /// Column of the time zone.
    pub timezone: Option<String>,
    /// Column of the device token.
    pub device: Option<String>,
    /// Typed columns that conditions and segments may use.
    pub fields: Vec<Field>,
    /// Who is left out, first match counts.
    pub exclude: Vec<Exclude>,
    /// Days of rest after an invitation, over all campaigns of the store.
    pub rest: Option<Rest>,
    /// One invitation per address or other column.
    pub once_per: Option<OncePer>,
    /// Whole clusters are drawn, such as households or companies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Cluster>,
}

/// People who are drawn together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cluster {
    /// Column whose equal texts belong together.
    pub column: String,
    /// How alike people of a cluster are supposed to answer, for the plan's margins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<f64>,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// What only one invitation goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OncePer {
    /// An e-mail address.
    Email,
    /// A mobile number.
    Mobile,
    /// A text in the list, such as the key of a household: index into `Frame::fields`.
    Field(usize),
}

/// Rows of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// A table or view, with its schema.
    Table(String),
    /// A query that gives the rows.
    Query(String),
}

/// How a person is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// E-mail address.
    Email,
    /// Mobile number.
    Mobile,
}

/// `rest 60 days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rest {
    /// Days.
    pub days: u32,
    /// Waits instead of dropping.
    pub delay: bool,
}

/// A typed column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// Name in the spec and in the file.
    pub name: String,
    /// Title for reports; empty when not given.
    pub title: Text,
    /// Type.
    pub kind: FieldKind,
}

/// Types of columns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum FieldKind {
    /// Whole number.
    Int,
    /// Any number.
    Number,
    /// Amount in a currency.
    Money(String),
    /// `YYYY-MM-DD`.
    Date,
    /// `yes/no`, `true/false`, `1/0`, `是/否`.
    YesNo,
    /// Anything.
    Text,
    /// One of these codes.
    OneOf(Vec<Choice>),
}

/// A named alternative: an option of a question or a code of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Name in conditions and data.
    pub name: String,
    /// What people read.
    pub label: Text,
    /// Asks for words of one's own.
    pub specify: bool,
    /// Excludes all other options (`none`).
    pub exclusive: bool,
}

/// `exclude "…" where …`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exclude {
    /// Reason shown in the plan.
    pub label: Text,
    /// Who.
    pub condition: Expr,
}

/// A source of events.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Events {
    /// Name.
    pub name: String,
    /// Path relative to the spec's folder.
    pub source: String,
    /// Column of the event's key.
    pub key: String,
    /// Column that refers to the frame's key.
    pub person: String,
    /// Column of the moment.
    pub at: String,
    /// Typed columns.
    pub fields: Vec<Field>,
}

/// A stratum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stratum {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Who; `None` takes everybody who is left.
    pub condition: Option<Expr>,
    /// Day on which the condition holds; else the day of `open` or of arrival.
    pub as_of: Option<Date>,
    /// How many.
    pub sample: Sample,
    /// Sub-strata with shares that add up to 1; empty without `split`.
    pub parts: Vec<Part>,
    /// Takes only people who answered in this earlier campaign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub panel: Option<String>,
    /// Where the draw starts, beside earlier campaigns; at 0 when nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coordination: Option<Coordination>,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// A sub-stratum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Share of the stratum's completes or number.
    pub share: f64,
    /// Who; `None` takes the rest of the stratum.
    pub condition: Option<Expr>,
}

/// How a draw lies beside those of earlier campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coordination {
    /// Starts where this campaign's draw starts: as many people as can be are asked again.
    With(String),
    /// Starts far from where these campaigns' draws start: as few people as can be are asked again.
    Apart(Vec<String>),
}

/// `sample 1000 across a, b allocate …`: one number for several strata.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Joint {
    /// Invitations.
    pub number: u64,
    /// Indices of the strata, rising.
    pub strata: Vec<usize>,
    /// How the number is shared out.
    pub allocation: Allocation,
    /// Standard deviations that the spec states, by index of the stratum.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spread: Vec<(usize, f64)>,
    /// Where it stands.
    #[serde(skip)]
    pub span: Span,
}

/// How a number is shared out over strata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Allocation {
    /// In proportion to their sizes.
    Proportional,
    /// The same for each.
    Equal,
    /// In proportion to size times spread of a score: the least variance of its mean.
    Neyman {
        /// Index into `Scoring::scores`.
        score: usize,
    },
}

/// How a stratum is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Sample {
    /// Everybody.
    All,
    /// A number of invitations.
    Number(u64),
    /// A share of the stratum, rounded up.
    Share(f64),
    /// Each arrival whose random number is below the share.
    DailyShare(f64),
    /// Released in draw order until so many have answered.
    Completes {
        /// Wanted completes.
        number: u64,
        /// Expected response rate.
        response: f64,
    },
    /// As many as give this half-width for a proportion of one half.
    Margin {
        /// Half-width as a share.
        half_width: f64,
        /// Confidence level.
        confidence: f64,
        /// Expected response rate; 1 when not given.
        response: f64,
    },
    /// As many as give this half-width for the mean of a score.
    Points {
        /// Half-width in points of the score.
        half_width: f64,
        /// Confidence level.
        confidence: f64,
        /// Expected response rate; 1 when not given.
        response: f64,
        /// Index into `Scoring::scores`.
        score: usize,
        /// Standard deviation that the spec states, in points.
        spread: Option<f64>,
    },
    /// Its part of a number for several strata: index into `Checked::joint`.
    Across(usize),
}
