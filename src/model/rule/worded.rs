//! All texts that are answered, with how: what the rules on wording walk over.

use super::wording::stem::Stem;
use super::wording::{Answer, Hit, Language, Prompt};
use super::{Asked, Findings, Nature, Spec, Wording};
use crate::model::checked::Instrument;
use crate::model::places::TextId;

/// The wording of a question or of a row in one language, taken apart.
#[derive(Debug, Clone)]
pub struct Worded<'a> {
    /// Index into `Spec::asked`.
    pub asked: usize,
    /// Where it stands.
    pub wording: Wording<'a>,
    /// What it says.
    pub stem: Stem<'a>,
}

/// Takes all wordings apart that some language's rules understand.
#[must_use]
pub fn all<'a>(spec: &Spec<'a>) -> Vec<Worded<'a>> {
    let mut found = Vec::new();
    for (index, asked) in spec.asked.iter().enumerate() {
        let Some(language) = Language::of(asked.language).filter(|_| asked.nature != Nature::Note) else {
            continue;
        };
        let prompt = prompt(spec, asked, language);
        let mut of_stem = prompt.clone();
        if !asked.rows.is_empty() {
            of_stem.answer = Answer::Grid;
        }
        found.push(Worded { asked: index, wording: asked.stem, stem: Stem::new(of_stem) });
        for (_, row) in &asked.rows {
            let fixed = prompt.answer == Answer::Instrument;
            let answer = if fixed { Answer::Instrument } else { Answer::Row };
            let mut of_row = Prompt { text: row.text, answer, ..prompt.clone() };
            of_row.around.push(asked.stem.text);
            found.push(Worded { asked: index, wording: *row, stem: Stem::new(of_row) });
        }
    }
    found
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
    for worded in spec.worded() {
        let help = match worded.stem.prompt.language {
            Language::English => help[0],
            Language::Chinese => help[1],
        };
        for hit in find(&worded.stem) {
            found.report(worded.wording.part(hit.range), hit.message).help(help);
        }
    }
}
