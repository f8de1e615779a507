//! Numbers, shares, dates and times.

use jiff::civil::{Date, Time};

use super::context::Cx;
use super::grammar::{Pair, Rule};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::Scalar;

/// Reads a value that is one token; a date or time that doesn't exist gives the nearest and a diagnostic.
pub(super) fn scalar(cx: &Cx, pair: &Pair) -> (Scalar, Span) {
    let span = cx.span(pair);
    let text = pair.as_str();
    let value = match pair.as_rule() {
        Rule::date => Scalar::Date(date(cx, text, span)),
        Rule::time => Scalar::Time(time(cx, text, span)),
        Rule::percent => Scalar::Percent(number(cx, text.trim_end_matches(['%', ' ']), span) / 100.0),
        _ => Scalar::Number(number(cx, text, span)),
    };
    (value, span)
}

/// Reads a number; one that no computer can hold gives 0 and a diagnostic.
pub(super) fn number(cx: &Cx, text: &str, span: Span) -> f64 {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => number,
        _ => {
            cx.push(Diagnostic::error("number", span, "the number is too large").help("write a smaller one"));
            0.0
        }
    }
}

/// Reads the numbers between the signs of a date or time.
pub(super) fn parts(text: &str) -> [i16; 3] {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|n| n.parse().unwrap_or(i16::MAX));
    std::array::from_fn(|_| numbers.next().unwrap_or(0))
}

/// Reads `YYYY-MM-DD`, or anything with these three numbers.
pub(super) fn date(cx: &Cx, text: &str, span: Span) -> Date {
    let [year, month, day] = parts(text);
    let narrow = |n: i16| i8::try_from(n).unwrap_or(i8::MAX);
    if let Ok(date) = Date::new(year, narrow(month), narrow(day)) {
        return date;
    }
    let first = Date::new(year.min(9999), narrow(month).clamp(1, 12), 1).unwrap_or_default();
    let nearest = if day < 1 { first } else { first.last_of_month() };
    let help = format!("write the year, the month and the day, as in `{nearest}`");
    cx.push(Diagnostic::error("date", span, format!("the date `{text}` does not exist")).help(help));
    nearest
}

/// Reads `HH:MM`.
pub(super) fn time(cx: &Cx, text: &str, span: Span) -> Time {
    let [hour, minute, _] = parts(text);
    let narrow = |n: i16| i8::try_from(n).unwrap_or(i8::MAX);
    Time::new(narrow(hour), narrow(minute), 0, 0).unwrap_or_else(|_| {
        let help = "write hours and minutes from `00:00` to `23:59`";
        cx.push(Diagnostic::error("time", span, format!("the time `{text}` does not exist")).help(help));
        Time::new(23, 59, 0, 0).unwrap_or(Time::MIN)
    })
}
