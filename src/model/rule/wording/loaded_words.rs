//! Words of praise or blame before what is to be judged (Krosnick & Presser 2010; Dillman et al. 2014).

use std::sync::LazyLock;

use super::Hit;
use super::english::{Phrases, bytes, find as find_phrase};
use super::han::scan;
use super::prompt::{Answer, Language};
use super::stem::Stem;

/// Words of a fight, loaded wherever they stand in a question.
static FIGHTING: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "radical left|liberal|liberals|democrats|socialist|socialists|leftist|right|republicans",
        "far-left|far-right|ultra-liberal|job-killing|budget-busting|anti-american|un-american",
        "liberal|left-wing|right-wing media|agenda|elites|extremists",
        "fake news|media",
        "socialist|extremist|extreme|dangerous agenda|policies|takeover",
        "death tax|panels",
        "government takeover|overreach",
        "wasteful|reckless|runaway|out-of-control|bloated government? spending|bureaucracy|budget",
        "out of control spending|government|costs|crime",
        "unelected|washington|faceless bureaucrats",
        "greedy|corrupt corporations|politicians|insurers|bankers|landlords|companies|officials",
        "witch hunt",
        "power grab",
        "tax and spend",
        "open borders",
        "hardworking|hard-working families|americans|taxpayers",
        "so-called *",
        "brutal|cruel|senseless|barbaric|heartless slaughter|killing|killings|treatment|attack|attacks|murder|policy|cuts",
        "reckless|outrageous|disgraceful|shameful|vicious attack|attacks|rise|rises|cuts|spending|decision|decisions|behaviour|behavior|policy|policies",
        "disastrous|appalling|shameful|disgraceful|deplorable|pathetic|dismal state|condition|conditions|record|handling|failure|decision",
        "innocent babies|children|lives|victims|animals|civilians",
        "lazy|ungrateful|undeserving students|people|workers|immigrants|youngsters|recipients|employees",
        "crippling|skyrocketing|exorbitant|extortionate|outrageous taxes|debt|costs|prices|rents|fees|bills",
        "hard-working|hardworking|struggling|honest farmers|nurses|parents|citizens|pensioners",
        "dangerous|vicious criminals|thugs",
        "crooked|dishonest|corrupt politicians|officials|bankers",
        "waste|wastes|wasting|squander|squanders|squandering our|your|taxpayers money|taxes|billions",
        "selfish|ruthless|callous|cruel|foolish|stupid|ridiculous|absurd|senseless|needless|unnecessary strike|strikes|cuts|tax|taxes|policy|policies|plan|plans|law|laws|experiments|rules|war|ban|restrictions",
        "helpless|defenceless|defenseless animals|victims|children|people",
        "meddle|meddles|meddling in|with",
        "unborn babies|children",
        "illegal aliens|invasion",
        "invasion of *",
        "hard-earned money|wages|cash|savings|pay|income|salary",
        "oppressive|draconian|tyrannical|reckless|disastrous|catastrophic|shameful|heartless|misguided|ill-conceived|half-baked|senseless|pointless|frivolous|scandalous|extravagant|ruinous *? policy|policies|plan|plans|deal|deals|law|laws|rule|rules|tax|taxes|decision|decisions|project|projects|reform|reforms|regulation|regulations|measures|proposal|programme|program",
        "innocent|defenceless|defenseless animals|pets|creatures|bystanders be? *",
        "tortured|slaughtered|butchered|murdered in|by|for",
        "leftist|leftists|bigoted|homophobic|slurs|frivolous|cabal|downtrodden",
        "unfairly reported|characterized|characterised|portrayed|targeted|attacked|blamed",
        "reported|portrayed|attacked unfairly",
        "deliberately portray|portrays|mislead|misleads|lie|lies|ignore|ignores",
    ])
});

/// Praise and blame between a determiner and its noun.
static LOADED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "our|the|this|these|your|its|their new? and? very|truly|highly|most? world-class|award-winning|cutting-edge|state-of-the-art|best-in-class|industry-leading|market-leading|groundbreaking|ground-breaking|revolutionary|unrivalled|unrivaled|unparalleled|top-notch|first-class *",
        "our|this|these very|truly? friendly|helpful|caring|dedicated|passionate|knowledgeable|convenient|tasty|fast|comfortable|stylish|talented and|, *? friendly|helpful|caring|dedicated|efficient|knowledgeable|convenient|reliable|tasty|comfortable|stylish *",
        "our mouth-watering|luxurious|gorgeous|legendary|famous|renowned|expert|successful|trusted|five-star|best-selling|much-loved|generous|stunning *",
        "our|this|these highly|well trained|skilled|qualified|experienced|rated|regarded and? *? *",
        "our|the|this|year's|month's|week's|company's very|truly? spectacular|exceptional|magnificent|breathtaking|unforgettable|superb|splendid *",
        "our|this|these very|truly|highly? caring|dedicated|helpful|passionate|tasty|hardworking|talented|knowledgeable|spectacular|exceptional|stunning|unbeatable|easy-to-use *",
        "our|this|these very|truly|highly? excellent|outstanding|superb|amazing|awesome|fantastic|wonderful|incredible|innovative|delicious|brilliant|exceptional|exciting|great|high-quality|premium-quality|friendly|beautiful|improved *",
        "our new and improved|exciting",
        "our|this new? amazing|awesome|fantastic|excellent|great|wonderful|superb|exciting|friendly|helpful and|, *? *",
        "our|the hard-working|hardworking|dedicated|tireless|devoted team|staff|colleagues|employees|people|nurses|teachers|engineers|drivers|volunteers",
        "of|the|our|by legendary|iconic|beloved|world-renowned|world-famous|acclaimed|celebrated|notorious|infamous|visionary|heroic *",
        "the|these|those|this|our careless|incompetent|lazy|corrupt|greedy|arrogant|dishonest|inept|irresponsible *",
        "the|this|these|our much-needed|long-overdue|common-sense *",
        "the|our|this|these outdated|crumbling|dilapidated|unsightly|decrepit|hopeless|bloated|overpriced|ugly *",
        "our|this|these|the revolutionary|innovative|ground-breaking|groundbreaking|breakthrough|premium|luxury new *",
        "our|this|these|the new revolutionary|ground-breaking|groundbreaking|breakthrough *",
        "the|this|these|those|such outrageous|ridiculous|disgraceful|shameful|corrupt|greedy|wasteful|reckless|so-called|job-killing|disastrous *",
        "the|this|these unfair tax|taxes|fee|fees|law|laws|price|prices|charges|rules|burden",
    ])
});

const LOADED_ZH: &[&str] = &[
    "优质",
    "贴心",
    "卓越",
    "一流",
    "领先",
    "完美",
    "极致",
    "周到",
    "精彩",
    "全新升级",
    "匠心",
    "尊贵",
    "高品质",
    "美味",
    "超值",
    "热情周到",
    "精心",
    "顶级",
    "顶尖",
    "无微不至",
    "黑心",
    "无良",
    "糟糕",
    "恶劣",
    "离谱",
    "坑人",
    "可恶",
    "不合理",
    "浪费",
    "臃肿",
    "泛滥",
    "革命性",
    "五星级",
    "专业的",
    "专业细致",
    "专业高效",
    "独一无二",
    "舒适的",
    "温馨的",
    "高效的",
    "实惠的",
    "先进的",
    "倾力打造",
    "精益求精",
    "用心",
    "豪华的",
    "精美的",
    "优美的",
    "暖心",
    "雄厚的",
    "精湛的",
    "精湛",
    "热情友好",
    "热情的",
    "可口",
    "极佳",
    "物美价廉",
    "出色的",
    "优秀的",
    "强大的",
    "一流的",
];

/// Words of a fight, loaded wherever they stand in a question.
const FIGHTING_ZH: &[&str] = &[
    "无耻",
    "愚蠢的",
    "荒唐的",
    "荒谬的",
    "丧心病狂",
    "缺德",
    "贪婪的",
    "黑心商家",
    "黑心企业",
    "黑心商贩",
    "无良商家",
    "无良企业",
    "奸商",
    "残忍",
    "虐杀",
    "惨无人道",
    "灭绝人性",
    "乱象丛生",
    "血汗钱",
    "道德败坏",
    "丧尽天良",
    "泛滥成灾",
    "祸害",
    "害群之马",
    "忍无可忍",
    "天价",
    "割韭菜",
    "坑害",
    "无良",
    "黑心",
    "无与伦比",
    "细致入微",
    "首屈一指",
    "独具匠心",
    "有口皆碑",
    "名不虚传",
    "无可挑剔",
    "尽善尽美",
    "金牌讲师",
    "金牌客服",
    "金牌教练",
    "金牌服务",
    "王牌",
    "不负责任的做法",
    "不负责任的行为",
    "自私行为",
    "自私的行为",
    "不道德的行为",
    "丑恶",
    "败家",
    "铺张浪费",
    "浪费纳税人",
    "劳民伤财",
];

/// Owners: praise behind them is the sender's own.
const OWNERS_ZH: &[&str] = &[
    "我们",
    "我司",
    "我行",
    "我院",
    "我校",
    "我店",
    "我公司",
    "本公司",
    "本店",
    "本院",
    "本行",
    "本校",
    "本酒店",
    "本餐厅",
    "本平台",
    "本产品",
    "这款",
    "此次",
    "本次",
    "这种",
    "我们的",
    "如此",
    "这么",
];

/// Returns the word that praises or blames.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    let prompt = &stem.prompt;
    // A statement to agree with is there to be judged, praise and all; a row names a thing.
    let fights = find_phrase(&stem.all, &FIGHTING).map(|range| judges(stem, bytes(&stem.all, &range)));
    if let Some(hit) = fights {
        return vec![hit];
    }
    if matches!(prompt.answer, Answer::Other | Answer::Row) || prompt.is_statement() {
        return Vec::new();
    }
    let found = match prompt.language {
        Language::English => english(stem),
        Language::Chinese => chinese(stem),
    };
    found.into_iter().collect()
}

fn judges(stem: &Stem, place: std::ops::Range<usize>) -> Hit {
    let words = stem.prompt.text.get(place.clone()).unwrap_or_default();
    Hit::new(place, format!("`{words}` judges before the respondent does"))
}

fn english(stem: &Stem) -> Option<Hit> {
    // Praise in a sentence before the question colours it as well.
    let tokens = stem.all.as_slice();
    let range = find_phrase(tokens, &LOADED)?;
    // A noun must follow; “is our service excellent?” asks for the judgement.
    let noun =
        tokens.get(range.end - 1).filter(|t| !super::lexicon::has("? and or , is are was were", &t.text))?;
    let place = bytes(tokens, &(range.start + 1..range.end - 1));
    // Nothing stood between determiner and noun: the noun itself is loaded.
    Some(judges(stem, if place.is_empty() { noun.range.clone() } else { place }))
}

fn chinese(stem: &Stem) -> Option<Hit> {
    let text = &stem.han.text;
    // What happened to one, or whether one has seen it, may be called by its name.
    let seen = ["遇到", "见过", "听说", "看过", "遭遇", "经历"].iter().any(|s| text.contains(s));
    if let Some((range, word)) = scan(text, FIGHTING_ZH, &[]).into_iter().next().filter(|_| !seen) {
        return Some(Hit::new(
            stem.han.original(&range),
            format!("`{word}` judges before the respondent does"),
        ));
    }
    let guards = [
        "优质教育",
        "优质客户",
        "优质资源",
        "优质内容",
        "领先者",
        "是否优质",
        "是否贴心",
        "是否周到",
        "是否领先",
        "是否合理",
        "不合理吗",
    ];
    scan(text, LOADED_ZH, &guards).into_iter().find_map(|(range, word)| {
        let before = text.get(..range.start)?;
        let behind = text.get(range.end..)?;
        let owner = OWNERS_ZH.iter().filter_map(|o| before.rfind(o).map(|at| at + o.len())).max()?;
        let near = before.get(owner..).is_some_and(|b| {
            b.chars().count() <= 8 && !b.contains("是否") && !b.contains('够') && !b.contains('有')
        });
        // Before its noun, not as what is said of it: “优质的服务”, not “服务优质吗”.
        let noun =
            behind.trim_start_matches('的').chars().next().is_some_and(|c| !"吗？?，。、程和与".contains(c));
        (near && noun).then(|| {
            Hit::new(stem.han.original(&range), format!("`{word}` judges before the respondent does"))
        })
    })
}
