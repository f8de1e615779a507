//! Settings that stand once: a second one would take the place of the first in silence.
//!
//! What adds up may be repeated and is not listed here: `field`, `exclude`, conditions of questions and
//! sections, `ask`, `remind`, `thank`, `drop`, `flag`, `during`, `target`, `benchmark`, `rake`,
//! `drivers`, `themes`, `risk`, `feed`, `show`, `given` and `expect`; the schedule sees whom each `invite` is for.

use crate::diagnostic::Label;
use crate::model::lower::cx::Cx;
use crate::model::lower::settings;
use crate::source::Span;
use crate::syntax::ast::{Item, Statement};

/// Settings that stand once, by the keyword of their declaration.
const ONCE: [(&str, &[&str]); 15] = [
    ("campaign", &["title", "languages", "timezone", "owner", "rhythm", "follows"]),
    (
        "frame",
        &[
            "source", "key", "email", "mobile", "name", "language", "timezone", "device", "rest", "once",
            "cluster",
        ],
    ),
    ("events", &["source", "key", "person", "at"]),
    ("stratum", &["where", "sample", "split", "panel", "draw"]),
    ("question", &["text", "hint", "options", "rows", "not", "shuffle", "required"]),
    ("channel", &["from", "subject", "body", "rate", "one", "signature", "link", "script", "slug"]),
    ("schedule", &["open", "close", "hours", "reward"]),
    ("analysis", &["nonresponse", "segment", "hide", "finite", "trim", "single"]),
    ("feed", &["text", "at"]),
    ("case", &["when", "notify", "call", "due"]),
    ("action", &["for", "improves", "impact", "difficulty", "owner", "due", "status", "verify"]),
    ("privacy", &["identified", "keep", "consent"]),
    ("report", &["formats"]),
    ("responses", &["key", "weight", "stratum", "cluster", "population", "responded"]),
    // Shares of a period are settings by the name of a dimension.
    ("during", &[]),
];

/// Reports settings that stand twice, in these declarations and in the ones inside them.
pub fn check(cx: &mut Cx, statements: &[&Statement]) {
    for &statement in statements {
        let Some((keyword, _)) = first(statement) else { continue };
        if let Some((_, once)) = ONCE.iter().find(|(k, _)| *k == keyword) {
            block(cx, statement, keyword, once);
        }
        if ["section", "analysis", "score"].contains(&keyword) {
            let inside: Vec<&Statement> = settings(statement).collect();
            check(cx, &inside);
        }
    }
}

fn block(cx: &mut Cx, statement: &Statement, keyword: &str, once: &[&str]) {
    let mut seen: Vec<(&str, Span)> = Vec::new();
    for line in settings(statement) {
        let Some((word, span)) = first(line) else { continue };
        let setting = one_of_several(keyword, word);
        // `overall from q7 { … }` in `responses` names an item that may be called like a setting.
        if keyword != "during" && !once.contains(&setting) {
            continue;
        }
        let Some((_, place)) = seen.iter().find(|(s, _)| *s == setting) else {
            seen.push((setting, span));
            continue;
        };
        let found = cx.error("duplicate-setting", span, format!("`{word}` stands twice in this `{keyword}`"));
        found.help = Some("keep one of the two".to_owned());
        found.labels.push(Label { span: *place, message: "it stands here already".to_owned() });
    }
}

/// Settings of which there is one in all.
fn one_of_several<'a>(keyword: &str, word: &'a str) -> &'a str {
    match (keyword, word) {
        ("privacy", "confidential" | "anonymous") => "identified",
        ("question", "optional") => "required",
        (_, word) => word,
    }
}

fn first(statement: &Statement) -> Option<(&str, Span)> {
    match statement.items.first()? {
        Item::Word(word) | Item::Clause(word, _) => Some((word.text.as_str(), word.span)),
        _ => None,
    }
}
