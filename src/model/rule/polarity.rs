//! Which way a label points and how strongly: “Very dissatisfied” and 非常不满意 are both far below the middle.
//!
//! A label is read by its last known stem, its negation and its degree. What is not understood
//! gives nothing, and rules that need a whole scale then keep quiet.

use std::collections::BTreeMap;

use crate::model::rule::text::{find, is_han, words};

/// What a label says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pole {
    /// Below, at or above the middle: −1, 0, 1.
    pub sign: i8,
    /// How far: 1 slightly, 1.5 somewhat, 2 plain, 3 very, 3.5 extremely; 0 at the middle.
    pub degree: f64,
    /// The idea behind it, the same for “easy” and “difficult”, 容易 and 困难; `None` at the middle.
    pub idea: Option<&'static str>,
    /// “Not at all”: the empty end of a scale that only goes up.
    pub none: bool,
}

/// Stems: Chinese or Latin, the sign, and the idea.
type Stem = (&'static str, i8, &'static str);

const ENGLISH: [Stem; 74] = [
    ("satisfied", 1, "satisfaction"),
    ("dissatisfied", -1, "satisfaction"),
    ("unsatisfied", -1, "satisfaction"),
    ("agree", 1, "agreement"),
    ("disagree", -1, "agreement"),
    ("likely", 1, "likelihood"),
    ("unlikely", -1, "likelihood"),
    ("easy", 1, "ease"),
    ("difficult", -1, "ease"),
    ("hard", -1, "ease"),
    ("excellent", 1, "quality"),
    ("outstanding", 1, "quality"),
    ("exceptional", 1, "quality"),
    ("superb", 1, "quality"),
    ("amazing", 1, "quality"),
    ("awesome", 1, "quality"),
    ("fantastic", 1, "quality"),
    ("wonderful", 1, "quality"),
    ("perfect", 1, "quality"),
    ("horrible", -1, "quality"),
    ("delighted", 1, "satisfaction"),
    ("disappointed", -1, "satisfaction"),
    ("great", 1, "quality"),
    ("good", 1, "quality"),
    ("poor", -1, "quality"),
    ("bad", -1, "quality"),
    ("terrible", -1, "quality"),
    ("awful", -1, "quality"),
    ("happy", 1, "happiness"),
    ("unhappy", -1, "happiness"),
    ("pleased", 1, "pleasure"),
    ("displeased", -1, "pleasure"),
    ("positive", 1, "direction"),
    ("negative", -1, "direction"),
    ("favorable", 1, "favour"),
    ("favourable", 1, "favour"),
    ("unfavorable", -1, "favour"),
    ("unfavourable", -1, "favour"),
    ("helpful", 1, "help"),
    ("unhelpful", -1, "help"),
    ("important", 1, "importance"),
    ("unimportant", -1, "importance"),
    ("useful", 1, "use"),
    ("useless", -1, "use"),
    ("clear", 1, "clarity"),
    ("unclear", -1, "clarity"),
    ("confusing", -1, "clarity"),
    ("better", 1, "comparison"),
    ("worse", -1, "comparison"),
    ("fast", 1, "speed"),
    ("slow", -1, "speed"),
    ("friendly", 1, "friendliness"),
    ("unfriendly", -1, "friendliness"),
    ("comfortable", 1, "comfort"),
    ("uncomfortable", -1, "comfort"),
    ("safe", 1, "safety"),
    ("unsafe", -1, "safety"),
    ("interested", 1, "interest"),
    ("uninterested", -1, "interest"),
    ("acceptable", 1, "acceptance"),
    ("unacceptable", -1, "acceptance"),
    ("convenient", 1, "convenience"),
    ("inconvenient", -1, "convenience"),
    ("reliable", 1, "reliability"),
    ("unreliable", -1, "reliability"),
    ("support", 1, "support"),
    ("oppose", -1, "support"),
    ("familiar", 1, "familiarity"),
    ("unfamiliar", -1, "familiarity"),
    ("like", 1, "liking"),
    ("dislike", -1, "liking"),
    ("willing", 1, "will"),
    ("unwilling", -1, "will"),
    ("confident", 1, "confidence"),
];

const CHINESE: [Stem; 43] = [
    ("满意", 1, "satisfaction"),
    ("同意", 1, "agreement"),
    ("赞同", 1, "agreement"),
    ("认同", 1, "agreement"),
    ("赞成", 1, "agreement"),
    ("反对", -1, "agreement"),
    ("可能", 1, "likelihood"),
    ("容易", 1, "ease"),
    ("困难", -1, "ease"),
    ("费力", -1, "ease"),
    ("优秀", 1, "quality"),
    ("良好", 1, "quality"),
    ("不错", 1, "quality"),
    ("完美", 1, "quality"),
    ("好", 1, "quality"),
    ("糟糕", -1, "quality"),
    ("差", -1, "quality"),
    ("糟", -1, "quality"),
    ("坏", -1, "quality"),
    ("愉快", 1, "happiness"),
    ("正面", 1, "direction"),
    ("负面", -1, "direction"),
    ("有帮助", 1, "help"),
    ("重要", 1, "importance"),
    ("有用", 1, "use"),
    ("清楚", 1, "clarity"),
    ("清晰", 1, "clarity"),
    ("模糊", -1, "clarity"),
    ("快", 1, "speed"),
    ("慢", -1, "speed"),
    ("友好", 1, "friendliness"),
    ("舒适", 1, "comfort"),
    ("舒服", 1, "comfort"),
    ("安全", 1, "safety"),
    ("感兴趣", 1, "interest"),
    ("方便", 1, "convenience"),
    ("便捷", 1, "convenience"),
    ("麻烦", -1, "convenience"),
    ("可靠", 1, "reliability"),
    ("支持", 1, "support"),
    ("熟悉", 1, "familiarity"),
    ("愿意", 1, "will"),
    ("喜欢", 1, "liking"),
];

/// Labels of the middle, whole.
const MIDDLE: [&str; 36] = [
    "neutral",
    "average",
    "ok",
    "okay",
    "so-so",
    "so so",
    "undecided",
    "unsure",
    "not sure",
    "fair",
    "mixed",
    "moderate",
    "medium",
    "no opinion",
    "no change",
    "about the same",
    "the same",
    "as expected",
    "meets expectations",
    "一般",
    "中立",
    "普通",
    "说不清",
    "不确定",
    "无所谓",
    "尚可",
    "还行",
    "还可以",
    "不好说",
    "适中",
    "中等",
    "差不多",
    "没有变化",
    "一般般",
    "中性",
    "无意见",
];

/// Words and particles of degree.
const DEGREES: [(&str, f64); 44] = [
    ("extremely", 3.5),
    ("completely", 3.5),
    ("totally", 3.5),
    ("absolutely", 3.5),
    ("entirely", 3.5),
    ("very", 3.0),
    ("strongly", 3.0),
    ("highly", 3.0),
    ("much", 3.0),
    ("definitely", 3.0),
    ("somewhat", 1.5),
    ("fairly", 1.5),
    ("rather", 1.5),
    ("quite", 1.5),
    ("mostly", 1.5),
    ("moderately", 1.5),
    ("slightly", 1.0),
    ("bit", 1.0),
    ("little", 1.0),
    ("excellent", 3.0),
    ("outstanding", 3.0),
    ("exceptional", 3.0),
    ("superb", 3.0),
    ("amazing", 3.0),
    ("awesome", 3.0),
    ("fantastic", 3.0),
    ("wonderful", 3.0),
    ("perfect", 3.0),
    ("horrible", 3.0),
    ("terrible", 3.0),
    ("awful", 3.0),
    ("极", 3.5),
    ("完全", 3.5),
    ("绝对", 3.5),
    ("非常", 3.0),
    ("十分", 3.0),
    ("很", 3.0),
    ("特别", 3.0),
    ("比较", 1.5),
    ("较", 1.5),
    ("基本", 1.5),
    ("略", 1.0),
    ("稍", 1.0),
    ("有点", 1.0),
];

/// Reads a label; `None` when it is not understood.
#[must_use]
pub fn pole(label: &str) -> Option<Pole> {
    let plain = unnumbered(label);
    let lower = plain.to_lowercase();
    let middle = Pole { sign: 0, degree: 0.0, idea: None, none: false };
    if MIDDLE.contains(&lower.as_str()) || lower.starts_with("neither ") || plain.starts_with('既') {
        return Some(middle);
    }
    if plain.chars().any(is_han) { chinese(&plain) } else { english(&lower) }
}

/// Drops a number in front (“5 – Very satisfied”) and blanks.
fn unnumbered(label: &str) -> String {
    let rest =
        label.trim().trim_start_matches(|c: char| c.is_ascii_digit() || "()（）.、:：-–—= 分".contains(c));
    let rest = if rest.is_empty() { label } else { rest };
    let han = rest.chars().any(is_han);
    rest.chars().filter(|c| !(han && c.is_whitespace())).collect::<String>().trim().to_owned()
}

fn english(label: &str) -> Option<Pole> {
    let all: Vec<String> = words(label).map(|(_, word)| word).collect();
    let (at, stem) = all
        .iter()
        .enumerate()
        .rev()
        .find_map(|(at, word)| ENGLISH.iter().find(|(stem, ..)| stem == word).map(|stem| (at, stem)))?;
    // Two ideas in one label are not a point of a scale.
    let others = all.iter().filter(|w| ENGLISH.iter().any(|(s, _, idea)| s == w && *idea != stem.2)).count();
    if others > 0 || all.len() > 5 {
        return None;
    }
    let not = all.iter().take(at).any(|w| w == "not" || w == "don't" || w == "never");
    let at_all = not && (label.contains("at all") || all.len() == 2);
    let own = DEGREES.iter().find(|(word, _)| *word == stem.0);
    let said = all.iter().find_map(|w| DEGREES.iter().find(|(word, _)| word == w)).or(own);
    let degree = match (not, at_all) {
        (true, true) => 3.0,
        (true, false) => 1.5,
        _ => said.map_or(2.0, |(_, degree)| *degree),
    };
    let sign = if not { -stem.1 } else { stem.1 };
    Some(Pole { sign, degree, idea: Some(stem.2), none: at_all })
}

fn chinese(label: &str) -> Option<Pole> {
    if label.chars().count() > 9 {
        return None;
    }
    let found = CHINESE.iter().filter_map(|stem| label.rfind(stem.0).map(|at| (at + stem.0.len(), stem)));
    // The stem that ends last; of those the longest, so that 不错 is not 错.
    let (end, stem) = found.max_by_key(|(end, stem)| (*end, stem.0.len()))?;
    let before = label.get(..end - stem.0.len()).unwrap_or("");
    let behind = label.get(end..).unwrap_or("");
    if !["", "的", "了", "度"].contains(&behind) {
        return None;
    }
    let none = before.starts_with("一点也不")
        || before.starts_with("一点都不")
        || before.starts_with("毫不")
        || before.starts_with("根本不");
    let not = before.chars().any(|c| "不没未无".contains(c));
    let weak_not = before.contains("不太") || before.contains("不大") || before.contains("不怎么");
    let said = DEGREES.iter().find(|(word, _)| before.contains(word)).map_or(2.0, |(_, degree)| *degree);
    let degree = if none {
        3.5
    } else if weak_not {
        1.5
    } else {
        said
    };
    let sign = if not { -stem.1 } else { stem.1 };
    // 一般满意 is between the middle and plain.
    let degree = if before.starts_with("一般") { 1.0 } else { degree };
    Some(Pole { sign, degree, idea: Some(stem.2), none })
}

/// What a whole scale says, from its first point to the last; `None` for points that are not understood.
#[must_use]
pub fn poles<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<Option<Pole>> {
    labels.map(pole).collect()
}

/// Returns the direction in which labels rise: 1 upwards, −1 downwards; `None` when that is not clear.
#[must_use]
pub fn direction(poles: &[Option<Pole>]) -> Option<i8> {
    let signs: Vec<i8> = poles.iter().flatten().map(|p| p.sign).collect();
    let (first, last) = (*signs.first()?, *signs.last()?);
    if signs.len() < 2 || first == last {
        return None;
    }
    Some(if first < last { 1 } else { -1 })
}

/// Returns the idea that all labels share, if it is one.
#[must_use]
pub fn idea(poles: &[Option<Pole>]) -> Option<&'static str> {
    let mut ideas = poles.iter().flatten().filter_map(|p| p.idea);
    let first = ideas.next()?;
    ideas.all(|i| i == first).then_some(first)
}

/// Questions for both ends, which name neither.
const BOTH_ENDS: [&str; 5] = ["是不是", "满不满意", "容不容易", "同不同意", "困不困难"];

/// Words in front that turn an end into the other: least satisfied, not very easy.
fn turns(word: &str) -> bool {
    ["not", "least", "less", "never", "no", "without"].contains(&word) || word.ends_with("n't")
}

/// Ideas that questions ask for by one of their ends.
const ASKED: [&str; 3] = ["satisfaction", "agreement", "ease"];

/// Returns the ends that a question names: of each idea its sign; ideas of which both ends are named are left out.
#[must_use]
pub fn leaning(text: &str) -> BTreeMap<&'static str, i8> {
    let mut named: BTreeMap<&'static str, (bool, bool)> = BTreeMap::new();
    let mut note = |idea, sign: i8| {
        let (above, below) = named.entry(idea).or_default();
        *(if sign > 0 { above } else { below }) = true;
    };
    let all: Vec<String> = words(text).map(|(_, word)| word).collect();
    for (at, word) in all.iter().enumerate() {
        let Some((_, sign, idea)) = ENGLISH.iter().find(|(stem, ..)| stem == word && *stem != "hard") else {
            continue;
        };
        let not = all.get(at.saturating_sub(3)..at).is_some_and(|near| near.iter().any(|w| turns(w)));
        note(*idea, if not { -sign } else { *sign });
    }
    // 是不是 and 满不满意 ask for both ends.
    let han = text.chars().any(is_han);
    let mut plain = text.to_owned();
    for both in BOTH_ENDS.iter().filter(|both| han && find(text, both).is_some()) {
        plain = plain.replace(both, "　");
    }
    for (stem, sign, idea) in CHINESE.iter().filter(|_| han).copied() {
        for at in memchr::memmem::find_iter(plain.as_bytes(), stem) {
            let before: Vec<char> = plain.get(..at).unwrap_or("").chars().rev().take(4).collect();
            let not = before.iter().any(|c| "不没未".contains(*c));
            note(idea, if not { -sign } else { sign });
        }
    }
    let one_end = |(idea, (above, below)): (&'static str, (bool, bool))| {
        (above != below && ASKED.contains(&idea)).then_some((idea, if above { 1 } else { -1 }))
    };
    named.into_iter().filter_map(one_end).collect()
}
