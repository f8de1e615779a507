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
        "how many hours|calls|items",
        "how many kilometres|kilometers|miles|cups|glasses|books|cigarettes|litres|liters|films|movies|concerts|emails|e-mails|messages|meals|photos|steps|calories|units|bottles did|have you",
        "how many hours|cups|glasses|bottles|units of * did|have you",
        "how much * did|have you spend|spent",
        "how much did|have you spend|spent|pay|paid|drink|drunk",
    ])
});

/// Small things of every day, of which already a month holds too many.
static SMALL: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "how many cups|glasses|cigarettes|emails|e-mails|messages|texts|steps|calories|snacks did|have you",
        "how many cups|glasses|bottles|cans|units of * did|have you",
    ])
});

static MONTHS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "past|last|previous month",
        "past|last|previous two|three|six|2|3|6 months",
        "past|last|previous 30|60|90 days",
        "past|last|previous four|4|eight|8 weeks",
    ])
});

/// Single occasions: over a year they can be told, unless there are many; over longer they can't.
static OCCASIONS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(&["how many times|days|occasions|visits|trips|orders"]));

/// Acts of which a year holds many.
const MANY: &str = "eat ate shop shopped drive drove cook cooked drink drank exercise exercised order ordered buy bought text \
texted email emailed walk walked";

/// Windows of more than a year.
static LONGER: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "past|last|previous 18|24|36 months",
        "past|last|previous two|three|four|five|ten|2|3|4|5|10|several|few years",
        "your whole|entire? life|lifetime",
    ])
});

static YEARS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "past|last|previous 12|twelve|18|24|36 months",
        "past|last|previous two|three|four|five|ten|2|3|4|5|10|several|few years",
        "past|last|previous year",
        "in your whole|entire? life|lifetime",
        "last|this year",
        "in 2019|2020|2021|2022|2023|2024|2025|2026",
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
    "占总支出",
    "占收入的",
    "人均生活费",
    "人均支出",
    "人均消费",
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
    // Of one's own money and time nobody keeps accounts; other shares may be known or looked up.
    let own = |t: &super::english::Token| {
        has(
            "spend spent income salary pay time day week hours money budget spending meals food purchases diet work-time wage",
            &t.text,
        )
    };
    let shares = find_phrase(tokens, &SHARES).filter(|_| stem.all.iter().any(own));
    if let Some(range) = shares.filter(|_| !stem.all.iter().any(books)) {
        return Some(bytes(tokens, &range));
    }
    if let Some(range) = find_phrase(tokens, &SMALL).filter(|_| find_phrase(&stem.all, &MONTHS).is_some()) {
        return Some(bytes(tokens, &range));
    }
    let range = find_phrase(tokens, &COUNTS).or_else(|| {
        let often = find_phrase(&stem.all, &LONGER).is_some() || tokens.iter().any(|t| has(MANY, &t.text));
        find_phrase(tokens, &OCCASIONS).filter(|_| often)
    })?;
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
    let total = ["一共", "总共", "累计", "共计", "合计", "平均"];
    let counts = [
        "多少次",
        "几次",
        "多少元",
        "多少钱",
        "多少小时",
        "多少天",
        "多少场",
        "多少本",
        "多少杯",
        "多少瓶",
        "多少封",
        "多少度",
        "多少公里",
        "多少支",
        "多少顿",
        "多少吨",
        "多少斤",
    ];
    let is_long = long.iter().any(|l| text.contains(l)) && total.iter().any(|t| text.contains(t));
    let (range, _) = scan(text, &counts, &[]).into_iter().next().filter(|_| is_long)?;
    Some(stem.whole.original(&range))
}
