//! Two things at once, in Chinese, whatever they are: objects of one judgement, people, clauses side by side.

use std::ops::Range;

use super::Hit;
use super::lexicon::chinese::{ALIKE, FIXED, QUALITIES, RELATIONS};
use super::lexicon::english::alike;
use super::prompt::Answer;
use super::stem::Stem;

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
    "充实",
    "扎实",
    "值得信赖",
    "有竞争力",
    "有耐心",
    "到位",
    "强烈",
    "足够",
    "和蔼",
    "适中",
    "充分",
    "优美",
    "优良",
    "鲜美",
    "熟练",
    "合适",
    "融洽",
    "顺畅",
    "轻松",
    "良好",
    "明确",
    "严谨",
    "活跃",
    "幽默",
    "公道",
];

/// Starts of a second clause about the same thing.
const GOES_ON: &[&str] = &["能", "会", "可以", "还", "也", "且", "乐于", "愿意", "善于"];

/// What somebody does for others: “公司重视员工，提供培训机会”.
const ACTS: &[&str] = &[
    "重视", "关心", "尊重", "鼓励", "支持", "提供", "理解", "帮助", "指导", "信任", "倾听", "关注", "保护",
    "认可",
];

/// Feelings and acts of one's own before a second one: “我热爱我的工作，愿意为公司付出”.
const MINE: &[&str] = &[
    "我热爱",
    "我喜欢",
    "我信任",
    "我认同",
    "我相信",
    "我关注",
    "我了解",
    "我熟悉",
    "我重视",
    "我享受",
    "我尊重",
];

/// “操作简单，价格便宜”, “讲课生动、批改作业认真”: a statement of two clauses that both judge.
pub(super) fn clauses(stem: &Stem) -> Option<Hit> {
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
        let goes_on = c == '，' && GOES_ON.iter().any(|g| right.starts_with(g)) && right.chars().count() > 3;
        let acts = c == '，'
            && ACTS.iter().any(|a| left.contains(a))
            && ACTS.iter().any(|a| {
                right.starts_with(a)
                    || right.strip_prefix(['并', '也', '能']).is_some_and(|r| r.starts_with(a))
            });
        let says_when = ["时", "后", "中", "前", "下"].iter().any(|e| left.ends_with(e));
        if (goes_on && MINE.iter().any(|m| left.starts_with(m))) || (acts && !says_when) {
            let range = stem.han.original(&(at..at + c.len_utf8() + right.len()));
            return Some(Hit::new(range, "a second thing is said behind the comma"));
        }
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
        if goes_on {
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
    "您支持",
    "您赞成",
    "您认可",
    "您喜欢",
    "你支持",
    "你赞成",
    "你喜欢",
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
pub(super) fn objects(stem: &Stem, joint: &Range<usize>) -> Option<Hit> {
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
    let numbered = |part: &str| part.starts_with(['一', '二', '三', '四', '五', '六', '第']);
    if !clean(one) || !clean(other) || (time(one) && time(other)) || (numbered(one) && numbered(other)) {
        return None;
    }
    // “我们专业、高效的团队” describes one.
    if QUALITIES.split_ascii_whitespace().any(|q| behind.strip_prefix(q).is_some_and(|b| b.starts_with('的')))
    {
        return None;
    }
    let range = joint.start - one.len()..joint.end + other.len();
    Some(Hit::new(
        stem.han.original(&range),
        format!("one answer is asked for two things: `{one}` and `{other}`"),
    ))
}

/// What is asked of two subjects.
const OF_BOTH: &[&str] = &[
    "容易",
    "方便",
    "重要",
    "困难",
    "合理",
    "清楚",
    "清晰",
    "舒适",
    "如何",
    "怎么样",
    "怎样",
    "好吗",
    "好不好",
    "有用",
    "难不难",
    "便捷",
];

/// “您觉得注册和登录容易吗”, “价格和品牌对您来说有多重要”: two subjects of one judgement.
pub(super) fn subjects(stem: &Stem, joint: &Range<usize>) -> Option<Hit> {
    let text = &stem.han.text;
    let left = text.get(..joint.start)?;
    let start = ["您觉得", "您认为", "你觉得", "你认为"]
        .iter()
        .filter_map(|o| left.rfind(o).map(|at| at + o.len()))
        .max();
    let one = left.get(start.unwrap_or(0)..)?;
    let behind = text.get(joint.end..)?;
    let split =
        ["对您", "对你", "是否", "有多"].iter().chain(OF_BOTH).filter_map(|e| behind.find(e)).min()?;
    let (other, rest) = (behind.get(..split)?, behind.get(split..)?);
    let told = OF_BOTH.iter().any(|o| rest.contains(o)) && rest.chars().count() <= 12;
    let sized = |part: &str| (2..=6).contains(&part.chars().count());
    let plain =
        |part: &str| !part.chars().any(|c| "您你我，的对在是\u{1}".contains(c) || c.is_ascii_alphanumeric());
    let two = told && sized(one) && sized(other) && plain(one) && plain(other) && !beside(one, other);
    let judged = || stem.prompt.is_evaluative() || stem.prompt.is_yes_no();
    let asked = || stem.prompt.answer != Answer::Row && !stem.prompt.is_statement() && judged();
    (two && asked()).then(|| {
        let range = joint.start - one.len()..joint.end + other.len();
        let message = format!("one answer is asked for two things: `{one}` and `{other}`");
        Hit::new(stem.han.original(&range), message)
    })
}

/// What a proposal does.
const CHANGES: &[&str] = &[
    "提高", "降低", "增加", "减少", "取消", "加强", "改善", "延长", "缩短", "扩大", "限制", "禁止", "开放",
    "修建", "推广", "增设", "开设", "恢复", "放宽", "统一",
];

/// “您认为应该降低票价、增加车次吗”: two proposals, one yes.
pub(super) fn proposals(stem: &Stem, joint: &Range<usize>) -> Option<Hit> {
    let text = &stem.han.text;
    let left = text.get(..joint.start)?;
    let behind = text.get(joint.end..)?;
    let at = CHANGES.iter().filter_map(|c| left.rfind(c)).max()?;
    let one = left.get(at..)?;
    let other = behind.split(['吗', '，', '？', '?', '。']).next()?;
    let second = CHANGES.iter().any(|c| other.starts_with(c));
    let asked = ["应该", "应当", "支持", "赞成", "同意", "需要"].iter().any(|a| left.contains(a));
    let sized = |part: &str| (3..=12).contains(&part.chars().count());
    (asked && second && sized(one) && sized(other) && stem.prompt.is_yes_no()).then(|| {
        let range = joint.start - one.len()..joint.end + other.len();
        let message = format!("one answer is asked for two things: `{one}` and `{other}`");
        Hit::new(stem.han.original(&range), message)
    })
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
        || ["方面", "方式", "流程", "手续", "办法", "渠道", "规定", "政策"].iter().any(|e| other.ends_with(e))
        || NAMED.iter().any(|n| other.ends_with(n) || other.contains(&format!("{n}的")))
}

/// People who judge or act each for themselves.
const PEOPLE: &str = "朋友 同事 家人 父母 爱人 配偶 伴侣 子女 孩子 老师 同学 室友 亲戚 邻居 领导 上级 老板 主管 经理 下属 客户 家长 父亲 母亲";

/// “我的朋友、同事愿意……”: two subjects who need not agree.
pub(super) fn people(stem: &Stem, joint: &Range<usize>) -> Option<Hit> {
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
