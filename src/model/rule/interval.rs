//! Reads options that stand for ranges of numbers: 18-25岁, 50元以下, 100以上, 1-3万, 半年以内, under 18, 65+,
//! “less than 5 minutes”, “3 or more”.
//!
//! A label that has anything else in it is no range, and rules then keep quiet. What words make of a
//! number stands in [`measures`](crate::model::rule::measures).

use crate::model::rule::measures::{BOUNDS, Bound, UNITS};
use crate::model::rule::text::is_han;

/// A range of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    /// Lower bound and whether it belongs to the range; `None` without one.
    pub low: Option<(f64, bool)>,
    /// Upper bound and whether it belongs to the range.
    pub high: Option<(f64, bool)>,
    /// Measure and what one of its units counts: (“time”, 60) for minutes. Plain numbers have none.
    pub unit: Option<(&'static str, f64)>,
    /// Unit of the lower bound as written and what it counts, so that 12 months and 1 year are told apart.
    pub low_unit: (&'static str, f64),
    /// Unit of the upper bound.
    pub high_unit: (&'static str, f64),
    /// Smallest step that the numbers are written in.
    pub step: f64,
    /// A word bounds the lower end of a range with two ends: 2小时以上至4小时.
    pub low_said: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token {
    Number(Number),
    To,
    Bound(Bound),
    Unit(Unit),
    /// 不含 or 含 in parentheses behind a bound.
    Including(bool),
    /// `+` behind a number.
    Plus,
}

/// A number as written: 3万 is 3 times 10,000.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Number {
    value: f64,
    step: f64,
    times: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Unit {
    measure: &'static str,
    factor: f64,
    written: &'static str,
}

/// What stands in a label, sorted.
#[derive(Default)]
struct Parts {
    numbers: Vec<Number>,
    /// Units with how many numbers stand before them.
    units: Vec<(usize, Unit)>,
    to: bool,
    low: Option<bool>,
    high: Option<bool>,
    including: Option<bool>,
}

/// Reads a label as a range; `None` when it says anything else.
#[must_use]
pub fn interval(label: &str) -> Option<Interval> {
    let parts = sorted(tokens(&plain(label))?)?;
    let none = Unit { measure: "", factor: 1.0, written: "" };
    let last = parts.units.last().map_or(none, |(_, unit)| *unit);
    if parts.units.iter().any(|(_, unit)| unit.measure != last.measure) {
        return None;
    }
    // “30 minutes to 2 hours”: each number has its own unit.
    let unit_of =
        |nth: usize| parts.units.iter().find(|(behind, _)| *behind == nth).map_or(last, |(_, u)| *u);
    let (mut low, mut high, mut two) = (None, None, false);
    let (mut low_unit, mut high_unit) = (last, last);
    let inside = |said: bool| parts.including.unwrap_or(said);
    let mut numbers = parts.numbers.clone();
    match (&mut numbers[..], parts.low, parts.high) {
        ([x], None, None) if !parts.to => {
            let value = x.value * x.times * last.factor;
            (low, high) = (Some((value, true)), Some((value, true)));
        }
        ([x], None, Some(said)) if !parts.to => high = Some((x.value * x.times * last.factor, inside(said))),
        ([x], Some(said), None) if !parts.to => low = Some((x.value * x.times * last.factor, inside(said))),
        ([x, y], low_said, high_said) if parts.to || (low_said.is_some() && high_said.is_some()) => {
            // 1-3万 is 1万-3万; 5000-1万 is not.
            if x.times <= 1.0 && y.times > 1.0 && x.value < y.value {
                x.times = y.times;
            }
            (low_unit, high_unit) = (unit_of(1), unit_of(2));
            let (from, to) = (x.value * x.times * low_unit.factor, y.value * y.times * high_unit.factor);
            if from >= to {
                return None;
            }
            two = true;
            low = Some((from, low_said.unwrap_or(true)));
            high = Some((to, inside(high_said.unwrap_or(true))));
        }
        _ => return None,
    }
    // “一年以前” beside “一年以内” is longer ago; “2000年以前” is a date.
    let ago = ["以前", "之前"].iter().any(|w| label.trim().ends_with(w))
        && matches!(last.measure, "time" | "months");
    if ago && low.is_none() && numbers.first().is_some_and(|n| n.value < 1000.0) {
        (low, high) = (high.map(|(x, _)| (x, false)), None);
    }
    let step = numbers.iter().map(|n| n.step * n.times).fold(f64::INFINITY, f64::min) * last.factor;
    let low_said = two && parts.low == Some(true);
    let unit = (!last.measure.is_empty()).then_some((last.measure, last.factor));
    let named = |u: Unit| (u.written, u.factor);
    Some(Interval { low, high, unit, low_unit: named(low_unit), high_unit: named(high_unit), step, low_said })
}

fn sorted(tokens: Vec<Token>) -> Option<Parts> {
    let mut parts = Parts::default();
    for token in tokens {
        match token {
            Token::Number(number) if parts.numbers.len() < 2 => parts.numbers.push(number),
            Token::To if parts.numbers.len() == 1 && !parts.to => parts.to = true,
            Token::Bound(Bound::Low(inside)) if parts.low.is_none() => parts.low = Some(inside),
            Token::Bound(Bound::High(inside)) if parts.high.is_none() => parts.high = Some(inside),
            Token::Plus if parts.low.is_none() && parts.numbers.len() == 1 => parts.low = Some(true),
            Token::Unit(unit) => parts.units.push((parts.numbers.len(), unit)),
            Token::Including(yes) => parts.including = Some(yes),
            _ => return None,
        }
    }
    Some(parts)
}

/// Lower case, half-width digits and signs, and without the letter that counts options (“A. 18-25”).
fn plain(label: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' if !"（）".contains(c) => {
            u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c)
        }
        '‑' | '−' | '―' | '－' => '-',
        _ => c,
    };
    let lower: String = label.trim().trim_end_matches(['.', '。']).chars().map(narrow).collect();
    let lower = lower.to_lowercase();
    let mut chars = lower.chars();
    match (chars.next(), chars.next()) {
        (Some('a'..='l'), Some('.' | '、' | ')' | '）' | ':' | '：')) => {
            chars.as_str().trim_start().to_owned()
        }
        _ => lower,
    }
}

fn tokens(label: &str) -> Option<Vec<Token>> {
    let mut rest = label;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (token, length) = token(rest, !found.is_empty())?;
        found.extend(token);
        rest = rest.get(length..)?.trim_start();
    }
    found.iter().any(|t| matches!(t, Token::Number(..))).then_some(found)
}

/// Reads one token; words that mean nothing here (“between”, “a”, “about”) give none.
fn token(rest: &str, inside: bool) -> Option<(Option<Token>, usize)> {
    let first = rest.chars().next()?;
    if let Some((number, length)) = number(rest) {
        return Some((Some(Token::Number(number)), length));
    }
    if inside && matches!(first, '(' | '（') {
        return aside(rest);
    }
    if inside {
        for dash in ["——", "—", "–", "-", "~", "～", "〜", "至", "到"] {
            if rest.starts_with(dash) {
                return Some((Some(Token::To), dash.len()));
            }
        }
        if starts_with_word(rest, "to") {
            return Some((Some(Token::To), 2));
        }
        if first == '+' || starts_with_word(rest, "plus") {
            return Some((Some(Token::Plus), if first == '+' { 1 } else { 4 }));
        }
    }
    if let Some((word, bound)) = longest(BOUNDS.iter().map(|(w, b)| (*w, *b)), rest) {
        return Some((Some(Token::Bound(bound)), word.len()));
    }
    if let Some((written, (measure, factor))) = longest(UNITS.iter().map(|(w, m, f)| (*w, (*m, *f))), rest) {
        return Some((Some(Token::Unit(Unit { measure, factor, written })), written.len()));
    }
    let sign = |measure, written| Some(Token::Unit(Unit { measure, factor: 1.0, written }));
    match first {
        '¥' | '￥' => return Some((sign("money", "元"), first.len_utf8())),
        '$' => return Some((sign("dollars", "usd"), 1)),
        '€' => return Some((sign("euros", "eur"), first.len_utf8())),
        _ => {}
    }
    if !inside {
        let filler =
            ["介于", "aged", "age", "between", "from", "约"].into_iter().find(|w| rest.starts_with(w))?;
        return Some((None, filler.len()));
    }
    // “between 5 and 10”.
    starts_with_word(rest, "and").then_some((Some(Token::To), 3))
}

/// Reads what stands in parentheses: 不含, 含本数, or words that explain a range and change nothing.
fn aside(rest: &str) -> Option<(Option<Token>, usize)> {
    let end = rest.find([')', '）'])?;
    let length = end + rest.get(end..)?.chars().next()?.len_utf8();
    let words = rest.get(..end)?;
    let said = |all: &[&str]| all.iter().any(|w| words.contains(w));
    if said(&["不含", "不包括", "不包含", "exclusive", "not including"]) {
        return Some((Some(Token::Including(false)), length));
    }
    if said(&["含", "包括", "inclusive", "including"]) {
        return Some((Some(Token::Including(true)), length));
    }
    let numbered = words.contains(|c: char| c.is_ascii_digit());
    (!numbered).then_some((None, length))
}

fn longest<T>(words: impl Iterator<Item = (&'static str, T)>, rest: &str) -> Option<(&'static str, T)> {
    words.filter(|(word, _)| starts_with_word(rest, word)).max_by_key(|(word, _)| word.len())
}

/// Latin words end where letters end; Chinese ones anywhere.
fn starts_with_word(rest: &str, word: &str) -> bool {
    let Some(behind) = rest.strip_prefix(word) else { return false };
    let latin = word.ends_with(|c: char| c.is_ascii_alphabetic());
    !(latin && behind.starts_with(|c: char| c.is_alphanumeric() && !is_han(c)))
}

/// Reads `1,000`, `2.5`, `3万`, `10k`, 十五, 两: the number, and how many bytes it takes.
fn number(rest: &str) -> Option<(Number, usize)> {
    let (value, step, end) = digits(rest).or_else(|| han_digits(rest))?;
    let behind = rest.get(end..)?;
    // 9:00 is a time, 2026/01 a date.
    if behind.starts_with([':', '：', '/']) {
        return None;
    }
    let blank = behind.len() - behind.trim_start().len();
    let multiples = [
        ("百万", 1e6),
        ("千万", 1e7),
        ("万", 1e4),
        ("千", 1e3),
        ("百", 1e2),
        ("亿", 1e8),
        ("k", 1e3),
        ("thousand", 1e3),
        ("million", 1e6),
    ];
    for (word, times) in multiples {
        let measure = ["千米", "千克"].iter().any(|w| behind.starts_with(w));
        if starts_with_word(behind.trim_start(), word) && !measure {
            return Some((Number { value, step, times }, end + blank + word.len()));
        }
    }
    Some((Number { value, step, times: 1.0 }, end))
}

fn digits(rest: &str) -> Option<(f64, f64, usize)> {
    if !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.')).unwrap_or(rest.len());
    let written = rest.get(..end)?.trim_end_matches([',', '.']);
    // A comma groups thousands or is none of a number's business.
    let grouped = written.split(',').skip(1).all(|g| g.len() >= 3);
    let plain = written.replace(',', "");
    let value: f64 = plain.parse().ok()?;
    let decimals = plain.split_once('.').map_or(0, |(_, d)| d.len());
    let step = (0..decimals).fold(1.0, |s, _| s / 10.0);
    grouped.then_some((value, step, written.len()))
}

/// Reads 半, 两, 十, 十五, 二十五; of larger numbers the figure in front (三百).
fn han_digits(rest: &str) -> Option<(f64, f64, usize)> {
    if rest.starts_with('半') {
        return Some((0.5, 0.5, '半'.len_utf8()));
    }
    let (mut tens, mut ones, mut end) = (None, None, 0);
    for c in rest.chars() {
        let one = "一二三四五六七八九".chars().position(|d| d == c).or((c == '两').then_some(1));
        match (c, one) {
            ('十', _) if tens.is_none() => tens = Some(ones.take().unwrap_or(1.0)),
            (_, Some(at)) if ones.is_none() => ones = Some(f64::from(u8::try_from(at + 1).ok()?)),
            _ => break,
        }
        end += c.len_utf8();
    }
    (end > 0).then(|| (tens.unwrap_or(0.0) * 10.0 + ones.unwrap_or(0.0), 1.0, end))
}
