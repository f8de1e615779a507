//! Words that leave no exception (Dillman et al. 2014): almost nobody can agree, so everybody answers alike.

use std::ops::Range;
use std::sync::LazyLock;

use super::Hit;
use super::english::{Phrases, bytes, find as find_phrase, matches};
use super::han::scan;
use super::lexicon::has;
use super::prompt::{Answer, Language, Prompt};
use super::stem::Stem;

static ABSOLUTE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "always",
        "never",
        "do you only|exclusively buy|use|eat|drink|watch|read|trust|wear",
        "every time",
        "at all times",
        "all of? the time",
        "under all circumstances",
        "in every case|situation",
        "without exception",
        "absolutely nothing|everything|all|everyone|nobody|never|always",
        "completely|totally|perfectly|entirely * with everything|all",
        "the only * i trust|like|use|need|want|know",
    ])
});

/// Words before it that take the edge off.
const SOFTENED: &[&str] = &[
    "almost|nearly|not|hardly|usually *",
    "have|has|had you|it|he|she|they never|always",
    "has|have|had always",
    "or never|always",
    "never|always or",
];

const ABSOLUTE_ZH: &[&str] = &[
    "总是",
    "从不",
    "从来不",
    "从来没有",
    "永远",
    "绝对",
    "每次都",
    "每一次都",
    "任何时候都",
    "任何情况下都",
    "从未",
    "唯一信任",
    "唯一的选择",
    "百分之百",
    "百分百",
    "一切都完全",
    "无论何时",
    "无论何时都",
    "一直都",
    "您只买",
    "您只用",
    "您只看",
    "您只吃",
    "您只喝",
    "您只去",
    "您只相信",
    "您只信任",
    "你只买",
    "你只用",
];

const GUARDS_ZH: &[&str] = &[
    "绝对值",
    "几乎总是",
    "几乎从不",
    "不总是",
    "并不总是",
    "是否从不",
    "永远的",
    "从未来",
    "从未婚",
    "几乎从未",
    "是否从未",
];

/// Returns the word that leaves no exception.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    let prompt = &stem.prompt;
    if prompt.answer == Answer::Instrument || !(stem.statement || prompt.is_yes_no()) {
        return Vec::new();
    }
    if !super::double_negation::find(stem).is_empty() {
        return Vec::new();
    }
    let range = match prompt.language {
        Language::English => english(stem),
        Language::Chinese => {
            let text = &stem.han;
            let each = ["所有", "每个人", "人人", "每位", "任何人", "没有人", "没有任何人", "没人"];
            let first = each.iter().find(|e| text.text.starts_with(**e)).map(|e| 0..e.len());
            let first = first.or_else(|| each_and_every(&text.text));
            let all = first.filter(|r| {
                let must =
                    ["应", "必须", "需要", "可以", "有权", "值得"].iter().any(|m| text.text.contains(m));
                let none = text.text.get(..r.end).is_some_and(|w| w.starts_with('没'));
                let content = ["满意", "喜欢", "信任"].iter().any(|m| text.text.contains(m));
                (prompt.is_statement() || (prompt.is_yes_no() && content))
                    && !must
                    && (none || text.text.contains('都'))
            });
            let never = text.text.find("从未").filter(|_| !prompt.is_statement());
            if never.is_some() {
                return Vec::new();
            }
            let visits = text
                .text
                .find("每次")
                .filter(|at| text.text.get(*at..).is_some_and(|t| t.contains('都')))
                .map(|at| at..at + "每次".len());
            if let Some(range) = all.or_else(|| visits.filter(|_| prompt.is_statement())) {
                return vec![said(prompt, text.original(&range))];
            }
            scan(&text.text, ABSOLUTE_ZH, GUARDS_ZH)
                .into_iter()
                .next()
                .map(|(range, _)| text.original(&range))
        }
    };
    range.map(|range| said(prompt, range)).into_iter().collect()
}

/// “公司的每一位同事都很友善”, “我对公司的所有制度都满意”.
fn each_and_every(text: &str) -> Option<Range<usize>> {
    let (at, word) = ["所有", "全部", "任何", "每一位", "每一个", "每个"]
        .iter()
        .find_map(|e| text.find(e).map(|at| (at, e)))?;
    let behind = text.get(at + word.len()..)?;
    let all = behind.find('都')?;
    let denied = text.get(..at).is_some_and(|b| b.ends_with('是') || b.ends_with("并非"));
    // “我的所有问题都得到了解答” tells what happened.
    let things = ["问题", "疑问", "材料", "信息", "费用", "资料", "手续", "，", "。"];
    let near = behind
        .get(..all)
        .is_some_and(|b| b.chars().count() <= 8 && b != "人" && !things.iter().any(|t| b.contains(t)));
    (near && !denied).then(|| at..at + word.len())
}

fn said(prompt: &Prompt, range: Range<usize>) -> Hit {
    let words = prompt.text.get(range.clone()).unwrap_or_default().to_owned();
    Hit::new(range, format!("`{words}` leaves no exception"))
}

fn english(stem: &Stem) -> Option<Range<usize>> {
    let tokens = stem.tokens();
    // “Everyone here …”, “All my colleagues …”: a statement about each and every one.
    let whole = [
        "everyone|everybody|nobody|nothing",
        "no one",
        "all|none of? my|our|the|their? colleagues|teachers|staff|employees|managers|doctors|nurses|customers|students|people|politicians|teenagers|men|women|drivers|banks|companies|businesses|landlords|immigrants|children|parents",
        "every employee|colleague|customer|teacher|student|doctor|nurse|member|manager|worker",
    ];
    let except = tokens
        .get(..tokens.len().min(8))
        .is_some_and(|t| t.iter().any(|t| has("should must needs deserves can could else but", &t.text)));
    let each = whole.iter().find_map(|w| matches(tokens, 0, w));
    if let Some(len) = each.filter(|_| stem.prompt.is_agreement() && !except) {
        return Some(bytes(tokens, &(0..len.min(2))));
    }
    let range = find_phrase(tokens, &ABSOLUTE)?;
    let softened = (range.start.saturating_sub(3)..=range.start)
        .any(|at| SOFTENED.iter().any(|s| matches(tokens, at, s).is_some_and(|len| at + len > range.start)));
    (!softened).then(|| bytes(tokens, &range))
}
