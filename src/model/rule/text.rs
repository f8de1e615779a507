//! What rules know about texts: Chinese and Latin characters, template variables, quoted words,
//! sentences. Everything keeps byte offsets, so that a caret can point at what was found.

use std::ops::Range;

/// Tells whether a language is written in Chinese characters.
#[must_use]
pub fn is_chinese(language: &str) -> bool {
    language == "zh" || language.starts_with("zh_") || language.starts_with("zh-") || language == "yue"
}

/// Tells whether a character is a Chinese one (CJK ideographs, not punctuation).
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}' | '〇')
}

/// Returns the template variables of a text: their places with the braces, and what stands inside.
#[must_use]
pub fn variables(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|rest| find(rest, "{{")).map(|at| at + from) {
        let Some(close) = text.get(open..).and_then(|rest| find(rest, "}}")).map(|at| at + open) else {
            break;
        };
        found.push((open..close + 2, text.get(open + 2..close).unwrap_or("").trim()));
        from = close + 2;
    }
    found
}

/// Returns the text with template variables replaced by what they usually become; logic of a template stays out.
#[must_use]
pub fn plain_with<'t>(text: &str, typical: impl Fn(&str) -> &'t str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for (range, inside) in variables(text) {
        out.push_str(text.get(from..range.start).unwrap_or(""));
        out.push_str(typical(variable_name(inside)));
        from = range.end;
    }
    out.push_str(text.get(from..).unwrap_or(""));
    // `{% if … %}` prints nothing itself.
    let mut plain = String::new();
    let mut rest = out.as_str();
    while let Some((before, behind)) = rest.split_once("{%") {
        plain.push_str(before);
        rest = behind.split_once("%}").map_or("", |(_, after)| after);
    }
    plain + rest
}

/// Returns the name that `name | default("…")` reads.
#[must_use]
pub fn variable_name(inside: &str) -> &str {
    let end = inside.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(inside.len());
    inside.get(..end).unwrap_or(inside)
}

/// Quotation marks that open and close.
const QUOTES: [(char, char); 6] =
    [('“', '”'), ('‘', '’'), ('「', '」'), ('『', '』'), ('《', '》'), ('"', '"')];

/// Blanks out template variables and quoted words, byte for byte.
#[must_use]
pub fn own_words(text: &str) -> String {
    let mut ranges: Vec<Range<usize>> = variables(text).into_iter().map(|(range, _)| range).collect();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in text.char_indices() {
        match open {
            Some((start, close)) if c == close => {
                ranges.push(start..at + c.len_utf8());
                open = None;
            }
            Some(_) => {}
            None => {
                let quote = QUOTES.iter().find(|(begin, _)| *begin == c);
                // An apostrophe (’) never opens, so that “don’t” stays whole.
                open = quote.map(|(_, close)| (at, *close));
            }
        }
    }
    blanked(text, &ranges)
}

/// Replaces ranges by as many blanks as they have bytes.
#[must_use]
pub fn blanked(text: &str, ranges: &[Range<usize>]) -> String {
    if ranges.is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if ranges.iter().any(|r| r.contains(&at)) {
            out.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out
}

/// Returns the sentences of a text, their closing marks included, blanks around them not.
#[must_use]
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let closes = match c {
            '。' | '？' | '！' | '；' | '\n' => true,
            // A dot inside a number or an abbreviation is followed by no blank.
            '.' | '?' | '!' | ';' => {
                chars.peek().is_none_or(|(_, next)| next.is_whitespace() || is_han(*next))
            }
            _ => false,
        };
        if closes {
            push_trimmed(text, start..end, &mut found);
            start = end;
        }
    }
    push_trimmed(text, start..text.len(), &mut found);
    found
}

fn push_trimmed(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let Some(slice) = text.get(range.clone()) else { return };
    let before = slice.len() - slice.trim_start().len();
    let trimmed = slice.trim();
    if !trimmed.is_empty() {
        let start = range.start + before;
        found.push(start..start + trimmed.len());
    }
}

/// Returns the sentence that asks: the last one with a question mark, else the last one.
#[must_use]
pub fn asked_clause(text: &str) -> Range<usize> {
    let all = sentences(text);
    let asks = |r: &&Range<usize>| text.get((*r).clone()).is_some_and(|s| s.ends_with(['?', '？']));
    all.iter().rev().find(asks).or(all.last()).cloned().unwrap_or(0..text.len())
}

/// Walks over the Latin words of a text in lower case with their places; apostrophes belong to words.
pub fn words(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        let inside = |c: char| c.is_alphanumeric() && !is_han(c);
        let rest = text.get(from..)?;
        let start = from + rest.find(inside)?;
        let behind = text.get(start..)?;
        let joined = |c: char| inside(c) || c == '\'' || c == '’' || c == '-';
        let end = start + behind.find(|c| !joined(c)).unwrap_or(behind.len());
        let word = text.get(start..end)?.trim_end_matches(['\'', '’', '-']);
        from = end;
        Some((start..start + word.len(), word.to_lowercase().replace('’', "'")))
    })
}

/// Tells whether one of these cues occurs.
#[must_use]
pub fn has_cue(text: &str, cues: &[&str]) -> bool {
    has_lowered_cue(&lowered(text), cues)
}

/// Tells whether one of these cues occurs in a text that [`lowered`] gave.
#[must_use]
pub fn has_lowered_cue(lower: &str, cues: &[&str]) -> bool {
    cues.iter().any(|cue| occurrence(lower, cue).is_some())
}

/// Lower case, but only where it keeps the number of bytes.
#[must_use]
pub fn lowered(text: &str) -> String {
    text.chars()
        .map(|c| {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) if one.len_utf8() == c.len_utf8() => one,
                _ => c,
            }
        })
        .collect()
}

/// Finds a cue; [`str::find`] prepares itself for each of them for longer than most texts are read.
#[must_use]
pub fn find(text: &str, cue: &str) -> Option<usize> {
    memchr::memmem::find(text.as_bytes(), cue.as_bytes())
}

fn occurrence(text: &str, cue: &str) -> Option<Range<usize>> {
    let mut from = 0;
    while let Some(at) = find(text.get(from..)?, cue).map(|at| at + from) {
        let range = at..at + cue.len();
        if cue.chars().any(is_han) || stands_alone(text, &range) {
            return Some(range);
        }
        from = at + cue.chars().next().map_or(1, char::len_utf8);
    }
    None
}

fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let letter = |c: char| c.is_alphanumeric() && !is_han(c);
    let before = text.get(..range.start).and_then(|s| s.chars().next_back());
    let behind = text.get(range.end..).and_then(|s| s.chars().next());
    !before.is_some_and(letter) && !behind.is_some_and(letter)
}
