//! Words of the trade (Krosnick & Presser 2010; Willis & Lessler 1999, step 3b).
//!
//! A closed list of what the people who write questionnaires say among themselves
//! and their customers do not. Any other abbreviation may be a name.

use super::Hit;
use super::lexicon::has;
use super::prompt::Language;
use super::stem::Stem;

/// Abbreviations of marketing, service and software.
const ABBREVIATIONS: &str = "CSAT CES NPS KPI KPIS SLA SLAS ROI SKU SKUS CX D2C OTA O2O KOL KOC IVR FCR TCO GMV DAU MAU CTA UAT OKR OKRS CLV LTV \
ARPU MRR RMA AHT VOC MQL \
UX CRM ESG EHR UI SEO B2B B2C ERP PLM SDK SAAS PAAS MTTR TAT QOS FTTR FTTH LTE VOLTE PPO EOB TCV ACV DSO \
NPI OEM ODM BPM MES WMS TMS SCM PIM CDP DMP RPA UGC PGC CAC CPA CPM CTR OPEX CAPEX WACC TQM BOM";

/// Words of the trade.
const TRADE: &[&str] = &[
    "touchpoint",
    "touchpoints",
    "omnichannel",
    "omni-channel",
    "synergy",
    "synergies",
    "value proposition",
    "go-to-market",
    "stakeholder alignment",
    "customer journey",
    "churn",
    "upsell",
    "first-contact resolution",
    "leverages",
    "obfuscate",
    "interoperability",
    "onboarding funnel",
    "conversion funnel",
    "paradigm shift",
    "low-hanging fruit",
    "thought leadership",
    "ideate",
    "operationalise",
    "operationalize",
    "gamification",
    "actionable insights",
    "mission-critical",
];

const TRADE_ZH: &[&str] = &[
    "赋能",
    "抓手",
    "触点",
    "闭环",
    "私域",
    "颗粒度",
    "全链路",
    "转化率",
    "客单价",
    "复购率",
    "留存率",
    "履约率",
    "用户画像",
    "心智",
    "种草力",
    "组合拳",
    "首次解决率",
    "打法",
    "净推荐值",
    "恩格尔系数",
    "基尼系数",
    "循证医学",
    "生态位",
    "数字孪生",
    "解耦",
    "对齐颗粒",
    "拉新",
    "促活",
    "裂变营销",
    "降本增效",
    "中台",
    "交互逻辑",
    "交付物",
    "边际效用",
    "多式联运",
    "组网",
    "时延",
    "丢包",
    "信噪比",
];

/// Returns the words of the trade that nothing explains.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    let text = stem.prompt.text;
    let masked = &stem.masked;
    let mut found: Vec<_> = Vec::new();
    for (at, word) in latin(masked) {
        let capitals = word.chars().filter(char::is_ascii_uppercase).count() >= 2;
        let range = at..at + word.len();
        // “PPOs” are several of them.
        let one = word.strip_suffix('s').unwrap_or(word);
        let known = [word, one].iter().any(|w| has(ABBREVIATIONS, &w.to_ascii_uppercase()));
        if capitals && known && !explained(text, &range) {
            found.push(range);
        }
    }
    let words: &[&str] = if stem.prompt.language == Language::English { TRADE } else { TRADE_ZH };
    let lower = masked.to_lowercase();
    for word in words.iter().filter(|_| lower.len() == masked.len()) {
        if let Some(at) = lower.find(word) {
            let range = at..at + word.len();
            let alone = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric());
            let whole = alone(lower.get(..at).and_then(|t| t.chars().next_back()))
                && alone(lower.get(range.end..).and_then(|t| t.chars().next()));
            if whole && !explained(text, &range) {
                found.push(range);
            }
        }
    }
    found.sort_by_key(|r| r.start);
    let hit = |range: std::ops::Range<usize>| {
        let word = text.get(range.clone()).unwrap_or_default();
        Hit::new(range.clone(), format!("`{word}` is a word of the trade"))
    };
    found.into_iter().map(hit).collect()
}

/// Walks over the runs of Latin letters and digits, also between Chinese characters.
fn latin(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    text.split(|c: char| !c.is_ascii_alphanumeric()).map(move |word| {
        let at = text.get(from..).and_then(|rest| rest.find(word)).map_or(from, |at| at + from);
        from = at + word.len();
        (at, word)
    })
}

/// Tells whether brackets behind the word, or around it, hold its long form.
fn explained(text: &str, range: &std::ops::Range<usize>) -> bool {
    let behind = text.get(range.end..).unwrap_or_default().trim_start();
    let before = text.get(..range.start).unwrap_or_default().trim_end();
    behind.starts_with(['(', '（']) || before.ends_with(['(', '（'])
}
