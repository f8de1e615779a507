//! Splits a text into what is asked and what only leads there.
//!
//! Quoted statements and placeholders are made opaque, remarks in brackets are
//! blanked out; both keep their length, so that places stay true.

use std::ops::Range;

use super::english::{self, Token};
use super::han::{self, Han};
use super::prompt::{Answer, Language, Prompt, contains_any};

/// A text, taken apart once for all rules.
#[derive(Debug, Clone)]
pub struct Stem<'a> {
    /// The text and how it is answered.
    pub prompt: Prompt<'a>,
    /// The text with quotations and placeholders opaque and remarks blank, byte for byte as long.
    pub masked: String,
    /// The clause that asks.
    pub asked: Range<usize>,
    /// English: all tokens. Chinese: none.
    pub all: Vec<Token>,
    /// English: the first token of the clause that asks, and the one behind its last.
    pub clause: Range<usize>,
    /// Chinese: the whole text. English: nothing.
    pub whole: Han,
    /// Chinese: the clause that asks. English: nothing.
    pub han: Han,
    /// The text is a statement.
    pub statement: bool,
}

impl<'a> Stem<'a> {
    /// Takes a text apart.
    #[must_use]
    pub fn new(prompt: Prompt<'a>) -> Self {
        let masked = masked(prompt.text);
        // A statement is asked as a whole.
        let statement = prompt.is_statement();
        let whole_text = statement || prompt.answer == Answer::Row;
        let asked = if whole_text { 0..masked.len() } else { asked(&masked, prompt.language) };
        let clause = masked.get(asked.clone()).unwrap_or_default();
        let (mut all, mut tokens) = (Vec::new(), 0..0);
        let (mut whole, mut han) = (Han::default(), Han::default());
        match prompt.language {
            Language::English => {
                all = english::tokens(&masked, 0);
                let before = |edge: usize| all.iter().take_while(|t| t.range.start < edge).count();
                tokens = before(asked.start)..before(asked.end);
            }
            Language::Chinese => {
                whole = Han::new(&masked, 0);
                han = Han::new(clause, asked.start);
            }
        }
        Self { prompt, masked, asked, all, clause: tokens, whole, han, statement }
    }

    /// English: the tokens of the clause that asks.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        self.all.get(self.clause.clone()).unwrap_or_default()
    }
}

/// Stands for every byte of something quoted or filled in: a name, as far as wording goes.
pub const OPAQUE: char = '\u{1}';

/// Pairs of marks around a quotation.
const QUOTES: [(char, char); 7] =
    [('“', '”'), ('「', '」'), ('『', '』'), ('《', '》'), ('"', '"'), ('«', '»'), ('〈', '〉')];

/// Pairs of marks around a remark.
const REMARKS: [(char, char); 4] = [('(', ')'), ('（', '）'), ('【', '】'), ('[', ']')];

/// Returns the text with quotations and placeholders opaque and remarks blank, byte for byte as long.
#[must_use]
pub fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (len, fill) = if c.is_alphanumeric() {
            (None, ' ')
        } else if rest.starts_with("{{") {
            (rest.find("}}").map(|end| end + 2), OPAQUE)
        } else if let Some((open, close)) = QUOTES.iter().find(|(open, _)| *open == c) {
            // A statement behind a colon whose closing mark was forgotten is quoted all the same.
            let quoted = out.trim_end().ends_with([':', '：']).then_some(rest.len());
            (closed(rest, *open, *close).or(quoted), OPAQUE)
        } else if let Some((open, close)) = REMARKS.iter().find(|(open, _)| *open == c) {
            (closed(rest, *open, *close), ' ')
        } else {
            (None, ' ')
        };
        if let Some(len) = len {
            out.extend(std::iter::repeat_n(fill, len));
            rest = rest.get(len..).unwrap_or_default();
        } else {
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// Returns how long the bracketed part at the start is, when it is closed.
fn closed(rest: &str, open: char, close: char) -> Option<usize> {
    let start = open.len_utf8();
    rest.get(start..)?.find(close).map(|at| start + at + close.len_utf8())
}

/// Returns the sentences of a masked text.
#[must_use]
pub fn sentences(masked: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut start = 0;
    let mut chars = masked.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let ends = match c {
            '。' | '！' | '？' | '?' | '!' | '；' | ';' | '\n' => true,
            // A full stop ends a sentence before a blank; not in 3.5, nor after the one letter of e.g. or U.S.
            '.' => next.is_none_or(char::is_whitespace) && !abbreviated(masked.get(..at).unwrap_or_default()),
            _ => false,
        };
        if ends {
            push_trimmed(masked, start..at + c.len_utf8(), &mut all);
            start = at + c.len_utf8();
        }
    }
    push_trimmed(masked, start..masked.len(), &mut all);
    all
}

fn abbreviated(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let last = word.rsplit('.').next().unwrap_or_default();
    last.chars().count() <= 1
        || matches!(last, "etc" | "vs" | "Dr" | "Mr" | "Mrs" | "Ms" | "No" | "St" | "approx")
}

fn push_trimmed(text: &str, range: Range<usize>, all: &mut Vec<Range<usize>>) {
    let Some(part) = text.get(range.clone()) else { return };
    let start = range.start + (part.len() - part.trim_start().len());
    let end = range.end - (part.len() - part.trim_end().len());
    if text.get(start..end).is_some_and(|p| p.chars().any(|c| c.is_alphanumeric() || c == OPAQUE)) {
        all.push(start..end);
    }
}

/// Returns the sentence that asks: the last with a question mark, else the last one.
#[must_use]
pub fn asked_sentence(masked: &str) -> Range<usize> {
    let all = sentences(masked);
    let asks = |r: &&Range<usize>| masked.get((*r).clone()).is_some_and(|s| s.ends_with(['?', '？']));
    let question = all.iter().rev().find(asks);
    // “How much do you agree with the following? The room was clean.”: what follows is what is judged.
    let announces = |r: &Range<usize>| {
        masked.get(r.clone()).is_some_and(|s| contains_any(s, &["following", "以下", "下列", "下面"]))
    };
    let announced = question.is_some_and(announces);
    question.filter(|_| !announced).or_else(|| all.last()).cloned().unwrap_or(0..0)
}

/// Returns the clause that asks, without what leads there (“Thinking of your last visit, …”, “过去三个月，…”).
#[must_use]
pub fn asked(masked: &str, language: Language) -> Range<usize> {
    let sentence = asked_sentence(masked);
    let Some(text) = masked.get(sentence.clone()) else { return sentence };
    let skip = match language {
        Language::English => english::lead_in(text),
        Language::Chinese => han::lead_in(text),
    };
    sentence.start + skip..sentence.end
}
