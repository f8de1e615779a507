//! Answers that must be computed or fetched from long ago (Willis & Lessler 1999, step 5; Tourangeau et al. 2000).

use std::ops::Range;
use std::sync::LazyLock;

use super::Hit;
use super::english::{Phrases, bytes, find as find_phrase};
use super::han::scan;
use super::lexicon::has;
use super::prompt::{Answer, Language};
use super::stem::Stem;

/// Shares that nobody keeps at hand.
static SHARES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&["what|which percentage|percent|proportion|share|fraction of", "how many|what percent of"])
});

/// Totals over a year or more.
static COUNTS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "how many times|hours|days|occasions|items|visits|trips|calls|orders",
        "how many kilometres|kilometers|miles|cups|glasses|books|cigarettes|litres|liters|films|movies|concerts|emails|meals|photos did|have you",
        "how much * did|have you spend|spent",
        "how much did|have you spend|spent|pay|paid|drink|drunk",
    ])
});

static YEARS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "past|last|previous 12|twelve|18|24|36 months",
        "past|last|previous two|three|four|five|ten|2|3|4|5|10|several|few years",
        "past|last|previous year",
        "in your whole|entire? life|lifetime",
    ])
});

const SHARES_ZH: &[&str] = &[
    "百分之几",
    "百分之多少",
    "百分比是多少",
    "比例是多少",
    "比例约为",
    "比例大约",
    "占比是多少",
    "占多大比例",
    "所占比例",
    "占比约",
];

/// Returns what must be computed.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    // Options are brackets to choose from; a number must be found.
    let exact = matches!(stem.prompt.answer, Answer::Number | Answer::Words);
    let range = match stem.prompt.language {
        Language::English => english(stem, exact),
        Language::Chinese => chinese(stem, exact),
    };
    let hit = |range: Range<usize>| {
        let words = stem.prompt.text.get(range.clone()).unwrap_or_default();
        Hit::new(range.clone(), format!("`{words}` asks for a figure that must be computed"))
    };
    range.map(hit).into_iter().collect()
}

fn english(stem: &Stem, exact: bool) -> Option<Range<usize>> {
    let tokens = stem.tokens();
    if !exact {
        return None;
    }
    // A firm looks such figures up.
    let books = |t: &super::english::Token| {
        has(
            "business business's company company's firm turnover sales workforce organisation organization employees staff revenue",
            &t.text,
        )
    };
    if let Some(range) = find_phrase(tokens, &SHARES).filter(|_| !stem.all.iter().any(books)) {
        return Some(bytes(tokens, &range));
    }
    let range = find_phrase(tokens, &COUNTS)?;
    let long = find_phrase(&stem.all, &YEARS).is_some();
    let rate = stem.all.iter().any(|t| has("per average typical usually", &t.text));
    (long && !rate).then(|| bytes(tokens, &range))
}

fn chinese(stem: &Stem, exact: bool) -> Option<Range<usize>> {
    let text = &stem.whole.text;
    if !exact {
        return None;
    }
    let books = ["企业", "公司", "单位", "营业", "销售", "员工", "贵"].iter().any(|w| text.contains(w));
    if let Some((range, _)) = scan(text, SHARES_ZH, &[]).into_iter().next().filter(|_| !books) {
        return Some(stem.whole.original(&range));
    }
    let long = [
        "过去一年",
        "一生中",
        "从小到大",
        "近一年",
        "过去两年",
        "过去三年",
        "去年",
        "过去12个月",
        "近12个月",
        "过去十二个月",
        "近两年",
        "近三年",
    ];
    let total = ["一共", "总共", "累计", "共计", "合计"];
    let counts = ["多少次", "多少元", "多少钱", "多少小时", "多少天", "几次", "多少场", "多少本"];
    let is_long = long.iter().any(|l| text.contains(l)) && total.iter().any(|t| text.contains(t));
    let (range, _) = scan(text, &counts, &[]).into_iter().next().filter(|_| is_long)?;
    Some(stem.whole.original(&range))
}
