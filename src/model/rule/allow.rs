//! `allow RULE "reason"` inside a statement: taken out of the tree before lowering, so that it
//! may stand in every declaration and no construct has to know of it.

use crate::source::Span;
use crate::syntax::ast::{Item, Statement};

/// One `allow`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// The rule's name as it was written.
    pub rule: String,
    /// Where the rule's name stands.
    pub rule_span: Span,
    /// Why; `None` when it is missing.
    pub reason: Option<String>,
    /// The `allow` itself.
    pub span: Span,
    /// The statement that it belongs to: findings inside are silenced.
    pub scope: Span,
    /// Keyword and name of that statement, for people.
    pub owner: String,
}

/// Takes all `allow` lines out of the statements.
pub fn take(statements: &mut [Statement]) -> Vec<Allow> {
    let mut found = Vec::new();
    for statement in statements {
        from(statement, &mut found);
    }
    found
}

fn from(statement: &mut Statement, found: &mut Vec<Allow>) {
    let (scope, owner) = (statement.span, owner(statement));
    let Some(block) = &mut statement.block else { return };
    block.statements.retain(|line| match allow(line, scope, &owner) {
        Some(allow) => {
            found.push(allow);
            false
        }
        None => true,
    });
    for line in &mut block.statements {
        from(line, found);
    }
}

/// A row or an option may be called `allow` too; then a text follows, not the name of a rule.
fn allow(line: &Statement, scope: Span, owner: &str) -> Option<Allow> {
    let (Some(Item::Word(first)), Some(Item::Word(rule))) = (line.items.first(), line.items.get(1)) else {
        return None;
    };
    if first.text != "allow" {
        return None;
    }
    let reason = match line.items.get(2) {
        Some(Item::Text(text)) => text.parts.first().map(|p| p.value.trim().to_owned()),
        _ => None,
    };
    Some(Allow {
        rule: rule.text.clone(),
        rule_span: rule.span,
        reason: reason.filter(|r| !r.is_empty()),
        span: line.items.last().map_or(first.span, |last| first.span.to(last.span())),
        scope,
        owner: owner.to_owned(),
    })
}

/// Says which statement it is: “question `why`”.
fn owner(statement: &Statement) -> String {
    match (statement.items.first(), statement.items.get(1)) {
        (Some(Item::Word(keyword)), Some(Item::Word(name))) => format!("{} `{}`", keyword.text, name.text),
        (Some(Item::Word(keyword)), _) => format!("`{}`", keyword.text),
        _ => "a statement".to_owned(),
    }
}
