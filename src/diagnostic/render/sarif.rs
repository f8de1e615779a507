//! SARIF 2.1.0 (OASIS), which code scanning services read.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{place, sorted};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{SourceMap, Span};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes one run with all findings as results.
#[must_use]
pub fn render_sarif(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let all = sorted(diagnostics);
    let mut codes: Vec<&str> = all.iter().map(|d| d.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| json!({ "id": code })).collect();
    let results: Vec<Value> = all.into_iter().map(|d| result(d, &codes, sources)).collect();
    let driver = json!({ "name": "canvass", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let run = json!({
        "tool": { "driver": driver },
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] });
    format!("{log:#}\n")
}

fn result(diagnostic: &Diagnostic, codes: &[&str], sources: &SourceMap) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let text = match &diagnostic.help {
        Some(help) => format!("{}; {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let mut result = json!({
        "ruleId": diagnostic.code,
        "ruleIndex": codes.binary_search(&diagnostic.code).unwrap_or(0),
        "level": level,
        "message": { "text": text },
        "locations": [{ "physicalLocation": location(sources, diagnostic.span) }],
    });
    if !diagnostic.labels.is_empty() {
        let labels = diagnostic.labels.iter().enumerate();
        result["relatedLocations"] = labels
            .map(|(id, label)| {
                let place = location(sources, label.span);
                json!({ "id": id, "physicalLocation": place, "message": { "text": label.message } })
            })
            .collect();
    }
    if let Some(fix) = &diagnostic.fix {
        let replacement = json!({
            "deletedRegion": region(sources, fix.span),
            "insertedContent": { "text": fix.replacement },
        });
        let change =
            json!({ "artifactLocation": artifact(sources, fix.span), "replacements": [replacement] });
        result["fixes"] = json!([{ "artifactChanges": [change] }]);
    }
    result
}

fn location(sources: &SourceMap, span: Span) -> Value {
    json!({ "artifactLocation": artifact(sources, span), "region": region(sources, span) })
}

fn region(sources: &SourceMap, span: Span) -> Value {
    let at = place(sources, span);
    json!({
        "startLine": at.line,
        "startColumn": at.column,
        "endLine": at.end_line,
        "endColumn": at.end_column,
    })
}

/// A path as a relative URI reference (RFC 3986): everything but unreserved characters and `/` is escaped.
fn artifact(sources: &SourceMap, span: Span) -> Value {
    let path = place(sources, span).path;
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => _ = write!(uri, "%{byte:02X}"),
        }
    }
    json!({ "uri": uri })
}
