//! Published instruments that are recognised by what they ask: their wording, number of items and scale are
//! somebody else's, and changing them would spoil the comparison that they are used for.
//!
//! Goes in: runs of ratings on one scale. Comes out: the instrument, when most of its items are there. An item is
//! known by a few words of it, in English or Chinese; the texts themselves belong to their authors.

use std::collections::BTreeMap;

use crate::model::rule::{Nature, Spec};

/// An instrument: its name, and for each of its items words that give it away.
struct Known {
    name: &'static str,
    items: &'static [&'static [&'static str]],
}

const KNOWN: [Known; 19] = [
    // Sauro & Dumas 2009.
    Known { name: "Single Ease Question", items: &[&["this task was", "这项任务"]] },
    // Brooke 1996.
    Known {
        name: "System Usability Scale",
        items: &[
            &["use this system frequently", "frequently", "经常使用"],
            &["complex", "复杂"],
            &["easy to use", "容易使用", "易于使用"],
            &["technical person", "技术人员"],
            &["well integrated", "整合", "集成"],
            &["inconsistency", "不一致"],
            &["very quickly", "很快"],
            &["cumbersome", "繁琐", "麻烦", "笨拙"],
            &["confident", "自信", "信心"],
            &["learn a lot", "学习很多", "学习大量", "学很多"],
        ],
    },
    // Kroenke, Spitzer & Williams 2001.
    Known {
        name: "PHQ-9",
        items: &[
            &["little interest or pleasure", "没有兴趣", "提不起劲", "没有乐趣", "毫无乐趣"],
            &["feeling down", "depressed", "心情低落", "沮丧"],
            &["sleep", "睡"],
            &["little energy", "疲倦", "没有活力"],
            &["appetite", "overeating", "食欲", "吃太多"],
            &["bad about yourself", "failure", "很糟", "失败"],
            &["trouble concentrating", "专注", "集中精力", "注意"],
            &["moving or speaking", "fidgety", "动作或说话", "烦躁"],
            &["better off dead", "hurting yourself", "不如死", "伤害自己"],
        ],
    },
    // Spitzer et al. 2006.
    Known {
        name: "GAD-7",
        items: &[
            &["on edge", "紧张"],
            &["control worrying", "控制担忧", "控制忧虑", "控制担心"],
            &["worrying too much", "过分担忧", "担忧过多", "太多担"],
            &["trouble relaxing", "放松"],
            &["restless", "坐立不安", "无法静坐", "静坐"],
            &["annoyed", "irritable", "烦恼", "急躁", "易怒"],
            &["something awful", "可怕的事"],
        ],
    },
    // Rosenberg 1965.
    Known {
        name: "Rosenberg Self-Esteem Scale",
        items: &[
            &["person of worth", "有价值的人"],
            &["good qualities", "好的品质"],
            &["failure", "失败者"],
            &["as well as most", "做得和大多数人一样", "把事情做好", "事情做好"],
            &["much to be proud", "自豪"],
            &["positive attitude", "肯定态度", "积极的态度", "持肯定"],
            &["satisfied with myself", "对自己感到满意", "对自己是满意", "自己满意"],
            &["respect for myself", "尊重"],
            &["useless", "毫无用处", "没用", "无用"],
            &["no good at all", "一无是处"],
        ],
    },
    // Zung 1965.
    Known {
        name: "Self-Rating Depression Scale",
        items: &[
            &["down-hearted", "闷闷不乐", "情绪低沉"],
            &["morning", "早晨", "晨"],
            &["crying", "哭"],
            &["trouble sleeping", "睡眠"],
            &["eat as much", "吃得", "吃饭"],
            &["losing weight", "体重"],
            &["constipation", "便秘"],
            &["heart beats", "心跳"],
            &["tired for no reason", "疲乏", "感到疲劳"],
            &["mind is as clear", "头脑", "清楚"],
            &["hopeful", "希望"],
            &["irritable", "激动", "生气"],
            &["decisions", "决定"],
            &["my life is", "生活过得", "有意思"],
        ],
    },
    // Zung 1971.
    Known {
        name: "Self-Rating Anxiety Scale",
        items: &[
            &["nervous and anxious", "紧张和着急", "容易紧张"],
            &["afraid for no reason", "无缘无故", "害怕"],
            &["panicky", "惊恐", "心里烦乱"],
            &["falling apart", "发疯"],
            &["shake", "发抖", "打颤"],
            &["headaches", "头痛"],
            &["feel weak", "衰弱", "疲乏"],
            &["heart beating", "心跳"],
            &["dizzy", "头昏", "头晕"],
            &["faint", "晕倒"],
            &["numbness", "麻木"],
            &["stomach", "胃痛"],
            &["nightmares", "恶梦", "噩梦"],
        ],
    },
    // World Health Organization 1998.
    Known {
        name: "WHO-5",
        items: &[
            &["cheerful", "快乐", "心情舒畅"],
            &["calm and relaxed", "宁静", "放松"],
            &["active and vigorous", "精力充沛"],
            &["fresh and rested", "清新", "得到了足够休息", "睡醒"],
            &["things that interest me", "感兴趣的事"],
        ],
    },
    // Russell 1996.
    Known {
        name: "UCLA Loneliness Scale",
        items: &[
            &["in tune", "关系和谐", "合得来"],
            &["companionship", "伴侣", "缺少伙伴", "伙伴"],
            &["turn to", "求助", "依靠"],
            &["feel alone", "感到孤单", "寂寞", "孤独"],
            &["group of friends", "朋友中的一员", "一群朋友"],
            &["in common", "共同"],
            &["left out", "冷落"],
            &["isolated", "隔离", "隔绝", "疏远"],
            &["understand", "了解", "理解"],
            &["shy", "羞怯", "害羞"],
            &["not with you", "没有人真正", "不关心"],
        ],
    },
    // Diener et al. 1985.
    Known {
        name: "Satisfaction With Life Scale",
        items: &[
            &["close to my ideal", "接近我的理想", "接近理想"],
            &["conditions of my life", "生活条件", "生活状况"],
            &["satisfied with my life", "对我的生活感到满意", "满意我的生活"],
            &["important things i want", "重要的东西", "重要的事物"],
            &["change almost nothing", "不会改变", "不想改变"],
        ],
    },
    // Cohen, Kamarck & Mermelstein 1983.
    Known {
        name: "Perceived Stress Scale",
        items: &[
            &["unexpectedly", "意外", "无法预期", "意料之外"],
            &["unable to control", "无法控制", "不能控制"],
            &["nervous and stressed", "stressed", "压力"],
            &["confident about your ability", "有信心", "信心"],
            &["going your way", "顺心", "顺利"],
            &["could not cope", "无法应付", "不能应付"],
            &["irritations", "恼人", "烦恼"],
            &["on top of things", "掌控", "驾驭"],
            &["angered", "生气"],
            &["piling up", "堆积", "积累"],
        ],
    },
    // Radloff 1977.
    Known {
        name: "CES-D",
        items: &[
            &["bothered by things", "烦恼", "烦扰"],
            &["not feel like eating", "不想吃东西", "胃口"],
            &["shake off the blues", "苦闷", "郁闷"],
            &["hopeful about the future", "希望"],
            &["everything i did was an effort", "费力"],
            &["fearful", "害怕"],
            &["restless", "睡眠", "睡不"],
            &["i was happy", "高兴", "快乐"],
            &["talked less", "说话比"],
            &["lonely", "孤独", "寂寞"],
            &["crying", "哭"],
            &["get going", "提不起劲", "无法继续"],
        ],
    },
    // Finstad 2010.
    Known {
        name: "UMUX",
        items: &[
            &["meet my requirements", "满足我的需求", "符合我的要求"],
            &["frustrating", "沮丧", "挫败"],
            &["easy to use", "易于使用", "容易使用"],
            &["correcting things", "纠正", "改正"],
        ],
    },
    // Davis 1989.
    Known {
        name: "perceived usefulness and ease of use",
        items: &[
            &["more quickly", "更快"],
            &["performance", "绩效", "表现"],
            &["productivity", "效率", "生产力"],
            &["effectiveness", "效果", "成效"],
            &["easier to do", "更容易完成", "更轻松"],
            &["useful in my", "有用"],
            &["learning to operate", "学习操作", "学会"],
            &["to do what i want", "做我想做"],
            &["clear and understandable", "清晰易懂", "清楚易懂"],
            &["flexible", "灵活"],
            &["become skillful", "become skilful", "熟练"],
            &["easy to use", "容易使用", "易于使用"],
        ],
    },
    // Schaufeli, Bakker & Salanova 2006.
    Known {
        name: "UWES-9",
        items: &[
            &["bursting with energy", "精力", "迸发"],
            &["strong and vigorous", "精神饱满", "充满活力"],
            &["enthusiastic", "热情", "热衷"],
            &["inspires me", "激励", "激发"],
            &["get up in the morning", "早上", "起床"],
            &["working intensely", "紧张工作", "专心工作"],
            &["proud", "自豪"],
            &["immersed", "沉浸", "埋头"],
            &["carried away", "忘我", "忘记"],
        ],
    },
    // Spector 1985.
    Known {
        name: "Job Satisfaction Survey",
        items: &[
            &["paid a fair amount", "报酬"],
            &["chance for promotion", "chances for promotion", "晋升"],
            &["competent in doing", "胜任"],
            &["benefits i receive", "福利"],
            &["recognition", "认可", "赏识"],
            &["red tape", "rules and procedures", "规章"],
            &["people i work with", "一起工作的人"],
            &["meaningless", "毫无意义", "没有意义"],
            &["communications seem good", "沟通"],
            &["raises", "加薪"],
            &["unfair to me", "不公平"],
            &["sense of pride", "自豪"],
        ],
    },
    // Parasuraman, Zeithaml & Berry 1988.
    Known {
        name: "SERVQUAL",
        items: &[
            &["up-to-date equipment", "modern", "现代化的"],
            &["visually appealing", "有吸引力"],
            &["neat", "well dressed", "整洁"],
            &["promises to do something", "承诺"],
            &["sincere interest", "sympathetic", "关心并", "真诚"],
            &["dependable", "first time", "可靠"],
            &["records", "记录"],
            &["prompt service", "及时"],
            &["willing to help", "愿意帮助", "乐于帮助"],
            &["feel safe", "trust employees", "放心", "信任"],
            &["polite", "courteous", "礼貌"],
            &["individual attention", "personal attention", "个别", "个性化"],
            &["best interests", "利益"],
            &["operating hours", "营业时间"],
        ],
    },
    // Gallup.
    Known {
        name: "Q12",
        items: &[
            &["expected of me", "对我的工作要求", "期望"],
            &["materials and equipment", "材料和设备"],
            &["what i do best", "最擅长"],
            &["last seven days", "过去的七天", "过去七天"],
            &["care about me", "关心我"],
            &["encourages my development", "鼓励我的发展"],
            &["opinions seem to count", "意见受到重视", "意见"],
            &["mission", "使命"],
            &["committed to doing quality", "高质量的工作"],
            &["best friend", "最要好的朋友"],
            &["talked to me about my progress", "谈及我的进步"],
            &["learn and grow", "学习和成长"],
        ],
    },
    // Dunlap et al. 2000.
    Known {
        name: "New Ecological Paradigm",
        items: &[
            &["limit of the number of people", "人口", "人数"],
            &["modify the natural environment", "改变自然"],
            &["disastrous consequences", "灾难性"],
            &["human ingenuity", "智慧"],
            &["abusing the environment", "滥用"],
            &["plenty of natural resources", "资源"],
            &["right as humans to exist", "生存权"],
            &["balance of nature", "自然的平衡", "自然界的平衡"],
            &["laws of nature", "自然规律"],
            &["ecological crisis", "生态危机"],
            &["spaceship", "宇宙飞船"],
            &["rule over", "统治"],
            &["ecological catastrophe", "生态灾难"],
        ],
    },
];

/// Names the known instruments behind questions: index of the question, name.
#[must_use]
pub fn known(spec: &Spec) -> BTreeMap<usize, &'static str> {
    let mut found = BTreeMap::new();
    for language in spec.languages() {
        let mut run: Vec<(usize, String)> = Vec::new();
        let mut scale = None;
        for asked in spec.asked.iter().filter(|a| a.language == language && a.nature != Nature::Note) {
            let own = asked.scale.map(|(index, _)| index);
            if own != scale {
                recognise(&run, &mut found);
                run.clear();
                scale = own;
            }
            if own.is_some() {
                let texts = asked.rows.iter().map(|(_, w)| w.text);
                let stem = asked.rows.is_empty().then_some(asked.stem.text);
                run.extend(texts.chain(stem).map(|text| (asked.index, text.to_lowercase())));
            }
        }
        recognise(&run, &mut found);
    }
    found
}

/// Most items of an instrument, and few others, are that instrument.
fn recognise(run: &[(usize, String)], found: &mut BTreeMap<usize, &'static str>) {
    for known in &KNOWN {
        let there = |cues: &[&str]| run.iter().any(|(_, text)| cues.iter().any(|cue| text.contains(cue)));
        let items = known.items.iter().filter(|cues| there(cues)).count();
        let mine = run
            .iter()
            .filter(|(_, text)| known.items.iter().flat_map(|c| c.iter()).any(|c| text.contains(c)));
        if items * 10 >= known.items.len() * 7 && mine.count() * 10 >= run.len() * 4 {
            found.extend(run.iter().map(|(question, _)| (*question, known.name)));
        }
    }
}
