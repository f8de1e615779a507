//! `subject-length`: a subject that inboxes cut off.

use crate::model::places::TextId;
use crate::model::rule::text::{is_han, plain_with};
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("subject-length", include_str!("../../../docs/rules/subject-length.md"), check);

/// Columns that an inbox on a desk shows; a Chinese character takes two.
const COLUMNS: usize = 60;

fn check(spec: &Spec, found: &mut Findings) {
    for wording in spec.texts.iter().filter(|w| matches!(w.id, TextId::Subject(_))) {
        // A name is some three Chinese or ten Latin characters long.
        let shown = plain_with(wording.text, |name| match name {
            "name" if wording.is_chinese() => "王小明",
            "name" => "Ann Miller",
            "minutes" => "3",
            _ => "2026-01-31",
        });
        let columns: usize = shown.chars().map(columns_of).sum();
        if columns > COLUMNS {
            let message = format!("the subject takes {columns} columns, inboxes show about {COLUMNS}");
            let help = if wording.is_chinese() {
                "write at most 30 Chinese characters, what matters first"
            } else {
                "write at most 60 characters, what matters first"
            };
            found.report(wording.span(), message).help(help);
        }
    }
}

fn columns_of(c: char) -> usize {
    let wide = is_han(c) || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff60}');
    if wide { 2 } else { 1 }
}
