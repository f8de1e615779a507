//! What simulated people write into open questions, in Chinese and English.

/// Words of people who have something to complain about.
const COMPLAINTS_ZH: [&str; 10] = [
    "客服等待时间太长，希望能更快接通。",
    "问题反馈后三天没有回复，希望缩短解决时间。",
    "导出功能经常失败，希望修好。",
    "安装步骤太复杂，说明书看不懂。",
    "价格比去年贵了不少，优惠也少了。",
    "上门师傅迟到了，也没有提前打电话。",
    "App 打开很慢，希望优化。",
    "客服态度冷淡，让人失望。",
    "希望增加晚上的服务时间。",
    "同一个问题说了好几遍，每次都要重新解释。",
];

/// Words of people who are content.
const PRAISE_ZH: [&str; 10] = [
    "客服很耐心，问题当天就解决了，感谢！",
    "产品质量稳定，用了两年没出过问题。",
    "上门师傅很专业，还把现场收拾干净了。",
    "操作简单，老人也会用。",
    "响应很快，继续保持。",
    "整体满意，性价比不错。",
    "新功能很实用。",
    "会推荐给朋友。",
    "售后让人放心。",
    "都挺好的，没有什么要改进的。",
];

/// Words of people who have something to complain about.
const COMPLAINTS_EN: [&str; 10] = [
    "I waited far too long on the phone.",
    "It took three days to get an answer.",
    "The export keeps failing, please fix it.",
    "Setting it up was too complicated.",
    "The price went up and I don't see why.",
    "The technician came late and nobody told me.",
    "The app is slow to open.",
    "The agent sounded as if I was a nuisance.",
    "Please offer service in the evening, too.",
    "I had to explain the same problem again and again.",
];

/// Words of people who are content.
const PRAISE_EN: [&str; 10] = [
    "The agent was patient and solved it the same day, thank you!",
    "Reliable products, two years without a fault.",
    "The technician knew what he was doing and cleaned up.",
    "Easy to use, even for my parents.",
    "Quick answers, keep it up.",
    "Good value for money.",
    "The new functions are really useful.",
    "I would recommend it to friends.",
    "Good to know that somebody cares after the sale.",
    "All fine, nothing to improve.",
];

/// Short words for “other, please specify”.
const OTHER: [(&str, &str); 4] = [
    ("朋友介绍", "through a friend"),
    ("公众号", "on social media"),
    ("展会", "at a fair"),
    ("邮寄", "by post"),
];

/// Returns a remark in a language (`zh…`, else English); `pick` chooses among those of the mood.
#[must_use]
pub fn remark(language: &str, content: bool, pick: impl Fn(usize) -> usize) -> &'static str {
    let list = match (language.starts_with("zh"), content) {
        (true, true) => PRAISE_ZH,
        (true, false) => COMPLAINTS_ZH,
        (false, true) => PRAISE_EN,
        (false, false) => COMPLAINTS_EN,
    };
    list[pick(list.len()) % list.len()]
}

/// Returns a few words of one's own in a language.
#[must_use]
pub fn other(language: &str, pick: impl Fn(usize) -> usize) -> &'static str {
    let (zh, en) = OTHER[pick(OTHER.len()) % OTHER.len()];
    if language.starts_with("zh") { zh } else { en }
}
