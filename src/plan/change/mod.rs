//! What a change of a spec means for answers that are there already, and for a campaign that runs.
//!
//! Goes in: the checked campaign before and after, be it two revisions, a launched campaign and its spec, or two waves.
//! Comes out: every difference, by declaration, with both places, and whether it is *safe*, *breaks the trend* (figures
//! before and after can't be compared), *breaks the data* (answers that are there no longer fit) or can be made *not
//! while running* (what was drawn, sent or promised can't be taken back). Two versions are matched by name: the name of
//! an item is the name of its column. Each part ends with a look at the whole of it, so that a clause that nobody has
//! thought of here is refused, never taken over in silence.

mod draw;
mod numbers;
mod options;
mod promises;
mod questions;
mod said;
mod scores;
mod sending;
mod words;

use serde::{Deserialize, Serialize};

use self::said::Said;
pub use self::words::{effect_in_words, line, markdown, sentence, text};

use crate::model::Checked;
use crate::model::breaks::{Breaks, Broken};
use crate::model::checked::Text;
use crate::source::Span;

/// What a difference does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Answers and figures before and after go together.
    Safe,
    /// Figures before and after can't be compared.
    BreaksTrend,
    /// Answers that are there no longer fit.
    BreaksData,
    /// A campaign that runs can't do it, whatever the spec says.
    NotWhileRunning,
}

/// A line of a spec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// File, relative to the spec's folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it does.
    pub effect: Effect,
    /// What changed: “question `overall`”; in the languages of the campaign and in English.
    pub about: Text,
    /// How, in words.
    pub what: Text,
    /// Where it stood.
    pub before: Option<Place>,
    /// Where it stands.
    pub after: Option<Place>,
    /// Why the author lets it break something.
    pub reason: Option<String>,
    /// Where it stands, in the sources of the campaign as it is now.
    #[serde(skip)]
    pub span: Option<Span>,
    /// Where it stood, in the sources of the campaign before.
    #[serde(skip)]
    pub span_before: Option<Span>,
    /// Declarations in which a `breaks` speaks for it, by keyword and name; the first is the one that changed.
    #[serde(default)]
    pub declarations: Vec<(String, String)>,
}

impl Change {
    /// Tells whether it breaks something and no `breaks` says why.
    #[must_use]
    pub fn is_unspoken(&self) -> bool {
        self.effect != Effect::Safe && self.reason.is_none()
    }

    /// Makes a change that no comparison of two specs finds; it is refused and told in English alone.
    #[must_use]
    pub fn of_the_run(about: &str, what: &str) -> Self {
        Self {
            effect: Effect::NotWhileRunning,
            about: Text::single(ENGLISH, about),
            what: Text::single(ENGLISH, what),
            before: None,
            after: None,
            reason: None,
            span: None,
            span_before: None,
            declarations: Vec::new(),
        }
    }
}

/// What developers read at the terminal.
pub(crate) const ENGLISH: &str = "en";

/// Returns the languages in which changes of a campaign are told: its own, and English for the terminal.
fn languages(checked: &Checked) -> Vec<String> {
    let mut all = checked.campaign.languages.clone();
    if !all.iter().any(|language| language == ENGLISH) {
        all.push(ENGLISH.to_owned());
    }
    all
}

/// Says which declaration is meant, in the languages of a campaign and in English.
#[must_use]
pub fn about(checked: &Checked, keyword: &str, name: &str) -> Text {
    said::owner(keyword, name).text(&languages(checked))
}

/// Returns all differences, those that break most first, else in the order of the spec.
#[must_use]
pub fn changes(before: &Checked, after: &Checked) -> Vec<Change> {
    let mut all = Changes::new(before, after);
    promises::campaign(&mut all);
    questions::compare(&mut all);
    scores::compare(&mut all);
    draw::compare(&mut all);
    sending::compare(&mut all);
    numbers::compare(&mut all);
    promises::compare(&mut all);
    finished(before, after, all.found)
}

/// Returns the differences in questions and scores alone: what two waves must share.
#[must_use]
pub fn of_waves(before: &Checked, after: &Checked) -> Vec<Change> {
    let mut all = Changes::new(before, after);
    questions::compare(&mut all);
    scores::compare(&mut all);
    finished(before, after, all.found)
}

fn finished(before: &Checked, after: &Checked, mut found: Vec<Change>) -> Vec<Change> {
    for change in &mut found {
        change.reason = reason(before, after, change);
    }
    found.sort_by_key(|change| std::cmp::Reverse(change.effect));
    found
}

/// Finds the `breaks` that speaks for a change; a word about the data covers the trend too.
///
/// Between two versions of one campaign, a word that stood there before spoke for an earlier change.
fn reason(before: &Checked, after: &Checked, change: &Change) -> Option<String> {
    let enough = |what: Broken| match change.effect {
        Effect::Safe | Effect::NotWhileRunning => false,
        Effect::BreaksTrend => true,
        Effect::BreaksData => what == Broken::Data,
    };
    let speaks = |keyword: &str, name: &str| {
        keyword == "campaign"
            || change.declarations.iter().any(|(k, n)| k == keyword && (n.is_empty() || n == name))
    };
    let stale = |word: &Breaks| {
        let same = |b: &Breaks| Breaks { span: b.span, ..word.clone() } == *b;
        before.campaign.name == after.campaign.name && before.breaks.iter().any(same)
    };
    let mut words = after.breaks.iter().filter(|word| !stale(word));
    let found = words.find(|b| enough(b.what) && speaks(&b.keyword, &b.name))?;
    Some(found.reason.clone())
}

/// Differences as they are found.
struct Changes<'a> {
    before: &'a Checked,
    after: &'a Checked,
    found: Vec<Change>,
    /// Languages in which they are told.
    languages: Vec<String>,
}

impl<'a> Changes<'a> {
    fn new(before: &'a Checked, after: &'a Checked) -> Self {
        Self { before, after, found: Vec::new(), languages: languages(after) }
    }

    fn push(
        &mut self,
        effect: Effect,
        owner: (&'static str, &str),
        what: Said,
        before: Option<Span>,
        after: Option<Span>,
    ) {
        self.found.push(Change {
            effect,
            about: said::owner(owner.0, owner.1).text(&self.languages),
            what: what.text(&self.languages),
            before: before.and_then(|span| place(self.before, span)),
            after: after.and_then(|span| place(self.after, span)),
            reason: None,
            span: after,
            span_before: before,
            declarations: vec![(owner.0.to_owned(), owner.1.to_owned())],
        });
    }

    /// Notes a difference without places.
    fn note(&mut self, effect: Effect, owner: (&'static str, &str), what: Said) {
        self.push(effect, owner, what, None, None);
    }

    /// Notes that a part differs when no finer look since `mark` has told how.
    fn otherwise(
        &mut self,
        mark: usize,
        differs: bool,
        effect: Effect,
        owner: (&'static str, &str),
        what: Said,
    ) {
        if differs && self.found.len() == mark {
            self.note(effect, owner, what);
        }
    }

    /// Lets a further declaration speak for the last difference.
    fn also(&mut self, keyword: &'static str, name: &str) {
        if let Some(last) = self.found.last_mut() {
            last.declarations.push((keyword.to_owned(), name.to_owned()));
        }
    }
}

/// Turns a span into file, line and column; the files of a model stand in the order of their ids.
fn place(checked: &Checked, span: Span) -> Option<Place> {
    let file = checked.files.get(span.file.0 as usize)?;
    let before = file.text.get(..span.start as usize)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    Some(Place { file: file.path.clone(), line, column })
}
