//! Words and numbers as R reads them.

use std::fmt::Write;

use crate::model::checked::Text;

/// Quotes words for R.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

/// Writes a number as R reads it.
pub(super) fn number(x: f64) -> String {
    if x == f64::INFINITY {
        "Inf".to_owned()
    } else if x == f64::NEG_INFINITY {
        "-Inf".to_owned()
    } else if x.is_finite() {
        x.to_string()
    } else {
        "NA_real_".to_owned()
    }
}

/// Writes a vector of words.
pub(super) fn names<'a>(all: impl IntoIterator<Item = &'a String>) -> String {
    format!("c({})", all.into_iter().map(|n| quoted(n)).collect::<Vec<_>>().join(", "))
}

/// Writes a vector of numbers.
pub(super) fn numbers(all: impl IntoIterator<Item = f64>) -> String {
    format!("c({})", all.into_iter().map(number).collect::<Vec<_>>().join(", "))
}

/// Quotes a column for use in an expression.
pub(super) fn column(name: &str) -> String {
    format!("`{}`", name.replace(['\\', '`'], "_"))
}

/// A title in all languages, on one line.
pub(super) fn title(text: &Text) -> String {
    let mut all: Vec<String> = Vec::new();
    for (_, words) in &text.0 {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if !words.is_empty() && !all.contains(&words) {
            all.push(words);
        }
    }
    all.join(" / ")
}

/// Writes a truth value.
pub(super) fn truth(yes: bool) -> &'static str {
    if yes { "TRUE" } else { "FALSE" }
}
