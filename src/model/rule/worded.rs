//! All texts that are answered, with how: what the rules on wording walk over.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::wording::stem::Stem;
use super::wording::{Answer, Hit, Language, Prompt};
use super::{ALL, Asked, Findings, Nature, Spec, Wording};
use crate::model::checked::Instrument;
use crate::model::places::TextId;

/// The wording of a question or of a row in one language, taken apart.
#[derive(Debug)]
pub struct Worded<'a> {
    /// Index into `Spec::asked`.
    pub asked: usize,
    /// Where it stands.
    pub wording: Wording<'a>,
    /// What it says, and how it is answered.
    pub prompt: Prompt<'a>,
    stem: OnceLock<Stem<'a>>,
    known: Option<Arc<Judged>>,
}

impl<'a> Worded<'a> {
    /// Returns what it says, taken apart.
    pub fn stem(&self) -> &Stem<'a> {
        self.stem.get_or_init(|| Stem::new(self.prompt.clone()))
    }

    /// Returns what the rule at this place in [`ALL`] finds, or found the last time.
    pub fn hits(&self, rule: usize, find: fn(&Stem) -> Vec<Hit>) -> Cow<'_, [Hit]> {
        match self.known.as_ref().and_then(|known| known.get(rule)) {
            Some(known) => Cow::Borrowed(known.get_or_init(|| find(self.stem()))),
            None => Cow::Owned(find(self.stem())),
        }
    }
}

/// What each rule found in a wording, by its place in [`ALL`].
type Judged = Vec<OnceLock<Vec<Hit>>>;

/// Wordings that were judged before, by all that the rules on wording look at.
#[derive(Debug, Default)]
pub struct Wordings {
    before: HashMap<String, Arc<Judged>>,
    now: HashMap<String, Arc<Judged>>,
}

impl Wordings {
    /// Returns what is known of the wordings, with place for what is not; forgets all others.
    pub fn recall(&mut self, worded: &mut [Worded]) {
        let keys: Vec<String> = worded.par_iter().map(|one| one.prompt.key()).collect();
        for (one, key) in worded.iter_mut().zip(keys) {
            let known = self.now.get(&key).or_else(|| self.before.get(&key)).cloned();
            let known = known.unwrap_or_else(|| Arc::new(ALL.iter().map(|_| OnceLock::new()).collect()));
            self.now.insert(key, known.clone());
            one.known = Some(known);
        }
        self.before = std::mem::take(&mut self.now);
    }
}

/// Collects all wordings that some language's rules understand.
#[must_use]
pub fn all<'a>(spec: &Spec<'a>) -> Vec<Worded<'a>> {
    spec.asked.par_iter().enumerate().flat_map_iter(|(index, asked)| of_asked(spec, index, asked)).collect()
}

/// Returns the wordings of a question and its rows.
fn of_asked<'a>(spec: &Spec<'a>, index: usize, asked: &Asked<'a>) -> Vec<Worded<'a>> {
    let Some(language) = Language::of(asked.language).filter(|_| asked.nature != Nature::Note) else {
        return Vec::new();
    };
    let mut found = Vec::with_capacity(1 + asked.rows.len());
    let prompt = prompt(spec, asked, language);
    let mut of_stem = prompt.clone();
    if !asked.rows.is_empty() {
        of_stem.answer = Answer::Grid;
    }
    found.push(worded(index, asked.stem, of_stem));
    for (_, row) in &asked.rows {
        let fixed = prompt.answer == Answer::Instrument;
        let answer = if fixed { Answer::Instrument } else { Answer::Row };
        let mut of_row = Prompt { text: row.text, answer, ..prompt.clone() };
        of_row.around.push(asked.stem.text);
        found.push(worded(index, *row, of_row));
    }
    found
}

fn worded<'a>(asked: usize, wording: Wording<'a>, prompt: Prompt<'a>) -> Worded<'a> {
    Worded { asked, wording, prompt, stem: OnceLock::new(), known: None }
}

fn prompt<'a>(spec: &Spec<'a>, asked: &Asked<'a>, language: Language) -> Prompt<'a> {
    let answer = match (asked.nature, asked.instrument) {
        // The wording of these belongs to the instrument; a satisfaction question is one's own.
        (Nature::Rating, _) if spec.instrument(asked.index).is_some() => Answer::Instrument,
        (Nature::Rating, Instrument::Nps | Instrument::Ces) => Answer::Instrument,
        (Nature::Rating, _) => Answer::Scale,
        (Nature::Choice, _) => Answer::One,
        (Nature::Choices | Nature::Ranking, _) => Answer::Many,
        (Nature::YesNo, _) => Answer::YesNo,
        (Nature::Number, _) => Answer::Number,
        (Nature::Open, _) => Answer::Words,
        (Nature::Other | Nature::Note, _) => Answer::Other,
    };
    let mut prompt = Prompt::new(asked.stem.text, language, answer);
    prompt.labels =
        asked.options.iter().map(|(_, w)| w.text).chain(asked.labels.iter().map(|(_, w)| w.text)).collect();
    prompt.labels.extend(asked.not_applicable.map(|w| w.text));
    let section = spec.wording(TextId::Section(asked.question.section), asked.language);
    prompt.around = section.into_iter().chain(asked.hint).map(|w| w.text).collect();
    prompt.filtered = asked.question.condition.is_some();
    prompt
}

/// Reports what a rule finds in the wordings, with help for English and for Chinese texts.
pub fn report(spec: &Spec, found: &mut Findings, find: fn(&Stem) -> Vec<Hit>, help: [&str; 2]) {
    let rule = found.place();
    for worded in spec.worded() {
        let help = match worded.prompt.language {
            Language::English => help[0],
            Language::Chinese => help[1],
        };
        for hit in worded.hits(rule, find).iter() {
            found.report(worded.wording.part(hit.range.clone()), hit.message.clone()).help(help);
        }
    }
}
