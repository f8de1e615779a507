//! What is left of a file when part of it is broken.

use std::time::{Duration, Instant};

use canvass::syntax::ast::{Item, Statement};
use canvass::syntax::{MAX_NESTING, MAX_OPERATORS};

use super::walk::check_spans;
use super::{declarations, file, fixtures, parsed};

/// Writes the words that a statement begins with.
fn head(statement: &Statement) -> String {
    let words = statement.items.iter().take(2).map(|item| match item {
        Item::Word(word) => word.text.as_str(),
        _ => "…",
    });
    words.collect::<Vec<_>>().join(" ")
}

fn heads(text: &str) -> Vec<String> {
    parsed("a.survey", text).1.file.statements.iter().map(head).collect()
}

/// Whatever is done to one line of a declaration, the declarations around it stay.
#[test]
fn a_broken_line_never_hides_another_declaration() {
    for declaration in fixtures().iter().flat_map(|(_, text)| declarations(text)) {
        let lines: Vec<&str> = declaration.split_inclusive('\n').collect();
        for (number, line) in lines.iter().enumerate() {
            let (before, after) = (lines[..number].concat(), lines[number + 1..].concat());
            let body = line.trim_end_matches('\n');
            let middle = body.char_indices().nth(body.chars().count() / 2).map_or(0, |(at, _)| at);
            let (left, right) = body.split_at(middle);
            for broken in breakages(body, left, right) {
                let text = format!(
                    "scale first {{ 1 \"a\" }}\n{before}{broken}\n{after}\ntest \"last\" {{ given a 1 }}\n"
                );
                let all = heads(&text);
                assert_eq!(all.first().map(String::as_str), Some("scale first"), "{text}");
                assert_eq!(all.last().map(String::as_str), Some("test …"), "{text}");
            }
        }
    }
}

/// Ways to break a line, given whole and in halves.
fn breakages(body: &str, left: &str, right: &str) -> [String; 13] {
    [
        String::new(),
        left.to_owned(),
        right.to_owned(),
        format!("{body} {{"),
        format!("  {body}}}"),
        format!("{left}\"{right}"),
        format!("{left}\"\"\"{right}"),
        format!("{left}({right}"),
        format!("{left} @@ {right}"),
        format!("{left} = {right}"),
        format!("{left}/*{right}"),
        format!("{left}“{right}"),
        format!("{body},"),
    ]
}

/// One slip, one finding.
#[test]
fn a_slip_gives_one_finding() {
    let frame = |line: &str| {
        format!(
            "campaign c {{\n  languages zh, en\n  {line}\n  rhythm quarterly\n}}\nreport {{ formats html }}\n"
        )
    };
    for line in [
        "owner \"cx@example.com",
        "owner cx@example.com",
        "title 'x'",
        "title \"x\" /",
        "title “客户满意度”",
        "weight == 3",
        "x = 3 + * 4",
        "x = mean(a b)",
        "x = mean(a, b",
        "x when a && b",
        "x when a && {",
        "# note: see (above",
        "@",
        "x ) y ) z",
        "open 2026-13-01",
        "key-account",
        "due 30days",
        "x when a in b, c",
        "x (a, (b; c",
        "满意度，很好：是的",
    ] {
        let text = frame(line);
        let (_, result) = parsed("a.survey", &text);
        if line.ends_with('{') || line.contains(';') {
            assert!((1..=3).contains(&result.diagnostics.len()), "{line}: {:#?}", result.diagnostics);
        } else {
            assert_eq!(result.diagnostics.len(), 1, "{line}: {:#?}", result.diagnostics);
        }
        assert_eq!(heads(&text), ["campaign c", "report"], "{line}");
    }
}

#[test]
fn deep_nesting_is_cut_out_with_one_finding() {
    let started = Instant::now();
    for (open, close) in
        [("a {\n", "}\n"), ("(", ")"), ("a = (", ")"), ("a = not (-(", "))"), ("a { b = (", ") }")]
    {
        for closed in [true, false] {
            let inside = open.repeat(10_000) + "x" + if closed { close } else { "" }.repeat(10_000).as_str();
            let text = format!("section s {{\n  k = {inside}\n}}\nreport {{ formats html }}\n");
            let (sources, result) = parsed("a.survey", &text);
            check_spans(file(&sources), &result);
            let deep = result.diagnostics.iter().filter(|d| d.code == "nesting").count();
            assert!(deep >= 1, "{open:?}");
            // A brace inside parentheses is a slip of its own, up to the limit.
            let most = if open.contains("{ b = (") { 2 * MAX_NESTING } else { 4 };
            assert!(result.diagnostics.len() <= most, "{open:?} {closed}: {}", result.diagnostics.len());
            assert!(result.file.statements.iter().any(|s| head(s) == "report"), "{open:?} {closed}");
        }
    }
    let spent = started.elapsed();
    // About ten seconds unoptimised; backtracking into every level would never end.
    assert!(spent < Duration::from_mins(2), "{spent:?}");
}

#[test]
fn nesting_up_to_the_limit_is_fine() {
    let depth = MAX_NESTING - 1;
    let text = format!("a {{ b = {}1{} }}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(parsed("a.survey", &text).1.diagnostics, []);
    let blocks = "a {".repeat(MAX_NESTING) + &"}".repeat(MAX_NESTING);
    assert_eq!(parsed("a.survey", &blocks).1.diagnostics, []);
}

/// A list is no nesting, and later declarations count anew.
#[test]
fn width_is_not_depth() {
    let names = (0..5_000).map(|n| format!("n{n}")).collect::<Vec<_>>().join(", ");
    let text = format!("stratum s {{ where region in ({names}) }}\n").repeat(2);
    assert_eq!(parsed("a.survey", &text).1.diagnostics, []);
    let unclosed = "section s {\n".repeat(200);
    let codes: Vec<_> = parsed("a.survey", &unclosed).1.diagnostics.iter().map(|d| d.code).collect();
    assert!(codes.iter().all(|code| *code == "unclosed-block") && codes.len() == 200);
}

#[test]
fn endless_expressions_are_refused() {
    let sum = |n: usize| format!("a {{\n  b = x{}\n  c 1\n}}", " + x".repeat(n));
    assert_eq!(parsed("a.survey", &sum(MAX_OPERATORS)).1.diagnostics, []);
    for text in [
        sum(MAX_OPERATORS + 1),
        sum(20_000),
        format!("a = {}x", "not ".repeat(20_000)),
        format!("a = {}x", "- ".repeat(20_000)),
    ] {
        let codes: Vec<_> = parsed("a.survey", &text).1.diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(codes, ["nesting"]);
    }
}

#[test]
fn too_large_a_file_is_refused() {
    let text = " ".repeat(canvass::syntax::MAX_FILE_BYTES + 1);
    let codes: Vec<_> = parsed("a.survey", &text).1.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["file-size"]);
}

/// A fix, applied, silences its finding.
#[test]
fn fixes_mend() {
    for line in [
        "x when a == b",
        "x when a && b",
        "x when a || !b",
        "x <> 3",
        "x =< 3",
        "x： y",
        "x “y”",
        "x ＡＢ",
        "x 'y'",
        "x cx@example.com",
        "x data/a.csv",
        "x https://example.com/a?b=c",
        "due 30days",
        "x when a < 3 小时",
        "open 2026/1/5",
        "open 2026-01-05T09:00",
        "a-b 3",
        "# note",
        "x $5",
        "x when a in b, c",
        "x when a in top 20",
        "x\u{200B}y",
        "x\u{3000}y",
        "x when a ≤ 3",
    ] {
        let mut text = format!("campaign c {{\n  {line}\n}}\n");
        for _ in 0..3 {
            let found = parsed("a.survey", &text).1.diagnostics;
            let Some(fix) = found.first().map(|d| d.fix.clone().unwrap_or_else(|| panic!("{line}: {d:?}")))
            else {
                break;
            };
            text.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.replacement);
        }
        assert_eq!(parsed("a.survey", &text).1.diagnostics, [], "{line} → {text}");
    }
}
