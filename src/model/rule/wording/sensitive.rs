//! Questions that some will not answer (Tourangeau, Rips & Rasinski 2000, ch. 9; Willis & Lessler 1999, step 6a).

use std::ops::Range;
use std::sync::LazyLock;

use super::Hit;
use super::english::{Phrases, bytes, find as find_phrase};
use super::han::scan;
use super::prompt::Language;
use super::stem::Stem;

/// Words that may stand before it; behind any other verb (“did you negotiate your salary”) something else is asked.
const ASKING: &str = "what what's which is was are were the a an please indicate state select enter choose give provide specify tell us me \
your you of in or following these best describes describe would say range category bracket group level approximate approximately \
about roughly how much do did to use used taken take cheated if any we like know could money , : - have has had suffer from ever been diagnosed with currently now personally";

/// Asked of the respondent's own person.
static SENSITIVE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "your household's|family's|personal|total|annual|monthly|gross|net|yearly|current? household|family|personal|total? income|salary|earnings|wage",
        "how much do|did you or? your? household? earn|make|owe",
        "household income",
        "how much money do|did you or? your? household? earn|make|owe",
        "your religion",
        "your religious|political belief|beliefs|affiliation|views|orientation|party",
        "religion|religious denomination do|are you",
        "your race|ethnicity|ethnic",
        "ethnic group|background",
        "race or|and|/ ethnicity",
        "your sexual|gender orientation|identity|history",
        "which|what political party did|do|would you",
        "which|what party did|do|would you vote|support|belong|identify|feel",
        "illegal drug|drugs",
        "convicted of",
        "hiv",
        "an abortion",
        "cheated on your",
        "how much debt|savings do|have you",
        "your gender|sex",
        "what is your gender|sex",
        "your marital status",
        "a|any disability|disabilities|hiv|std|stds|abortion",
        "a|any mental illness|illnesses|disorder|disorders",
        "a|any mental health condition|conditions|problem|problems|disorder",
        "a|any criminal record",
        "you weigh",
        "your weight",
        "you currently? pregnant",
        "your immigration|citizenship status",
    ])
});

const SENSITIVE_ZH: &[&str] = &[
    "收入",
    "月薪",
    "年薪",
    "工资是",
    "薪资是",
    "薪酬是",
    "存款",
    "负债",
    "宗教信仰",
    "信仰什么",
    "政治面貌",
    "民族是",
    "您的民族",
    "您的种族",
    "性取向",
    "婚姻状况",
    "婚姻状态",
    "婚恋状况",
    "感情状况",
    "患有",
    "患过",
    "慢性病",
    "残疾",
    "身份证",
    "手机号",
    "家庭资产",
    "吸毒",
    "吸过毒",
    "被判刑",
    "犯罪记录",
    "婚外情",
    "偷税",
    "偷过税",
    "您的性别",
    "你的性别",
    "婚外恋",
    "出轨",
    "精神疾病",
    "精神病史",
    "病史",
    "体重",
    "乙肝",
    "艾滋",
    "性生活",
    "性行为",
    "堕胎",
    "流产",
    "违法",
    "嫖",
    "赌博",
    "作弊",
    "离婚",
    "离过婚",
    "抑郁症",
    "家暴",
    "家庭暴力",
];

/// Words that ask for something else: the money of an organisation, how content one is with it, the number of the one who asks.
const GUARDS_ZH: &[&str] = &[
    "收入满意",
    "对收入",
    "对薪酬",
    "收入水平满意",
    "企业收入",
    "公司收入",
    "营业收入",
    "手机号码归属",
    "手机号码能否",
    "残疾人",
    "民族歌",
    "收入分配",
    "主营收入",
    "收入差距",
    "收入来源",
    "违法广告",
    "认为作弊",
    "作弊现象",
    "违法行为的",
    "体重管理",
    "违法停车",
    "对离婚",
    "离婚率",
    "看待离婚",
    "看待作弊",
];

/// Labels and hints that let a respondent pass.
pub const WAYS_OUT: &[&str] = &[
    "prefer not",
    "rather not",
    "decline",
    "not to say",
    "no answer",
    "don't wish",
    "do not wish",
    "refuse",
    "skip",
    "not to answer",
    "not to disclose",
    "choose not",
    "withhold",
    "不愿",
    "不願",
    "不想",
    "不便",
    "拒绝",
    "拒絕",
    "保密",
    "不透露",
    "不方便",
    "不回答",
    "不作答",
    "不填",
    "跳过",
    "跳過",
    "无可奉告",
];

/// Returns the words that ask for what some keep to themselves; whether there is a way out is the caller's to see.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    let prompt = &stem.prompt;
    // Rating one's pay or one's doctor discloses nothing that the answer does not say.
    if prompt.is_evaluative() || prompt.labels_with(WAYS_OUT) > 0 {
        return Vec::new();
    }
    let range: Option<Range<usize>> = match prompt.language {
        Language::English => {
            let tokens = stem.tokens();
            let asks = |t: &super::english::Token| super::lexicon::has(ASKING, &t.text);
            find_phrase(tokens, &SENSITIVE)
                .filter(|range| tokens.get(..range.start).is_some_and(|before| before.iter().all(asks)))
                .map(|range| bytes(tokens, &range))
        }
        Language::Chinese => {
            let found = scan(&stem.han.text, SENSITIVE_ZH, GUARDS_ZH).into_iter().next();
            found.map(|(range, _)| stem.han.original(&range))
        }
    };
    let hit = |range: Range<usize>| {
        let words = prompt.text.get(range.clone()).unwrap_or_default();
        Hit::new(range.clone(), format!("`{words}` is what some keep to themselves, and there is no way out"))
    };
    range.map(hit).into_iter().collect()
}
