//! `number-drift`: the languages of one text name different numbers.

use std::ops::Range;

use crate::model::rule::text::{has_cue, is_han, own_words};
use crate::model::rule::{Findings, Rule, Spec, Wording};

/// The rule.
pub const RULE: Rule = Rule::new("number-drift", include_str!("../../../docs/rules/number-drift.md"), check);

/// Words after which hours and digits are counted another way.
const OTHER_COUNT: [&str; 6] = ["am", "pm", "a.m", "p.m", "o'clock", "fl oz"];

fn check(spec: &Spec, found: &mut Findings) {
    for group in spec.texts.chunk_by(|a, b| a.id == b.id) {
        let Some((first, others)) = group.split_first() else { continue };
        for wording in others {
            compare(first, wording, found);
        }
    }
}

/// Numbers may be words in one language (“March”), so one side may have more; each side must have one that the
/// other lacks.
fn compare(first: &Wording, other: &Wording, found: &mut Findings) {
    if [first, other].iter().any(|w| has_cue(w.text, &OTHER_COUNT)) {
        return;
    }
    let (one, two) = (numbers(first.text), numbers(other.text));
    let only = |a: &[(Range<usize>, f64)], b: &[(Range<usize>, f64)]| {
        a.iter().find(|(_, x)| !b.iter().any(|(_, y)| same(*x, *y))).cloned()
    };
    let (Some((here, x)), Some((there, y))) = (only(&one, &two), only(&two, &one)) else { return };
    let message = format!("`{}` says {x} where `{}` says {y}", first.language, other.language);
    found
        .report(other.part(there), message)
        .label(first.part(here), format!("{x} here"))
        .help("say the same number in all languages");
}

fn same(x: f64, y: f64) -> bool {
    (x - y).abs() < 1e-9
}

/// Returns the numbers in digits outside of variables and quoted words; `1,000` and `1万` are read.
fn numbers(text: &str) -> Vec<(Range<usize>, f64)> {
    let own = own_words(text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = own.get(at..).and_then(|s| s.find(|c: char| c.is_ascii_digit())).map(|i| i + at) {
        let rest = own.get(start..).unwrap_or("");
        let mut end =
            start + rest.find(|c: char| !(c.is_ascii_digit() || ",.".contains(c))).unwrap_or(rest.len());
        let digits = own.get(start..end).unwrap_or("");
        end = start + digits.trim_end_matches([',', '.']).len();
        let digits = own.get(start..end).unwrap_or("").replace(',', "");
        let behind = own.get(end..).unwrap_or("").trim_start();
        let times = match behind.chars().next() {
            Some('万') => 1e4,
            Some('亿') => 1e8,
            Some('千') => 1e3,
            _ if behind.to_lowercase().starts_with("million") => 1e6,
            _ if behind.to_lowercase().starts_with("thousand") => 1e3,
            _ => 1.0,
        };
        // `5G`, `V2` and `T3` are names.
        let before = own.get(..start).and_then(|s| s.chars().next_back());
        let named = before.is_some_and(|c| c.is_alphabetic() && !is_han(c))
            || own.get(end..).and_then(|s| s.chars().next()).is_some_and(|c| c.is_ascii_alphabetic());
        if let (false, Ok(number)) = (named, digits.parse::<f64>()) {
            found.push((start..end, number * times));
        }
        at = end;
    }
    found
}
