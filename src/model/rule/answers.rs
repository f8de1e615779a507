//! Answers that stand beside the others: “none of these”, “other”, “I don't know”, not applicable.

/// Tells whether a label says that nothing of the list applies.
#[must_use]
pub fn is_none(label: &str) -> bool {
    let text = label.trim().to_lowercase();
    let whole =
        ["无", "没有", "都没有", "都不是", "都不", "均无", "none", "nothing", "neither", "no one", "nobody"];
    let begins = [
        "以上都不",
        "以上都没",
        "以上均不",
        "以上均无",
        "以上均没",
        "以上皆非",
        "以上皆无",
        "都没有",
        "都不是",
        "没有以上",
        "以上没有",
        "没有任何",
        "均没有",
        "无以上",
        "none of",
        "none apply",
        "nothing of",
        "none, ",
        "neither of",
    ];
    let text = text.trim_end_matches(['。', '.']);
    whole.contains(&text) || begins.iter().any(|b| text.starts_with(b))
}

/// Tells whether a label denies what is asked, in whatever words: “Business does not use any of these”, 没有用过.
#[must_use]
pub fn denies(label: &str) -> bool {
    let text = label.trim().to_lowercase().replace('’', "'");
    let begins = ["没", "不", "无", "未", "从未", "从不", "我没有", "我不", "并没有", "尚未", "均未", "以上"];
    let denial = |word: &str| {
        matches!(word.trim_end_matches([',', '.', ';']), "no" | "not" | "none" | "never" | "nothing")
            || word.ends_with("n't")
    };
    begins.iter().any(|b| text.starts_with(b)) || text.split(' ').take(5).any(denial)
}

/// Tells whether a label stands for everything that is not in the list.
#[must_use]
pub fn is_other(label: &str) -> bool {
    let text = label.trim().to_lowercase();
    [
        "其他",
        "其它",
        "别的",
        "other",
        "another",
        "something else",
        "somewhere else",
        "someone else",
        "somebody else",
    ]
    .iter()
    .any(|b| text.starts_with(b))
        || ["open response", "please specify", "please state", "请注明", "请说明", "（请填写", "____"]
            .iter()
            .any(|o| text.contains(o))
}

/// Tells whether a label says that somebody can't or won't answer.
#[must_use]
pub fn is_unsure(label: &str) -> bool {
    let text = label.trim().to_lowercase().replace('’', "'");
    // “I don't know how to use it”, 不知道如何使用: a reason, not a way out.
    let reason = ["know how", "know what", "know where", "know of", "know any", "sure how", "如何", "怎么"];
    if reason.iter().any(|r| text.contains(r)) {
        return false;
    }
    [
        "不知道",
        "不清楚",
        "不记得",
        "记不清",
        "说不清",
        "不确定",
        "不适用",
        "不了解",
        "不愿透露",
        "不便透露",
        "不方便透露",
        "拒绝回答",
        "未使用过",
        "don't know",
        "i don't know",
        "do not know",
        "not sure",
        "unsure",
        "can't remember",
        "i can't remember",
        "i don't remember",
        "don't remember",
        "not applicable",
        "does not apply",
        "n/a",
        "prefer not",
        "i prefer not",
        "rather not",
        "i'd rather not",
        "no opinion",
    ]
    .iter()
    .any(|b| text.starts_with(b))
}
