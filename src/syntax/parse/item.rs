//! The items of a statement.

use super::context::Cx;
use super::grammar::{Pair, Rule};
use super::{expr, mistake, scalar, text};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Expr, Item, Scalar, Word};

/// Appends what a pair stands for; nothing for newlines and for mistakes that mean nothing.
pub(super) fn item(cx: &Cx, pair: Pair, items: &mut Vec<Item>) {
    let item = match pair.as_rule() {
        Rule::clause => clause(cx, pair),
        Rule::assign => assign(cx, pair),
        Rule::item_call => expr::call(cx, pair).map(Item::Call),
        Rule::range => Some(range(cx, pair)),
        Rule::date | Rule::time | Rule::percent | Rule::number => {
            let (value, span) = scalar::scalar(cx, &pair);
            Some(Item::Scalar(value, span))
        }
        Rule::text | Rule::tagged_text => text::text(cx, pair).map(Item::Text),
        Rule::word | Rule::odd_word => Some(Item::Word(word(cx, &pair))),
        Rule::joiner | Rule::colon => Some(symbol(cx, &pair)),
        Rule::bare_clause => Some(mistake::bare_clause(cx, &pair)),
        Rule::nl | Rule::EOI => None,
        _ => return mistake::mistake(cx, pair, items),
    };
    items.extend(item);
}

/// `word`: a name or keyword, perhaps dotted.
pub(super) fn word(cx: &Cx, pair: &Pair) -> Word {
    Word { text: plain(pair), span: cx.span(pair) }
}

/// Returns a name without the hidden characters that were told of.
pub(super) fn plain(pair: &Pair) -> String {
    pair.as_str().replace('\u{1}', "")
}

/// `range`: both ends of one type.
pub(super) fn range(cx: &Cx, pair: Pair) -> Item {
    let span = cx.span(&pair);
    let (low, high) = ends(cx, pair, span);
    Item::Range(low, high, span)
}

/// Returns the two ends of a range; the second is the first where they don't fit.
pub(super) fn ends(cx: &Cx, pair: Pair, span: Span) -> (Scalar, Scalar) {
    let mut ends = pair.into_inner().map(|pair| scalar::scalar(cx, &pair).0);
    let low = ends.next().unwrap_or(Scalar::Number(0.0));
    let high = ends.next().unwrap_or(low);
    // `1..5%` is read as people mean it.
    let low = match (low, high) {
        (Scalar::Number(n), Scalar::Percent(_)) => Scalar::Percent(n / 100.0),
        _ => low,
    };
    if std::mem::discriminant(&low) != std::mem::discriminant(&high) {
        let help = "write two numbers, two shares, two dates or two times";
        let message = "the ends of the range are of different kinds";
        cx.push(Diagnostic::error("range", span, message).help(help));
        return (low, low);
    }
    if is_reversed(low, high) {
        return reversed(cx, low, high, span);
    }
    (low, high)
}

/// Tells whether a range runs downwards; hours may go over midnight.
fn is_reversed(low: Scalar, high: Scalar) -> bool {
    match (low, high) {
        (Scalar::Number(low), Scalar::Number(high)) | (Scalar::Percent(low), Scalar::Percent(high)) => {
            low > high
        }
        (Scalar::Date(low), Scalar::Date(high)) => low > high,
        _ => false,
    }
}

fn reversed(cx: &Cx, low: Scalar, high: Scalar, span: Span) -> (Scalar, Scalar) {
    let finding = Diagnostic::error("range", span, "the range ends before it begins");
    cx.push(match cx.slice(span).split_once("..") {
        Some((first, last)) => {
            let mended = format!("{last}..{first}");
            finding.help(format!("write the lower end first: `{mended}`")).fix(span, mended)
        }
        None => finding,
    });
    (high, low)
}

fn symbol(cx: &Cx, pair: &Pair) -> Item {
    let sign = match pair.as_str() {
        ":" => ":",
        "," => ",",
        "|" => "|",
        "<=" => "<=",
        ">=" => ">=",
        "<" => "<",
        ">" => ">",
        "<>" => {
            mistake::operator(cx, pair, "!=");
            "!="
        }
        _ => "!=",
    };
    Item::Symbol(sign, cx.span(pair))
}

/// `clause`: `where` or `when` and its condition.
fn clause(cx: &Cx, pair: Pair) -> Option<Item> {
    let mut inner = pair.into_inner();
    let keyword = word(cx, &inner.next()?);
    Some(Item::Clause(keyword, expr::expr(cx, inner.next()?)?))
}

/// `assign`: `=` and an expression.
fn assign(cx: &Cx, pair: Pair) -> Option<Item> {
    let mut found: Option<Expr> = None;
    let mut sign = None;
    for pair in pair.into_inner() {
        match pair.as_rule() {
            Rule::expr => found = expr::expr(cx, pair),
            Rule::missing_expr => {
                let place = sign.unwrap_or_else(|| cx.span(&pair));
                mistake::missing_expr(cx, &pair, place);
            }
            Rule::double_equals => mistake::operator(cx, &pair, "="),
            Rule::wrong_order => mistake::wrong_order(cx, &pair),
            Rule::equals => sign = Some(cx.span(&pair)),
            _ => {}
        }
    }
    found.map(Item::Assign)
}
