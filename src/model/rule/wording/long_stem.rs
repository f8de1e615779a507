//! Questions too long to be kept in mind (Krosnick & Presser 2010; Dillman et al. 2014).

use super::Hit;
use super::english::Kind;
use super::prompt::{Answer, Language};
use super::stem::{Stem, asked_sentence};

/// Words of an English sentence that asks.
pub const WORDS: usize = 30;

/// Characters of a Chinese sentence that asks.
pub const CHARACTERS: usize = 45;

/// Returns the sentence when it is too long; introductions, remarks in brackets and quotations are not counted.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    if stem.prompt.answer == Answer::Other {
        return Vec::new();
    }
    let sentence = asked_sentence(&stem.masked);
    let (length, limit, unit) = match stem.prompt.language {
        Language::English => {
            let inside =
                |t: &&super::english::Token| t.range.start >= sentence.start && t.range.end <= sentence.end;
            (stem.all.iter().filter(inside).filter(|t| t.kind != Kind::Mark).count(), WORDS, "words")
        }
        Language::Chinese => {
            let text = stem.masked.get(sentence.clone()).unwrap_or_default();
            let counted = text.chars().filter(|c| c.is_alphanumeric()).count();
            (counted, CHARACTERS, "characters")
        }
    };
    if length <= limit {
        return Vec::new();
    }
    vec![Hit::new(
        sentence,
        format!("the question has {length} {unit}; more than {limit} are hard to keep in mind"),
    )]
}
