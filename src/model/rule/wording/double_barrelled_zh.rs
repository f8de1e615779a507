//! Two things at once, in Chinese.

use std::ops::Range;

use super::Hit;
use super::han::scan;
use super::lexicon::chinese::{ALIKE, ASPECTS, FIXED, QUALITIES, RELATIONS};
use super::lexicon::english::{alike, pair};
use super::stem::Stem;
use super::two_things_zh::{clauses, objects, people, proposals, subjects};

/// Words between two things.
const JOINTS: &[&str] =
    &["和", "与", "及", "以及", "还有", "或", "或者", "、", "&", "且", "并且", "而且", "又"];

/// Longer words that hold a character of a joint.
const NOT_JOINTS: &[&str] = &[
    "和平",
    "和谐",
    "和睦",
    "和气",
    "温和",
    "缓和",
    "饱和",
    "总和",
    "共和",
    "参与",
    "与否",
    "给予",
    "及时",
    "普及",
    "涉及",
    "及格",
    "与会",
    "与其",
    "以及时",
    "暂且",
    "况且",
    "尚且",
    "或许",
    "来不及",
    "来得及",
    "顾及",
    "提及",
    "触及",
    "危及",
    "波及",
    "不及",
    "与众不同",
    "又称",
    "人和",
    "亲和",
    "柔和",
];

/// Longer words and steps of one act that hold 并.
const NOT_AND: &[&str] = &[
    "阅读并",
    "了解并同意",
    "了解并接受",
    "了解并愿意",
    "知晓并",
    "理解并",
    "知悉并",
    "确认并",
    "下载并",
    "注册并",
    "填写并",
    "购买并",
    "打开并",
    "并不",
    "并非",
    "并没",
    "并未",
    "合并",
    "一并",
    "兼并",
    "并列",
    "并发",
    "并购",
    "并行",
    "并存",
    "并将",
    "暂且",
    "况且",
    "尚且",
    "姑且",
];

/// Pairs of words that join two predicates.
const BRACKETS: [(&str, &[&str]); 5] = [
    ("既", &["又", "也"]),
    ("不仅", &["还", "也", "而且", "并且", "更", "同时"]),
    ("不但", &["还", "也", "而且", "并且", "更"]),
    ("不只", &["还", "也", "更"]),
    ("一方面", &["另一方面"]),
];

/// Ends of what stands before a judgement.
const ENDS: &[&str] = &[
    "是否",
    "满意",
    "感到",
    "感觉",
    "觉得",
    "如何",
    "怎么",
    "怎样",
    "有多",
    "评价",
    "是",
    "的",
    "，",
    "？",
    "?",
    "。",
    "和",
    "与",
    "及",
    "、",
    "方面",
    "等",
    "情况",
    "状况",
    "程度",
    "总体",
    "整体",
    "打",
    "非常",
    "很",
    "好吗",
    "好不好",
    "都",
    "均",
    "符合",
    "能",
    "令",
    "让",
    "使",
    "进行",
];

/// Signs that the clause compares or lets choose.
const CHOOSES: &[&str] =
    &["哪", "还是", "更", "相比", "推荐", "互相", "相互", "彼此", "一起", "共同", "之间"];

/// Signs of judgement in a yes-or-no question.
const JUDGING: &[&str] = &["满意", "评价", "认可", "印象", "合理", "合适", "到位"];

pub(super) fn find(stem: &Stem) -> Option<Hit> {
    let text = stem.han.text.as_str();
    if CHOOSES.iter().any(|c| text.contains(c)) {
        return None;
    }
    bracket(stem).or_else(|| predicates(stem)).or_else(|| clauses(stem)).or_else(|| {
        let joints = scan(text, JOINTS, NOT_JOINTS);
        joints
            .iter()
            .find_map(|(range, _)| nouns(stem, range))
            .or_else(|| joints.iter().find_map(|(range, _)| objects(stem, range)))
            .or_else(|| joints.iter().find_map(|(range, _)| subjects(stem, range)))
            .or_else(|| joints.iter().find_map(|(range, _)| proposals(stem, range)))
            .or_else(|| joints.iter().find_map(|(range, _)| people(stem, range)))
    })
}

/// “既…又…”, “不仅…而且…”.
fn bracket(stem: &Stem) -> Option<Hit> {
    let text = &stem.han.text;
    BRACKETS.iter().find_map(|(open, closes)| {
        let start = text.find(open)?;
        let behind = text.get(start + open.len()..)?;
        // “不仅限于” and its like limit nothing and join nothing.
        if behind.starts_with("限于") || behind.starts_with("是") && !behind.contains("还") {
            return None;
        }
        let (at, close) =
            closes.iter().filter_map(|c| behind.find(c).map(|at| (at, c))).min_by_key(|(at, _)| *at)?;
        if at == 0 {
            return None;
        }
        let end = start + open.len() + at + close.len();
        let message = format!("one answer is asked for two things, joined by `{open}…{close}`");
        Some(Hit::new(stem.han.original(&(start..end)), message))
    })
}

/// “…，并且…”, “…，同时…”, “礼貌且专业”.
fn predicates(stem: &Stem) -> Option<Hit> {
    let text = &stem.han.text;

    let cues = ["，并且", "并且", "，而且", "而且", "，同时", "并同时", "，并", "并", "，还能", "，且", "且"];
    let (range, cue) = scan(text, &cues, NOT_AND).into_iter().next()?;
    let before = text.get(..range.start).unwrap_or_default();
    // A clause must stand before it, not a mere adverbial.
    if before.chars().count() < 4 || ["时", "后", "中"].iter().any(|e| before.ends_with(e)) {
        return None;
    }
    if stem.statement && cue.trim_start_matches('，') == "并" {
        return None;
    }
    // “在办理业务并且由柜台服务的过程当中” says when.
    let behind = text.get(range.end..).unwrap_or_default();
    let when = ["过程", "期间", "时候"].iter().any(|w| behind.contains(w));
    if when && ["在", "当"].iter().any(|w| text.starts_with(w)) {
        return None;
    }
    let cue = cue.trim_start_matches('，');
    Some(Hit::new(stem.han.original(&range), format!("a second thing is asked after `{cue}`")))
}

/// “价格和质量”, “礼貌、专业”.
fn nouns(stem: &Stem, joint: &Range<usize>) -> Option<Hit> {
    let text = &stem.han.text;
    let left = text.get(..joint.start)?;
    let behind = text.get(joint.end..)?;
    let words = |list: &'static str| list.split_ascii_whitespace();
    let ending =
        |list: &'static str, part: &str| words(list).filter(|w| part.ends_with(w)).max_by_key(|w| w.len());
    let mut stop = behind.len();
    for (at, _) in behind.char_indices().skip(1) {
        if ENDS.iter().any(|e| behind.get(at..).is_some_and(|b| b.starts_with(e))) {
            stop = at;
            break;
        }
    }
    let right = behind.get(..stop).filter(|r| r.chars().count() <= 10)?;
    let rest = behind.get(stop..)?;
    // “和其他品牌的产品” compares.
    let compared = ["其他", "其它", "别的", "同类", "同行", "竞争", "您", "你", "我"]
        .iter()
        .any(|o| right.starts_with(o));
    if compared || RELATIONS.iter().any(|r| rest.starts_with(r) || right.ends_with(r)) {
        return None;
    }
    // “包括价格、质量”, “请从价格、质量等方面评价我们” name parts of one whole.
    let parts = ["包括", "例如", "比如", "诸如", "譬如"].iter().any(|p| left.contains(p))
        || (["从", "综合", "就", "根据"].iter().any(|p| left.contains(p)) && behind.contains("方面"));
    if parts {
        return None;
    }
    // A statement may well set two things side by side; it must say of both that they are good.
    let asked = stem.prompt.is_evaluative() && !stem.statement;
    let judged = asked || JUDGING.iter().any(|j| text.contains(j));
    // “和客服人员的态度”: what is judged stands behind the 的.
    let owned = rest.strip_prefix('的').map(|r| {
        r.split(['，', '？', '?', '。', '、', '的', '是', '满', '如', '有']).next().unwrap_or_default()
    });
    let head = ending(ASPECTS, right).or_else(|| ending(ASPECTS, owned.filter(|o| o.chars().count() <= 6)?));
    let aspects = ending(ASPECTS, left).zip(head).filter(|_| judged);
    let start = |part: &str| words(QUALITIES).filter(|w| part.starts_with(w)).max_by_key(|w| w.len());
    let qualities = ending(QUALITIES, left).zip(start(behind)).filter(|(_, r)| {
        !behind.get(r.len()..).is_some_and(|b| b.starts_with('的') && b.chars().count() > 3)
    });
    let (one, other) = aspects.or(qualities)?;
    // “加速性能和制动性能” are two of one kind.
    let modified = one == other
        && right.len() > other.len()
        && !right.starts_with(other)
        && !left.ends_with(&format!("的{one}"));
    if (one == other && !modified) || pair(FIXED, one, other) || (!modified && alike(ALIKE, one, other)) {
        return None;
    }
    let range = joint.start - one.len()..joint.end + behind.find(other).map_or(0, |at| at + other.len());
    Some(Hit::new(
        stem.han.original(&range),
        format!("one answer is asked for two things: `{one}` and `{other}`"),
    ))
}
