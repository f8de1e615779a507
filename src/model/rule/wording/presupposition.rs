//! Questions that take something for granted (Willis & Lessler 1999, step 4a).

use std::ops::Range;
use std::sync::LazyLock;

use super::Hit;
use super::english::{Phrases, bytes, find as find_phrase};
use super::prompt::{Answer, Language};
use super::stem::Stem;

/// “What problems did you have”: that there were some is taken for granted.
static ASSUMED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "what|which of? the? following? problems|problem|difficulties|difficulty|challenges|obstacles|barriers|frustrations|complaints|issues have|did|do you",
        "what|which problems|difficulties|challenges|obstacles|barriers|frustrations|issues or|and problems|difficulties|challenges|obstacles|barriers|frustrations|issues have|did|do you",
        "when did you stop|quit",
        "have you stopped|quit",
        "do you still",
        "what is|are|was|were the|your biggest|main|greatest|worst problem|problems|concern|concerns|challenge|challenges|difficulty|difficulties|frustration|frustrations|obstacle|obstacles|complaint|complaints",
    ])
});

/// Words that leave a way out.
static OPEN: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(&["if any", "any|if at? all", "whether|if you"]));

/// Labels for “nothing of it”.
const NONE: &[&str] = &[
    "none",
    "no problem",
    "no difficult",
    "no issue",
    "not applicable",
    "n/a",
    "did not",
    "didn't",
    "never",
    "没有",
    "无",
    "沒有",
    "無",
    "未遇到",
    "不适用",
    "从未",
];

const ASSUMED_ZH: &[&str] = &[
    "遇到过哪些问题",
    "遇到了哪些问题",
    "遇到哪些问题",
    "遇到的问题有哪些",
    "遇到过哪些困难",
    "遇到了哪些困难",
];
const ASSUMED_ZH_MORE: &[&str] = &[
    "遇到的困难有哪些",
    "遇到哪些困难",
    "存在哪些问题",
    "存在哪些困难",
    "遇到的主要问题是",
    "遇到的最大困难是",
    "遇到的最大问题是",
    "遇到的主要困难是",
    "时遇到的困难",
    "中遇到的困难",
    "时遇到的问题",
    "中遇到的问题",
    "哪些方面存在不足",
    "哪些方面存在问题",
];

/// Returns the words that take something for granted.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    let prompt = &stem.prompt;
    let asked = matches!(prompt.answer, Answer::One | Answer::Many | Answer::YesNo);
    // Who was filtered to the question is known to have it; who may answer “none” says so.
    if !asked || prompt.filtered || prompt.labels_with(NONE) > 0 {
        return Vec::new();
    }
    let range = match prompt.language {
        Language::English => english(stem),
        Language::Chinese => chinese(stem),
    };
    let hit = |range: Range<usize>| {
        let words = prompt.text.get(range.clone()).unwrap_or_default();
        Hit::new(range.clone(), format!("`{words}` takes for granted that it is so"))
    };
    range.map(hit).into_iter().collect()
}

fn english(stem: &Stem) -> Option<Range<usize>> {
    let tokens = stem.tokens();
    let range = find_phrase(tokens, &ASSUMED)?;
    let still = tokens.get(range.end - 1).is_some_and(|t| t.text == "still") && !stem.prompt.is_yes_no();
    (find_phrase(&stem.all, &OPEN).is_none() && !still).then(|| bytes(tokens, &range))
}

fn chinese(stem: &Stem) -> Option<Range<usize>> {
    let text = &stem.whole.text;
    if ["是否", "有没有", "如果", "如有", "若有"].iter().any(|o| text.contains(o)) {
        return None;
    }
    // “您不支持吸烟的原因”: that one does not is taken for granted.
    let reasons = ["您不", "你不"].iter().find_map(|s| text.find(s));
    if let (Some(start), Some(end)) = (reasons, text.find("原因")) {
        let near = text
            .get(start..end)
            .is_some_and(|t| t.contains('的') && t.chars().count() <= 16 && !t.contains('，'));
        if near {
            return Some(stem.whole.original(&(start..end + "原因".len())));
        }
    }
    let (range, _) = ASSUMED_ZH
        .iter()
        .chain(ASSUMED_ZH_MORE)
        .find_map(|a| text.find(a).map(|at| (at..at + a.len(), a)))?;
    Some(stem.whole.original(&range))
}
