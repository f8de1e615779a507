//! Reads options that stand for ranges of numbers: 18-25岁, 50元以下, 100以上, under 18, 65+,
//! “less than 5 minutes”, “3 or more”.
//!
//! Bounds are read as they are defined: 以上, 以下 and 以内 include their number and 超过, 不满,
//! 不到 do not (中华人民共和国民法典 第一千二百五十九条); “under” and “over” exclude theirs. A label
//! that has anything else in it is no range, and rules then keep quiet.

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
    /// Unit as written, so that 12 months and 1 year are told apart.
    pub written: String,
    /// Smallest step that the numbers are written in.
    pub step: f64,
}

/// Units: as written, measure, how many of the smallest.
const UNITS: [(&str, &str, f64); 78] = [
    ("周岁", "age", 1.0),
    ("岁", "age", 1.0),
    ("years old", "age", 1.0),
    ("years of age", "age", 1.0),
    ("秒", "time", 1.0),
    ("秒钟", "time", 1.0),
    ("分钟", "time", 60.0),
    ("小时", "time", 3600.0),
    ("个小时", "time", 3600.0),
    ("天", "time", 86_400.0),
    ("日", "time", 86_400.0),
    ("周", "time", 604_800.0),
    ("个星期", "time", 604_800.0),
    ("seconds", "time", 1.0),
    ("second", "time", 1.0),
    ("minutes", "time", 60.0),
    ("minute", "time", 60.0),
    ("mins", "time", 60.0),
    ("min", "time", 60.0),
    ("hours", "time", 3600.0),
    ("hour", "time", 3600.0),
    ("hrs", "time", 3600.0),
    ("days", "time", 86_400.0),
    ("day", "time", 86_400.0),
    ("weeks", "time", 604_800.0),
    ("week", "time", 604_800.0),
    ("个月", "months", 1.0),
    ("月", "months", 1.0),
    ("年", "months", 12.0),
    ("months", "months", 1.0),
    ("month", "months", 1.0),
    ("years", "months", 12.0),
    ("year", "months", 12.0),
    ("yrs", "months", 12.0),
    ("元", "money", 1.0),
    ("块", "money", 1.0),
    ("人民币", "money", 1.0),
    ("yuan", "money", 1.0),
    ("cny", "money", 1.0),
    ("rmb", "money", 1.0),
    ("usd", "dollars", 1.0),
    ("dollars", "dollars", 1.0),
    ("eur", "euros", 1.0),
    ("euros", "euros", 1.0),
    ("%", "share", 1.0),
    ("percent", "share", 1.0),
    ("次", "times", 1.0),
    ("times", "times", 1.0),
    ("time", "times", 1.0),
    ("visits", "times", 1.0),
    ("人", "people", 1.0),
    ("people", "people", 1.0),
    ("persons", "people", 1.0),
    ("employees", "people", 1.0),
    ("名", "people", 1.0),
    ("位", "people", 1.0),
    ("个", "pieces", 1.0),
    ("件", "pieces", 1.0),
    ("台", "pieces", 1.0),
    ("款", "pieces", 1.0),
    ("本", "pieces", 1.0),
    ("家", "pieces", 1.0),
    ("items", "pieces", 1.0),
    ("orders", "pieces", 1.0),
    ("products", "pieces", 1.0),
    ("children", "people", 1.0),
    ("child", "people", 1.0),
    ("公里", "distance", 1.0),
    ("千米", "distance", 1.0),
    ("米", "distance", 0.001),
    ("km", "distance", 1.0),
    ("kilometres", "distance", 1.0),
    ("kilometers", "distance", 1.0),
    ("miles", "miles", 1.0),
    ("mile", "miles", 1.0),
    ("分", "points", 1.0),
    ("points", "points", 1.0),
    ("张", "pieces", 1.0),
];

/// Words before or behind a number, and the bound that they make of it.
const BOUNDS: [(&str, Bound); 62] = [
    // Behind, Chinese.
    ("及以下", Bound::High(true)),
    ("或以下", Bound::High(true)),
    ("以下", Bound::High(true)),
    ("以内", Bound::High(true)),
    ("之内", Bound::High(true)),
    ("及以上", Bound::Low(true)),
    ("或以上", Bound::Low(true)),
    ("以上", Bound::Low(true)),
    // Before, Chinese.
    ("少于", Bound::High(false)),
    ("低于", Bound::High(false)),
    ("不到", Bound::High(false)),
    ("不足", Bound::High(false)),
    ("小于", Bound::High(false)),
    ("未满", Bound::High(false)),
    ("不满", Bound::High(false)),
    ("不超过", Bound::High(true)),
    ("最多", Bound::High(true)),
    ("至多", Bound::High(true)),
    ("不多于", Bound::High(true)),
    ("不高于", Bound::High(true)),
    ("超过", Bound::Low(false)),
    ("多于", Bound::Low(false)),
    ("高于", Bound::Low(false)),
    ("大于", Bound::Low(false)),
    ("至少", Bound::Low(true)),
    ("不少于", Bound::Low(true)),
    ("不低于", Bound::Low(true)),
    // English.
    ("under", Bound::High(false)),
    ("below", Bound::High(false)),
    ("less than", Bound::High(false)),
    ("fewer than", Bound::High(false)),
    ("younger than", Bound::High(false)),
    ("up to", Bound::High(true)),
    ("at most", Bound::High(true)),
    ("no more than", Bound::High(true)),
    ("or less", Bound::High(true)),
    ("or fewer", Bound::High(true)),
    ("or under", Bound::High(true)),
    ("or below", Bound::High(true)),
    ("or younger", Bound::High(true)),
    ("and under", Bound::High(true)),
    ("and below", Bound::High(true)),
    ("over", Bound::Low(false)),
    ("above", Bound::Low(false)),
    ("more than", Bound::Low(false)),
    ("greater than", Bound::Low(false)),
    ("older than", Bound::Low(false)),
    ("at least", Bound::Low(true)),
    ("or more", Bound::Low(true)),
    ("or over", Bound::Low(true)),
    ("or above", Bound::Low(true)),
    ("or older", Bound::Low(true)),
    ("and over", Bound::Low(true)),
    ("and above", Bound::Low(true)),
    ("and older", Bound::Low(true)),
    ("and up", Bound::Low(true)),
    // Signs.
    ("<=", Bound::High(true)),
    ("≤", Bound::High(true)),
    ("<", Bound::High(false)),
    (">=", Bound::Low(true)),
    ("≥", Bound::Low(true)),
    (">", Bound::Low(false)),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Bound {
    High(bool),
    Low(bool),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64, f64),
    To,
    Bound(Bound),
    Unit(&'static str, f64, &'static str),
    /// 不含 or 含 in parentheses behind a bound.
    Including(bool),
    /// `+` behind a number.
    Plus,
}

/// Reads a label as a range; `None` when it says anything else.
#[must_use]
pub fn interval(label: &str) -> Option<Interval> {
    let tokens = tokens(label)?;
    let mut numbers: Vec<(f64, f64)> = Vec::new();
    let (mut bound, mut including, mut to) = (None, None, false);
    let mut units: Vec<(usize, (&'static str, f64, &'static str))> = Vec::new();
    for token in tokens {
        match token {
            Token::Number(x, step) => numbers.push((x, step)),
            Token::To if numbers.len() == 1 && !to => to = true,
            Token::Bound(b) if bound.is_none() => bound = Some(b),
            Token::Plus if bound.is_none() && numbers.len() == 1 => bound = Some(Bound::Low(true)),
            Token::Unit(measure, factor, written) => units.push((numbers.len(), (measure, factor, written))),
            Token::Including(yes) => including = Some(yes),
            _ => return None,
        }
    }
    let (_, (measure, factor, written)) = units.last().copied().unwrap_or((0, ("", 1.0, "")));
    // “30 minutes to 2 hours”: each number has its own unit.
    let factor_of = |nth: usize| {
        units.iter().find(|(behind, _)| *behind == nth).map_or(factor, |(_, (_, factor, _))| *factor)
    };
    if units.iter().any(|(_, (m, ..))| *m != measure) {
        return None;
    }
    let (low, high) = match (&numbers[..], to, bound) {
        ([(x, _)], false, None) => (Some((x * factor, true)), Some((x * factor, true))),
        ([(x, _)], false, Some(Bound::High(inside))) => {
            (None, Some((x * factor, including.unwrap_or(inside))))
        }
        ([(x, _)], false, Some(Bound::Low(inside))) => {
            (Some((x * factor, including.unwrap_or(inside))), None)
        }
        ([(x, _), (y, _)], true, None) if x * factor_of(1) < y * factor_of(2) => {
            (Some((x * factor_of(1), true)), Some((y * factor_of(2), including.unwrap_or(true))))
        }
        _ => return None,
    };
    let step = numbers.iter().map(|(_, step)| *step).fold(f64::INFINITY, f64::min) * factor;
    let unit = (!measure.is_empty()).then_some((measure, factor));
    Some(Interval { low, high, unit, written: written.to_owned(), step })
}

fn tokens(label: &str) -> Option<Vec<Token>> {
    let lower = label.trim().to_lowercase();
    let mut rest = lower.as_str();
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
    if first.is_ascii_digit() {
        let (number, step, length) = number(rest)?;
        return Some((Some(Token::Number(number, step)), length));
    }
    for (word, including) in [
        ("(不含)", false),
        ("（不含）", false),
        ("(含)", true),
        ("（含）", true),
        ("(不含本数)", false),
        ("（不含本数）", false),
        ("(含本数)", true),
        ("（含本数）", true),
    ] {
        if rest.starts_with(word) {
            return Some((Some(Token::Including(including)), word.len()));
        }
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
    if let Some((word, (measure, factor))) = longest(UNITS.iter().map(|(w, m, f)| (*w, (*m, *f))), rest) {
        return Some((Some(Token::Unit(measure, factor, word)), word.len()));
    }
    match first {
        '¥' | '￥' => return Some((Some(Token::Unit("money", 1.0, "元")), first.len_utf8())),
        '$' => return Some((Some(Token::Unit("dollars", 1.0, "usd")), 1)),
        '€' => return Some((Some(Token::Unit("euros", 1.0, "eur")), first.len_utf8())),
        _ => {}
    }
    if !inside {
        let filler = ["介于", "aged", "age", "between", "from"].into_iter().find(|w| rest.starts_with(w))?;
        return Some((None, filler.len()));
    }
    // “between 5 and 10”.
    starts_with_word(rest, "and").then_some((Some(Token::To), 3))
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

/// Reads `1,000`, `2.5`, `3万`, `10k`: the number, its smallest step, and how many bytes it takes.
fn number(rest: &str) -> Option<(f64, f64, usize)> {
    let mut end = rest.find(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.')).unwrap_or(rest.len());
    let digits = rest.get(..end)?;
    let trimmed = digits.trim_end_matches([',', '.']);
    end = trimmed.len();
    // A comma groups thousands or is none of a number's business.
    let grouped = trimmed.split(',').skip(1).all(|g| g.len() >= 3);
    let plain = trimmed.replace(',', "");
    let value: f64 = plain.parse().ok()?;
    // 9:00 is a time, 2026/01 a date.
    if !grouped || rest.get(end..)?.starts_with([':', '：', '/']) {
        return None;
    }
    let decimals = plain.split_once('.').map_or(0, |(_, d)| d.len());
    let step = (0..decimals).fold(1.0, |s, _| s / 10.0);
    for (word, times) in [("万", 1e4), ("千", 1e3), ("亿", 1e8), ("k", 1e3)] {
        let behind = rest.get(end..)?;
        if behind.starts_with(word) && !behind.starts_with("km") && !behind.starts_with("千米") {
            return Some((value * times, step * times, end + word.len()));
        }
    }
    Some((value, step, end))
}
