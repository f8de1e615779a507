//! What rules see: the model, its places, and every text that is asked, language by language.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rayon::prelude::*;

use crate::model::checked::{Checked, Choice, Instrument, Item, Question, QuestionKind, Scale};
use crate::model::logic::paths::LastLongest;
use crate::model::places::{Node, Places, TextId, inside, text_of};
use crate::model::rule::text;
use crate::model::rule::worded::{Worded, Wordings};
use crate::source::{SourceMap, Span};

/// A campaign as rules see it.
#[derive(Debug)]
pub struct Spec<'a> {
    /// The model; with errors elsewhere in the spec, as far as it could be made.
    pub checked: &'a Checked,
    /// Where its texts and names stand.
    pub places: &'a Places,
    /// The sources.
    pub sources: &'a SourceMap,
    /// The moment of the check, where one was given.
    pub now: Option<Timestamp>,
    /// All questions in all languages, in the order in which they are asked.
    pub asked: Vec<Asked<'a>>,
    /// All texts of the campaign in all languages, in the order of their ids.
    pub texts: Vec<Wording<'a>>,
    /// The longest paths of the last time, where somebody remembers them.
    pub longest: Option<&'a LastLongest>,
    /// Made when the first rule on wording asks.
    worded: OnceLock<Vec<Worded<'a>>>,
    /// Made when somebody asks for open questions.
    thoughtful: OnceLock<BTreeSet<usize>>,
    /// Made when somebody asks for known instruments.
    instruments: OnceLock<BTreeMap<usize, &'static str>>,
}

/// A text in one language, and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Wording<'a> {
    /// Which text.
    pub id: TextId,
    /// Language, such as `zh`.
    pub language: &'a str,
    /// The words, escapes resolved.
    pub text: &'a str,
    literal: Option<Span>,
    fallback: Span,
    sources: &'a SourceMap,
}

/// What kind of answer a question wants, as far as wording is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// A point of a scale; grids too.
    Rating,
    /// One option.
    Choice,
    /// Any number of options.
    Choices,
    /// An order of options.
    Ranking,
    /// Yes or no.
    YesNo,
    /// Words of one's own.
    Open,
    /// A number, also on a slider.
    Number,
    /// A date, agreement, contact details.
    Other,
    /// Nothing is asked.
    Note,
}

/// A question in one language.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// Index into `Questionnaire::questions`.
    pub index: usize,
    /// The question.
    pub question: &'a Question,
    /// Language, such as `zh`.
    pub language: &'a str,
    /// What kind of answer it wants.
    pub nature: Nature,
    /// Its wording.
    pub stem: Wording<'a>,
    /// The line below, when there is one.
    pub hint: Option<Wording<'a>>,
    /// Options with their labels.
    pub options: Vec<(&'a Choice, Wording<'a>)>,
    /// Rows of a grid with their wordings.
    pub rows: Vec<(&'a Item, Wording<'a>)>,
    /// Index of the scale of a rating, and the scale.
    pub scale: Option<(usize, &'a Scale)>,
    /// Labels of the scale's points that have one: code and label.
    pub labels: Vec<(i64, Wording<'a>)>,
    /// Label of the not-applicable answer, when there is one.
    pub not_applicable: Option<Wording<'a>>,
    /// The known instrument behind a rating.
    pub instrument: Instrument,
}

impl Wording<'_> {
    /// Returns where the text stands, with its quotes; a built-in text stands where it is used.
    #[must_use]
    pub fn span(&self) -> Span {
        self.literal.unwrap_or(self.fallback)
    }

    /// Returns the place of a part of the text (byte offsets of `text`).
    #[must_use]
    pub fn part(&self, part: Range<usize>) -> Span {
        match self.literal {
            Some(literal) => inside(self.sources, literal, self.text, part),
            None => self.fallback,
        }
    }

    /// Tells whether the language is written in Chinese characters.
    #[must_use]
    pub fn is_chinese(&self) -> bool {
        text::is_chinese(self.language)
    }

    /// Returns the text with template variables and quoted words blanked out, byte for byte as long.
    #[must_use]
    pub fn own_words(&self) -> String {
        text::own_words(self.text)
    }

    /// Returns the sentence that asks: the last one with a question mark, else the last one.
    #[must_use]
    pub fn asked_clause(&self) -> Range<usize> {
        text::asked_clause(self.text)
    }
}

impl Asked<'_> {
    /// Returns where the question's name stands.
    #[must_use]
    pub fn span(&self) -> Span {
        self.question.span
    }

    /// Tells whether the answers are given, and not words, numbers or dates of one's own.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(
            self.nature,
            Nature::Rating | Nature::Choice | Nature::Choices | Nature::Ranking | Nature::YesNo
        )
    }

    /// Tells whether the language is written in Chinese characters.
    #[must_use]
    pub fn is_chinese(&self) -> bool {
        text::is_chinese(self.language)
    }
}

impl<'a> Spec<'a> {
    /// Looks at a model.
    #[must_use]
    pub fn new(
        checked: &'a Checked,
        places: &'a Places,
        sources: &'a SourceMap,
        now: Option<Timestamp>,
    ) -> Self {
        let (asked, texts) = (Vec::new(), Vec::new());
        let (worded, thoughtful, instruments) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        let longest = None;
        let mut spec =
            Self { checked, places, sources, now, asked, texts, longest, worded, thoughtful, instruments };
        spec.asked = spec.all_asked();
        let languages = &checked.campaign.languages;
        let ids: Vec<(TextId, usize)> = places.texts().collect();
        let known = ids.par_iter().filter_map(|(id, language)| spec.wording(*id, languages.get(*language)?));
        spec.texts = known.collect();
        spec
    }

    /// Brings back what is known of the wordings and of the longest paths from the last time.
    pub fn recall(&mut self, wordings: &mut Wordings, longest: &'a LastLongest) {
        self.longest = Some(longest);
        let mut all = super::worded::all(self);
        wordings.recall(&mut all);
        self.worded = OnceLock::from(all);
    }

    /// Returns the wordings of questions and rows in the languages that rules understand, taken apart.
    pub fn worded(&self) -> &[Worded<'a>] {
        self.worded.get_or_init(|| super::worded::all(self))
    }

    /// Tells whether a question (by index) wants thoughts in words of one's own.
    #[must_use]
    pub fn asks_for_thoughts(&self, question: usize) -> bool {
        self.thoughtful.get_or_init(|| super::open::thoughtful(self)).contains(&question)
    }

    /// Returns the published instrument that a question (by index) is an item of.
    #[must_use]
    pub fn instrument(&self, question: usize) -> Option<&'static str> {
        self.instruments.get_or_init(|| super::instruments::known(self)).get(&question).copied()
    }

    /// Returns the campaign's languages, the default first.
    #[must_use]
    pub fn languages(&self) -> &'a [String] {
        &self.checked.campaign.languages
    }

    /// Returns a text in one language, unless it is missing or blank.
    #[must_use]
    pub fn wording(&self, id: TextId, language: &str) -> Option<Wording<'a>> {
        let position = self.languages().iter().position(|l| l == language)?;
        let (language, text) = text_of(self.checked, id)?.0.iter().find(|(l, _)| l == language)?;
        if text.trim().is_empty() {
            return None;
        }
        let fallback = self.places.name(owner(id)).unwrap_or_default();
        let literal = self.places.text(id, position);
        Some(Wording { id, language, text, literal, fallback, sources: self.sources })
    }

    /// Returns where a declaration's name stands, else where the campaign does.
    #[must_use]
    pub fn name(&self, node: Node) -> Span {
        self.places.name(node).or_else(|| self.places.name(Node::Campaign)).unwrap_or_default()
    }

    /// Returns where a setting of a declaration stands, else the declaration's name.
    #[must_use]
    pub fn setting(&self, node: Node, word: &str) -> Span {
        self.places.setting(node, word).unwrap_or_else(|| self.name(node))
    }

    /// Returns the day of the check in the campaign's time zone, where a moment was given.
    #[must_use]
    pub fn today(&self) -> Option<Date> {
        let zone = TimeZone::get(&self.checked.campaign.timezone).unwrap_or(TimeZone::UTC);
        Some(self.now?.to_zoned(zone).date())
    }

    /// Returns a question in all its languages.
    #[must_use]
    pub fn in_languages(&self, question: usize) -> &[Asked<'a>] {
        let start = self.asked.partition_point(|a| a.index < question);
        let end = self.asked.partition_point(|a| a.index <= question);
        self.asked.get(start..end).unwrap_or_default()
    }

    /// Walks over the questions in one language only, for rules that look at no words.
    pub fn questions(&self) -> impl Iterator<Item = &Asked<'a>> {
        let first = self.languages().first().map_or("", String::as_str);
        self.asked.iter().filter(move |a| a.language == first)
    }

    fn all_asked(&self) -> Vec<Asked<'a>> {
        let mut rows: Vec<Vec<usize>> = vec![Vec::new(); self.checked.questionnaire.questions.len()];
        for (item, of) in self.checked.questionnaire.items.iter().enumerate() {
            if let Some(list) = rows.get_mut(of.question) {
                list.push(item);
            }
        }
        let questions = self.checked.questionnaire.questions.par_iter().zip(rows).enumerate();
        let each = |(index, (question, rows)): (usize, (&'a Question, Vec<usize>))| {
            let languages = self.languages().iter();
            languages.filter_map(move |l| self.in_language(index, question, &rows, l))
        };
        questions.flat_map_iter(each).collect()
    }

    fn in_language(
        &self,
        index: usize,
        question: &'a Question,
        rows: &[usize],
        language: &'a str,
    ) -> Option<Asked<'a>> {
        let checked = self.checked;
        let mut asked = Asked {
            index,
            question,
            language,
            nature: Nature::Other,
            stem: self.wording(TextId::Stem(index), language)?,
            hint: self.wording(TextId::Hint(index), language),
            options: Vec::new(),
            rows: Vec::new(),
            scale: None,
            labels: Vec::new(),
            not_applicable: self.wording(TextId::NotApplicable(index), language),
            instrument: Instrument::Own,
        };
        let (nature, options) = nature(&question.kind);
        asked.nature = nature;
        for (i, choice) in options.iter().enumerate() {
            // An option without a label shows its name.
            let own = self.wording(TextId::Option(index, i), language);
            asked.options.extend(own.map(|w| (choice, w)));
        }
        let (scale, instrument) = match question.kind {
            QuestionKind::Scale(scale, instrument) => (scale, instrument),
            QuestionKind::Grid(scale) => (scale, Instrument::Own),
            _ => return Some(asked),
        };
        asked.instrument = instrument;
        asked.scale = checked.scales.get(scale).map(|s| (scale, s));
        for (i, point) in checked.scales.get(scale).iter().flat_map(|s| &s.points).enumerate() {
            let label = self.wording(TextId::Label(scale, i), language);
            // The labels of a built-in scale stand nowhere; the question stands for them.
            asked
                .labels
                .extend(label.map(|w| (point.code, Wording { fallback: fallback(&w, question), ..w })));
        }
        if let QuestionKind::Grid(_) = question.kind {
            for &item in rows {
                let Some(of) = checked.questionnaire.items.get(item) else { continue };
                asked.rows.extend(self.wording(TextId::Row(item), language).map(|w| (of, w)));
            }
        }
        Some(asked)
    }
}

fn fallback(wording: &Wording, question: &Question) -> Span {
    if wording.fallback == Span::default() { question.span } else { wording.fallback }
}

fn nature(kind: &QuestionKind) -> (Nature, &[Choice]) {
    match kind {
        QuestionKind::Scale(..) | QuestionKind::Grid(_) => (Nature::Rating, &[]),
        QuestionKind::Choice(options) => (Nature::Choice, options),
        QuestionKind::Choices(options) => (Nature::Choices, options),
        QuestionKind::Ranking(options) => (Nature::Ranking, options),
        QuestionKind::YesNo => (Nature::YesNo, &[]),
        QuestionKind::Text { .. } => (Nature::Open, &[]),
        QuestionKind::Number { .. } | QuestionKind::Slider { .. } => (Nature::Number, &[]),
        QuestionKind::Note => (Nature::Note, &[]),
        QuestionKind::Date | QuestionKind::Consent | QuestionKind::Contact => (Nature::Other, &[]),
    }
}

/// Names the declaration that a text belongs to.
fn owner(id: TextId) -> Node {
    match id {
        TextId::Label(scale, point) => Node::Point(scale, point),
        TextId::Stem(i) | TextId::Hint(i) | TextId::NotApplicable(i) => Node::Question(i),
        TextId::Option(i, option) => Node::Option(i, option),
        TextId::Row(item) => Node::Row(item),
        TextId::Section(i) => Node::Section(i),
        TextId::Subject(i)
        | TextId::Sender(i)
        | TextId::Body(i)
        | TextId::Signature(i)
        | TextId::Script(i) => Node::Channel(i),
        _ => Node::Campaign,
    }
}
