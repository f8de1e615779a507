//! Two things at once, in Chinese.

use std::ops::Range;

use super::Hit;
use super::han::scan;
use super::lexicon::chinese::{ALIKE, ASPECTS, FIXED, QUALITIES, RELATIONS};
use super::lexicon::english::{alike, pair};
use super::prompt::Answer;
use super::stem::Stem;

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
    "是否", "满意", "感到", "感觉", "觉得", "如何", "怎么", "怎样", "有多", "评价", "是", "的", "，", "？",
    "?", "。", "和", "与", "及", "、", "方面", "等", "情况", "状况", "程度", "总体", "整体", "打", "非常",
    "很", "都", "均", "符合", "能", "令", "让", "使", "进行",
];

/// Signs that the clause compares or lets choose.
const CHOOSES: &[&str] = &["哪", "还是", "更", "相比", "推荐"];

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
            .or_else(|| joints.iter().find_map(|(range, _)| people(stem, range)))
    })
}

/// What a clause says of its subject, where the list of qualities does not hold it.
const SAYS: &[&str] = &[
    "好",
    "快",
    "高",
    "低",
    "强",
    "差",
    "慢",
    "贵",
    "多",
    "少",
    "大",
    "小",
    "有效率",
    "有竞争力",
    "有耐心",
    "到位",
    "强烈",
    "足够",
];

/// Starts of a second clause about the same thing.
const GOES_ON: &[&str] = &["能", "会", "可以", "还", "也", "且", "乐于", "愿意", "善于"];

/// “操作简单，价格便宜”, “讲课生动、批改作业认真”: a statement of two clauses that both judge.
fn clauses(stem: &Stem) -> Option<Hit> {
    let text = &stem.han.text;
    if !stem.prompt.is_statement() {
        return None;
    }
    let judges = |part: &str| {
        let part = part.trim_end_matches(['。', '了', '的', '！']);
        let quality =
            QUALITIES.split_ascii_whitespace().chain(SAYS.iter().copied()).filter(|q| part.ends_with(q));
        quality.max_by_key(|q| q.len()).map(|q| (part.chars().count(), q))
    };
    for (at, c) in text.char_indices().filter(|(_, c)| matches!(c, '，' | '、')) {
        let left = text.get(..at)?.rsplit(['，', '、']).next()?;
        let behind = text.get(at + c.len_utf8()..)?;
        let right = behind.split(['，', '、', '。', '；']).next()?;
        let Some((length, one)) = judges(left).filter(|(n, q)| *n > q.chars().count() + 1) else { continue };
        let leads = ["如果", "当", "虽然", "因为", "由于", "为了"].iter().any(|s| left.starts_with(s));
        let range = || {
            stem.han
                .original(&(at + c.len_utf8() - one.len() - c.len_utf8()..at + c.len_utf8() + right.len()))
        };
        if leads || length > 20 {
            continue;
        }
        // The second has a subject of its own: “外观时尚、价格合理”.
        let other = judges(right).filter(|(n, q)| *n > q.chars().count() + 1 && *n <= 14);
        if let Some((_, other)) = other.filter(|(_, q)| !alike(ALIKE, one, q)) {
            return Some(Hit::new(
                range(),
                format!("one answer is asked for two things: `{one}` and `{other}`"),
            ));
        }
        if c == '，' && GOES_ON.iter().any(|g| right.starts_with(g)) && right.chars().count() > 3 {
            return Some(Hit::new(range(), "a second thing is said behind the comma"));
        }
    }
    None
}

/// What is asked about whatever stands before or behind it.
const JUDGED: &[&str] = &["满意", "评价", "打分", "打几分", "印象", "看法", "认可", "放心"];

/// Verbs whose objects a yes-or-no question judges or ticks off.
const TAKES: &[&str] = &[
    "是否喜欢",
    "是否支持",
    "是否赞成",
    "是否认可",
    "是否满意",
    "支持您",
    "说明了",
    "说明",
    "告知了",
    "告知",
    "介绍了",
    "讲解了",
    "解释了",
];

/// Verbs before two things in a statement.
const HAS: &[&str] =
    &["足够的", "充足的", "提高了", "提升了", "改善了", "增强了", "缓解了", "丰富了", "满意", "喜欢", "信任"];

/// Signs that two things stand for a place, a time or a name.
const NAMED: &[&str] = &["局", "委员会", "厅", "银行", "公司", "大学"];

/// “您对宿舍条件和食堂饭菜是否满意”: two objects of one judgement, whatever they are.
fn objects(stem: &Stem, joint: &Range<usize>) -> Option<Hit> {
    let text = &stem.han.text;
    let left = text.get(..joint.start)?;
    let behind = text.get(joint.end..)?;
    let statement = stem.prompt.is_statement();
    let judged = stem.prompt.is_evaluative() || stem.prompt.is_yes_no();
    let verbs = if statement { HAS } else { TAKES };
    // Not the 对 of 针对性 or 相对.
    let free = |at: &usize| {
        left.get(..*at).is_some_and(|l| !l.ends_with(['针', '相', '面', '应', '绝', '反', '核', '比']))
    };
    let to = left.rmatch_indices('对').map(|(at, _)| at).find(free).filter(|_| !statement);
    let (one, must) = match to {
        Some(at) => (left.get(at + '对'.len_utf8()..)?, true),
        None => (
            verbs
                .iter()
                .filter_map(|v| left.rfind(v).map(|at| (at + v.len(), v.len())))
                .max()
                .and_then(|(at, _)| left.get(at..))?,
            false,
        ),
    };
    let one = one.trim_start_matches('于').trim_start_matches('了');
    let end = JUDGED
        .iter()
        .chain(&["，", "？", "?", "。", "是否", "感到", "感觉", "有多", "如何", "完成", "来"])
        .filter_map(|e| behind.find(e))
        .min();
    let other = behind.get(..end.unwrap_or(behind.len()))?;
    let asks = !must || JUDGED.iter().any(|j| behind.contains(j)) || behind.contains("如何");
    let sized = |part: &str| (2..=12).contains(&part.chars().count());
    if !judged || !asks || !sized(one) || !sized(other) || beside(one, other) {
        return None;
    }
    let clean =
        |part: &str| !part.contains(['，', '：', '\u{1}']) && !part.chars().any(|c| c.is_ascii_digit());
    let time = |part: &str| {
        ["周", "月", "年", "日", "天", "点", "季", "晚", "早", "前", "后", "上", "下"]
            .iter()
            .any(|e| part.ends_with(e) || part.starts_with(e))
    };
    if !clean(one) || !clean(other) || (time(one) && time(other)) {
        return None;
    }
    let range = joint.start - one.len()..joint.end + other.len();
    Some(Hit::new(
        stem.han.original(&range),
        format!("one answer is asked for two things: `{one}` and `{other}`"),
    ))
}

/// Tells whether two neighbours of a joint are a fixed pair, nearly the same, a relation, a comparison or a name.
fn beside(one: &str, other: &str) -> bool {
    let starts = |word: &str| other.starts_with(word) || other.trim_end_matches('的').ends_with(word);
    let paired = FIXED
        .split_ascii_whitespace()
        .filter_map(|p| p.split_once('/'))
        .any(|(a, b)| (one.ends_with(a) && starts(b)) || (one.ends_with(b) && starts(a)));
    let group = |line: &str| {
        let words = || line.split_ascii_whitespace();
        words().any(|w| one.ends_with(w)) && words().any(|w| other.trim_end_matches('的').ends_with(w))
    };
    let compared = ["其他", "其它", "别的", "同类", "同行", "竞争", "我", "您", "家人"]
        .iter()
        .any(|o| other.starts_with(o));
    paired
        || ALIKE.lines().any(group)
        || compared
        || RELATIONS.iter().any(|r| other.contains(r))
        || other.ends_with("方面")
        || NAMED.iter().any(|n| other.ends_with(n) || other.contains(&format!("{n}的")))
}

/// People who judge or act each for themselves.
const PEOPLE: &str = "朋友 同事 家人 父母 爱人 配偶 伴侣 子女 孩子 老师 同学 室友 亲戚 邻居 领导 上级 老板 主管 经理 下属 客户 家长 父亲 母亲";

/// “我的朋友、同事愿意……”: two subjects who need not agree.
fn people(stem: &Stem, joint: &Range<usize>) -> Option<Hit> {
    let text = &stem.han.text;
    if !stem.prompt.is_statement() && !matches!(stem.prompt.answer, Answer::Scale) {
        return None;
    }
    // “我的主管或同事” leaves it open which.
    if text.get(joint.clone()).is_some_and(|j| j.starts_with('或')) {
        return None;
    }
    let left = text.get(..joint.start)?.trim_start_matches("我认为").trim_start_matches("我觉得");
    let one = left.trim_start_matches("我身边的").trim_start_matches("我的").trim_start_matches('我');
    let behind = text.get(joint.end..)?;
    let own = behind.trim_start_matches("我的").trim_start_matches('我');
    let mut words = PEOPLE.split_ascii_whitespace();
    let other = words.clone().find(|w| own.starts_with(w))?;
    let rest = own.get(other.len()..)?;
    let acts = !rest.is_empty()
        && !["的", "之", "推荐", "、", "和", "与", "关系", "相处", "一起"]
            .iter()
            .any(|r| rest.starts_with(r));
    (words.any(|w| w == one) && acts).then(|| {
        let range = joint.start - one.len()..joint.end + (behind.len() - own.len()) + other.len();
        Hit::new(
            stem.han.original(&range),
            format!("one answer is asked for two people: `{one}` and `{other}`"),
        )
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
    if stem.prompt.is_statement() && cue.trim_start_matches('，') == "并" {
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
    let compared = ["其他", "其它", "别的", "同类", "同行", "竞争"].iter().any(|o| right.starts_with(o));
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
    let asked = stem.prompt.is_evaluative() && !stem.prompt.is_statement();
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
    if one == other || pair(FIXED, one, other) || alike(ALIKE, one, other) {
        return None;
    }
    let range = joint.start - one.len()..joint.end + behind.find(other).map_or(0, |at| at + other.len());
    Some(Hit::new(
        stem.han.original(&range),
        format!("one answer is asked for two things: `{one}` and `{other}`"),
    ))
}
