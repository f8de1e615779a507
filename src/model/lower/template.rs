//! Templates in texts and files: only known roles, and a way out of every mailing.

use minijinja::Environment;

use crate::model::checked::{SpecFile, Text};
use crate::model::files::Files;
use crate::model::lower::cx::Cx;
use crate::source::Span;

/// Roles that messages know; the frame's own columns are not among them.
pub const MESSAGE: &[&str] = &[
    "name", "link", "opt_out", "title", "deadline", "minutes", "owner", "language", "sender", "one_tap",
    "purpose", "reminder", "privacy",
];

/// Tells whether a template reads a role.
#[must_use]
pub fn uses(template: &str, role: &str) -> bool {
    let environment = Environment::new();
    environment.template_from_str(template).is_ok_and(|t| t.undeclared_variables(false).contains(role))
}

/// Checks a template in every language.
pub fn check_text(cx: &mut Cx, text: &Text, span: Span, known: &[&str]) {
    for (_, value) in &text.0 {
        check(cx, value, span, known);
    }
}

fn check(cx: &mut Cx, template: &str, span: Span, known: &[&str]) {
    let environment = Environment::new();
    match environment.template_from_str(template) {
        Ok(parsed) => {
            let mut names: Vec<String> = parsed.undeclared_variables(false).into_iter().collect();
            names.sort();
            for name in names.iter().filter(|n| !known.contains(&n.as_str())) {
                cx.unknown("template variable", name, span, known.iter().copied());
            }
        }
        Err(error) => {
            cx.error("template-syntax", span, format!("this template can't be read: {error}"));
        }
    }
}

/// Reads a template file; a mailing must offer a way out.
pub fn file(
    cx: &mut Cx,
    path: &str,
    span: Span,
    mailing: bool,
    files: &dyn Files,
    read: &mut Vec<SpecFile>,
) -> Option<SpecFile> {
    match files.read(path) {
        Ok(text) => {
            check(cx, &text, span, MESSAGE);
            if mailing && !uses(&text, "opt_out") {
                cx.error("no-way-out", span, format!("the template `{path}` has no way out")).help =
                    Some("put a link to `{{ opt_out }}` into it".to_owned());
            }
            if mailing && !uses(&text, "link") {
                cx.error("no-link", span, format!("the template `{path}` has no link to the form")).help =
                    Some("put a link to `{{ link }}` into it".to_owned());
            }
            let file = SpecFile { path: path.to_owned(), text };
            if !read.contains(&file) {
                read.push(file.clone());
            }
            Some(file)
        }
        Err(reason) => {
            cx.error("missing-file", span, format!("the template can't be read: {reason}"));
            None
        }
    }
}
