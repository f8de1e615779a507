//! `breaks trend "reason"`, `breaks data "reason"`: the author knows what a change does to earlier answers.
//!
//! Taken out of the tree before lowering, as `allow` is, so that no construct has to know of it. It stands in the
//! statement that changed; in `campaign` it speaks for everything, which is how something that is gone is spoken for.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Item, Statement};

/// Declarations whose changes can be spoken for.
const OWNERS: [&str; 13] = [
    "analysis", "campaign", "channel", "clean", "events", "frame", "privacy", "question", "scale",
    "schedule", "score", "section", "stratum",
];

/// What a change breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Broken {
    /// Answers before and after can't be compared.
    Trend,
    /// Answers before no longer fit.
    Data,
}

/// One `breaks`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaks {
    /// What.
    pub what: Broken,
    /// Why.
    pub reason: String,
    /// Keyword of the declaration that it stands in.
    pub keyword: String,
    /// Name of that declaration; empty when it has none.
    pub name: String,
    /// Where.
    pub span: Span,
}

/// Takes all `breaks` lines out of the statements; those that can't be read become findings.
pub fn take(statements: &mut [Statement], diagnostics: &mut Vec<Diagnostic>) -> Vec<Breaks> {
    let mut found = Vec::new();
    for statement in statements {
        from(statement, &mut found, diagnostics);
    }
    found
}

fn from(statement: &mut Statement, found: &mut Vec<Breaks>, diagnostics: &mut Vec<Diagnostic>) {
    let word = |at: usize| match statement.items.get(at) {
        Some(Item::Word(word)) => word.text.clone(),
        _ => String::new(),
    };
    let (keyword, name) = (word(0), word(1));
    let Some(block) = &mut statement.block else { return };
    if OWNERS.contains(&keyword.as_str()) {
        block.statements.retain(|line| match breaks(line, &keyword, &name) {
            None => true,
            Some(Ok(one)) => {
                found.push(one);
                false
            }
            Some(Err(finding)) => {
                diagnostics.push(finding);
                false
            }
        });
    }
    for line in &mut block.statements {
        from(line, found, diagnostics);
    }
}

fn breaks(line: &Statement, keyword: &str, name: &str) -> Option<Result<Breaks, Diagnostic>> {
    let Some(Item::Word(first)) = line.items.first() else { return None };
    if first.text != "breaks" {
        return None;
    }
    let span = line.items.last().map_or(first.span, |last| first.span.to(last.span()));
    let what = match line.items.get(1) {
        Some(Item::Word(word)) if word.text == "trend" => Some(Broken::Trend),
        Some(Item::Word(word)) if word.text == "data" => Some(Broken::Data),
        _ => None,
    };
    let reason = match (line.items.get(2), line.items.len()) {
        (Some(Item::Text(text)), 3) => text.parts.first().map(|p| p.value.trim().to_owned()),
        _ => None,
    };
    let reason = reason.filter(|reason| !reason.is_empty());
    Some(match (what, reason) {
        (Some(what), Some(reason)) => {
            Ok(Breaks { what, reason, keyword: keyword.to_owned(), name: name.to_owned(), span })
        }
        _ => Err(Diagnostic::error("expected", span, "expected what breaks, and why")
            .help("write `breaks trend \"reason\"` or `breaks data \"reason\"`")),
    })
}
