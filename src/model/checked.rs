//! The model of a campaign that may be planned: every name resolved, every unit known.
//!
//! Only `analyse` makes a [`Checked`], and only from sources without errors.
//! Later stages read it and never see the syntax tree.

mod after;
mod numbers;
mod people;
mod questions;
mod reaching;
mod text;

use serde::{Deserialize, Serialize};

pub use self::after::{
    Action, CaseRule, EventFigure, EventPromise, Expectation, Expected, Given, Privacy, PrivacyMode, Promise,
    ReportSpec, TestCase,
};
pub use self::numbers::{
    Analysis, Benchmark, CleanRule, Drivers, During, FieldSource, Formula, Grouping, ItemColumn, Margin,
    Measured, Responses, Risk, Score, ScoreKind, Scoring, SingleStratum, Target,
};
pub use self::people::{
    Allocation, Choice, Cluster, ContactKind, Coordination, Events, Exclude, Field, FieldKind, Frame, Joint,
    OncePer, Part, Relation, Rest, Sample, Stratum,
};
pub use self::questions::{
    Instrument, Item, Question, QuestionKind, Questionnaire, Quota, Scale, ScalePoint, Screen, Section,
};
pub use self::reaching::{Channel, ChannelKind, LinkMode, Schedule, Step, StepKind, Timing};
pub use self::text::Text;
use crate::source::Span;

/// A whole campaign, free of errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// What it is called and in which languages it speaks.
    pub campaign: Campaign,
    /// The customer list, unless the spec draws nobody.
    pub frame: Option<Frame>,
    /// Event sources that trigger invitations or give figures.
    pub events: Vec<Events>,
    /// Strata in the order in which they are tried.
    pub strata: Vec<Stratum>,
    /// Numbers that several strata share.
    pub joint: Vec<Joint>,
    /// Scales, built-in ones included where used.
    pub scales: Vec<Scale>,
    /// What is asked.
    pub questionnaire: Questionnaire,
    /// How people are reached.
    pub channels: Vec<Channel>,
    /// When; absent in a spec that sends nothing.
    pub schedule: Option<Schedule>,
    /// Rules that drop or flag responses, in order.
    pub clean: Vec<CleanRule>,
    /// How answers become scores.
    pub scoring: Option<Scoring>,
    /// Weights, segments, hiding.
    pub analysis: Analysis,
    /// Follow-ups of unhappy customers.
    pub cases: Vec<CaseRule>,
    /// The improvement plan.
    pub actions: Vec<Action>,
    /// What is promised to respondents.
    pub privacy: Privacy,
    /// What the report shows.
    pub report: ReportSpec,
    /// Test blocks.
    pub tests: Vec<TestCase>,
    /// Clauses that this version reads and checks but does not carry out; the plan says so.
    pub not_carried_out: Vec<NotCarriedOut>,
    /// Rules that were switched off; the plan and the report say why.
    pub switched_off: Vec<SwitchedOff>,
    /// Clauses that are checked, but that keep this version from planning the campaign.
    pub not_planned: Vec<NotCarriedOut>,
    /// People who may answer at most, by condition.
    pub quotas: Vec<Quota>,
    /// Who is thanked and asked no further.
    pub screens: Vec<Screen>,
    /// Answers collected elsewhere, with their own design.
    pub responses: Option<Responses>,
    /// What the author says of changes since an earlier version or wave.
    pub breaks: Vec<crate::model::breaks::Breaks>,
    /// Every file that the model was made from, the spec first: path as written in messages, and text.
    pub files: Vec<SpecFile>,
}

impl Checked {
    /// Tells whether whole clusters are drawn.
    #[must_use]
    pub fn draws_clusters(&self) -> bool {
        self.frame.as_ref().is_some_and(|frame| frame.cluster.is_some())
    }
}

/// A file that belongs to the spec (the spec itself, used files, templates, holidays).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecFile {
    /// Path relative to the main spec's folder, with `/`.
    pub path: String,
    /// Whole text.
    pub text: String,
}

/// A clause that this version does not carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCarriedOut {
    /// The clause, in words.
    pub clause: String,
    /// Where it stands.
    pub span: Span,
}

/// A rule that was switched off, for the whole repository or for one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchedOff {
    /// Name of the rule.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// The statement, in words; `None` when it is switched off in `canvass.yaml`.
    pub owner: Option<String>,
    /// Findings that were silenced.
    pub findings: usize,
}

/// The `campaign` declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Campaign {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Languages, the default first; never empty.
    pub languages: Vec<String>,
    /// IANA name of the campaign's time zone.
    pub timezone: String,
    /// Address of the owner.
    pub owner: Option<String>,
    /// `once`, `quarterly`, `half_yearly`, `yearly` or `always`.
    pub rhythm: Option<String>,
    /// Name of the wave before.
    pub follows: Option<String>,
}

impl Checked {
    /// Returns the typed columns that people have: of the customer list, else of answers from elsewhere.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        match (&self.frame, &self.responses) {
            (Some(frame), _) => &frame.fields,
            (None, Some(responses)) => &responses.fields,
            (None, None) => &[],
        }
    }

    /// Returns the scores whose spread sizes a sample (indices into `Scoring::scores`), in the order of the spec.
    pub fn sizing_scores(&self) -> impl Iterator<Item = usize> {
        let own = self.strata.iter().filter_map(|s| match s.sample {
            Sample::Points { score, .. } => Some(score),
            _ => None,
        });
        let joint = self.joint.iter().filter_map(|j| match j.allocation {
            Allocation::Neyman { score } => Some(score),
            _ => None,
        });
        own.chain(joint)
    }
}
