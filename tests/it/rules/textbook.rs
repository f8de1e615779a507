//! What methods teaching calls bad questions, and good ones that look alike, in English and Chinese.
//!
//! The tables hold our own words. A line that begins with `?` is known to be missed: only a reader could tell, or
//! telling would cost false alarms.

use super::wording::judge;

/// Names of the rules in the tables, with the short ones of the functions.
const NAMES: [(&str, &str); 13] = [
    ("absolute", "absolute"),
    ("double-barrelled", "double"),
    ("double-negation", "notnot"),
    ("hypothetical", "if"),
    ("jargon", "jargon"),
    ("leading", "leading"),
    ("loaded", "loaded"),
    ("missing-reference-period", "period"),
    ("negation", "not"),
    ("presupposition", "presumes"),
    ("recall-burden", "recall"),
    ("sensitive", "sensitive"),
    ("vague-frequency", "vague"),
];

/// The least number of lines under each head.
const ENOUGH: usize = 15;

/// One head of a table (`# leading speaks`) with its lines.
struct Part<'t> {
    rule: &'static str,
    speaks: bool,
    lines: Vec<&'t str>,
}

fn parts(table: &str) -> Vec<Part<'_>> {
    let mut all: Vec<Part> = Vec::new();
    for line in table.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//")) {
        if let Some(head) = line.strip_prefix("# ") {
            let (name, what) = head.split_once(' ').unwrap();
            let rule = NAMES.iter().find(|(n, _)| *n == name).unwrap().1;
            assert!(matches!(what, "speaks" | "silent"), "{head}");
            all.push(Part { rule, speaks: what == "speaks", lines: Vec::new() });
        } else {
            all.last_mut().unwrap().lines.push(line);
        }
    }
    all
}

fn check(table: &str) {
    let parts = parts(table);
    assert_eq!(parts.len(), 2 * NAMES.len());
    let mut faults = Vec::new();
    for part in &parts {
        assert!(part.lines.len() >= ENOUGH, "{} has {} lines", part.rule, part.lines.len());
        for line in part.lines.iter().filter(|l| !l.starts_with('?')) {
            let (_, found) = judge(line);
            if found.iter().any(|(name, _)| *name == part.rule) != part.speaks {
                let silent = if part.speaks { "is silent on" } else { "speaks on" };
                faults.push(format!("{} {silent} {line}: {found:?}", part.rule));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn english_textbook() {
    check(include_str!("../../fixtures/wording/en.txt"));
}

#[test]
fn chinese_textbook() {
    check(include_str!("../../fixtures/wording/zh.txt"));
}
