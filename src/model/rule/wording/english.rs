//! English: words, phrases, and where the question proper begins.

use std::collections::BTreeMap;
use std::ops::Range;

use super::stem::OPAQUE;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A word.
    Word,
    /// A word with a capital letter that is not the first of its text: part of a name.
    Name,
    /// Digits.
    Number,
    /// Something quoted or filled in.
    Opaque,
    /// A mark.
    Mark,
}

/// A word or mark of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Lower case, with plain apostrophes.
    pub text: String,
    /// Where.
    pub range: Range<usize>,
    /// What.
    pub kind: Kind,
}

/// Splits a masked text; ranges are offset by `base`.
#[must_use]
pub fn tokens(text: &str, base: usize) -> Vec<Token> {
    let mut all: Vec<Token> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        if first.is_whitespace() {
            continue;
        }
        let part = |c: char| {
            if first == OPAQUE {
                c == OPAQUE
            } else {
                c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '.')
            }
        };
        let mut end = start + first.len_utf8();
        if first == OPAQUE || first.is_alphanumeric() {
            while let Some((at, c)) = chars.peek().copied().filter(|(_, c)| part(*c)) {
                // Marks inside a word stay with it only when a letter follows.
                let inner = c.is_alphanumeric()
                    || c == OPAQUE
                    || text
                        .get(at + c.len_utf8()..)
                        .and_then(|t| t.chars().next())
                        .is_some_and(char::is_alphanumeric);
                if !inner {
                    break;
                }
                end = at + c.len_utf8();
                chars.next();
            }
        }
        let word = text.get(start..end).unwrap_or_default();
        let opens =
            all.is_empty() || all.last().is_some_and(|t| matches!(t.text.as_str(), "?" | "!" | "." | ":"));
        let kind = if first == OPAQUE {
            Kind::Opaque
        } else if first.is_numeric() {
            Kind::Number
        } else if !first.is_alphabetic() {
            Kind::Mark
        } else if first.is_uppercase()
            && !opens
            && word != "I"
            && !word.starts_with("I'")
            && !word.starts_with("I’")
        {
            Kind::Name
        } else {
            Kind::Word
        };
        let lower =
            if word.is_ascii() { word.to_ascii_lowercase() } else { word.to_lowercase().replace('’', "'") };
        all.push(Token { text: lower, range: base + start..base + end, kind });
    }
    all
}

/// Tells how many tokens from `at` match a pattern: words in a row, `a|b` either, `*` any word, `x?` perhaps.
#[must_use]
pub fn matches(tokens: &[Token], at: usize, pattern: &str) -> Option<usize> {
    let end = follow(tokens, at, pattern)?;
    (end > at).then_some(end - at)
}

/// Follows a pattern, its first element first; an optional one is tried with and without.
fn follow(tokens: &[Token], at: usize, pattern: &str) -> Option<usize> {
    if pattern.is_empty() {
        return Some(at);
    }
    let (element, rest) = pattern.split_once(' ').unwrap_or((pattern, ""));
    let (element, optional) = match element.strip_suffix('?') {
        Some(word) if !word.is_empty() => (word, true),
        _ => (element, false),
    };
    let fits = tokens.get(at).is_some_and(|t| {
        if element == "*" { t.kind != Kind::Mark } else { element.split('|').any(|e| e == t.text) }
    });
    let with = if fits { follow(tokens, at + 1, rest) } else { None };
    with.or_else(|| if optional { follow(tokens, at, rest) } else { None })
}

/// Patterns, found by their first word.
#[derive(Debug)]
pub struct Phrases {
    by_first: BTreeMap<&'static str, Vec<&'static str>>,
    /// Those whose first element may be any word or none.
    open: Vec<&'static str>,
}

impl Phrases {
    /// Takes patterns in, once.
    #[must_use]
    pub fn new(patterns: &[&'static str]) -> Self {
        let (mut by_first, mut open) = (BTreeMap::<_, Vec<_>>::new(), Vec::new());
        for pattern in patterns {
            let first = pattern.split(' ').next().unwrap_or_default();
            if first == "*" || (first.len() > 1 && first.ends_with('?')) {
                open.push(*pattern);
                continue;
            }
            for word in first.split('|') {
                by_first.entry(word).or_default().push(*pattern);
            }
        }
        Self { by_first, open }
    }
}

/// Finds the first place of one of the patterns; the longest wins.
#[must_use]
pub fn find(tokens: &[Token], phrases: &Phrases) -> Option<Range<usize>> {
    tokens.iter().enumerate().find_map(|(at, token)| {
        let first = phrases.by_first.get(token.text.as_str()).into_iter().flatten();
        let len = first.chain(&phrases.open).filter_map(|p| matches(tokens, at, p)).max()?;
        Some(at..at + len)
    })
}

/// Returns the bytes that a range of tokens covers.
#[must_use]
pub fn bytes(tokens: &[Token], range: &Range<usize>) -> Range<usize> {
    let start = tokens.get(range.start).map_or(0, |t| t.range.start);
    let end = range.end.checked_sub(1).and_then(|last| tokens.get(last)).map_or(start, |t| t.range.end);
    start..end
}

/// Words with which a question begins.
const ASKING: &[&str] = &[
    "how",
    "what",
    "which",
    "who",
    "whom",
    "whose",
    "where",
    "when",
    "why",
    "do",
    "does",
    "did",
    "is",
    "are",
    "was",
    "were",
    "am",
    "have",
    "has",
    "had",
    "can",
    "could",
    "will",
    "would",
    "should",
    "shall",
    "may",
    "might",
    "must",
    "please",
    "rate",
    "to",
    "don't",
    "doesn't",
    "didn't",
    "isn't",
    "aren't",
    "wasn't",
    "weren't",
    "haven't",
    "hasn't",
    "hadn't",
    "can't",
    "couldn't",
    "won't",
    "wouldn't",
    "shouldn't",
    "select",
    "choose",
    "indicate",
    "tell",
    "on",
];

/// Words that open a clause of time or condition when they stand first.
const LEADING_IN: &[&str] = &["when", "where", "on", "to", "had"];

/// Returns how many bytes of a sentence come before the question proper.
#[must_use]
pub fn lead_in(sentence: &str) -> usize {
    let all = tokens(sentence, 0);
    let starts = |at: usize| {
        let Some(token) = all.get(at) else { return false };
        let asks = ASKING.contains(&token.text.as_str()) && !matches!(token.text.as_str(), "on" | "to");
        let extent =
            matches(&all, at, "to what|which").is_some() || matches(&all, at, "on a|an|average").is_some();
        (asks && !(at == 0 && LEADING_IN.contains(&token.text.as_str()) && later_question(&all))) || extent
    };
    if starts(0) {
        return 0;
    }
    let after_comma = (1..all.len()).find(|&at| {
        let comma = all.get(at - 1).is_some_and(|t| matches!(t.text.as_str(), "," | ":" | "–" | "—"));
        comma && starts(at)
    });
    let place = after_comma.or_else(|| {
        let wh = |t: &Token| matches!(t.text.as_str(), "how" | "what" | "which");
        sentence.trim_end().ends_with('?').then(|| all.iter().position(wh)).flatten()
    });
    place.and_then(|at| all.get(at)).map_or(0, |t| t.range.start)
}

/// Tells whether a question proper follows the first comma: “When you called us, how …”.
fn later_question(all: &[Token]) -> bool {
    (1..all.len()).any(|at| {
        all.get(at - 1).is_some_and(|t| t.text == ",")
            && all.get(at).is_some_and(|t| ASKING.contains(&t.text.as_str()))
    })
}
