//! Whether a text says which time it asks about, or which occasion.

use std::sync::LazyLock;

use super::english::{Phrases, Token, find as find_phrase, matches, tokens};
use super::han::Han;
use super::lexicon::chinese::RECENT_WINDOWS;
use super::lexicon::has;
use super::prompt::{Language, Prompt, contains_any};
use super::stem::{Stem, masked};

/// Words that bind a question to a time or an occasion.
const BOUND: &str = "past last previous since ago yesterday today tonight currently now latest recent during within while when \
before after per daily weekly monthly yearly annually quarterly this that these those until lifetime january february march april \
june july august september october november december usually normally typically generally typical average weekday weekend \
season semester childhood pandemic";

/// Phrases that do.
static BOUND_PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "each|every|a|an|one|any|some day|night|week|month|year|hour|quarter|term|time|visit|trip|session|meeting|shift",
        "your|our|the first|stay|visit|trip|order|purchase|appointment|call|treatment|course|flight|journey|delivery|application",
        "your|our|the case|complaint|request|matter|issue|session|event|training|conversation|contact|repair|project|pregnancy",
        "in all|total",
        "so far",
        "at the moment|time",
    ])
});

/// Units in labels that make a rate of an answer.
const RATES: &[&str] =
    &["day", "week", "month", "year", "daily", "weekly", "monthly", "hour", "per ", "once a", "/"];

/// Their Chinese counterparts; 3次 alone is a count, not a rate.
const RATES_ZH: &[&str] = &["每", "天", "周", "月", "年", "日", "小时", "小時", "/", "隔"];

/// Chinese words that bind a question to a time or an occasion.
const BOUND_ZH: &[&str] = &[
    "过去", "近一", "近1", "近两", "近二", "近三", "近3", "近半", "近6", "近六", "近7", "近七", "近5",
    "近五", "近年", "上周", "上个", "上月", "上季", "上一", "上次", "本周", "本月", "本季", "本年", "本次",
    "学期", "今年", "去年", "前年", "今天", "昨天", "当天", "每", "平均", "以来", "期间", "这次", "此次",
    "这一", "该次",
];

const BOUND_ZH_MORE: &[&str] = &[
    "为解决",
    "为办",
    "这个问题",
    "该问题",
    "这件事",
    "此事",
    "月消费",
    "月支出",
    "月收入",
    "年收入",
    "年支出",
    "年消费",
    "日消费",
    "月薪",
    "年薪",
    "一天",
    "一周",
    "一个月",
    "一年",
    "一日",
    "一星期",
    "一个星期",
    "日均",
    "周均",
    "月均",
    "首次",
    "第一次",
    "目前为止",
    "至今",
    "通常",
    "一般",
    "平时",
    "平常",
    "平日",
    "日常",
    "一生",
    "小时候",
    "疫情",
    "过程中",
    "内，",
    "时，",
    "后，",
    "中，",
    "年内",
    "当时",
];

/// Tells whether the text or what stands around it names a time or an occasion.
#[must_use]
pub fn is_bound(stem: &Stem) -> bool {
    let here = match stem.prompt.language {
        Language::English => bound_english(&stem.all),
        Language::Chinese => bound_chinese(&stem.whole.text),
    };
    // The window may stand in a remark: “(in the last 7 days)”.
    here || bound_text(stem.prompt.text, stem.prompt.language)
        || stem.prompt.around.iter().any(|text| bound_text(text, stem.prompt.language))
}

fn bound_text(text: &str, language: Language) -> bool {
    match language {
        Language::English => bound_english(&tokens(&text.replace(['(', ')'], " "), 0)),
        Language::Chinese => {
            bound_chinese(&Han::new(&masked(text).replace(['(', ')', '（', '）'], ""), 0).text)
                || bound_chinese(&Han::new(text, 0).text)
        }
    }
}

fn bound_english(all: &[Token]) -> bool {
    let year = |t: &Token| t.text.len() == 4 && (t.text.starts_with("19") || t.text.starts_with("20"));
    all.iter().any(|t| has(BOUND, &t.text) || year(t)) || find_phrase(all, &BOUND_PHRASES).is_some()
}

fn bound_chinese(text: &str) -> bool {
    let year = text
        .match_indices('年')
        .any(|(at, _)| text.get(..at).is_some_and(|t| t.ends_with(|c: char| c.is_ascii_digit())));
    year || BOUND_ZH.iter().chain(BOUND_ZH_MORE).chain(RECENT_WINDOWS).any(|b| text.contains(b))
}

/// Tells whether the answers are rates (“once a week”), which need no window.
#[must_use]
pub fn has_rates(prompt: &Prompt) -> bool {
    let rate = |l: &&&str| match prompt.language {
        Language::English => contains_any(l, RATES),
        Language::Chinese => {
            let numbered = |c: char| c.is_ascii_digit() || "一二两三四五六七八九十每几幾半".contains(c);
            contains_any(l, RATES_ZH) && l.contains(numbered)
        }
    };
    prompt.labels.iter().filter(rate).count() >= 2
}

/// Tells whether the phrase at a token is one of a wish or a rule: “how often should …”.
#[must_use]
pub fn is_wish(tokens: &[Token], at: usize) -> bool {
    matches(tokens, at, "should|would|will|could|can|must|might").is_some()
        || tokens.get(at..).is_some_and(|t| t.iter().any(|t| has("want prefer wish expect", &t.text)))
        || (at..tokens.len()).any(|at| matches(tokens, at, "like to").is_some())
}
