//! Two negations in one clause (Krosnick & Presser 2010; Dillman et al. 2014): nobody is sure what a no means.

use std::ops::Range;

use super::Hit;
use super::english::{Token, bytes};
use super::han::scan;
use super::lexicon::english::QUALITIES;
use super::lexicon::has;
use super::prompt::{Answer, Language};
use super::stem::Stem;

const NEGATED: &str = "not never cannot don't doesn't didn't isn't aren't wasn't weren't won't wouldn't shouldn't couldn't can't \
haven't hasn't hadn't nobody no-one none nothing";

/// Words with a negation inside.
const NEGATIVE: &str = "oppose opposes opposed object disagree disapprove forbid forbidden prohibit prohibited ban banned prevent prevented \
avoid avoided refuse refused deny denied reject rejected fail fails failed lack lacks without unless impossible unlikely uncommon \
unusual unnecessary unreasonable unfair unhappy dissatisfied unsatisfied uncomfortable inappropriate unimportant unacceptable unsafe \
unable illegal dislike hesitate never disagrees dislikes opposes";

/// Two negations in a row, or nearly.
const DOUBLE_ZH: &[&str] = &[
    "不得不",
    "不可否认",
    "无人不",
    "从不不",
    "不能不",
    "不会不",
    "不可不",
    "不可能不",
    "不是不",
    "并非不",
    "没有不",
    "无不",
    "不无",
    "不反对",
    "不否认",
    "不禁止",
    "不拒绝",
    "不排斥",
    "没有人不",
    "没有理由不",
    "不应禁止",
    "不应该禁止",
    "不该禁止",
    "不应取消",
    "不应该取消",
    "不应该不",
    "不应该没有",
    "不该不",
    "不要不",
    "不认为不",
    "不觉得不",
    "未必不",
    "不见得不",
    "不是没有",
    "并不是没有",
    "不是不会",
    "不可缺少",
    "不是不愿意",
    "没有不满",
    "并非没有",
    "不会没有",
    "不能没有",
    "不应反对",
    "并不是不",
    "不是不想",
    "不能说不",
    "无法不",
    "不应当不",
    "不应当禁止",
    "不同意不",
    "反对不",
    "禁止不",
    "拒绝不",
    "同意不取消",
    "赞成不取消",
];

/// Ranges and fixed words that only look like it.
const GUARDS_ZH: &[&str] = &[
    "既不",
    "也不反对",
    "也不",
    "不大不小",
    "不多不少",
    "不知不觉",
    "不冷不热",
    "不好不坏",
    "不三不四",
    "无不良",
    "无不适",
    "没有不良",
    "没有不适",
    "没有不同",
    "有没有不",
    "不无关",
];

/// Returns the two negations.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    if matches!(stem.prompt.answer, Answer::Instrument | Answer::Words | Answer::Other) {
        return Vec::new();
    }
    let range = match stem.prompt.language {
        Language::English => english(stem.tokens()),
        Language::Chinese => {
            let text = &stem.han;
            let found = scan(&text.text, DOUBLE_ZH, GUARDS_ZH).into_iter().next().map(|(range, _)| range);
            found.or_else(|| parted(&text.text)).map(|range| text.original(&range))
        }
    };
    let hit = |range: Range<usize>| {
        let words = stem.prompt.text.get(range.clone()).unwrap_or_default();
        Hit::new(range.clone(), format!("`{words}` negates twice"))
    };
    range.map(hit).into_iter().collect()
}

fn english(tokens: &[Token]) -> Option<Range<usize>> {
    let word = |at: usize| tokens.get(at).map_or("", |t| t.text.as_str());
    // “impossible that you will not”, “illegal not to”, “nothing that I would not do”.
    let parted = (0..tokens.len()).find_map(|at| {
        let first = has("impossible illegal unlikely unacceptable wrong nothing nobody", word(at));
        let second =
            (at + 1..tokens.len().min(at + 6)).find(|&i| has(NEGATED, word(i)) && word(i) != "nothing")?;
        let linked = has("that to", word(at + 1)) || word(second + 1) == "to";
        (first && linked && word(second) != "none").then(|| bytes(tokens, &(at..second + 1)))
    });
    parted.or_else(|| reversed(tokens)).or_else(|| chosen(tokens)).or_else(|| {
        (0..tokens.len()).find_map(|at| {
            if !has(NEGATED, word(at)) || has("nothing none", word(at)) && at == 0 {
                return None;
            }
            // Four words on at most, and no clause of its own between.
            let window = at + 1..tokens.len().min(at + 6);
            let second = window
                .into_iter()
                .take_while(|&i| !has("that which who because if when but and or , nor only", word(i)));
            let second = second.into_iter().find(|&i| {
                let between =
                    has(NEGATIVE, word(i)) || unfriendly(word(i)) || (has(NEGATED, word(i)) && i > at + 1);
                // “not being able to prevent”, “cannot avoid” as an ability count too; “not at all dissatisfied” is a label.
                between && !(word(at + 1) == "at" && word(at + 2) == "all")
            })?;
            Some(bytes(tokens, &(at..second + 1)))
        })
    })
}

/// “Do you favor or oppose not allowing …”: the choice turns on a denial.
fn chosen(tokens: &[Token]) -> Option<Range<usize>> {
    let word = |at: usize| tokens.get(at).map_or("", |t| t.text.as_str());
    let at = (1..tokens.len())
        .find(|&at| has("oppose disapprove disagree reject", word(at)) && word(at - 1) == "or")?;
    let second = (at + 1..tokens.len().min(at + 4)).find(|&i| word(i) == "not")?;
    Some(bytes(tokens, &(at..second + 1)))
}

/// Tells whether a word denies a quality by its first letters.
fn unfriendly(word: &str) -> bool {
    ["un", "in", "im", "dis"].iter().any(|p| word.strip_prefix(p).is_some_and(|rest| has(QUALITIES, rest)))
}

/// “我不认为学校不重视体育”: a denied belief in a denial.
fn parted(text: &str) -> Option<Range<usize>> {
    let (at, cue) = ["不认为", "不觉得", "不相信"].iter().find_map(|c| text.find(c).map(|at| (at, *c)))?;
    let from = at + cue.len();
    let behind = text.get(from..)?.split(['，', '。', '？']).next()?;
    let (second, word) =
        scan(behind, &["不", "没有", "无法"], super::negation::WORDS_ZH).into_iter().next()?;
    (behind.get(..second.start)?.chars().count() <= 10).then(|| at..from + second.start + word.len())
}

/// “Do you disagree that … should not …”.
fn reversed(tokens: &[Token]) -> Option<Range<usize>> {
    let word = |at: usize| tokens.get(at).map_or("", |t| t.text.as_str());
    let at = (1..tokens.len())
        .find(|&at| has("disagree oppose object", word(at)) && !has("or and not", word(at - 1)))?;
    let second = (at + 1..tokens.len().min(at + 12)).find(|&i| has(NEGATED, word(i)))?;
    Some(bytes(tokens, &(at..second + 1)))
}
