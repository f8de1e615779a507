//! Behaviour asked with nothing but “often”, “seldom” and their like for answers (Bradburn & Miles 1979).

use std::ops::Range;

use super::english::{bytes, matches};
use super::lexicon::has;
use super::period::has_rates;
use super::prompt::{Answer, Language};
use super::stem::Stem;

/// Answers that only say how often in each respondent's own measure.
const VAGUE: &[&str] = &[
    "always",
    "nearly always",
    "almost always",
    "very often",
    "often",
    "quite often",
    "not often",
    "regularly",
    "frequently",
    "very frequently",
    "usually",
    "sometimes",
    "occasionally",
    "rarely",
    "very rarely",
    "very rarely or never",
    "seldom",
    "hardly ever",
    "almost never",
    "never",
    "all the time",
    "most of the time",
    "now and then",
    "from time to time",
    "a lot",
    "some",
    "a little",
    "many",
    "few",
];

/// Starts of their Chinese counterparts; a verb may follow (经常看, 从不使用).
const VAGUE_ZH: &[&str] = &[
    "总是",
    "一直",
    "经常",
    "常常",
    "时常",
    "有时",
    "偶尔",
    "很少",
    "较少",
    "极少",
    "几乎不",
    "几乎从不",
    "几乎没有",
    "基本不",
    "从不",
    "从未",
    "从没",
    "从来不",
    "不",
    "一般",
    "没有",
    "频繁",
    "非常频繁",
    "比较频繁",
    "较频繁",
    "很频繁",
    "非常经常",
    "比较经常",
    "每次都",
    "定期",
];

/// Words of which a vague scale in Chinese has at least one.
const OFTEN_ZH: &[&str] = &["经常", "常常", "偶尔", "有时", "总是", "频繁"];

/// A verb behind 从不 or 经常 is short; a longer label says more.
const LONGEST_ZH: usize = 6;

/// Feelings and treatment are states, told on such scales by instruments; acts can be counted.
const STATES: &str = "receive get have be feel felt feeling worry worried think thought find found lonely bored happy sad tired \
stressed been bothered trust seem";

/// Their Chinese counterparts, and what belongs to the respondent instead of being done by him.
const STATES_ZH: &[&str] = &["您的", "你的", "感到", "觉得", "感觉", "认为", "担心", "收到", "得到", "受到"];

/// Questions about what one does: how often, or how much of what fills time.
const DOING: &[&str] = &[
    "how often|frequently|regularly does|did|has your family|household|child|partner|children",
    "how often|frequently|regularly do|did|have|has|are you|your|people|he|she|they",
    "how much|many * *? *? do|did you use|watch|read|eat|drink|buy|smoke|exercise|play|listen",
];

/// Returns the words that ask what one does, where all answers but one at most are vague.
#[must_use]
pub fn find(stem: &Stem) -> Option<Range<usize>> {
    let prompt = &stem.prompt;
    let closed = matches!(prompt.answer, Answer::Scale | Answer::One);
    if !closed || prompt.is_statement() || has_rates(prompt) {
        return None;
    }
    let plain = |label: &&str| label.trim().trim_end_matches(['.', '。']).to_lowercase();
    let labels: Vec<String> = prompt.labels.iter().map(plain).filter(|l| !l.is_empty()).collect();
    let english = prompt.language == Language::English;
    let vague = labels.iter().filter(|l| if english { VAGUE.contains(&l.as_str()) } else { is_vague_zh(l) });
    let vague = vague.count();
    if vague < 3 || vague + 1 < labels.len() {
        return None;
    }
    if stem.all.iter().any(|t| has("when whenever", &t.text))
        || ["时，", "时候", "的时候"].iter().any(|w| stem.whole.text.contains(w))
    {
        // “How often do you use a seat belt when you drive?” asks for a share of occasions.
        return None;
    }
    if english { asked_in_english(stem) } else { asked_in_chinese(stem, &labels) }
}

fn is_vague_zh(label: &str) -> bool {
    label.chars().count() <= LONGEST_ZH && VAGUE_ZH.iter().any(|v| label.starts_with(v))
}

fn asked_in_english(stem: &Stem) -> Option<Range<usize>> {
    let tokens = stem.tokens();
    let (at, len) = (0..tokens.len())
        .find_map(|at| DOING.iter().find_map(|d| matches(tokens, at, d)).map(|len| (at, len)))
        .or_else(|| matches(tokens, 0, "do you").map(|len| (0, len)))?;
    let verb = tokens.get(at + len - 1..)?.iter().take(4);
    let state = verb.into_iter().any(|t| has(STATES, &t.text));
    (!state).then(|| bytes(tokens, &(at..at + 2)))
}

fn asked_in_chinese(stem: &Stem, labels: &[String]) -> Option<Range<usize>> {
    let text = &stem.han.text;
    let often = labels.iter().any(|l| OFTEN_ZH.iter().any(|v| l.contains(v)));
    let own = ["您", "你"].iter().any(|s| text.starts_with(s));
    let state = STATES_ZH.iter().any(|s| text.contains(s));
    let (at, cue) =
        ["频率", "多久", "是否", "会", "吗"].iter().find_map(|c| text.find(c).map(|at| (at, c)))?;
    (often && own && !state).then(|| stem.han.original(&(at..at + cue.len())))
}
