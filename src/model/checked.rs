//! The model of a campaign that may be planned: every name resolved, every unit known.
//!
//! Only `analyse` makes a [`Checked`], and only from sources without errors.
//! Later stages read it and never see the syntax tree.

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use crate::expr::Expr;
use crate::source::Span;

/// A text in every language of the campaign, in the campaign's order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(pub Vec<(String, String)>);

impl Text {
    /// Makes a text of one language.
    #[must_use]
    pub fn single(language: &str, value: &str) -> Self {
        Self(vec![(language.to_owned(), value.to_owned())])
    }

    /// Returns the text in a language, else in the first one there is, else nothing.
    #[must_use]
    pub fn get(&self, language: &str) -> &str {
        let found = self.0.iter().find(|(l, _)| l == language).or_else(|| self.0.first());
        found.map_or("", |(_, value)| value)
    }

    /// Tells whether nothing was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(l, v)| (l, v)))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Text;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a map from language to text")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
                let mut parts = Vec::new();
                while let Some(part) = map.next_entry()? {
                    parts.push(part);
                }
                Ok(Text(parts))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

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

/// `quota women 250 where gender = female`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quota {
    /// Name.
    pub name: String,
    /// Completes at most.
    pub number: u64,
    /// Whose.
    pub condition: Expr,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// `screen out when age < 18`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Screen {
    /// Who is asked no further.
    pub condition: Expr,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

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

/// The customer list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Frame {
    /// Name.
    pub name: String,
    /// Path of the list, relative to the spec's folder.
    pub source: String,
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
    pub once_per: Option<ContactKind>,
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
}

/// A scale of ordered codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scale {
    /// Name.
    pub name: String,
    /// Codes in order, each with its label (ends only for long scales).
    pub points: Vec<ScalePoint>,
}

impl Scale {
    /// Returns the lowest and the highest code.
    #[must_use]
    pub fn range(&self) -> (i64, i64) {
        let codes = || self.points.iter().map(|p| p.code);
        (codes().min().unwrap_or(0), codes().max().unwrap_or(0))
    }
}

/// A point of a scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScalePoint {
    /// Code.
    pub code: i64,
    /// Label; empty for unlabelled middle points.
    pub label: Text,
}

/// Sections, questions and items in the order in which they are asked.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Questionnaire {
    /// Sections; a section is a page of the form.
    pub sections: Vec<Section>,
    /// All questions.
    pub questions: Vec<Question>,
    /// All answerable items; a grid has one per row, other questions one, notes none.
    pub items: Vec<Item>,
}

impl Questionnaire {
    /// Finds an item by name.
    #[must_use]
    pub fn item(&self, name: &str) -> Option<(usize, &Item)> {
        self.items.iter().enumerate().find(|(_, item)| item.name == name)
    }

    /// Walks over a question's items with their indices.
    pub fn items_of(&self, question: usize) -> impl Iterator<Item = (usize, &Item)> {
        self.items.iter().enumerate().filter(move |(_, item)| item.question == question)
    }
}

/// A page of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Name.
    pub name: String,
    /// Title; may be empty.
    pub title: Text,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Question {
    /// Name.
    pub name: String,
    /// Index of its section.
    pub section: usize,
    /// Kind.
    pub kind: QuestionKind,
    /// Wording.
    pub text: Text,
    /// Line below the wording; may be empty.
    pub hint: Text,
    /// Must be answered when asked.
    pub required: bool,
    /// Asked only when this holds.
    pub condition: Option<Expr>,
    /// Label of the not-applicable option; empty when there is none.
    pub not_applicable: Text,
    /// Rows or options come in a random order per respondent; `none` and `specify` options stay last.
    pub shuffle: bool,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// What kind of answer a question wants.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum QuestionKind {
    /// One code of a scale (index into `Checked::scales`); `nps`, `csat` and `ces` too.
    Scale(usize, Instrument),
    /// One code of a scale per row.
    Grid(usize),
    /// One option.
    Choice(Vec<Choice>),
    /// Any number of options.
    Choices(Vec<Choice>),
    /// Options in order of preference.
    Ranking(Vec<Choice>),
    /// Yes or no.
    YesNo,
    /// Words; long ones in a text area.
    Text {
        /// Several lines.
        long: bool,
    },
    /// A number, perhaps within limits.
    Number {
        /// Smallest.
        min: Option<f64>,
        /// Largest.
        max: Option<f64>,
    },
    /// A number on a line.
    Slider {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Step.
        step: f64,
    },
    /// A calendar date.
    Date,
    /// Agreement that must be given to go on.
    Consent,
    /// Contact details.
    Contact,
    /// Words without a question.
    Note,
}

/// A known instrument behind a scale question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Instrument {
    /// A scale of the spec.
    Own,
    /// Net Promoter, 0–10 (Reichheld 2003).
    Nps,
    /// Satisfaction 1–5.
    Csat,
    /// Effort 1–7.
    Ces,
}

/// Something that gets one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Name: the question's, or the row's of a grid.
    pub name: String,
    /// Index of the question.
    pub question: usize,
    /// The row's label in a grid; else empty.
    pub row: Text,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Channel {
    /// Name.
    pub name: String,
    /// Kind with its settings.
    pub kind: ChannelKind,
    /// Messages per minute, at most.
    pub rate_per_minute: Option<f64>,
}

/// Kinds of channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum ChannelKind {
    /// E-mail.
    Email {
        /// Sender's name.
        from_name: Text,
        /// Sender's address.
        from_address: String,
        /// Subject template.
        subject: Text,
        /// Body template of one's own (HTML, minijinja); `None` takes the built-in one.
        body: Option<SpecFile>,
        /// Question whose buttons stand in the message.
        one_tap: Option<usize>,
    },
    /// Short message.
    Sms {
        /// Signature that the provider puts in front.
        signature: Text,
        /// Text template.
        body: Text,
        /// What the link is.
        link: LinkMode,
    },
    /// Interviewers call.
    Phone {
        /// What they say first; may be empty.
        script: Text,
    },
    /// Another service by webhook.
    Webhook {
        /// Body template.
        body: Option<SpecFile>,
    },
    /// An open link.
    Link {
        /// Last part of the address.
        slug: String,
    },
}

/// The link in a short message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkMode {
    /// One per person.
    Personal,
    /// One for all, with a code.
    Fixed,
    /// None: answers come by reply.
    Reply,
}

/// When messages go out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Schedule {
    /// First moment, in the campaign's time zone.
    pub open: DateTime,
    /// Last moment for answers.
    pub close: DateTime,
    /// Hours of sending in the recipient's time zone, the end not included; the whole day without.
    pub hours: Option<(Time, Time)>,
    /// Only Monday to Friday, as changed by the holidays file.
    pub workdays: bool,
    /// Days off from the holidays file.
    pub days_off: Vec<Date>,
    /// Weekend days worked from the holidays file.
    pub days_on: Vec<Date>,
    /// Invitations and reminders, in the order of the spec.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// `invite`, `remind_1`, `remind_2`, …
    pub name: String,
    /// What it is.
    pub kind: StepKind,
    /// Channels (index into `Checked::channels`): the first, then the ones to fall back to.
    pub via: Vec<usize>,
    /// When.
    pub timing: Timing,
    /// Only for these strata (index); everybody when empty.
    pub strata: Vec<usize>,
    /// Where it is declared.
    #[serde(skip)]
    pub span: Span,
}

/// Kinds of step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// The first message.
    Invite,
    /// To those who have not answered.
    Remind,
}

/// When a step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Timing {
    /// When the person is released (at open, on arrival, with its batch).
    AtRelease,
    /// Days after the invitation was sent.
    AfterInvite {
        /// Days.
        days: u32,
    },
    /// Hours after an event (index into `Checked::events`); dropped when it can't leave in time.
    AfterEvent {
        /// Index of the events source.
        events: usize,
        /// Hours after the event.
        hours: u32,
        /// Latest, in hours after the event.
        within_hours: u32,
    },
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

/// Raises a follow-up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseRule {
    /// Name.
    pub name: String,
    /// Title; may be empty.
    pub title: Text,
    /// Which responses.
    pub condition: Expr,
    /// Who is told.
    pub notify: Option<String>,
    /// Hours until it is due.
    pub due_hours: Option<u32>,
}

/// A measure of the improvement plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// For which stratum.
    pub stratum: Option<usize>,
    /// Promised effect: score and amount.
    pub improves: Option<(usize, f64)>,
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
}

/// What is promised to respondents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Privacy {
    /// Mode.
    pub mode: PrivacyMode,
    /// Days after close until the link between person and answers is deleted.
    pub keep_days: Option<u32>,
    /// Shown before the first question; may be empty.
    pub consent: Text,
}

/// Privacy modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrivacyMode {
    /// Answers carry the person.
    Identified,
    /// Answers carry a pseudonym; the link lies apart.
    Confidential,
    /// No link at all.
    Anonymous,
}

/// What the report shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportSpec {
    /// `markdown`, `html`, `xlsx`, `json`.
    pub formats: Vec<String>,
    /// Items whose words are quoted, and how many.
    pub quotes: Vec<(usize, usize)>,
}

/// A test block.
#[derive(Debug, Clone, PartialEq)]
pub struct TestCase {
    /// Name.
    pub name: String,
    /// What is given of the respondent and answered, in order.
    pub given: Vec<Given>,
    /// Expectations.
    pub expect: Vec<Expected>,
    /// Where it is declared.
    pub span: Span,
}

/// Something that a test gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// An item, a column, `stratum`, `channel`, `language` or `duration`.
    pub var: crate::expr::Var,
    /// Its value; missing for an item that does not apply.
    pub value: crate::expr::Value,
    /// Where it stands.
    pub span: Span,
}

/// An expectation with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// What.
    pub what: Expectation,
    /// The whole line.
    pub span: Span,
}

/// An expectation of a test.
#[derive(Debug, Clone, PartialEq)]
pub enum Expectation {
    /// The question is asked (or not).
    Asked(usize, bool),
    /// The case is raised (or not).
    Case(usize, bool),
    /// A condition on scores and answers holds.
    Holds(Expr),
}
