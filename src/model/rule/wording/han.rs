//! Chinese without a segmenter: blanks stripped, traditional characters folded, longest match first.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

/// A text without blanks, with simplified characters, that remembers where each came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Han {
    /// The stripped and folded text.
    pub text: String,
    /// For each byte of `text` and its end, the byte of the original.
    places: Vec<u32>,
}

impl Han {
    /// Strips a (masked) text; places are offset by `base`.
    #[must_use]
    pub fn new(original: &str, base: usize) -> Self {
        let mut out = Self::default();
        let mut end = base;
        for (at, c) in original.char_indices() {
            if c.is_whitespace() {
                continue;
            }
            let folded = fold(c);
            out.text.push(folded);
            out.places.extend(std::iter::repeat_n(short(base + at), folded.len_utf8()));
            end = base + at + c.len_utf8();
        }
        out.places.push(short(end));
        out
    }

    /// Returns the place in the original.
    #[must_use]
    pub fn original(&self, range: &Range<usize>) -> Range<usize> {
        let place = |at: usize| self.places.get(at).map(|place| *place as usize);
        let start = place(range.start).unwrap_or_default();
        // The end of the last character that belongs to it, not the start of the next after blanks.
        let last = self.text.get(..range.end).and_then(|t| t.char_indices().next_back());
        let end = match last {
            Some((at, _)) if range.end > range.start => {
                let here = place(at).unwrap_or(start);
                let next = place(range.end).unwrap_or(here);
                let width = self.text.get(at..range.end).map_or(0, str::len);
                next.min(here + width.max(1))
            }
            _ => start,
        };
        start..end.max(start)
    }
}

/// Files are far smaller than what this holds.
fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Finds cues; at each place the longest word wins, and a guard that is at least as long as the cue hides it.
#[must_use]
pub fn scan<'c>(text: &str, cues: &[&'c str], guards: &[&str]) -> Vec<(Range<usize>, &'c str)> {
    let mut found = Vec::new();
    // Most texts don't even hold the first character of a cue.
    let mut present = [0_u64; 16];
    let bit = |c: char| ((u32::from(c) >> 6) as usize & 15, 1_u64 << (u32::from(c) & 63));
    for c in text.chars() {
        let (word, bit) = bit(c);
        present[word] |= bit;
    }
    let first = |cue: &str| cue.chars().next().map(bit).is_none_or(|(word, bit)| present[word] & bit != 0);
    if !cues.iter().any(|cue| first(cue) && text.contains(cue)) {
        return found;
    }
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|r| !r.is_empty()) {
        let cue = cues.iter().filter(|c| starts(rest, c)).max_by_key(|c| c.len());
        let guard = guards.iter().filter(|g| starts(rest, g)).map(|g| g.len()).max().unwrap_or(0);
        let step = rest.chars().next().map_or(1, char::len_utf8);
        match cue {
            Some(cue) if cue.len() > guard => {
                found.push((at..at + cue.len(), *cue));
                at += cue.len();
            }
            _ => at += guard.max(step),
        }
    }
    found
}

/// Tells whether a text starts with a word; the third byte of a Chinese character tells most apart.
fn starts(rest: &str, word: &str) -> bool {
    (word.len() < 3 || rest.as_bytes().get(2) == word.as_bytes().get(2)) && rest.starts_with(word)
}

/// Returns the parts between commas.
#[must_use]
pub fn segments(sentence: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut start = 0;
    for (at, c) in sentence.char_indices() {
        if matches!(c, '，' | ',' | '：' | ':') {
            all.push(start..at);
            start = at + c.len_utf8();
        }
    }
    if start < sentence.len() {
        all.push(start..sentence.len());
    }
    all
}

/// Ends of clauses that only lead to the question.
const LEADING_END: &[&str] = &[
    "时",
    "时候",
    "后",
    "之后",
    "以后",
    "中",
    "期间",
    "以来",
    "的话",
    "来说",
    "而言",
    "来讲",
    "前",
    "之前",
    "里",
    "内",
    "上",
    "看",
    "想",
    "來說",
    "時",
    "後",
    "期間",
    "以來",
    "過程中",
    "日",
];

/// Starts of clauses that only lead to the question.
const LEADING_START: &[&str] = &[
    "总体",
    "总的",
    "整体",
    "综合",
    "结合",
    "根据",
    "如果",
    "若",
    "假如",
    "当",
    "在",
    "请回忆",
    "请回想",
    "请您回忆",
    "回忆",
    "考虑",
    "为了",
    "感谢",
    "您好",
    "你好",
    "过去",
    "最近",
    "截至",
    "截止",
    "除",
    "相比",
    "与",
    "自",
    "从",
    "一般",
    "下面",
    "以下",
    "目前",
    "请根据",
];

/// Signs that a part asks.
const ASKING: &[&str] = &[
    "是否",
    "吗",
    "什么",
    "哪",
    "多少",
    "几",
    "如何",
    "怎",
    "多大",
    "多久",
    "有多",
    "能否",
    "有没有",
    "是不是",
    "会不会",
    "评价",
    "满意",
    "请",
    "为何",
    "谁",
    "何时",
    "何",
    "呢",
    "同意",
    "程度",
    "打分",
    "愿意",
    "会",
    "能不能",
    "可否",
    "觉得",
    "认为",
    "对",
    "关于",
];

/// Returns how many bytes of a sentence come before the question proper.
#[must_use]
pub fn lead_in(sentence: &str) -> usize {
    let parts = segments(sentence);
    let last = parts.len().saturating_sub(1);
    for (index, part) in parts.iter().enumerate() {
        if index == last {
            return part.start;
        }
        let text = Han::new(sentence.get(part.clone()).unwrap_or_default(), 0).text;
        let leads = text.is_empty()
            || LEADING_END.iter().any(|e| text.ends_with(e))
            || LEADING_START.iter().any(|s| text.starts_with(s));
        let asks = ASKING.iter().any(|a| text.contains(a))
            || super::prompt::contains_any(&text, &["我", "本", "该"]);
        if !leads && asks {
            return part.start;
        }
    }
    0
}

/// Traditional characters with their simplified ones, as far as cues and lexicons hold them.
const FOLD: &str = "滿满嗎吗難难覺觉認认為为過过經经頻频沒没無无與与總总從从務务態态價价質质環环產产專专業业聽听說说話话時时間间\
後后內内開开關关問问題题應应該该個个們们對对會会頭头實实際际點点線线電电達达錯错較较優优貼贴領领極极緻致漿浆東东車车長长\
發发現现樣样種种類类稱称費费買买賣卖購购貨货員员單单選选擇择請请評评鑑鉴驗验體体係系統统計计劃划設设備备網网絡络訊讯號号\
碼码機机歡欢愛爱憂忧慮虑擔担決决還还帶带給给進进遠远處处術术藝艺衛卫護护醫医藥药療疗療疗檢检異异顯显飲饮飯饭餐餐館馆齡龄\
歲岁雙双數数據据資资訓训薪薪獎奖勵励職职場场溝沟響响應应財财務务營营銷销則则規规範范條条約约幾几億亿萬万歷历記记憶忆憑凭\
許许誰谁誤误謝谢識识議议論论豐丰麗丽鮮鲜裝装運运輸输遞递寬宽廣广廳厅櫃柜檯台樓楼層层傾倾聰聪協协調调負负責责親亲屬属\
廢废棄弃罰罚禦御嚴严厲厉惡恶傷伤壞坏擾扰雜杂亂乱複复簡简潔洁淨净靜静適适宜宜輕轻鬆松緊紧張张壓压確确";

/// The pairs of [`FOLD`].
static FOLDED: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
    let old = FOLD.chars().step_by(2);
    old.zip(FOLD.chars().skip(1).step_by(2)).collect()
});

/// Returns the simplified form of a character that cues know.
fn fold(c: char) -> char {
    if c < '\u{4e00}' { c } else { FOLDED.get(&c).copied().unwrap_or(c) }
}
