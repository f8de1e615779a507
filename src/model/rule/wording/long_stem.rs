//! Questions too long to be kept in mind (Krosnick & Presser 2010; Dillman et al. 2014).

use super::Hit;
use super::english::{Kind, Token};
use super::lexicon::has;
use super::prompt::{Answer, Language};
use super::stem::{Stem, asked_sentence};

/// Words of an English sentence that asks.
pub const WORDS: usize = 30;

/// Characters of a Chinese sentence that asks.
pub const CHARACTERS: usize = 45;

/// Words of a phrase in front that says when or where: “In the past 28 days, …”.
const OPENING: usize = 8;

/// Its characters in Chinese.
const OPENING_ZH: usize = 12;

/// Returns the sentence when it is too long; introductions, remarks in brackets and quotations are not counted.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    if stem.prompt.answer == Answer::Other {
        return Vec::new();
    }
    let sentence = asked_sentence(&stem.masked);
    let (length, limit, unit) = match stem.prompt.language {
        Language::English => {
            let inside = |t: &&Token| t.range.start >= sentence.start && t.range.end <= sentence.end;
            let inside: Vec<&Token> = stem.all.iter().filter(inside).collect();
            let words = inside.iter().filter(|t| t.kind != Kind::Mark).count();
            (words - explained(&inside) - window(&inside), WORDS, "words")
        }
        Language::Chinese => {
            let text = stem.masked.get(sentence.clone()).unwrap_or_default();
            // “如果0分表示最差，10分表示最好，” explains the scale.
            let explains = |part: &&str| {
                part.contains(|c: char| c.is_ascii_digit())
                    && ["表示", "代表", "分为", "分是"].iter().any(|w| part.contains(w))
            };
            let length = |part: &str| part.chars().filter(|c| c.is_alphanumeric()).count();
            let parts: Vec<&str> = text.split(['，', ',', '；']).filter(|part| !explains(part)).collect();
            // “过去 12 个月内，” says when.
            let first = parts.first().filter(|_| parts.len() > 1).map_or(0, |p| length(p));
            let counted =
                parts.iter().map(|p| length(p)).sum::<usize>() - if first <= OPENING_ZH { first } else { 0 };
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

/// Counts the words that explain a scale: “where 0 is the worst and 10 is the best possible,”.
fn explained(tokens: &[&Token]) -> usize {
    let opens = |at: usize| {
        tokens.get(at).is_some_and(|t| t.text == "where")
            && tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Number)
    };
    let Some(start) = (0..tokens.len()).find(|&at| opens(at)) else { return 0 };
    let clause = tokens.iter().skip(start).take_while(|t| t.text != "," && t.text != "?");
    clause.filter(|t| t.kind != Kind::Mark).count()
}

/// Counts the words of a short phrase in front that says when or where.
fn window(tokens: &[&Token]) -> usize {
    let opens =
        "in during over since on for within after before when at as from to while thinking apart other";
    let comma = tokens.iter().position(|t| t.text == ",").filter(|at| *at <= OPENING);
    comma.filter(|_| tokens.first().is_some_and(|t| has(opens, &t.text))).unwrap_or(0)
}
