//! What people would do if (Krosnick & Presser 2010; Willis & Lessler 1999, step 5): they do not know.

use std::ops::Range;
use std::sync::LazyLock;

use super::Hit;
use super::english::{Phrases, Token, bytes, find as find_phrase, matches};
use super::han::scan;
use super::lexicon::has;
use super::prompt::{Answer, Language};
use super::stem::Stem;

/// Conditions contrary to fact.
static IMAGINED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "imagine|imagining|suppose|supposing",
        "assume|assuming that|you|we|the|this",
        "if you were|had|could|won|lost|needed|saw|found",
        "if we|it|they|the|this|there|prices|a|an *? *? were|was|offered|launched|introduced|added|raised|increased|closed|opened|removed|changed|became|cost|had|could|charged",
        "what if",
        "in a hypothetical",
    ])
});

/// Uses of “if” that suppose nothing, and a question whose wish is the point of it.
static HARMLESS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "if you could|had change|improve|add|fix|remove|choose|ask|pick|keep|to",
        "if you could|had only? one|a",
        "how disappointed would",
        "if you had|were a|an|any complaint|problem|question|questions|problems|complaints",
        "if you could no longer",
        "if you had the|a choice|option|chance|opportunity",
        "if you could choose|decide|live|work",
    ])
});

const CUES_ZH: &[&str] = &[
    "如果",
    "假如",
    "假设",
    "假使",
    "要是",
    "倘若",
    "设想",
    "想象",
    "假定",
    "若是",
    "将来若",
    "若本",
    "若我们",
    "若公司",
    "若学校",
    "若政府",
];

/// What is asked behind the condition.
const WOULD_ZH: &[&str] = &[
    "会不会",
    "是否会",
    "还会",
    "您会",
    "你会",
    "愿意",
    "愿不愿",
    "会选择",
    "会怎",
    "会考虑",
    "会如何",
    "多大可能",
    "可能性有多大",
    "会使用",
    "会购买",
];

/// Conditions that only route, or explain a scale.
const GUARDS_ZH: &[&str] = &[
    "如果有，",
    "如果有请",
    "如果有其他",
    "如果是，",
    "如果否",
    "如果没有，",
    "如果选",
    "如果您选",
    "如果你选",
    "如果曾",
    "如果您曾",
    "如果满分",
    "如果用",
    "如果以",
    "如果1",
    "如果0",
    "如果10",
    "如果可以改变",
    "如果只能",
    "如果让您",
    "如果让你",
    "如果您已",
    "如果方便",
    "假设检验",
    "如果可以，",
    "如果下次",
    "如果再",
    "如果您再",
    "如果您下次",
    "如果以后",
    "如果今后",
    "如果有机会再",
    "如果需要再",
    "如果还",
    "如果您还",
];

/// Returns the supposition.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    if matches!(stem.prompt.answer, Answer::Instrument | Answer::Row | Answer::Other)
        || (stem.statement && stem.prompt.language == Language::Chinese)
    {
        return Vec::new();
    }
    let range = match stem.prompt.language {
        Language::English => english(stem),
        Language::Chinese => chinese(stem),
    };
    let hit = |range: Range<usize>| {
        let words = stem.prompt.text.get(range.clone()).unwrap_or_default();
        Hit::new(range.clone(), format!("`{words}` asks for a prediction of what nobody has tried"))
    };
    range.map(hit).into_iter().collect()
}

fn english(stem: &Stem) -> Option<Range<usize>> {
    let tokens = &stem.all;
    let would = tokens.iter().any(|t| has("would might could", &t.text));
    // “If you had contact with us” looks back; only a would makes it a supposition.
    if !would || find_phrase(tokens, &HARMLESS).is_some() {
        return None;
    }
    // “I would imagine that …” in a statement is a manner of speaking.
    let imagined = if stem.statement { None } else { find_phrase(tokens, &IMAGINED) };
    imagined.or_else(|| supposed(tokens)).map(|range| bytes(tokens, &range))
}

/// “If …, would you …?”, “Would you … if …?”, with whatever between.
fn supposed(tokens: &[Token]) -> Option<Range<usize>> {
    let at = tokens.iter().position(|t| t.text == "if")?;
    let next = tokens.get(at + 1).map_or("", |t| t.text.as_str());
    // These only route: “if so”, “if you have children”.
    let routes = has("so yes no any applicable not possible necessary needed appropriate", next)
        || matches(tokens, at, "if you|your|they are|have|'ve|do|did|contacted|visited|called|bought|purchased|answered|selected|said|chose|used|attended|received|live|work|own|know|think|feel|agree|disagree|like|want|need|prefer").is_some();
    let asks = (0..tokens.len()).find(|&i| {
        matches(tokens, i, "would|wouldn't you|your|it|they").is_some()
            || matches(tokens, i, "i|we would").is_some()
    })?;
    // “Do you think that people would … if they got the chance?” asks what others are like.
    let others = matches(tokens, 0, "do you think|believe|feel").is_some()
        && matches(tokens, asks, "would|wouldn't you|your").is_none();
    if others {
        return None;
    }
    let opinion = tokens.get(asks + 2).is_some_and(|t| {
        has(
            "say rate describe like characterise characterize call rank recommend prefer be-recommended",
            &t.text,
        )
    });
    // A supposition speaks in the past tense: “if it were”, “if parking cost less”.
    let past = |t: &Token| {
        t.text.ends_with("ed")
            || has("were was had could cost became got came went lost found made gave saw won did", &t.text)
    };
    let clause = tokens.iter().skip(at + 1).take(9).take_while(|t| t.text != ",");
    (!routes && !opinion && clause.into_iter().any(past)).then_some(at..at + 1)
}

fn chinese(stem: &Stem) -> Option<Range<usize>> {
    let text = &stem.whole.text;
    let (range, _) = scan(text, CUES_ZH, GUARDS_ZH).into_iter().next()?;
    let behind = text.get(range.end..)?;
    if behind.contains("失望") {
        return None;
    }
    // “如果您表示不受欢迎，愿意告诉我们吗” only routes.
    let own = behind.strip_prefix(['您', '你']);
    let supposed = [
        "是", "有", "能", "可以", "获得", "得到", "中了", "成为", "必须", "只能", "失去", "拥有", "要",
        "生活", "处于",
    ];
    if own.is_some_and(|b| !supposed.iter().any(|s| b.starts_with(s)))
        && !WOULD_ZH.iter().any(|w| *w != "愿意" && behind.contains(w))
    {
        return None;
    }
    // “如果取消考试，您认为……”: what is not so is supposed.
    let changes = ["取消", "推出", "开设", "实行", "改为", "停止", "禁止", "允许", "不再"]
        .iter()
        .any(|c| behind.starts_with(c));
    let opinion = changes && ["您认为", "你认为", "您觉得", "你觉得"].iter().any(|o| behind.contains(o));
    (opinion || WOULD_ZH.iter().any(|w| behind.contains(w))).then(|| stem.whole.original(&range))
}
