//! Expressions: pest's Pratt parser over the operators, one function a primary.

use pest::pratt_parser::{Assoc, ConstPrattParser, Op};

use super::context::Cx;
use super::grammar::{Pair, Rule};
use super::{MAX_OPERATORS, item, mistake, postfix, scalar, text};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Scalar, Word};

/// From the loosest to the tightest; `true` begins a new level.
static OPERATORS: ConstPrattParser<Rule, 23> = ConstPrattParser::new_const([
    (Op::infix(Rule::or, Assoc::Left), true),
    (Op::infix(Rule::double_bar, Assoc::Left), false),
    (Op::infix(Rule::and, Assoc::Left), true),
    (Op::infix(Rule::double_amp, Assoc::Left), false),
    (Op::prefix(Rule::not), true),
    (Op::prefix(Rule::bang), false),
    (Op::infix(Rule::equal, Assoc::Left), true),
    (Op::infix(Rule::double_equals, Assoc::Left), false),
    (Op::infix(Rule::unequal, Assoc::Left), false),
    (Op::infix(Rule::odd_unequal, Assoc::Left), false),
    (Op::infix(Rule::less, Assoc::Left), false),
    (Op::infix(Rule::less_equal, Assoc::Left), false),
    (Op::infix(Rule::greater, Assoc::Left), false),
    (Op::infix(Rule::greater_equal, Assoc::Left), false),
    (Op::infix(Rule::wrong_order, Assoc::Left), false),
    (Op::postfix(Rule::in_set), false),
    (Op::postfix(Rule::within), false),
    (Op::postfix(Rule::is), false),
    (Op::infix(Rule::add, Assoc::Left), true),
    (Op::infix(Rule::subtract, Assoc::Left), false),
    (Op::infix(Rule::multiply, Assoc::Left), true),
    (Op::infix(Rule::divide, Assoc::Left), false),
    (Op::prefix(Rule::minus), true),
]);

/// `expr`: a whole expression; nothing when it has too many operators.
pub(super) fn expr(cx: &Cx, pair: Pair) -> Option<Expr> {
    fits(cx, &pair).then(|| inner(cx, pair)).flatten()
}

/// Refuses what would make later stages recurse too deep.
fn fits(cx: &Cx, pair: &Pair) -> bool {
    let is_operator = |pair: &Pair| {
        let rule = pair.as_rule();
        matches!(
            rule,
            Rule::or | Rule::and | Rule::double_bar | Rule::double_amp | Rule::not | Rule::bang | Rule::minus
        ) || matches!(rule, Rule::add | Rule::subtract | Rule::multiply | Rule::divide)
            || matches!(rule, Rule::in_set | Rule::within | Rule::is)
            || is_comparison(rule)
    };
    let operators = pair.clone().into_inner().flatten().filter(is_operator).count();
    if operators > MAX_OPERATORS {
        let message = format!("the expression has {operators} operators, more than {MAX_OPERATORS}");
        let help = "put parts of it under names of their own, or use `in (…)`";
        cx.push(Diagnostic::error("nesting", cx.trimmed(pair), message).help(help));
    }
    operators <= MAX_OPERATORS
}

fn is_comparison(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::equal | Rule::double_equals | Rule::unequal | Rule::odd_unequal | Rule::less | Rule::less_equal
    ) || matches!(rule, Rule::greater | Rule::greater_equal | Rule::wrong_order)
}

/// `inner` and the inside of `expr`: operands and operators in a row.
fn inner(cx: &Cx, pair: Pair) -> Option<Expr> {
    let mut row: Vec<Pair> = pair.into_inner().filter(|pair| pair.as_rule() != Rule::nl).collect();
    if let Some(pair) = row.pop_if(|pair| pair.as_rule() == Rule::dangling) {
        dangling(cx, pair);
    }
    if row.is_empty() {
        return None;
    }
    OPERATORS
        .map_primary(|pair| primary(cx, pair))
        .map_prefix(|sign, operand| prefix(cx, &sign, operand))
        .map_postfix(|operand, pair| postfix::postfix(cx, operand?, pair))
        .map_infix(|left, sign, right| infix(cx, left, &sign, right))
        .parse(row.into_iter())
}

/// `dangling`: an operator with nothing on its right side.
fn dangling(cx: &Cx, pair: Pair) {
    let mut parts = pair.into_inner().filter(|pair| pair.as_rule() != Rule::nl);
    let Some(sign) = parts.next() else { return };
    let place = cx.trimmed(&sign);
    let message = format!("`{}` has nothing to its right", cx.slice(place));
    let mut finding = Diagnostic::error("syntax", place, message);
    if let Some(rest) = parts.next() {
        finding = finding.label(mistake::first_token(cx, &rest), "this is no value");
    }
    let help = match sign.as_rule() {
        Rule::in_word => "write a range `1..3`, a list `(east, west)` or `top 20%` behind it",
        Rule::within_word => "write a length of time behind it, as in `within 30 days`",
        Rule::is_word => "write `missing` or `answered` behind it",
        _ => "write a name, a value or a call behind it, or remove it",
    };
    cx.push(finding.help(help));
}

fn prefix(cx: &Cx, sign: &Pair, operand: Option<Expr>) -> Option<Expr> {
    let operand = Box::new(operand?);
    let span = cx.span(sign).to(operand.span);
    let kind = match sign.as_rule() {
        Rule::minus => ExprKind::Negate(operand),
        Rule::bang => {
            mistake::operator(cx, sign, "not ");
            ExprKind::Not(operand)
        }
        _ => ExprKind::Not(operand),
    };
    Some(Expr { kind, span })
}

fn infix(cx: &Cx, left: Option<Expr>, sign: &Pair, right: Option<Expr>) -> Option<Expr> {
    let op = binary_op(cx, sign);
    let (left, right) = (left?, right?);
    if is_comparison(sign.as_rule()) {
        chained(cx, &left, sign);
    }
    let span = left.span.to(right.span);
    Some(Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), span })
}

fn binary_op(cx: &Cx, sign: &Pair) -> BinaryOp {
    let (op, ours) = match sign.as_rule() {
        Rule::or => (BinaryOp::Or, None),
        Rule::and => (BinaryOp::And, None),
        Rule::double_bar => (BinaryOp::Or, Some("or")),
        Rule::double_amp => (BinaryOp::And, Some("and")),
        Rule::double_equals => (BinaryOp::Equal, Some("=")),
        Rule::unequal => (BinaryOp::NotEqual, None),
        Rule::odd_unequal => (BinaryOp::NotEqual, Some("!=")),
        Rule::less => (BinaryOp::Less, None),
        Rule::less_equal => (BinaryOp::LessEqual, None),
        Rule::greater => (BinaryOp::Greater, None),
        Rule::greater_equal => (BinaryOp::GreaterEqual, None),
        Rule::wrong_order if sign.as_str() == "=<" => (BinaryOp::LessEqual, Some("<=")),
        Rule::wrong_order => (BinaryOp::GreaterEqual, Some(">=")),
        Rule::add => (BinaryOp::Add, None),
        Rule::subtract => (BinaryOp::Subtract, None),
        Rule::multiply => (BinaryOp::Multiply, None),
        Rule::divide => (BinaryOp::Divide, None),
        _ => (BinaryOp::Equal, None),
    };
    if let Some(ours) = ours {
        mistake::operator(cx, sign, ours);
    }
    op
}

/// `0 < x < 10` compares the truth of `0 < x` with 10, which nobody means.
fn chained(cx: &Cx, left: &Expr, sign: &Pair) {
    let ExprKind::Binary(op, first, _) = &left.kind else { return };
    let compares = !matches!(op, BinaryOp::Or | BinaryOp::And)
        && !matches!(op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide);
    // Parentheses belong to the span of what they hold.
    if compares && first.span.start == left.span.start {
        let finding = Diagnostic::error("chained-comparison", cx.span(sign), "comparisons can't be chained");
        let finding = finding.label(left.span, "already a comparison");
        cx.push(finding.help("join two comparisons by `and`, or write `in 1..3`"));
    }
}

fn primary(cx: &Cx, pair: Pair) -> Option<Expr> {
    let span = cx.span(&pair);
    let kind = match pair.as_rule() {
        Rule::group => return group(cx, pair),
        Rule::call => return call_inside(cx, pair),
        Rule::risk_of => return risk_of(cx, pair),
        Rule::money => return money(cx, pair),
        Rule::quantity => return quantity(cx, pair).map(quantity_expr),
        Rule::glued_unit => {
            let (number, _, unit) = mistake::glued_unit(cx, pair);
            ExprKind::Quantity(number, unit)
        }
        Rule::bare_stamp => ExprKind::Scalar(mistake::bare_stamp(cx, &pair).0),
        Rule::odd_date => ExprKind::Scalar(mistake::odd_date(cx, &pair)),
        Rule::range => {
            let (low, high) = item::ends(cx, pair, span);
            ExprKind::Range(low, high)
        }
        Rule::text => {
            let text = text::text(cx, pair)?;
            return Some(Expr { span: text.span, kind: ExprKind::Text(text) });
        }
        Rule::single_quoted => ExprKind::Text(mistake::single_quoted(cx, &pair)),
        Rule::operand_name => ExprKind::Name(item::plain(&pair)),
        _ => ExprKind::Scalar(scalar::scalar(cx, &pair).0),
    };
    Some(Expr { kind, span })
}

/// `group`: one expression in parentheses, which belong to its span.
fn group(cx: &Cx, pair: Pair) -> Option<Expr> {
    let list_pair = pair.into_inner().next()?;
    let empty =
        !list_pair.clone().into_inner().any(|p| matches!(p.as_rule(), Rule::inner | Rule::broken_list));
    let (mut values, span) = list(cx, list_pair);
    if empty {
        cx.push(Diagnostic::error("syntax", span, "nothing stands in the parentheses").help("write a value"));
    }
    if values.is_empty() {
        return None;
    }
    if values.len() > 1 {
        let finding = Diagnostic::error("syntax", span, "a list has no value of its own");
        cx.push(finding.help("lists stand behind `in` and behind the name of a function"));
    }
    let value = values.swap_remove(0);
    Some(Expr { span, ..value })
}

/// `risk_of`: `risk high_risk of csat_2025q4`.
fn risk_of(cx: &Cx, pair: Pair) -> Option<Expr> {
    let mut parts = pair.into_inner();
    let start = cx.span(&parts.next()?);
    let mut names = parts.filter(|pair| pair.as_rule() == Rule::word).map(|pair| item::word(cx, &pair));
    let (group, campaign) = (names.next()?, names.next()?);
    Some(Expr { span: start.to(campaign.span), kind: ExprKind::RiskOf(group, campaign) })
}

/// `money`: `CNY 30`, a quantity whose unit is the currency.
fn money(cx: &Cx, pair: Pair) -> Option<Expr> {
    let mut parts = pair.into_inner();
    let (currency, amount) = (item::word(cx, &parts.next()?), parts.next()?);
    let place = cx.span(&amount);
    let number = scalar::number(cx, amount.as_str(), place);
    Some(Expr { span: currency.span.to(place), kind: ExprKind::Quantity(number, currency) })
}

/// `quantity`: a number and its unit, with the number's place.
pub(super) fn quantity(cx: &Cx, pair: Pair) -> Option<(f64, Span, Word)> {
    let mut parts = pair.into_inner();
    let (number, unit) = (parts.next()?, parts.next()?);
    let place = cx.span(&number);
    let unit =
        if unit.as_rule() == Rule::odd_unit { mistake::odd_unit(cx, &unit) } else { item::word(cx, &unit) };
    Some((scalar::number(cx, number.as_str(), place), place, unit))
}

fn quantity_expr((number, place, unit): (f64, Span, Word)) -> Expr {
    Expr { span: place.to(unit.span), kind: ExprKind::Quantity(number, unit) }
}

/// `item_call`: a call outside an expression.
pub(super) fn call(cx: &Cx, pair: Pair) -> Option<Expr> {
    fits(cx, &pair).then(|| call_inside(cx, pair)).flatten()
}

/// `call`: a name, its arguments and perhaps `from 2`.
fn call_inside(cx: &Cx, pair: Pair) -> Option<Expr> {
    let mut parts = pair.into_inner();
    let name = item::word(cx, &parts.next()?);
    let (values, place) = list(cx, parts.next()?);
    let floor = parts.next().and_then(|pair| floor(cx, pair));
    let end = floor.map_or(place, |(_, span)| span);
    Some(Expr { span: name.span.to(end), kind: ExprKind::Call(name, values, floor) })
}

/// `floor`: `from 2`, `from 60%`.
fn floor(cx: &Cx, pair: Pair) -> Option<(Scalar, Span)> {
    pair.into_inner().find(|pair| pair.as_rule() != Rule::from_word).map(|pair| scalar::scalar(cx, &pair))
}

/// `list`: values between parentheses, and the place of all.
pub(super) fn list(cx: &Cx, pair: Pair) -> (Vec<Expr>, Span) {
    let mut span = cx.trimmed(&pair);
    let open = cx.first_sign(span);
    let mut values = Vec::new();
    let mut broken = false;
    for pair in pair.into_inner() {
        match pair.as_rule() {
            Rule::inner => values.extend(inner(cx, pair)),
            Rule::broken_list => {
                broken = true;
                broken_list(cx, &pair, values.is_empty());
            }
            Rule::close_paren => span = span.to(cx.span(&pair)),
            // Several that lack theirs at the same place are one finding, for the innermost.
            Rule::missing_paren
                if !broken
                    && !cx.cut.get()
                    && cx.unclosed.replace(pair.as_span().start()) != pair.as_span().start() =>
            {
                let finding = Diagnostic::error("unclosed-parenthesis", open, "this `(` is never closed");
                cx.push(finding.help("write `)` behind the last value"));
            }
            _ => {}
        }
    }
    (values, span)
}

/// `broken_list`: something between the values of a list.
fn broken_list(cx: &Cx, pair: &Pair, first: bool) {
    let place = mistake::first_token(cx, pair);
    let message = format!("`{}` has no place here", cx.slice(place));
    let help =
        if first { "write values separated by `,`" } else { "write `,` before the next value, or `)`" };
    cx.push(Diagnostic::error("syntax", place, message).help(help));
}
