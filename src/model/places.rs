//! Where the texts and names of a model stand: a side table by id.
//!
//! Lowering makes it beside [`Checked`], which carries no places of its texts, so that
//! moving a line changes no plan. Rules and the editor read it: it leads from an id of the
//! model to the smallest place in the sources, down to a few bytes inside a text.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::checked::{ChannelKind, Checked, QuestionKind, Text};
use crate::source::{SourceMap, Span};

/// Names a text of the model; indices are those of [`Checked`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextId {
    /// Title of the campaign.
    Title,
    /// Reason of an exclusion.
    Exclude(usize),
    /// Title of a field of the frame.
    Field(usize),
    /// Label of a code of a field.
    Code(usize, usize),
    /// Title of a stratum.
    Stratum(usize),
    /// Title of a part of a stratum.
    Part(usize, usize),
    /// Label of a point of a scale.
    Label(usize, usize),
    /// Title of a section.
    Section(usize),
    /// Wording of a question.
    Stem(usize),
    /// Hint of a question.
    Hint(usize),
    /// Label of the not-applicable answer.
    NotApplicable(usize),
    /// Label of an option.
    Option(usize, usize),
    /// Wording of a row, by its item.
    Row(usize),
    /// Sender's name of an e-mail channel.
    Sender(usize),
    /// Subject of an e-mail channel.
    Subject(usize),
    /// Text of a short message.
    Body(usize),
    /// Signature of a short message.
    Signature(usize),
    /// What an interviewer says first.
    Script(usize),
    /// Reason of a cleaning rule.
    Clean(usize),
    /// Title of a score.
    Score(usize),
    /// Source of a benchmark.
    Benchmark(usize),
    /// Title of a case.
    Case(usize),
    /// Title of an action.
    Action(usize),
    /// What respondents are told before the first question.
    Consent,
}

impl TextId {
    /// Tells whether the text speaks to respondents; options speak for them, and titles are read by others.
    #[must_use]
    pub fn speaks_to_respondents(self) -> bool {
        matches!(
            self,
            Self::Stem(_)
                | Self::Hint(_)
                | Self::Section(_)
                | Self::Subject(_)
                | Self::Body(_)
                | Self::Script(_)
                | Self::Consent
        )
    }
}

/// Names a declaration or a part of one; indices are those of [`Checked`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// The campaign.
    Campaign,
    /// The frame.
    Frame,
    /// A field of the frame.
    Field(usize),
    /// A stratum.
    Stratum(usize),
    /// A scale.
    Scale(usize),
    /// A point of a scale.
    Point(usize, usize),
    /// A section.
    Section(usize),
    /// A question.
    Question(usize),
    /// An option.
    Option(usize, usize),
    /// A row, by its item.
    Row(usize),
    /// A channel.
    Channel(usize),
    /// The schedule.
    Schedule,
    /// A score.
    Score(usize),
    /// A case.
    Case(usize),
    /// An action.
    Action(usize),
    /// The privacy declaration.
    Privacy,
}

/// The side table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Each text's parts by position of the language, quotes included.
    pub(crate) texts: BTreeMap<(TextId, usize), Span>,
    /// Names.
    pub(crate) names: BTreeMap<Node, Span>,
    /// Statements inside a declaration, by their first word.
    pub(crate) settings: BTreeMap<(Node, String), Span>,
    /// Declarations with their blocks; sections are left out for their questions.
    pub(crate) statements: Vec<Span>,
}

impl Places {
    /// Returns where a text stands in a language (by its position in the campaign), quotes included.
    #[must_use]
    pub fn text(&self, id: TextId, language: usize) -> Option<Span> {
        self.texts.get(&(id, language)).copied()
    }

    /// Returns where a name is declared.
    #[must_use]
    pub fn name(&self, node: Node) -> Option<Span> {
        self.names.get(&node).copied()
    }

    /// Returns the statement of a declaration that begins with this word, without its block.
    #[must_use]
    pub fn setting(&self, node: Node, word: &str) -> Option<Span> {
        self.settings.get(&(node, word.to_owned())).copied()
    }

    /// Returns the declarations in which one of these places lies.
    #[must_use]
    pub fn statements_with(&self, places: &[Span]) -> Vec<Span> {
        self.statements.iter().copied().filter(|s| places.iter().any(|p| s.contains(*p))).collect()
    }

    /// Walks over all texts: which, and the position of the language.
    pub fn texts(&self) -> impl Iterator<Item = (TextId, usize)> + '_ {
        self.texts.keys().copied()
    }
}

/// Finds the text of an id.
#[must_use]
pub fn text_of(checked: &Checked, id: TextId) -> Option<&Text> {
    let frame = checked.frame.as_ref();
    let question = |i: usize| checked.questionnaire.questions.get(i);
    let scores = |i: usize| checked.scoring.as_ref().map(|s| (s.scores.get(i), s.benchmarks.get(i)));
    Some(match id {
        TextId::Title => &checked.campaign.title,
        TextId::Exclude(i) => &frame?.exclude.get(i)?.label,
        TextId::Field(i) => &frame?.fields.get(i)?.title,
        TextId::Code(i, code) => match &frame?.fields.get(i)?.kind {
            crate::model::checked::FieldKind::OneOf(choices) => &choices.get(code)?.label,
            _ => return None,
        },
        TextId::Stratum(i) => &checked.strata.get(i)?.title,
        TextId::Part(i, part) => &checked.strata.get(i)?.parts.get(part)?.title,
        TextId::Label(i, point) => &checked.scales.get(i)?.points.get(point)?.label,
        TextId::Section(i) => &checked.questionnaire.sections.get(i)?.title,
        TextId::Stem(i) => &question(i)?.text,
        TextId::Hint(i) => &question(i)?.hint,
        TextId::NotApplicable(i) => &question(i)?.not_applicable,
        TextId::Option(i, option) => match &question(i)?.kind {
            QuestionKind::Choice(all) | QuestionKind::Choices(all) | QuestionKind::Ranking(all) => {
                &all.get(option)?.label
            }
            _ => return None,
        },
        TextId::Row(i) => &checked.questionnaire.items.get(i)?.row,
        TextId::Sender(i)
        | TextId::Subject(i)
        | TextId::Body(i)
        | TextId::Signature(i)
        | TextId::Script(i) => channel_text(&checked.channels.get(i)?.kind, id)?,
        TextId::Clean(i) => &checked.clean.get(i)?.label,
        TextId::Score(i) => &scores(i)?.0?.title,
        TextId::Benchmark(i) => &scores(i)?.1?.label,
        TextId::Case(i) => &checked.cases.get(i)?.title,
        TextId::Action(i) => &checked.actions.get(i)?.title,
        TextId::Consent => &checked.privacy.consent,
    })
}

fn channel_text(kind: &ChannelKind, id: TextId) -> Option<&Text> {
    match (kind, id) {
        (ChannelKind::Email { from_name, .. }, TextId::Sender(_)) => Some(from_name),
        (ChannelKind::Email { subject, .. }, TextId::Subject(_)) => Some(subject),
        (ChannelKind::Sms { body, .. }, TextId::Body(_)) => Some(body),
        (ChannelKind::Sms { signature, .. }, TextId::Signature(_)) => Some(signature),
        (ChannelKind::Phone { script }, TextId::Script(_)) => Some(script),
        _ => None,
    }
}

/// Returns the place of a few bytes of a text, which stands in the sources at `literal` with its quotes.
///
/// Escapes and the indentation of a text of several lines are counted: offsets are those of the
/// text as it is meant. What cannot be found gives the whole text.
#[must_use]
pub fn inside(sources: &SourceMap, literal: Span, text: &str, part: Range<usize>) -> Span {
    let Some(file) = sources.get(literal.file) else { return literal };
    let raw = file.slice(literal);
    let quotes = if raw.starts_with("\"\"\"") { 3 } else { 1 };
    let (Some(start), Some(end)) =
        (raw_offset(raw, quotes, text, part.start, true), raw_offset(raw, quotes, text, part.end, false))
    else {
        return literal;
    };
    let base = literal.start as usize;
    Span::new(literal.file, base + start, base + end.max(start))
}

/// Walks over the literal and the text together until the text's offset is reached.
fn raw_offset(raw: &str, quotes: usize, text: &str, wanted: usize, before_skips: bool) -> Option<usize> {
    let mut at = quotes;
    for (offset, c) in text.char_indices() {
        let here = next_of(raw, at, c)?;
        if offset == wanted && before_skips {
            return Some(here.0);
        }
        if offset == wanted {
            return Some(at);
        }
        at = here.1;
    }
    (wanted == text.len()).then_some(at)
}

/// Returns begin and end of the next spelling of `c` in the literal; what lies before is indentation.
fn next_of(raw: &str, from: usize, c: char) -> Option<(usize, usize)> {
    let mut at = from;
    for found in raw.get(from..)?.chars() {
        let escaped = raw.get(at..)?.strip_prefix('\\').and_then(|rest| rest.chars().next());
        let meant = match escaped {
            Some('n') => Some('\n'),
            Some(plain @ ('"' | '\\')) => Some(plain),
            _ => None,
        };
        if found == '\\' && meant == Some(c) {
            return Some((at, at + 2));
        }
        if found == c {
            return Some((at, at + c.len_utf8()));
        }
        at += found.len_utf8();
    }
    None
}
