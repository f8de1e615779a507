//! The wording of questions: what the rules on wording share, and what each looks for.
//!
//! Goes in: one text in one language, with how it is answered ([`Prompt`]). Comes
//! out: places in that text with what is wrong there ([`Hit`]). Nothing here knows
//! of spans, diagnostics or the engine of rules: everything is a pure function of
//! texts, so that it can be tried on any questionnaire.
//!
//! No part-of-speech tagger and no segmenter: a cue counts only inside the clause
//! that is asked (Willis & Lessler 1999), and loses against every longer word that
//! contains it. Where the answer judges, the shape of a sentence is enough and lists
//! hold what is let through; elsewhere lists hold what is spoken on, and the rest is
//! passed over in silence, for a wrong warning costs more than a missed one.

pub mod absolute;
pub mod double_barrelled;
mod double_barrelled_en;
mod double_barrelled_zh;
pub mod double_negation;
pub mod english;
pub mod han;
pub mod hypothetical;
pub mod jargon;
pub mod leading;
mod leading_zh;
pub mod lexicon;
pub mod loaded_words;
pub mod long_stem;
pub mod negation;
pub mod period;
pub mod presupposition;
pub mod prompt;
pub mod recall_burden;
pub mod reference_period;
pub mod sensitive;
pub mod stem;
mod two_things_zh;
mod vague_answers;
pub mod vague_frequency;

pub use prompt::{Answer, Language, Prompt, contains_any};

use std::ops::Range;

/// A place in a text where the wording is at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
}

impl Hit {
    /// Makes a finding.
    #[must_use]
    pub fn new(range: Range<usize>, message: impl Into<String>) -> Self {
        Self { range, message: message.into() }
    }
}
