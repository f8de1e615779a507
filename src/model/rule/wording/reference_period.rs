//! Behaviour counted over no stated time (Willis & Lessler 1999, step 3d).

use std::sync::LazyLock;

use super::english::{Phrases, bytes, matches};
use super::han::scan;
use super::period::{has_rates, is_bound, is_wish};
use super::prompt::{Answer, Language};
use super::stem::Stem;
use super::{Hit, english};

/// Questions that count.
static COUNTS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "how many times",
        "how often",
        "how frequently",
        "how many|much * do you smoke|drink|eat|send|watch|read|buy|order|purchase",
        "how many|much * of * do you smoke|drink|eat|send|watch|read",
        "how many|much * *? do you spend",
        "how much do you spend|drink|smoke",
        "how many hours do you sleep|work|exercise|study|watch|play|spend",
        "how many visits|purchases|orders|trips|flights|calls|emails|messages|meals|books|films|movies|concerts|items|drinks did|have you",
        "how much money? did|have you spend|spent|pay|paid|save|saved",
        "how much money do you spend",
        "how much money? did|have you spend|spent on *",
        "how many * have you read|watched|seen|bought|purchased|eaten|drunk|smoked|taken|made|attended|visited|sent|received",
    ])
});

const COUNTS_ZH: &[&str] = &[
    "抽多少",
    "吸多少支",
    "吸多少根",
    "喝多少",
    "喝几",
    "吃多少",
    "吃几",
    "读过几",
    "读过多少",
    "看过几",
    "看过多少",
    "买过几",
    "买过多少",
    "去过几",
    "花了多少钱",
    "花了多少元",
    "花费多少",
    "花多少钱",
    "加班多少",
    "加班几",
    "时间是多少",
    "费是多少",
    "消费多少",
    "消费是多少",
    "上网多少",
    "过几天",
    "过几本",
    "过几部",
    "过几场",
    "过几顿",
    "多少次",
    "几次",
    "多频繁",
    "多久",
    "的频率是",
    "的频率为",
    "的频率如何",
    "的频率？",
    "的次数",
];

const NOT_COUNTS_ZH: &[&str] = &[
    "喝多少度",
    "好几次",
    "几次元",
    "多久了",
    "更新的频率",
    "多少次数",
    "多久开始",
    "多久之内",
    "多久前",
    "多久内",
    "再过几天",
];

/// Returns the words that count without saying over which time.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    let answer = stem.prompt.answer;
    if matches!(answer, Answer::Many | Answer::Other | Answer::Instrument | Answer::Row) {
        return Vec::new();
    }
    let found = match stem.prompt.language {
        Language::English => english(stem),
        Language::Chinese => chinese(stem),
    };
    let hit = |range: std::ops::Range<usize>| {
        let words = stem.prompt.text.get(range.clone()).unwrap_or_default();
        Hit::new(range.clone(), format!("`{words}` does not say over which time"))
    };
    found.filter(|_| !is_bound(stem) && !has_rates(&stem.prompt)).map(hit).into_iter().collect()
}

fn english(stem: &Stem) -> Option<std::ops::Range<usize>> {
    let tokens = stem.tokens();
    let range = english::find(tokens, &COUNTS)?;
    // “How often would you like to hear from us?” counts nothing; a wish has no past.
    let counts = !is_wish(tokens, range.end) && matches(tokens, range.end, "is|are it|there").is_none()
        // Feelings are states, not acts that could be counted.
        && matches(tokens, range.end, "do|does|did|have|are|were you|they|people feel|felt|worry|think|find|lonely|bored|happy|sad|worried|tired|get|receive|need|trust").is_none();
    counts.then(|| bytes(tokens, &range))
}

fn chinese(stem: &Stem) -> Option<std::ops::Range<usize>> {
    let text = &stem.han.text;
    if [
        "希望", "应该", "应当", "想", "合适", "认为", "觉得", "建议", "愿意", "需要", "打算", "计划", "满意",
        "最多",
    ]
    .iter()
    .any(|w| text.contains(w))
    {
        return None;
    }
    let label = text.trim_end_matches(['：', ':', '？', '?']);
    if label.ends_with("的频率") && label.contains(['您', '你']) {
        return Some(stem.han.original(&(label.len() - "频率".len()..label.len())));
    }
    let (range, cue) = scan(text, COUNTS_ZH, NOT_COUNTS_ZH).into_iter().next()?;
    // “多久” asks for a rate only together with “一次”, else for a duration.
    if cue == "多久" && !text.get(range.end..).is_some_and(|t| t.contains("一次")) {
        return None;
    }
    Some(stem.han.original(&range))
}
