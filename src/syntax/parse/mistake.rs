//! What people write by habit from elsewhere, and what nobody can make sense of.
//!
//! Each finding says what to write; where the meaning is plain, the tree gets it
//! all the same, so that one slip does not bring further complaints with it.

use super::context::Cx;
use super::grammar::{Pair, Rule};
use super::{item, scalar};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Item, Scalar, Text, TextPart, Word};

/// Reports a likely mistake and appends what was meant.
pub(super) fn mistake(cx: &Cx, pair: Pair, items: &mut Vec<Item>) {
    match pair.as_rule() {
        Rule::hash_comment => hash_comment(cx, &pair),
        Rule::block_comment => block_comment(cx, &pair),
        Rule::bare_url | Rule::bare_address => items.push(unquoted(cx, &pair, "an address")),
        Rule::bare_path => items.push(unquoted(cx, &pair, "a path")),
        Rule::single_quoted => items.push(Item::Text(single_quoted(cx, &pair))),
        Rule::hyphen_name => items.push(Item::Word(hyphen_name(cx, &pair))),
        Rule::glued_name => items.push(Item::Word(glued_name(cx, &pair))),
        Rule::odd_date => items.push(Item::Scalar(odd_date(cx, &pair), cx.span(&pair))),
        Rule::bare_stamp => {
            let (day, clock) = bare_stamp(cx, &pair);
            let span = cx.span(&pair);
            items.extend([Item::Scalar(day, span), Item::Scalar(clock, span)]);
        }
        Rule::currency_sign => currency_sign(cx, pair, items),
        Rule::glued_unit => {
            let (number, span, unit) = glued_unit(cx, pair);
            items.extend([Item::Scalar(Scalar::Number(number), span), Item::Word(unit)]);
        }
        _ => {}
    }
}

/// Reports an operator of another language.
pub(super) fn operator(cx: &Cx, pair: &Pair, ours: &str) {
    let message = format!("`{}` is no operator here", pair.as_str());
    let code = if pair.as_rule() == Rule::double_equals { "double-equals" } else { "operator" };
    let place = cx.span(pair);
    cx.push(
        Diagnostic::error(code, place, message).help(format!("write `{}`", ours.trim_end())).fix(place, ours),
    );
}

/// `wrong_order`: `=<` and `=>`.
pub(super) fn wrong_order(cx: &Cx, pair: &Pair) {
    operator(cx, pair, if pair.as_str() == "=<" { "<=" } else { ">=" });
}

/// `missing_expr`: nothing, or nothing sensible, behind `=`.
pub(super) fn missing_expr(cx: &Cx, pair: &Pair, sign: Span) {
    let place = if pair.as_str().trim().is_empty() { sign } else { first_token(cx, pair) };
    let finding = Diagnostic::error("syntax", place, "an expression is missing behind `=`");
    cx.push(finding.help("write what it is equal to, as in `= mean(speed)`"));
}

/// `bare_clause`: `where` or `when` without a condition.
pub(super) fn bare_clause(cx: &Cx, pair: &Pair) -> Item {
    let word = first_token(cx, pair);
    let text = cx.slice(word).to_owned();
    let behind = cx.file.text.get(word.end as usize..).unwrap_or("");
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    // The bracket is told of by itself.
    let bracket = behind.trim_start_matches([' ', '\t']).starts_with('[');
    let span = if bracket { cx.at(word.start as usize, word.end as usize + blanks + 1) } else { word };
    if !bracket {
        let finding = Diagnostic::error("syntax", word, format!("a condition is missing behind `{text}`"));
        cx.push(finding.help("write what has to hold, as in `visits >= 5 and region = east`"));
    }
    // A condition that can't be made may hold or not.
    Item::Clause(Word { text, span: word }, Expr { kind: ExprKind::Scalar(Scalar::Number(0.0)), span })
}

/// `loose_slash`: a text that ends with `/`.
pub(super) fn loose_slash(cx: &Cx, pair: &Pair) {
    let finding = Diagnostic::error("syntax", cx.span(pair), "a text is missing behind `/`");
    cx.push(finding.help("write the next language's text in quotes behind it, or remove the `/`"));
}

/// `broken_item`: the rest of a line that nothing fits.
pub(super) fn broken_item(cx: &Cx, pair: &Pair) {
    let place = first_token(cx, pair);
    let token = cx.slice(place);
    let help = match token.chars().next().unwrap_or(' ') {
        ')' => "no `(` is open here: remove it, or open one",
        '(' => "parentheses stand behind a function's name, as in `mean(a, b)`, and in conditions",
        '[' => "brackets are round here, and a condition needs none: `where visits >= 5 and region = east`",
        '.' => "a range is one word without blanks, as in `1..5`",
        '%' => "write `%` directly behind a number",
        '/' => {
            "a text goes on behind a `/` at the end of a line; elsewhere `/` divides, behind `=`, `where` or `when`"
        }
        '+' | '-' | '*' => "arithmetic stands behind `=`, `where` or `when`",
        '&' | '!' => "conditions are joined by `and`, `or` and `not`, and stand behind `where` or `when`",
        '\'' | '`' => "a text stands in double quotes",
        c if !c.is_ascii() => "a text stands in double quotes",
        _ => "a line is made of words, values, texts in double quotes, and perhaps a block",
    };
    let message = format!("`{token}` has no place here");
    cx.push(Diagnostic::error("syntax", place, message).help(help));
}

/// Returns the part of a broken stretch that a message names: its first word or sign.
pub(super) fn first_token(cx: &Cx, pair: &Pair) -> Span {
    let text = pair.as_str();
    let skipped = text.len() - text.trim_start().len();
    let rest = text.trim_start();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let length = match rest.chars().next() {
        Some(c) if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        Some('.') => rest.find(|c| c != '.').unwrap_or(rest.len()),
        Some(c) => c.len_utf8(),
        None => 0,
    };
    let start = pair.as_span().start() + skipped;
    cx.at(start, start + length)
}

fn hash_comment(cx: &Cx, pair: &Pair) {
    let start = pair.as_span().start();
    let sign = cx.at(start, start + 1);
    let finding = Diagnostic::error("comment", sign, "`#` begins no comment here");
    cx.push(finding.help("write `//`").fix(sign, "//"));
}

fn block_comment(cx: &Cx, pair: &Pair) {
    let start = pair.as_span().start();
    // The second sign may stand for a wide one, such as `×`.
    let sign = cx.at(start, start + 2);
    if !pair.as_str().ends_with("*/") {
        cx.swallowed.set(true);
    }
    let finding = Diagnostic::error("comment", sign, "`/* … */` is no comment here");
    cx.push(finding.help("begin each line of the comment with `//`"));
}

fn unquoted(cx: &Cx, pair: &Pair, what: &str) -> Item {
    let span = cx.span(pair);
    let mended = format!("\"{}\"", pair.as_str());
    let finding = Diagnostic::error("unquoted", span, format!("{what} stands without quotes"));
    cx.push(finding.help(format!("write `{mended}`")).fix(span, mended));
    Item::Text(one_part(pair.as_str().to_owned(), span))
}

fn one_part(value: String, span: Span) -> Text {
    Text { parts: vec![TextPart { language: None, value, span }], span }
}

/// `single_quoted`: a text between `'`.
pub(super) fn single_quoted(cx: &Cx, pair: &Pair) -> Text {
    let span = cx.span(pair);
    let value = pair.as_str().trim_matches('\'');
    let mended = format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
    let finding = Diagnostic::error("single-quotes", span, "a text stands in single quotes");
    cx.push(finding.help(format!("write `{mended}`")).fix(span, mended));
    one_part(value.to_owned(), span)
}

fn hyphen_name(cx: &Cx, pair: &Pair) -> Word {
    let span = cx.span(pair);
    let mended = pair.as_str().replace('-', "_");
    let finding = Diagnostic::error("name", span, format!("the name `{}` has a hyphen", pair.as_str()));
    cx.push(finding.help(format!("write `{mended}`")).fix(span, mended.clone()));
    Word { text: mended, span }
}

fn glued_name(cx: &Cx, pair: &Pair) -> Word {
    let finding =
        Diagnostic::error("name", cx.span(pair), format!("the name `{}` begins with a digit", pair.as_str()));
    cx.push(finding.help("begin it with a letter or `_`; between a number and its unit stands a blank"));
    item::word(cx, pair)
}

/// `odd_date`: `2026/1/5` and the like.
pub(super) fn odd_date(cx: &Cx, pair: &Pair) -> Scalar {
    let span = cx.span(pair);
    let [year, month, day] = scalar::parts(&pair.as_str().replace(['年', '月', '日', '号'], "-"));
    let mended = format!("{year:04}-{month:02}-{day:02}");
    let finding = Diagnostic::error("date", span, format!("`{}` is no date here", pair.as_str()));
    cx.push(finding.help(format!("write `{mended}`")).fix(span, mended.clone()));
    Scalar::Date(scalar::date(cx, &mended, span))
}

/// `bare_stamp`: `2026-01-05T09:00`.
pub(super) fn bare_stamp(cx: &Cx, pair: &Pair) -> (Scalar, Scalar) {
    let span = cx.span(pair);
    let text = pair.as_str();
    let (day, clock) = text.split_once('T').unwrap_or((text, ""));
    let clock = clock.get(..5).unwrap_or("00:00");
    let mended = format!("{day} {clock}");
    let finding = Diagnostic::error("date", span, "date and time are two values");
    cx.push(finding.help(format!("write `{mended}`")).fix(span, mended));
    (Scalar::Date(scalar::date(cx, day, span)), Scalar::Time(scalar::time(cx, clock, span)))
}

fn currency_sign(cx: &Cx, pair: Pair, items: &mut Vec<Item>) {
    let span = cx.trimmed(&pair);
    let code = match pair.as_str().chars().next() {
        Some('$') => "USD",
        Some('€') => "EUR",
        Some('£') => "GBP",
        _ => "CNY",
    };
    let amount = pair.into_inner().next();
    let mended = format!("{code} {}", amount.as_ref().map_or("", |a| a.as_str()));
    let finding = Diagnostic::error("money", span, "an amount of money stands with a currency sign");
    cx.push(
        finding.help(format!("write the code, as in `{}`", mended.trim_end())).fix(span, mended.trim_end()),
    );
    items.push(Item::Word(Word { text: code.to_owned(), span }));
    items.extend(
        amount.map(|a| Item::Scalar(Scalar::Number(scalar::number(cx, a.as_str(), span)), cx.span(&a))),
    );
}

/// `glued_unit`: `60days`.
pub(super) fn glued_unit(cx: &Cx, pair: Pair) -> (f64, Span, Word) {
    let whole = cx.span(&pair);
    let mut inner = pair.into_inner();
    let (Some(number), Some(unit)) = (inner.next(), inner.next()) else {
        return (0.0, whole, Word { text: "days".to_owned(), span: whole });
    };
    let span = cx.span(&number);
    let text = known_unit(unit.as_str());
    let mended = format!("{} {text}", number.as_str());
    let message = match unit.as_str() {
        short if unit.as_rule() == Rule::short_unit => format!("`{short}` is no unit here"),
        _ => "a blank is missing between the number and its unit".to_owned(),
    };
    let finding = Diagnostic::error("unit", whole, message);
    cx.push(match unit.as_str() {
        "m" => finding.help(format!("write `{mended}`, or `{} months`", number.as_str())),
        _ => finding.help(format!("write `{mended}`")).fix(whole, mended),
    });
    (scalar::number(cx, number.as_str(), span), span, Word { text: text.to_owned(), span: cx.span(&unit) })
}

/// `odd_unit`: an abbreviation, or a unit in Chinese.
pub(super) fn odd_unit(cx: &Cx, pair: &Pair) -> Word {
    let span = cx.span(pair);
    let text = known_unit(pair.as_str());
    let finding = Diagnostic::error("unit", span, format!("`{}` is no unit here", pair.as_str()));
    cx.push(finding.help(format!("write `{text}`")).fix(span, text));
    Word { text: text.to_owned(), span }
}

fn known_unit(unit: &str) -> &str {
    match unit {
        "secs" | "sec" | "s" | "秒" | "秒钟" => "seconds",
        "mins" | "min" | "m" | "分钟" => "minutes",
        "hrs" | "hr" | "h" | "小时" => "hours",
        "d" | "天" => "days",
        "wks" | "wk" | "w" | "星期" | "周" => "weeks",
        "个月" | "月" => "months",
        "yrs" | "yr" | "y" | "年" => "years",
        known => known,
    }
}
