//! What to do about a fault whose place says nothing more particular.

use crate::diagnostic::Diagnostic;

/// Texts with a part too many that are told of one by one, at most: more are a language that `languages` forgot.
const MOST_SURPLUS: usize = 3;

/// Gives every finding that has no remedy of its own the usual one of its kind, and makes one of what is one fault.
pub fn complete(diagnostics: &mut Vec<Diagnostic>) {
    surplus(diagnostics);
    for diagnostic in diagnostics.iter_mut().filter(|d| d.help.is_none()) {
        diagnostic.help = match wanted(diagnostic) {
            Some(wanted) => Some(format!("write {wanted}")),
            None => usual(diagnostic.code).map(str::to_owned),
        };
    }
}

/// Puts texts with more parts than languages together where there are many.
fn surplus(diagnostics: &mut Vec<Diagnostic>) {
    let is_one = |d: &Diagnostic| d.code == "too-many-texts" && d.message.starts_with(SURPLUS);
    let count = diagnostics.iter().filter(|d| is_one(d)).count();
    if count <= MOST_SURPLUS {
        return;
    }
    let mut told = false;
    diagnostics.retain_mut(|d| {
        if !is_one(d) {
            return true;
        }
        if std::mem::replace(&mut told, true) {
            return false;
        }
        d.message =
            format!("this text and {} more have more parts than the campaign has languages", count - 1);
        d.help = d.help.take().map(|help| format!("{help}: add the missing one to `languages`"));
        true
    });
}

/// What is said of a text with more parts than languages.
pub const SURPLUS: &str = "this text has more parts than the campaign has languages";

/// Returns what a finding says was expected.
fn wanted(diagnostic: &Diagnostic) -> Option<&str> {
    let message = diagnostic.message.as_str();
    if diagnostic.code != "expected" {
        return None;
    }
    match message.strip_prefix("expected ") {
        Some(wanted) => Some(wanted.strip_suffix(" here").unwrap_or(wanted)),
        None => message.strip_suffix(" is missing"),
    }
}

fn usual(code: &str) -> Option<&'static str> {
    Some(match code {
        "duplicate-name" => "remove one of the two, or give it another name",
        "missing-setting" => "add the missing line to the block",
        "too-few-items" => "name more of them, or leave the whole clause out",
        "too-many-texts" => "write one text for each language",
        "out-of-range" => "write a number within these limits",
        "out-of-scope" => {
            "use something that is known at that moment, or put the condition where this is known"
        }
        "weights-sum" => "lower the shares so that they add up to at most 100 %",
        "wrong-type" => "name something of the right kind here",
        "unexpected" => "write a name here, or remove this",
        "no-frame" => "add `frame NAME { source \"data/customers.csv\"; key id; email email }`",
        "holidays" => "write rows such as `2026-02-16,off` or `2026-02-14,work`",
        "name-clash" => "give one of the two another name",
        _ => return None,
    })
}
