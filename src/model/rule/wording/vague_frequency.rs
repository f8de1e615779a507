//! Words of time and frequency that each respondent fills differently (Krosnick & Presser 2010; Willis & Lessler 1999, step 3c).

use std::sync::LazyLock;

use super::english::{Kind, Phrases, Token, bytes, find as find_phrase, matches};
use super::han::scan;
use super::lexicon::chinese::RECENT_WINDOWS;
use super::lexicon::has;
use super::period::{has_rates, is_bound};
use super::prompt::{Answer, Language};
use super::stem::Stem;
use super::{Hit, english, vague_answers};

const FREQUENCY: &str = "often regularly frequently occasionally sometimes rarely seldom";
const RECENCY: &str = "recently lately";

/// “Do you watch television a lot?”
static AMOUNTS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "a lot ?",
        "spend|spent a lot|much|lots|plenty of? time",
        "spend|spent much time",
        "a regular|frequent|occasional|heavy customer|user|visitor|reader|guest|flyer|traveller|traveler|shopper|buyer|smoker|drinker",
    ])
});

const CUES_ZH: &[&str] = &[
    "经常",
    "常常",
    "时常",
    "偶尔",
    "有时候",
    "有时",
    "最近",
    "近期",
    "近来",
    "不久前",
    "前不久",
    "时不时",
    "频繁",
    "定期",
    "平时常",
    "时间多吗",
    "时间多不多",
    "次数多吗",
    "次数多不多",
    "机会多吗",
];

/// Longer words with another meaning, and words that measure.
const GUARDS_ZH: &[&str] = &[
    "多经常",
    "最经常",
    "更经常",
    "不经常",
    "最近这",
    "最近的",
    "离最近",
    "最近期",
    "有时间",
    "多频繁",
    "过于频繁",
    "太频繁",
    "最频繁",
    "不定期",
    "定期存",
    "活期定期",
];

/// Returns the vague word of the question.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    let prompt = &stem.prompt;
    // Of several things that are done, the word only says which: “which of these do you regularly use”.
    let many = prompt.answer == Answer::Many;
    let row =
        many || prompt.answer == Answer::Row && !prompt.is_statement() && !answers_are_frequencies(prompt);
    let grid = prompt.answer == Answer::Grid;
    if row || grid || matches!(prompt.answer, Answer::Other | Answer::Instrument | Answer::Words) {
        return Vec::new();
    }
    if let Some(range) = vague_answers::find(stem) {
        let words = prompt.text.get(range.clone()).unwrap_or_default();
        return vec![Hit::new(
            range,
            format!("`{words}` is answered by words that mean something else to each respondent"),
        )];
    }
    let range = if prompt.is_statement() || prompt.answer == Answer::Row {
        stated(stem)
    } else {
        match prompt.language {
            Language::English => english(stem),
            Language::Chinese => chinese(stem),
        }
    };
    let hit = |range: std::ops::Range<usize>| {
        let word = prompt.text.get(range.clone()).unwrap_or_default();
        Hit::new(range.clone(), format!("`{word}` means something else to each respondent"))
    };
    range.filter(|_| !has_rates(prompt)).map(hit).into_iter().collect()
}

/// Longer words that begin like “you often”.
const OFTEN_GUARDS_ZH: [&str; 8] =
    ["您常用", "你常用", "您常去", "你常去", "您常见", "你常见", "您常规", "你常规"];

/// Tells whether the answers are words of frequency themselves.
fn answers_are_frequencies(prompt: &super::Prompt) -> bool {
    prompt.labels_with(&[
        "从不",
        "很少",
        "有时",
        "经常",
        "总是",
        "never",
        "rarely",
        "sometimes",
        "often",
        "always",
    ]) >= 2
}

/// “I often feel …”, “我经常感到……”: whoever disagrees, does so with the word.
fn stated(stem: &Stem) -> Option<std::ops::Range<usize>> {
    let tokens = stem.tokens();
    if stem.prompt.language == Language::English {
        let mine = tokens.first().is_some_and(|t| t.text == "i");
        if let Some(range) = find_phrase(tokens, &AMOUNTS).filter(|_| mine) {
            return Some(bytes(tokens, &range));
        }
        let at = (1..tokens.len()).find(|&at| {
            tokens.get(at).is_some_and(|t| has(FREQUENCY, &t.text) && !has("rarely seldom", &t.text))
                && matches(tokens, at - 1, "i|we *").is_some()
        })?;
        return Some(bytes(tokens, &(at..at + 1)));
    }
    let text = &stem.whole.text;
    let cues = ["经常", "常常", "时常", "偶尔", "有时", "您常", "你常", "我常"];
    let guards = [
        "多经常",
        "最经常",
        "不经常",
        "有时间",
        "您常用",
        "你常用",
        "我常用",
        "您常去",
        "会经常",
        "想经常",
        "愿意经常",
        "希望经常",
    ];
    scan(text, &cues, &guards).into_iter().next().map(|(range, _)| stem.whole.original(&range))
}

fn english(stem: &Stem) -> Option<std::ops::Range<usize>> {
    let tokens = stem.tokens();
    let amount = find_phrase(tokens, &AMOUNTS).filter(|_| matches(tokens, 0, "do|are you").is_some());
    if let Some(range) = amount.filter(|_| stem.prompt.is_yes_no()) {
        return Some(bytes(tokens, &range));
    }
    if !tokens.iter().any(|t| has(FREQUENCY, &t.text) || has(RECENCY, &t.text)) {
        return None;
    }
    let asks =
        |at: usize| matches(tokens, at, "do|does|did|have|has|are|is you|your|they|anyone|he|she").is_some();
    let start = (0..tokens.len()).find(|&at| asks(at))?;
    let window = stem
        .all
        .iter()
        .any(|t| has("past last previous within since during ever", &t.text) || t.kind == Kind::Number);
    let at = (start + 2..tokens.len()).find(|&at| vague(tokens, at, start))?;
    (!window).then(|| bytes(tokens, &(at..at + 1)))
}

/// Tells whether the word at a place is vague and belongs to the main verb: right behind the subject, or last.
fn vague(tokens: &[Token], at: usize, start: usize) -> bool {
    let word = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
    let place = at <= start + 3 || english::matches(tokens, at + 1, "?").is_some() || at + 1 == tokens.len();
    let past = has("have has did", word(start));
    let measured = has("how so as too very more most less least quite", word(at.saturating_sub(1)));
    let follows = at == start + 2 || has("you anyone household", word(at - 1)) || at + 2 >= tokens.len();
    let listed = has(FREQUENCY, word(at)) || (has(RECENCY, word(at)) && past);
    listed
        && place
        && follows
        && !measured
        && !tokens.get(..start).is_some_and(|t| t.iter().any(|t| t.text == "how"))
}

fn chinese(stem: &Stem) -> Option<std::ops::Range<usize>> {
    let text = &stem.han.text;
    let asks = stem.prompt.is_yes_no() || ["是否", "有没有", "吗"].iter().any(|a| text.contains(a));
    let scaled = answers_are_frequencies(&stem.prompt);
    if !asks || (stem.prompt.is_evaluative() && !scaled) {
        return None;
    }
    if let Some((range, _)) =
        scan(text, &["您常", "你常"], &OFTEN_GUARDS_ZH).into_iter().next().filter(|_| scaled)
    {
        return Some(stem.han.original(&range));
    }
    let guards: Vec<&str> = GUARDS_ZH.iter().chain(RECENT_WINDOWS).copied().collect();
    let (range, cue) = scan(text, CUES_ZH, &guards).into_iter().next()?;
    let behind = text.get(range.end..)?;
    let recency = ["最近", "近期", "近来", "不久前", "前不久"].contains(&cue);
    let window = if recency { behind.starts_with(|c: char| c.is_ascii_digit()) } else { is_bound(stem) };
    // “您经常使用的产品” only points at a thing.
    let points = behind.find('的').is_some_and(|at| behind.get(..at).is_some_and(|b| b.chars().count() <= 6));
    (!window && !points).then(|| stem.han.original(&range))
}
