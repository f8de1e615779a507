//! What a report is made of: one documented value, serialised as `report.json`.
//!
//! Everything that the other formats show comes from here. Numbers are never
//! rounded here. No personal data: counts, estimates, and quotes that were
//! chosen for print.

use jiff::civil::Date;
use serde::Serialize;

use crate::model::checked::{PrivacyMode, Text};
use crate::plan::change::{Change, Effect};
use crate::plan::types::Count;
use crate::score::Scores;
use crate::score::compare::types::{MeasureResult, WaveChange};
use crate::score::findings::Findings;
use crate::store::types::MessageState;

/// Version of this form; rises when a field changes its meaning.
pub const REPORT_VERSION: u32 = 1;

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportData {
    /// Version of this form.
    pub version: u32,
    /// Name of the campaign.
    pub campaign: String,
    /// Title.
    pub title: Text,
    /// Languages, the default first.
    pub languages: Vec<String>,
    /// IANA time zone in which days are meant.
    pub timezone: String,
    /// Moment that the report describes: RFC 3339.
    pub as_of: String,
    /// First moment of the campaign.
    pub open: String,
    /// Last moment for answers.
    pub close: String,
    /// Whether answers could still come when the report was made.
    pub running: bool,
    /// Answers that were collected elsewhere; such a report has no invitations, messages or days.
    pub collected: Option<CollectedLine>,
    /// How it was made, for whoever wants to check or repeat it.
    pub method: Method,
    /// Messages by step, channel and state.
    pub messages: Vec<MessageLine>,
    /// From the invitation to the follow-up.
    pub way: Way,
    /// Responses per day.
    pub days: Vec<Day>,
    /// All estimates.
    pub scores: Scores,
    /// What stands out.
    pub findings: Findings,
    /// This wave against the one before.
    pub change: Option<WaveChange>,
    /// What became of promised effects, as far as answers from after the measure are there; of events always.
    pub effects: Vec<MeasureResult>,
    /// The improvement plan, most urgent first.
    pub actions: Vec<ActionLine>,
    /// Words of respondents.
    pub quotes: Vec<Quotes>,
    /// Clauses of the spec that are checked but not carried out, and the plan's own warnings.
    pub warnings: Vec<Text>,
    /// What keeps figures from being compared, with the authors' reasons.
    pub breaks: Vec<BreakLine>,
    /// Versions of the campaign, the launched one first; one where nothing was changed.
    pub versions: Vec<VersionLine>,
    /// Answers to questions or codes that were removed; no figure counts them.
    pub misfits: Vec<Misfit>,
}

/// The file of answers that were collected elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CollectedLine {
    /// Path, as the spec names it.
    pub source: String,
    /// Rows of the file.
    pub rows: u64,
    /// Rows that could be used.
    pub used: u64,
    /// Of these, rows of people who answered.
    pub responded: u64,
    /// Columns of the design, in words of the spec: `weight pw`, `stratum stype`.
    pub design: Vec<String>,
    /// Clusters, where there are clusters.
    pub clusters: Option<u64>,
    /// What could not be used, with how often.
    pub problems: Vec<CollectedProblem>,
}

/// Something in the file that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CollectedProblem {
    /// What, with the first line.
    pub what: String,
    /// How often.
    pub count: u64,
}

/// A change across which figures can't be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BreakLine {
    /// When it was taken over, RFC 3339; `None` for a change since the wave before.
    pub at: Option<String>,
    /// The wave before, for a change since then.
    pub wave: Option<String>,
    /// What it breaks.
    pub effect: Effect,
    /// The declaration: “question `overall`”.
    pub declaration: Text,
    /// What people read of it.
    pub title: Option<Text>,
    /// How it changed; `None` where only the reason is known.
    pub what: Option<Text>,
    /// Why, in the author's words.
    pub reason: String,
    /// Completed responses from before.
    pub answers_before: Option<u64>,
    /// Bears on all figures.
    pub everything: bool,
    /// Names of the items and scores that it bears on.
    pub touches: Vec<String>,
}

/// A version of the campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionLine {
    /// Number, from 1.
    pub no: u32,
    /// From when, RFC 3339.
    pub since: String,
    /// Hash of its plan.
    pub plan_hash: String,
    /// Responses that were begun under it.
    pub begun: u64,
    /// Responses that were completed under it.
    pub completed: u64,
    /// What it did differently.
    pub changes: Vec<Change>,
}

/// An answer that the present questionnaire doesn't know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Misfit {
    /// Item.
    pub item: String,
    /// Code or option as it was given; empty for words, and where there are too few to be shown.
    pub answer: String,
    /// How many; `None` where there are too few to be shown.
    pub count: Option<u64>,
}

/// How the numbers came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Method {
    /// Version of Canvass.
    pub canvass: String,
    /// Hash of the plan that was carried out.
    pub plan_hash: String,
    /// Seed of the draws.
    pub seed: u64,
    /// What is promised to respondents.
    pub privacy: PrivacyMode,
    /// Days after close until the link between person and answers is deleted.
    pub keep_days: Option<u32>,
    /// Where the list came from.
    pub source: String,
    /// Rows of the list.
    pub rows: u64,
    /// Rows that could not be used.
    pub bad_rows: u64,
    /// Left out, per reason.
    pub excluded: Vec<Count>,
    /// Left out because another person has the same address.
    pub once: u64,
    /// People left.
    pub eligible: u64,
    /// Eligible people that no stratum takes.
    pub unmatched: u64,
    /// Strata with their draws.
    pub strata: Vec<MethodStratum>,
    /// Variables of the non-response adjustment.
    pub nonresponse: Vec<String>,
    /// Column by which whole clusters were drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
}

/// How a stratum was drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MethodStratum {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// The sample clause, in words.
    pub sample: Text,
    /// SHA-256 of the drawn keys of each cell that was drawn at launch.
    pub digests: Vec<String>,
}

/// Messages of one step and channel in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessageLine {
    /// Step.
    pub step: String,
    /// Channel.
    pub channel: String,
    /// State.
    pub state: MessageState,
    /// How many.
    pub count: u64,
}

/// From the invitation to the follow-up, in people.
///
/// “Accepted” means that a server took the message; whether it was read is not tracked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Way {
    /// Released for sending.
    pub invited: u64,
    /// First message accepted by a server, or handed to an interviewer.
    pub accepted: u64,
    /// Pressed the start button.
    pub started: u64,
    /// Reached the last page.
    pub completed: u64,
    /// Completed and raised a follow-up.
    pub with_case: u64,
}

/// Responses of a day in the campaign's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Day {
    /// Day.
    pub date: Date,
    /// Started on it.
    pub started: u64,
    /// Completed on it.
    pub completed: u64,
}

/// A measure of the improvement plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActionLine {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// Title of the stratum that it is for.
    pub stratum: Option<Text>,
    /// Title of the score, or figure of events, that it is to improve.
    pub improves: Option<Text>,
    /// By how much.
    pub by: Option<f64>,
    /// `percent` where that is in proportion to a figure of events, `points` where it is one of a share: 0.05 for 5 %.
    pub unit: Option<&'static str>,
    /// `high`, `medium`, `low`.
    pub impact: Option<String>,
    /// `high`, `medium`, `low`.
    pub difficulty: Option<String>,
    /// Who.
    pub owner: Option<String>,
    /// Until.
    pub due: Option<Date>,
    /// `planned`, `doing`, `done`, `dropped`.
    pub status: Option<String>,
    /// Due before the day of the report and neither done nor dropped.
    pub overdue: bool,
    /// High impact at low difficulty.
    pub quick_win: bool,
}

/// Quotes of one open question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quotes {
    /// Name of the item.
    pub item: String,
    /// Wording of the question.
    pub text: Text,
    /// Words, as they were written; addresses and long numbers are masked.
    pub quotes: Vec<String>,
}
