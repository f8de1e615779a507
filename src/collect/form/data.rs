//! What the templates of the form see: plain data, documented, snapshot-tested as JSON.
//!
//! All texts are in the respondent's language, with earlier answers already in
//! their places, and not yet escaped: the template engine escapes every value.

use serde::Serialize;

use crate::collect::form::strings::Strings;

/// One page of the form, whatever kind it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FormData {
    /// Language tag for `lang`.
    pub language: String,
    /// `ltr` or `rtl`, for `dir`.
    pub direction: &'static str,
    /// Title of the campaign; empty where it may not be told (wrong links).
    pub campaign: String,
    /// Title of the document.
    pub title: String,
    /// Relative reference from this page to the root of the server: empty or `../`.
    pub root: &'static str,
    /// File name of the stylesheet, which carries its hash.
    pub stylesheet: String,
    /// The campaign's languages.
    pub languages: Vec<LanguageData>,
    /// The form's own words.
    pub strings: &'static Strings,
    /// What the page shows.
    pub page: PageData,
}

/// A language to switch to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LanguageData {
    /// Tag.
    pub tag: String,
    /// Its name in itself.
    pub name: String,
    /// Is the page's own.
    pub current: bool,
}

/// Kinds of page.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PageData {
    /// Behind the link of the invitation.
    Start(Box<StartData>),
    /// Questions.
    Questions(QuestionsData),
    /// Asks for a confirmation: stop messages, take answers back.
    Confirm(ConfirmData),
    /// Only says something.
    Notice(NoticeData),
}

/// The start page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StartData {
    /// Where the form is sent, relative to this page.
    pub action: String,
    /// What it is for and what is agreed to.
    pub consent: String,
    /// How long it takes; empty when unknown.
    pub minutes: String,
    /// Until when; empty when it doesn't end.
    pub until: String,
    /// Who asks; empty when unknown.
    pub asked_by: String,
    /// Whom to write to; empty when unknown.
    pub write_to: String,
    /// The privacy notice, one sentence each.
    pub privacy: Vec<String>,
    /// There is a response already.
    pub resumes: bool,
    /// The question that the link has answered, to be confirmed.
    pub prefilled: Option<QuestionData>,
    /// Where to stop messages, relative to this page.
    pub unsubscribe: String,
    /// Where to take answers back, relative to this page; empty when there are none.
    pub withdraw: String,
}

/// A page of questions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuestionsData {
    /// Where the form is sent, relative to this page.
    pub action: String,
    /// Fields that are sent back as they are.
    pub hidden: Vec<(&'static str, String)>,
    /// Title of the section; may be empty.
    pub section: String,
    /// Pages so far, this one included.
    pub step: usize,
    /// Pages in all.
    pub steps: usize,
    /// A message above the questions (saved elsewhere); may be empty.
    pub message: String,
    /// What is wrong, for the summary.
    pub errors: Vec<ErrorData>,
    /// Title of the summary.
    pub error_summary: String,
    /// The questions that are asked.
    pub questions: Vec<QuestionData>,
    /// There is a page before this one.
    pub back: bool,
    /// This is, as things stand, the last page.
    pub last: bool,
}

/// An error in the summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorData {
    /// Id of the first input that mends it.
    pub anchor: String,
    /// The question or row.
    pub label: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuestionData {
    /// Id of the element; ids of its parts begin with it.
    pub id: String,
    /// Name in the spec.
    pub name: String,
    /// Wording.
    pub text: String,
    /// Line below the wording from the spec; may be empty.
    pub hint: String,
    /// Line below the wording from the form (limits, “choose all that apply”); may be empty.
    pub help: String,
    /// Must be answered.
    pub required: bool,
    /// What is wrong; empty when nothing is, and in grids, where rows have their own.
    pub error: String,
    /// How it is answered.
    pub control: Control,
}

/// Ways of answering.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Control {
    /// Radio buttons or tick boxes.
    Options(OptionsData),
    /// A scale per row.
    Grid(GridData),
    /// A number per option.
    Ranking(RankingData),
    /// One line.
    Line(LineData),
    /// Several lines.
    Area(LineData),
    /// A box to tick.
    Consent {
        /// Name of the field.
        field: String,
        /// Is ticked.
        checked: bool,
    },
    /// Nothing to answer.
    Note,
}

/// How options are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// One below the other.
    List,
    /// Labelled points: one below the other on a phone, side by side where there is room.
    Scale,
    /// Numbers in a row, only the ends labelled.
    Row,
}

/// Radio buttons or tick boxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OptionsData {
    /// Name of the field.
    pub field: String,
    /// Several may be chosen.
    pub multiple: bool,
    /// How they are laid out.
    pub layout: Layout,
    /// The options in the respondent's order.
    pub options: Vec<OptionData>,
    /// Label of the lower end, for a row.
    pub low: String,
    /// Label of the upper end, for a row.
    pub high: String,
}

/// An option.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OptionData {
    /// Id of the input.
    pub id: String,
    /// Value that is sent.
    pub value: String,
    /// What people read.
    pub label: String,
    /// What screen readers add (the label of an end of a row).
    pub spoken: String,
    /// Is chosen.
    pub checked: bool,
    /// Stands apart from the others: “not applicable”, “none of these”.
    pub apart: bool,
    /// Asks for own words.
    pub other: Option<OtherData>,
}

/// Own words beside an option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherData {
    /// Name of the field.
    pub field: String,
    /// What was written.
    pub value: String,
    /// Most characters.
    pub max_length: usize,
}

/// A scale per row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GridData {
    /// Columns in order.
    pub columns: Vec<ColumnData>,
    /// Rows in the respondent's order.
    pub rows: Vec<RowData>,
}

/// A column of a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnData {
    /// Value that is sent.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Stands apart: “not applicable”.
    pub apart: bool,
}

/// A row of a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowData {
    /// Id of the row; ids of its inputs are this, `-` and the column's number from 1.
    pub id: String,
    /// Name of the field.
    pub field: String,
    /// What people read.
    pub label: String,
    /// Value that is chosen; empty when none is.
    pub chosen: String,
    /// What is wrong; empty when nothing is.
    pub error: String,
}

/// A number per option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RankingData {
    /// The options in the respondent's order; `value` is the name of the field, `label` what people read.
    pub options: Vec<RankData>,
    /// The places that there are.
    pub places: Vec<usize>,
    /// “Not applicable”, if offered.
    pub not_applicable: Option<TickData>,
}

/// An option that gets a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RankData {
    /// Id of the list.
    pub id: String,
    /// Name of the field.
    pub field: String,
    /// What people read.
    pub label: String,
    /// Place that is chosen; 0 for none.
    pub place: usize,
    /// Asks for own words.
    pub other: Option<OtherData>,
}

/// Something that is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LineData {
    /// Id of the input.
    pub id: String,
    /// Name of the field.
    pub field: String,
    /// `text` or `date`.
    pub input: &'static str,
    /// Which keyboard a phone shows; empty for the usual one.
    pub keyboard: &'static str,
    /// What a browser may fill in; empty for nothing.
    pub autocomplete: &'static str,
    /// What was typed.
    pub value: String,
    /// Most characters; 0 for no limit of its own.
    pub max_length: usize,
    /// “Not applicable”, if offered.
    pub not_applicable: Option<TickData>,
}

/// A box to tick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TickData {
    /// Name of the field.
    pub field: String,
    /// Value that is sent.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Is ticked.
    pub checked: bool,
}

/// Asks for a confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfirmData {
    /// `unsubscribe` or `withdraw`.
    pub code: &'static str,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Where the form is sent, relative to this page; empty for the page's own address.
    pub action: String,
    /// Fields that are sent back as they are.
    pub hidden: Vec<(&'static str, String)>,
    /// Words of the button.
    pub button: String,
    /// Where to go without doing it; empty for nowhere.
    pub back: String,
}

/// Only says something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeData {
    /// Name of the notice in the files of strings.
    pub code: &'static str,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Where to take answers back, relative to this page; empty when it makes no sense.
    pub withdraw: String,
}
