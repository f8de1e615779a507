//! What a statement means: its items and the shape of its expressions, written briefly.

use canvass::syntax::ast::{BinaryOp, Expr, ExprKind, Item, Scalar, Statement, Text};

use super::parsed;

/// Parses statements and writes each on a line, kinds of items in front.
fn items(text: &str) -> String {
    let (_, parsed) = parsed("a.survey", text);
    assert_eq!(parsed.diagnostics, [], "{text}");
    parsed.file.statements.iter().map(statement).collect::<Vec<_>>().join("\n")
}

fn statement(statement: &Statement) -> String {
    let items: Vec<String> = statement.items.iter().map(item).collect();
    let block = statement.block.as_ref().map(|block| {
        let inside: Vec<String> = block.statements.iter().map(self::statement).collect();
        format!(" {{ {} }}", inside.join("; "))
    });
    format!("{}{}", items.join(" "), block.unwrap_or_default())
}

fn item(item: &Item) -> String {
    match item {
        Item::Word(word) => word.text.clone(),
        Item::Text(parts) => text(parts),
        Item::Scalar(value, _) => scalar(*value),
        Item::Range(low, high, _) => format!("[{}..{}]", scalar(*low), scalar(*high)),
        Item::Symbol(sign, _) => format!("‹{sign}›"),
        Item::Clause(word, value) => format!("{}⟨{}⟩", word.text, expr(value)),
        Item::Assign(value) => format!("=⟨{}⟩", expr(value)),
        Item::Call(value) => format!("call⟨{}⟩", expr(value)),
    }
}

fn text(text: &Text) -> String {
    let tagged = |tag: Option<&str>, value: &str| {
        format!("{}{value:?}", tag.map(|t| format!("{t}:")).unwrap_or_default())
    };
    let parts = text.parts.iter().map(|p| tagged(p.language.as_ref().map(|w| w.text.as_str()), &p.value));
    parts.collect::<Vec<_>>().join("/")
}

fn scalar(value: Scalar) -> String {
    match value {
        Scalar::Number(number) => format!("{number}"),
        Scalar::Percent(share) => format!("share {share}"),
        Scalar::Date(date) => format!("date {date}"),
        Scalar::Time(time) => format!("time {time}"),
    }
}

fn expr(value: &Expr) -> String {
    let all = |values: &[Expr]| values.iter().map(expr).collect::<Vec<_>>().join(", ");
    match &value.kind {
        ExprKind::Name(name) => name.clone(),
        ExprKind::Scalar(value) => scalar(*value),
        ExprKind::Quantity(number, unit) => format!("{number} {}", unit.text),
        ExprKind::Text(parts) => text(parts),
        ExprKind::Range(low, high) => format!("[{}..{}]", scalar(*low), scalar(*high)),
        ExprKind::List(values) => format!("list({})", all(values)),
        ExprKind::Top(share) => format!("top {share}"),
        ExprKind::Not(a) => format!("(not {})", expr(a)),
        ExprKind::Negate(a) => format!("(- {})", expr(a)),
        ExprKind::Binary(op, a, b) => format!("({} {} {})", expr(a), sign(*op), expr(b)),
        ExprKind::In(a, b) => format!("({} in {})", expr(a), expr(b)),
        ExprKind::Within(a, number, unit) => format!("({} within {number} {})", expr(a), unit.text),
        ExprKind::Is(a, state) => format!("({} is {})", expr(a), state.text),
        ExprKind::Call(name, values, None) => format!("{}({})", name.text, all(values)),
        ExprKind::Call(name, values, Some((floor, _))) => {
            format!("{}({}; from {})", name.text, all(values), scalar(*floor))
        }
        ExprKind::RiskOf(group, campaign) => format!("risk {} of {}", group.text, campaign.text),
    }
}

fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "or",
        BinaryOp::And => "and",
        BinaryOp::Equal => "=",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEqual => ">=",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
    }
}

#[track_caller]
fn means(text: &str, expected: &str) {
    assert_eq!(items(text), expected, "{text}");
}

/// Checks the shape of a condition.
#[track_caller]
fn shape(condition: &str, expected: &str) {
    assert_eq!(items(&format!("x when {condition}")), format!("x when⟨{expected}⟩"), "{condition}");
}

#[test]
fn values_are_single_tokens_and_the_longest_wins() {
    means("a 1..5 0.3..3 -2..2", "a [1..5] [0.3..3] [-2..2]");
    means("a 09:00..20:00 9:05", "a [time 09:00:00..time 20:00:00] time 09:05:00");
    means("a 2026-01-20..2026-01-31", "a [date 2026-01-20..date 2026-01-31]");
    means("a 2026-01-05 09:00", "a date 2026-01-05 time 09:00:00");
    means("a 20% -20% 71.5 10%..20%", "a share 0.2 share -0.2 71.5 [share 0.1..share 0.2]");
}

#[test]
fn statements_end_at_a_newline_unless_it_goes_on() {
    means("a b\nc;d { e\n f; g }", "a b\nc\nd { e; f; g }");
    means("a b,\n\n  // still\n  c", "a b ‹,› c");
    means("a \"x\" /\n \"y\"", "a \"x\"/\"y\"");
    means("a =\n b + // plus\n c", "a =⟨(b + c)⟩");
    means("a = mean(b\n ,\n c\n + d\n)\ne", "a =⟨mean(b, (c + d))⟩\ne");
    means("a when (b\n or\n c\n in (d,\n e)) f", "a when⟨(b or (c in list(d, e)))⟩ f");
}

#[test]
fn keywords_are_words_wherever_they_can_be() {
    means("question when : date {\n}", "question when ‹:› date {  }");
    means("question where.from : text", "question where.from ‹:› text");
    means("stratum 重点_1 tickets.resolved", "stratum 重点_1 tickets.resolved");
    means("index where", "index where");
    shape("android or notes and index = inner", "(android or (notes and (index = inner)))");
}

#[test]
fn items_outside_expressions_stay_flat() {
    means("target csi >= 75 by 2026-03-31", "target csi ‹>=› 75 by date 2026-03-31");
    means("expect csi < 40", "expect csi ‹<› 40");
    means("improves count(tickets) by -20%", "improves call⟨count(tickets)⟩ by share -0.2");
    means("rake a, b | c", "rake a ‹,› b ‹|› c");
}

#[test]
fn conditions_and_formulas_are_followed_by_further_items() {
    means(
        "dimension d \"一\" / \"one\" 20% = mean(a) from 2\nnext",
        "dimension d \"一\"/\"one\" share 0.2 =⟨mean(a; from 2)⟩\nnext",
    );
    means(
        "index i = weighted(a, b) from 60%",
        "index i =⟨weighted(a, b; from 0.6)⟩".replace("0.6", "share 0.6").as_str(),
    );
    means("where a within 48 hours as of 2026-01-01", "where⟨(a within 48 hours)⟩ as of date 2026-01-01");
    means("flag \"x\" when a in 1..3, b", "flag \"x\" when⟨(a in [1..3])⟩ ‹,› b");
}

#[test]
fn tags_belong_to_texts_only_where_all_parts_have_one() {
    means("text zh \"一\" / en \"one\"", "text zh:\"一\"/en:\"one\"");
    means("text zh_Hant \"一\"", "text zh_Hant:\"一\"");
    means(
        "options it \"信息部\" / \"IT\", no \"否\" / \"No\"",
        "options it \"信息部\"/\"IT\" ‹,› no \"否\"/\"No\"",
    );
    means("it \"信息部\"", "it \"信息部\"");
    means("from \"a\" at \"b\" to \"c\"", "from \"a\" at \"b\" to \"c\"");
}

#[test]
fn escapes_and_long_texts() {
    means(r#"a "x \"y\" \\ z\nw""#, r#"a "x \"y\" \\ z\nw""#);
    means("a \"\" \"// no comment\" // comment", "a \"\" \"// no comment\"");
    means("a \"\"\"he said \"hi\"\"\"\"", r#"a "he said \"hi\"""#);
    means("a \"\"\"\n    first\n      second\n\n    third\n    \"\"\"", r#"a "first\n  second\n\nthird""#);
    means("a \"\"\"one\r\n  two\"\"\"", r#"a "one\n  two""#);
    means("a \"{ } ; , ’ ： “x”\"", "a \"{ } ; , ’ ： “x”\"");
}

#[test]
fn operators_bind_as_documented() {
    shape("a or b and not c = d + e * -f", "(a or (b and (not (c = (d + (e * (- f)))))))");
    shape("a - b - c", "((a - b) - c)");
    shape("a / b * c", "((a / b) * c)");
    shape("a -20%", "(a - share 0.2)");
    shape("(a or b) and c", "((a or b) and c)");
    shape("not a in (b, c) or d", "((not (a in list(b, c))) or d)");
    shape("a not in (b)", "(not (a in list(b)))");
    shape("a + b in 1..3 and c within 6 months", "(((a + b) in [1..3]) and (c within 6 months))");
    shape("a is missing or b is not answered", "((a is missing) or (not (b is answered)))");
    shape("spend in top 20% or visits in top 15%", "((spend in top 0.2) or (visits in top 0.15))");
    shape("(a < b) = (c < d)", "((a < b) = (c < d))");
}

#[test]
fn operands_have_their_kinds() {
    shape("duration < 40 seconds", "(duration < 40 seconds)");
    shape("spend >= CNY 30", "(spend >= 30 CNY)");
    shape("risk high of csat_2025q4", "risk high of csat_2025q4");
    shape("risk > 3 and risky", "((risk > 3) and risky)");
    shape("closed >= 2026-01-05 and at < 09:30", "((closed >= date 2026-01-05) and (at < time 09:30:00))");
    shape("name = \"李雷\"", "(name = \"李雷\")");
    shape("share(tickets.resolved) >= 85%", "(share(tickets.resolved) >= share 0.85)");
    shape("band(age, 2, 3) = 1 and now()", "((band(age, 2, 3) = 1) and now())");
    shape("top in (1, 2) and points > 3 points", "((top in list(1, 2)) and (points > 3 points))");
}
