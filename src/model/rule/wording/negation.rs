//! Negated questions and statements (Krosnick & Presser 2010): many miss the “not”, and a no to it says what?

use std::ops::Range;
use std::sync::LazyLock;

use super::Hit;
use super::english::{Phrases, Token, bytes, find as find_phrase, matches};
use super::han::scan;
use super::lexicon::has;
use super::prompt::{Answer, Language};
use super::stem::Stem;

/// Negations of a main verb.
const NEGATED: &str = "not cannot don't doesn't didn't isn't aren't wasn't weren't won't wouldn't shouldn't couldn't can't \
haven't hasn't hadn't";

/// Words that open a clause inside the main one; what is negated there is a condition, not the question.
const INSIDE: &str = "that which who whom whose because if when while unless but although though since where whether why than reason reasons";

/// Phrases in which “not” negates nothing that is asked.
const HARMLESS: &[&str] = &[
    "or not",
    "whether * not",
    "not only|just|including|counting|at",
    "if not",
    "not matter|mind",
    "ever not",
    "not sure|applicable|yet",
    "not previously|otherwise|already|currently|yet *",
    "not at all",
    "can't|cannot help",
    "no longer",
    "never married|worked",
    "or never|not",
    "i do not know",
    "i don't know",
];

const CUES_ZH: &[&str] =
    &["没有", "不会", "不能", "不应该", "不应", "不愿意", "不需要", "不希望", "无法", "并不", "不必", "不要"];

const MORE_ZH: &[&str] = &["不", "没", "未", "无需"];

/// Longer words in which nothing is negated.
pub(super) const WORDS_ZH: &[&str] = &[
    "从不",
    "从未",
    "从来不",
    "从来没",
    "是否",
    "能否",
    "可否",
    "有没有",
    "是不是",
    "会不会",
    "要不要",
    "能不能",
    "可不可以",
    "愿不愿意",
    "应不应该",
    "好不好",
    "对不对",
    "想不想",
    "需不需要",
    "清不清楚",
    "喜不喜欢",
    "满不满意",
    "知不知道",
    "同不同意",
    "不满意",
    "不满",
    "不同意",
    "不同",
    "不仅",
    "不但",
    "不只",
    "不管",
    "不论",
    "不断",
    "不错",
    "不足",
    "不良",
    "不便",
    "不适",
    "不安",
    "不动产",
    "不少",
    "不久",
    "不过",
    "不等",
    "不限",
    "不确定",
    "不知道",
    "不了解",
    "不清楚",
    "不一样",
    "不一致",
    "不舒服",
    "不方便",
    "不公平",
    "不合理",
    "不平等",
    "不愿透露",
    "不适用",
    "不法",
    "不锈钢",
    "不可或缺",
    "不可抗",
    "不由得",
    "不得已",
    "不约而同",
    "不由自主",
    "不知不觉",
    "不文明",
    "不健康",
    "不正当",
    "不规范",
    "不再",
    "不定期",
    "不在少数",
    "未来",
    "未成年",
    "未婚",
    "未知",
    "差不多",
    "来不及",
    "对不起",
    "了不起",
    "离不开",
    "少不了",
    "免不了",
    "忍不住",
    "舍不得",
    "没关系",
    "没收",
    "埋没",
    "淹没",
    "沉没",
    "不得不",
    "不能不",
    "既不",
    "也不",
];

/// Asks for reasons.
static REASONS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&["why|reason|reasons"]));

/// Leads to what is believed.
static BELIEFS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "i|we feel|think|believe|know|find that?",
        "you feel|think|believe|agree|say that",
        "agree|disagree that",
    ])
});

/// Returns the negation of what is asked.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    let prompt = &stem.prompt;
    let closed = prompt.is_yes_no() || prompt.is_statement();
    let other = |found: Vec<Hit>| !found.is_empty();
    // One fault, one finding.
    if !closed
        || prompt.answer == Answer::Instrument
        || other(super::double_negation::find(stem))
        || other(super::leading::find(stem))
    {
        return Vec::new();
    }
    let range = match prompt.language {
        Language::English => english(stem),
        Language::Chinese => chinese(stem),
    };
    let hit = |range: Range<usize>| {
        let word = prompt.text.get(range.clone()).unwrap_or_default();
        let says = if prompt.is_statement() { "disagreeing" } else { "a no" };
        Hit::new(range.clone(), format!("behind `{word}`, {says} denies a denial"))
    };
    range.map(hit).into_iter().collect()
}

fn english(stem: &Stem) -> Option<Range<usize>> {
    let tokens = stem.tokens();
    // “What did you not like?” asks for a thing, not for a yes or no.
    if tokens.first().is_some_and(|t| has("what which how who whom whose where when why", &t.text)) {
        return None;
    }
    if let Some(range) = none_there(stem, tokens) {
        return Some(range);
    }
    let at = main_negation(tokens)?;
    // A question that begins with its negation leads, which is another rule's matter.
    let leads = at == 0 && !stem.statement;
    // In a question the verb stands before its subject: “people you do not work with” is a clause inside.
    let verb = |i: usize| {
        tokens
            .get(i)
            .is_some_and(|t| has("do does did is are was were have has had can could will would", &t.text))
    };
    let believed = find_phrase(tokens, &BELIEFS).is_some_and(|r| r.end <= at);
    let inside = !stem.statement
        && !believed
        && at > 1
        && (verb(at - 1) || tokens.get(at).is_some_and(|t| t.text.ends_with("n't")));
    (!leads && !inside && find_phrase(tokens, &REASONS).is_none()).then(|| bytes(tokens, &(at..at + 1)))
}

/// “There is no trust in this team”, “I have no time for my family”; without trouble or doubt, all is well.
fn none_there(stem: &Stem, tokens: &[Token]) -> Option<Range<usize>> {
    let no = ["there is|are|was|were no", "i|we have|had no"];
    let len = no.iter().find_map(|n| matches(tokens, 0, n))?;
    let well = tokens.get(len..)?.iter().take(2).any(|t| {
        let good = "problem problems trouble difficulty difficulties complaint complaints doubt doubts idea opinion concern concerns objection objections longer";
        has(good, &t.text)
    });
    (stem.prompt.is_statement() && !well).then(|| bytes(tokens, &(len - 1..len)))
}

/// Returns the place of the negation of the main verb.
pub(super) fn main_negation(tokens: &[Token]) -> Option<usize> {
    let first_verb_after_belief = find_phrase(tokens, &BELIEFS).map_or(0, |r| r.end);
    let end = (first_verb_after_belief..tokens.len())
        .find(|&at| tokens.get(at).is_some_and(|t| has(INSIDE, &t.text)))
        .unwrap_or(tokens.len());
    let at = (0..end).find(|&at| tokens.get(at).is_some_and(|t| has(NEGATED, &t.text)))?;
    let near = at.saturating_sub(2)..=at;
    let harmless = near
        .into_iter()
        .any(|from| HARMLESS.iter().any(|h| matches(tokens, from, h).is_some_and(|len| from + len > at)));
    (!harmless).then_some(at)
}

fn chinese(stem: &Stem) -> Option<Range<usize>> {
    let text = &stem.han;
    if stem.prompt.is_statement() {
        // “价格不合理”: elsewhere one word, here what is said.
        let said = text.text.trim_end_matches(['。', '的', '！']);
        let ends = ["不清楚", "不合理", "不方便", "不公平", "不舒服", "不健康", "不规范", "不一致", "不足"];
        if let Some(end) = ends.iter().find(|e| said.ends_with(**e) && said.chars().count() <= 14) {
            return Some(text.original(&(said.len() - end.len()..said.len())));
        }
    }
    let cues: Vec<&str> = CUES_ZH.iter().chain(MORE_ZH).copied().collect();
    if ["什么", "哪", "怎", "为何", "多少", "最"].iter().any(|w| text.text.contains(w)) {
        return None;
    }
    let found = scan(&text.text, &cues, WORDS_ZH);
    let (range, _) = found.into_iter().next()?;
    let before = text.text.get(..range.start)?;
    let behind = text.text.get(range.end..)?;
    if before.contains("为什么")
        || ["为何", "因为", "由于", "时，"].iter().any(|w| before.contains(w))
        || behind.contains("原因")
        || before.contains("如果")
    {
        return None;
    }
    // “做不到”, “好不好”: a negation between two verbs belongs to them.
    let doubled = before.chars().next_back().is_some_and(|c| behind.starts_with(c));
    // Behind 的 or before it stands a thing that is so, not what is asked: “没有解决的问题”.
    let acts = ["提供", "给", "得到", "收到", "获得", "受到", "考虑", "说明", "告知", "达到"];
    let does = stem.prompt.is_statement() && acts.iter().any(|a| behind.starts_with(a)) && !before.is_empty();
    let points = !does
        && behind.find('的').is_some_and(|at| {
            let verb = behind.get(..at).unwrap_or_default();
            let noun = behind.get(at + "的".len()..).is_some_and(|b| b.starts_with(char::is_alphanumeric));
            noun && verb.chars().count() <= 4 && !verb.contains(['我', '您', '你', '他', '她'])
        });
    // “在经济不景气时，…” says when.
    let clause = behind.split('，').next().unwrap_or_default();
    if behind.contains('，') && ["时", "后", "下", "中", "的话", "前"].iter().any(|e| clause.ends_with(e))
    {
        return None;
    }
    // Only the main verb: later clauses say how or when. A question negates right behind what asks.
    let main = if stem.statement {
        before.chars().count() <= 14 && !before.contains('，')
    } else {
        ["是否", "您", "你", "您认为", "您觉得", "你认为", "你觉得", "赞成", "支持", "同意", "应该"]
            .iter()
            .any(|s| before.ends_with(s))
    };
    (!doubled && !points && main).then(|| text.original(&range))
}
