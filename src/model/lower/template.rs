//! Templates in texts and files: only known roles, and a way out of every mailing.

use minijinja::{Environment, UndefinedBehavior, Value as Shown};

use crate::diagnostic::Label;
use crate::diagnostic::suggest::did_you_mean;
use crate::model::checked::SpecFile;
use crate::model::files::Files;
use crate::model::lower::cx::Cx;
use crate::source::Span;
use crate::syntax::ast;

/// Roles that messages know; the frame's own columns are not among them.
pub const MESSAGE: &[&str] = &[
    "name", "link", "opt_out", "title", "deadline", "minutes", "owner", "language", "sender", "one_tap",
    "reminder",
];

/// Tells whether a template reads a role.
#[must_use]
pub fn uses(template: &str, role: &str) -> bool {
    let environment = Environment::new();
    environment.template_from_str(template).is_ok_and(|t| t.undeclared_variables(false).contains(role))
}

/// Checks a text as a template, each language at its own place.
pub fn check_text(cx: &mut Cx, text: Option<&ast::Text>) {
    for part in text.iter().flat_map(|t| &t.parts) {
        check(cx, &part.value, part.span);
    }
}

/// Reports a text that lacks, in a language, a role which the message can't do without.
pub fn wants(cx: &mut Cx, text: &ast::Text, role: &str, (code, message, help): (&'static str, &str, &str)) {
    let mut without = text.parts.iter().filter(|p| !p.value.trim().is_empty() && !uses(&p.value, role));
    if let Some(first) = without.next() {
        let finding = cx.error(code, first.span, message);
        finding.help = Some(help.to_owned());
        finding.labels.extend(without.map(|p| Label { span: p.span, message: "here too".to_owned() }));
    }
}

fn check(cx: &mut Cx, template: &str, span: Span) {
    let mut environment = Environment::new();
    // As messages are rendered.
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    let parsed = match environment.template_from_str(template) {
        Ok(parsed) => parsed,
        Err(error) => {
            let what = error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
            let line = error.line().filter(|_| template.trim().contains('\n'));
            let place = line.map_or_else(String::new, |n| format!(" in line {n}"));
            cx.error("template-syntax", span, format!("this template can't be read{place}: {what}")).help =
                Some(
                    "write `{{ link }}`, `{{ name | default(\"…\") }}` or `{% if name %}…{% endif %}`"
                        .to_owned(),
                );
            return;
        }
    };
    let mut names: Vec<String> = parsed.undeclared_variables(false).into_iter().collect();
    names.sort();
    for name in names.iter().filter(|n| !MESSAGE.contains(&n.as_str())) {
        let help = match did_you_mean(name, MESSAGE.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("messages know: {}", MESSAGE.join(", ")),
        };
        cx.error("unknown-name", span, format!("messages know no `{name}`")).help = Some(help);
    }
    let known = names.iter().filter(|n| *n != "name").map(|n| (n.as_str(), Shown::from("x")));
    let without = parsed.render(known.collect::<std::collections::BTreeMap<_, _>>());
    if names.iter().any(|n| n == "name")
        && without.is_err_and(|e| e.kind() == minijinja::ErrorKind::UndefinedError)
    {
        let message = "`name` may have no value here: the cell of the list may be empty";
        cx.error("piped-missing", span, message).help =
            Some("write `{{ name | default(\"…\") }}`, or `{% if name %}…{% endif %}` around it".to_owned());
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
            check(cx, &text, span);
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
            cx.error(reason.code(), span, format!("the template can't be read: {reason}")).help =
                Some(reason.help().to_owned());
            None
        }
    }
}
