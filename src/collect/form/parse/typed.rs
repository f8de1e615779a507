//! Answers that are typed in.

use jiff::civil::Date;

use crate::collect::form::parse::{Problem, Read, SHORT};
use crate::store::types::Answer;

/// Beyond this a float no longer counts single units.
const LARGEST: f64 = 1e15;

/// Reads words: line ends become `\n`, control characters go, blank is nothing.
pub(super) fn words(typed: &str, most: usize) -> Read {
    let unified = typed.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = unified.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    let kept = kept.trim();
    match kept.chars().count() {
        0 => Ok(None),
        n if n > most => Err(Problem::TooLong(most)),
        _ => Ok(Some(Answer::Text(kept.to_owned()))),
    }
}

/// Makes full-width digits and signs, as Chinese keyboards give them, ASCII.
fn narrow(typed: &str) -> String {
    let ascii = |c: char| match c {
        '０'..='９' | '－' | '．' | '／' | '＋' | '＠' => {
            char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
        }
        '−' | '–' => '-',
        '。' => '.',
        _ => c,
    };
    typed.trim().chars().map(ascii).collect()
}

/// Reads a number within limits, both included.
pub(super) fn number(typed: &str, min: Option<f64>, max: Option<f64>, step: Option<f64>) -> Read {
    let text = narrow(typed);
    if text.is_empty() {
        return Ok(None);
    }
    // `parse` also takes `inf`, `nan` and `1e3`, which nobody means to type.
    if !text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return Err(Problem::NotANumber);
    }
    let x: f64 = text.parse().map_err(|_| Problem::NotANumber)?;
    if x.abs() > LARGEST {
        return Err(Problem::OutOfRange(min.or(Some(-LARGEST)), max.or(Some(LARGEST))));
    }
    if min.is_some_and(|min| x < min) || max.is_some_and(|max| x > max) {
        return Err(Problem::OutOfRange(min, max));
    }
    if let (Some(step), Some(min)) = (step, min) {
        let steps = (x - min) / step;
        if (steps - steps.round()).abs() > 1e-6 {
            return Err(Problem::OffStep(step));
        }
    }
    Ok(Some(Answer::Number(x)))
}

/// Reads `2026-01-05`, and the same with `/`, `.` or `年月日` between.
pub(super) fn date(typed: &str) -> Read {
    let text = narrow(typed);
    if text.is_empty() {
        return Ok(None);
    }
    let parts: Vec<&str> = text.split(['-', '/', '.', '年', '月', '日']).filter(|p| !p.is_empty()).collect();
    let [year, month, day] = parts[..] else { return Err(Problem::NotADate) };
    let (Ok(y), Ok(m), Ok(d)) = (year.parse::<i16>(), month.parse::<i8>(), day.parse::<i8>()) else {
        return Err(Problem::NotADate);
    };
    match Date::new(y, m, d) {
        Ok(date) if (1900..=2200).contains(&y) => Ok(Some(Answer::Date(date))),
        _ => Err(Problem::NotADate),
    }
}

/// Reads an e-mail address or a telephone number.
pub(super) fn contact(typed: &str) -> Read {
    let Some(Answer::Text(text)) = words(typed, SHORT)? else { return Ok(None) };
    let text = narrow(&text);
    let mail = text.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty()
            && domain.contains('.')
            && !domain.contains('@')
            && !text.contains(char::is_whitespace)
    });
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let phone = (6..=20).contains(&digits)
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.'));
    if mail || phone { Ok(Some(Answer::Text(text))) } else { Err(Problem::NotAContact) }
}
