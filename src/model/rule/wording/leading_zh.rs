//! Questions that lead to an answer, in Chinese.

use super::Hit;
use super::han::scan;
use super::lexicon::chinese::QUALITIES;
use super::prompt::Answer;
use super::stem::Stem;

/// Appeals to others, praise of one's own and words that take the answer for granted.
const CUES_ZH: &[&str] = &[
    "难道",
    "俗话说",
    "常言道",
    "不是吗",
    "不对吗",
    "是不是应该",
    "是不是也",
    "您也认为",
    "您也觉得",
    "你也认为",
    "你也觉得",
    "也认为",
    "是否也觉得",
    "众所周知",
    "大家都认为",
    "大家都觉得",
    "大家都知道",
    "大多数人认为",
    "大多数人都认为",
    "大多数人都觉得",
    "大多数人都喜欢",
    "大多数人都选择",
    "大部分人认为",
    "大部分人都认为",
    "大部分人都觉得",
    "很多人认为",
    "许多人认为",
    "人们普遍认为",
    "专家认为",
    "专家建议",
    "专家指出",
    "研究表明",
    "研究证明",
];

const CUES_ZH_MORE: &[&str] = &[
    "也这么认为",
    "也这样认为",
    "也这么觉得",
    "医生都推荐",
    "医生都建议",
    "专家都推荐",
    "专家一致",
    "深受顾客",
    "深受用户",
    "深受客户",
    "深受消费者",
    "深受好评",
    "广受好评",
    "备受好评",
    "备受欢迎",
    "广受欢迎",
    "一直努力为您",
    "始终为您提供",
    "一直致力于为您",
    "作为一名负责任",
    "作为负责任",
    "作为有责任心",
    "负责任的家长",
    "研究显示",
    "毫无疑问",
    "毋庸置疑",
    "显而易见",
    "有多热爱",
    "有多喜爱",
    "有多喜欢我们",
    "有多喜欢本",
    "这么好的",
    "如此优质",
    "如此优秀",
    "如此贴心",
    "如此先进",
    "如此便捷",
    "您一定",
    "你一定",
    "理所当然",
    "是不是觉得",
    "想必您",
    "相信您一定",
];

/// Rhetorical negation: what follows the subject and ends in 吗.
const RHETORIC_ZH: &[&str] =
    &["不觉得", "不认为", "不应该", "不应当", "不该", "不是很", "不是更", "不也是", "不希望", "不感到"];

/// “多数市民支持建地铁，您支持吗”: what most think stands before what one is asked.
fn crowd(stem: &Stem) -> Option<Hit> {
    let text = &stem.whole.text;
    ["多数", "大部分", "很多", "许多", "不少", "大家", "人们", "网友", "普遍", "广大"].iter().find_map(
        |many| {
            let at = text.find(many)?;
            let clause = text.get(at..)?.split(['，', '。', '；', '？']).next()?;
            let verbs = [
                "认为", "觉得", "支持", "赞成", "喜欢", "选择", "推荐", "反对", "表示", "希望", "反映",
                "都说", "称赞", "好评",
            ];
            let thinks = verbs.iter().filter_map(|v| clause.find(v)).min()?;
            let who = clause.get(..thinks)?;
            let near =
                who.chars().count() <= 10 && !who.contains(['您', '你', '我']) && !clause.contains('吗');
            let behind = text.get(at + clause.len()..)?;
            let other = ["有人", "也有", "另一", "其他人", "少数"].iter().any(|o| behind.contains(o));
            let asks = behind.contains(['您', '你']);
            (near && asks && !other).then(|| {
                let range = at..at + thinks;
                Hit::new(
                    stem.whole.original(&range),
                    format!("`{}` suggests an answer", text.get(range.clone()).unwrap_or_default()),
                )
            })
        },
    )
}

/// Who speaks with authority.
const AUTHORITIES: &[&str] = &[
    "国家",
    "政府",
    "有关部门",
    "权威",
    "专家",
    "医生",
    "医学",
    "科学",
    "教育部",
    "卫生部门",
    "世卫组织",
    "世界卫生组织",
    "媒体",
    "学者",
    "研究",
    "调查",
    "统计",
    "数据",
];

/// What authorities do before a question.
const PLEADS: &[&str] = &[
    "提倡", "倡导", "号召", "呼吁", "强调", "证实", "证明", "表明", "指出", "建议", "认为", "提醒", "警告",
    "显示", "推荐",
];

/// “国家提倡绿色出行，您愿意少开车吗”, “根据医学调查，内脏……，您还吃内脏吗”: a yes obeys.
fn authority(stem: &Stem) -> Option<Hit> {
    let text = &stem.whole.text;
    let end = text.find(['，', '。'])?;
    let first = text.get(..end)?;
    let behind = text.get(end..)?;
    let who = AUTHORITIES.iter().find_map(|a| first.find(a))?;
    let pleads = first.get(who..).is_some_and(|t| PLEADS.iter().any(|p| t.contains(p)));
    let cited = ["根据", "据"].iter().any(|c| first.starts_with(c))
        && ["调查", "研究", "统计", "数据"].iter().any(|c| first.ends_with(c));
    // What one knows of it, or whether one was there, is a fact.
    let fact = ["了解", "知道", "听说", "听过", "看过", "参加过", "收到", "哪", "什么", "多少"];
    let asks = behind.rsplit(['，', '。']).next()?;
    let presses =
        stem.prompt.is_closed() && asks.contains(['您', '你']) && !fact.iter().any(|f| asks.contains(f));
    let own = first.contains(['您', '你', '我']) || behind.contains("另一") || behind.contains("也有");
    ((pleads || cited) && presses && !own).then(|| {
        Hit::new(stem.whole.original(&(0..end)), "an authority before the question suggests an answer")
    })
}

/// Praise of a thing that stands before the question about it.
const PRAISED: &[&str] = &[
    "质优价廉",
    "物美价廉",
    "物超所值",
    "口味清醇",
    "口味清纯",
    "细腻",
    "泡沫丰富",
    "口感醇厚",
    "设计精美",
    "做工精细",
    "工艺精湛",
    "美观大方",
    "畅销",
    "家喻户晓",
    "驰名",
    "久负盛名",
    "享誉",
    "技术领先",
    "性能卓越",
    "品质卓越",
    "营养丰富",
    "功能强大",
    "值得信赖",
    "深受喜爱",
    "深受欢迎",
    "好评如潮",
    "备受推崇",
];

/// Ways to ask for consent to what was said.
const CONSENTS: &[&str] = &[
    "同意吗",
    "认同吗",
    "认可吗",
    "喜欢吗",
    "满意吗",
    "觉得呢",
    "认为呢",
    "是否同意",
    "是否认同",
    "是否喜欢",
];

/// “我们的服务越来越好了，您同意吗”, “玩游戏影响学习，您还让孩子玩吗”: the judgement stands before the question.
fn foretold(stem: &Stem) -> Option<Hit> {
    let text = &stem.whole.text;
    let end = text.find('，')?;
    let (first, behind) = (text.get(..end)?, text.get(end..)?);
    let open = ["如果", "若", "是否", "当", "您", "你"].iter().any(|o| first.contains(o));
    let own =
        ["我们", "我司", "本店", "本公司", "本院", "本校", "本品牌"].iter().any(|o| first.starts_with(o));
    let praised = || {
        ["越来越", "鲜美", "优美"].iter().any(|p| first.contains(p))
            || QUALITIES.split_ascii_whitespace().any(|q| first.ends_with(q))
    };
    let consents = CONSENTS.iter().any(|c| behind.contains(c));
    let harms =
        ["危害", "有害", "损害", "影响学习", "影响健康", "污染环境"].iter().any(|h| first.contains(h));
    let presses = ["您还", "你还", "您认为", "你认为", "您是否"].iter().any(|p| behind.contains(p));
    let role = first.starts_with("作为")
        && ["合格", "负责", "有爱心", "环保", "文明", "优秀", "责任心", "称职"]
            .iter()
            .any(|r| first.contains(r));
    let leads = (own && consents && praised()) || (harms && presses);
    let hit = (leads && !open) || (role && behind.contains(['您', '你']));
    (hit && stem.prompt.is_closed()).then(|| {
        Hit::new(stem.whole.original(&(0..end)), "what stands before the question suggests an answer")
    })
}

/// “某牌啤酒泡沫细腻、口味清醇，您是否喜欢”: the answer stands before the question.
fn advertised(stem: &Stem) -> Option<Hit> {
    let text = &stem.whole.text;
    let (before, behind) = text.rsplit_once(['，', '。'])?;
    let own = before.contains(['您', '你']) || ["如果", "是否", "假如"].iter().any(|c| before.contains(c));
    let praise = PRAISED.iter().find_map(|p| before.find(p).map(|at| at..at + p.len())).filter(|_| !own)?;
    behind.contains(['您', '你']).then(|| {
        let words = text.get(praise.clone()).unwrap_or_default();
        Hit::new(stem.whole.original(&praise), format!("`{words}` suggests an answer"))
    })
}

/// “为了孩子的健康，您是否支持……”, “获得了设计大奖，您……”, “是不是很好用”: who says no is against what is good.
fn goodness(stem: &Stem) -> Option<Hit> {
    let text = &stem.whole.text;
    let start = if let Some(at) =
        text.find("为了").filter(|at| *at == 0 || text.get(..*at).is_some_and(|t| t.ends_with(['。', '，'])))
    {
        let aims = text.get(at..)?.split('，').next()?;
        let good =
            ["健康", "安全", "未来", "孩子", "环境", "国家", "后代", "幸福"].iter().any(|g| aims.contains(g));
        let asks = ["是否支持", "是否赞成", "是否同意", "是否愿意", "支持", "赞成"]
            .iter()
            .any(|a| text.get(at + aims.len()..).is_some_and(|t| t.contains(a)));
        (good && asks).then_some((at, "为了"))
    } else {
        let praised = ["获得了", "荣获", "荣膺"].iter().find_map(|c| text.find(c).map(|at| (at, *c)));
        let prize = praised.filter(|(at, _)| {
            text.get(*at..)
                .and_then(|t| t.split('，').next())
                .is_some_and(|c| c.contains('奖') || c.contains("好评") || c.contains("称号"))
        });
        let own = ["我们", "本", "我司", "该"].iter().any(|o| text.starts_with(o));
        let nice = ["是不是很", "是不是非常", "是不是特别", "是不是更"]
            .iter()
            .find_map(|c| text.find(c).map(|at| (at, *c)));
        prize.filter(|_| own && text.contains(['您', '你'])).or_else(|| nice.filter(|_| own))
    };
    start.map(|(at, cue)| {
        Hit::new(stem.whole.original(&(at..at + cue.len())), format!("`{cue}` suggests an answer"))
    })
}

pub(super) fn find(stem: &Stem) -> Option<Hit> {
    let text = &stem.whole.text;
    let cues: Vec<&str> = CUES_ZH.iter().chain(CUES_ZH_MORE).copied().collect();
    // “是不是也” in an answer of one's own or “专家建议” as a noun lead nowhere.
    let guards = ["专家建议书", "专家建议的", "多么多", "难道不同", "您一定程度", "你一定程度"];
    if let Some((range, cue)) = scan(text, &cues, &guards).into_iter().next() {
        return Some(Hit::new(stem.whole.original(&range), format!("`{cue}` suggests an answer")));
    }
    let hit = crowd(stem)
        .or_else(|| goodness(stem))
        .or_else(|| authority(stem))
        .or_else(|| advertised(stem))
        .or_else(|| foretold(stem));
    if let Some(hit) = hit {
        return Some(hit);
    }
    let asked = &stem.han.text;
    // “…吧？” supposes that it is so.
    let bare = text.trim_end_matches(['？', '?']);
    let tag =
        ["，对吗", "，对吧", "，是吗", "，是吧", "，没错吧", "，不是吗"].iter().find(|t| bare.ends_with(**t));
    if let Some(tag) = tag.filter(|_| stem.prompt.is_closed() && !bare.contains("是否")) {
        let at = bare.len() - tag.len() + '，'.len_utf8();
        let range = stem.whole.original(&(at..bare.len()));
        return Some(Hit::new(range, format!("`{}` expects a yes", tag.trim_start_matches('，'))));
    }
    let supposes = asked.ends_with("吧？") || asked.ends_with("吧?");
    if supposes && !matches!(stem.prompt.answer, Answer::Words | Answer::Other) {
        let at = asked.rfind('吧')?;
        return Some(Hit::new(stem.han.original(&(at..at + "吧".len())), "`吧` expects a yes"));
    }
    if asked.trim_end_matches(['？', '?']).ends_with('吗') {
        let guards = ["是不是", "会不会", "该不该", "是否"];
        let (range, cue) = scan(asked, RHETORIC_ZH, &guards)
            .into_iter()
            .find(|(range, _)| {
                let before = asked.get(..range.start).unwrap_or_default();
                before.is_empty() || ["您", "你", "我们"].iter().any(|s| before.ends_with(s))
            })
            .or_else(|| {
                let tail = asked.find("不是")?;
                // “而不是”, “即使不是” deny something else; only the subject's own verb is rhetorical.
                let before = asked.get(..tail).unwrap_or_default();
                let own = before.is_empty()
                    || ["您", "你", "这", "那", "我们", "岂"].iter().any(|s| before.ends_with(s));
                own.then_some(())?;
                Some((tail..tail + "不是".len(), "不是"))
            })?;
        return Some(Hit::new(stem.han.original(&range), format!("`{cue}…吗` expects a yes")));
    }
    let glows = ["最好的", "一流", "卓越", "物超所值", "领导者", "领先", "首选", "值得信赖"];
    let at = asked.find("是否同意").or_else(|| asked.find("是否认同"))?;
    let behind = asked.get(at..)?;
    let one_sided = glows.iter().any(|g| behind.contains(g));
    one_sided.then(|| {
        let range = at..at + "是否同意".len();
        Hit::new(stem.han.original(&range), "a statement that praises names only one side")
    })
}
