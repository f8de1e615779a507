//! Questions that take something for granted (Willis & Lessler 1999, step 4a).

use std::ops::Range;
use std::sync::LazyLock;

use super::Hit;
use super::english::{Phrases, bytes, find as find_phrase};
use super::han::{Han, scan};
use super::prompt::{Answer, Language, Prompt};
use super::stem::Stem;

/// “What problems did you have”: that there were some is taken for granted.
static ASSUMED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "what|which of? the? following? problems|problem|difficulties|difficulty|challenges|obstacles|barriers|frustrations|complaints|issues have|did|do you",
        "what|which problems|difficulties|challenges|obstacles|barriers|frustrations|issues or|and problems|difficulties|challenges|obstacles|barriers|frustrations|issues have|did|do you",
        "what|which problems|problem|difficulties|challenges|challenge|obstacles|barriers|frustrations|issues are|were you",
        "is|was|are|were the? most annoying|frustrating|boring|disappointing|irritating|useless",
        "when did you stop|quit",
        "have you stopped|quit",
        "do you still",
        "what|which do|did you dislike|hate",
        "what|which things|aspects|parts|features do|did you dislike|hate",
        "what do|did you like the? least",
        "what is|was|are|were the worst|hardest thing|part|aspect|things|parts|aspects",
        "what is|was|are|were the most annoying|frustrating|difficult|confusing *",
        "what do|did you find most? annoying|frustrating|difficult|confusing|boring",
        "why is|are|was|were * * too|so high|low|expensive|slow|poor|bad|long",
        "why is|are|was|were * too|so high|low|expensive|slow|poor|bad|long",
        "what annoys|annoyed|frustrates|frustrated|bothers|bothered|worries|worried|disappointed you",
        "main|primary|biggest? reason|reasons for your? dissatisfaction|disappointment|complaint|frustration|unhappiness",
        "why don't you",
        "why do|did you dislike|hate|oppose|refuse|avoid",
        "why do you not",
        "what caused|causes|is|was causing? the decline|deterioration|drop|decrease|loss|failure|crisis|problem|problems",
        "what causes|caused the * crisis",
        "what causes|caused the * * crisis",
        "why is|are|was|were * dangerous|harmful|bad|better|worse|superior|declining|failing",
        "why is|are|was|were * * dangerous|harmful|bad|better|worse|superior|declining|failing",
        "why is|are|was|were * * * dangerous|harmful|bad|better|worse|superior|declining|failing",
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
    "not affected",
];

/// Their Chinese counterparts, which begin a label: “无话可说” says something else.
const NONE_ZH: &[&str] = &[
    "没有",
    "没有遇到",
    "未遇到",
    "没遇到",
    "不适用",
    "从未",
    "从不",
    "暂无",
    "都没有",
    "都不",
    "以上都",
    "以上均",
    "无以上",
    "无问题",
    "无困难",
    "无不满",
    "不存在",
    "没什么",
    "都满意",
    "都喜欢",
    "不清楚",
    "并无",
];

/// Tells whether an answer says that there is nothing of it.
fn says_none(prompt: &Prompt) -> bool {
    let none = |label: &&str| {
        let label: String = Han::new(label, 0).text;
        let bare = label.trim_end_matches(['。', '.']);
        bare == "无"
            || NONE_ZH.iter().any(|n| label.starts_with(n) && label.chars().count() <= n.chars().count() + 8)
    };
    prompt.labels_with(NONE) > 0 || prompt.labels.iter().any(none)
}

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
    "最不满意的",
    "最不喜欢的",
    "不满意的地方",
    "不满意的方面",
    "不满意的原因",
    "存在哪些不足",
    "有哪些不足",
    "存在的不足",
    "存在的主要问题",
    "存在的问题有",
    "存在的问题是",
    "不足之处",
    "时遇到了哪些",
    "遇到的困难主要",
    "遇到的问题主要",
    "最大的困难",
    "最大的压力来源",
    "最大的障碍",
    "最大的挑战",
    "最大挑战",
    "最大的问题",
    "最大的不足",
    "最大的缺点",
    "有哪些缺点",
    "有什么缺点",
    "有哪些弊端",
    "最大的烦恼",
    "什么时候戒",
    "何时戒",
    "为什么不",
    "为何不",
    "为什么讨厌",
    "为什么反感",
    "为什么不满",
    "存在的最大",
    "存在的最主要",
    "而不选择",
    "而不是竞争",
    "最枯燥",
    "最无聊",
    "最难用",
    "最令人失望",
    "最让您失望",
    "最糟糕",
    "最让您烦恼",
    "最困扰您",
];

/// Habits that many don't have, asked as if everybody had them.
static HABITS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "how many|much cigarettes|cigars|tobacco do you smoke",
        "how much alcohol|beer|wine|liquor do you drink|consume",
        "how many drinks|beers|units|glasses of? alcohol|beer|wine do you drink|have|consume",
        "how much do you drink|smoke|gamble",
        "where do you like|enjoy to? drink|drinking|party|partying|smoke|smoking|gamble|gambling",
        "what|which brand of cigarettes|beer|wine|tobacco do you",
        "how often|much do you beat|hit|cheat|lie|steal",
        "how|what|when|where did|does|is|are you and? your husband|wife|spouse",
    ])
});

const HABITS_ZH: &[&str] = &[
    "抽多少支",
    "抽几支",
    "抽多少根",
    "抽几根",
    "吸多少支",
    "吸几支",
    "吸多少根",
    "抽多少包",
    "抽几包",
    "抽什么牌子",
    "抽哪种烟",
    "抽什么烟",
    "喝哪种啤酒",
    "喝什么啤酒",
    "喝哪种白酒",
    "喝哪种酒",
    "喝什么酒",
    "喝多少酒",
    "喝几两",
    "喝多少两",
    "您的爱人",
    "您爱人",
    "您的丈夫",
    "您的妻子",
    "你的爱人",
    "还在打骂",
    "还在体罚",
    "还在酗酒",
    "还在赌博",
    "还在逃课",
    "还在作弊",
];

/// “How many cigarettes do you smoke a day?”, asked of everybody.
fn habit(stem: &Stem) -> Option<Range<usize>> {
    let range = match stem.prompt.language {
        Language::English => {
            let tokens = stem.tokens();
            bytes(tokens, &find_phrase(tokens, &HABITS)?)
        }
        Language::Chinese => {
            let (found, _) = scan(&stem.whole.text, HABITS_ZH, &[]).into_iter().next()?;
            stem.whole.original(&found)
        }
    };
    let closed = matches!(stem.prompt.answer, Answer::One | Answer::Many | Answer::YesNo | Answer::Number);
    let nothing = ["0", "不抽", "不吸", "不喝", "don't", "do not", "less than"];
    let zero = |label: &&str| nothing.iter().any(|n| label.trim().to_lowercase().starts_with(n));
    // A rating of what is shared with somebody presumes less than a fact about him.
    let free = closed && !stem.prompt.labels.iter().any(zero) && !stem.prompt.is_evaluative();
    free.then_some(range)
}

/// Verbs and nouns around a cause.
const CAUSES_ZH: [&str; 3] = ["造成", "导致", "引起"];

/// What has got worse, or is bad.
const WORSE_ZH: &[&str] = &[
    "低下",
    "下降",
    "降低",
    "减少",
    "流失",
    "恶化",
    "泛滥",
    "低龄化",
    "负担重",
    "负担过重",
    "压力大",
    "压力过大",
    "不足",
    "严重",
    "混乱",
    "落后",
    "退步",
    "差的",
    "困难的",
    "拥堵",
    "污染",
    "浪费",
    "短缺",
    "薄弱",
];

/// Returns the words that take something for granted.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    let prompt = &stem.prompt;
    let asked = matches!(prompt.answer, Answer::One | Answer::Many | Answer::YesNo);
    // Who was filtered to the question is known to have it; who may answer “none” says so.
    if prompt.filtered || says_none(prompt) {
        return Vec::new();
    }
    let taken = habit(stem);
    let range = match prompt.language {
        _ if taken.is_some() => taken,
        _ if !asked => None,
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
    let still =
        ["是否还在抽烟", "是否还在吸烟", "是否还在酗酒", "是否还在赌博", "是否仍在吸烟", "是否仍在抽烟"];
    if let Some((range, _)) = scan(text, &still, &[]).into_iter().next() {
        return Some(stem.whole.original(&range));
    }
    if ["是否", "有没有", "如果", "如有", "如您", "若"].iter().any(|o| text.contains(o)) {
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
    // “造成成绩下降的原因”: that they fell is taken for granted.
    let reason = ["原因", "因素"].iter().filter_map(|r| text.rfind(r).map(|at| (at, r.len()))).max();
    if let Some((end, width)) = reason {
        let worse = |part: &str| WORSE_ZH.iter().any(|w| part.contains(w));
        let cause = CAUSES_ZH.iter().filter_map(|c| text.get(..end)?.rfind(c)).max();
        let start = match cause {
            // 造成 and 导致 say of themselves that it is bad; what causes a choice (引起兴趣) may be good.
            Some(at) => {
                let bad = text.get(at..end).is_some_and(|c| c.starts_with("造成") || c.starts_with("导致"));
                (bad || worse(text.get(..end).unwrap_or_default())).then_some(at)
            }
            None => WORSE_ZH.iter().find_map(|w| {
                let at = text.get(..end)?.rfind(w)?;
                let between = text.get(at + w.len()..end)?;
                (between == "的" || between == "的主要").then_some(at)
            }),
        };
        if let Some(start) = start {
            return Some(stem.whole.original(&(start..end + width)));
        }
    }
    let guards = ["为什么不同", "为何不同", "最大的困难或不满"];
    let cues: Vec<&str> = ASSUMED_ZH.iter().chain(ASSUMED_ZH_MORE).copied().collect();
    let (range, _) = scan(text, &cues, &guards).into_iter().next()?;
    Some(stem.whole.original(&range))
}
