//! From page data to HTML, and the stylesheet.
//!
//! Goes in: [`FormData`]. Comes out: a page that needs no script, no font and no
//! picture, and whose every value was escaped by the template engine.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value};
use sha2::{Digest, Sha256};

use crate::collect::form::FormData;

/// The stylesheet.
pub const STYLESHEET: &str = include_str!("../../templates/form/form.css");

const TEMPLATES: [(&str, &str); 7] = [
    ("layout.html", include_str!("../../templates/form/layout.html")),
    ("start.html", include_str!("../../templates/form/start.html")),
    ("questions.html", include_str!("../../templates/form/questions.html")),
    ("question.html", include_str!("../../templates/form/question.html")),
    ("controls.html", include_str!("../../templates/form/controls.html")),
    ("confirm.html", include_str!("../../templates/form/confirm.html")),
    ("notice.html", include_str!("../../templates/form/notice.html")),
];

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut env = Environment::new();
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    env.set_syntax(syntax.expect("the delimiters are the usual ones"));
    for (name, source) in TEMPLATES {
        env.add_template(name, source).expect("the templates are compiled in and tested");
    }
    env
});

/// Returns the stylesheet's file name, which changes with its content, so that browsers may keep it for ever.
#[must_use]
pub fn stylesheet_name() -> String {
    let digest = Sha256::digest(STYLESHEET.as_bytes());
    let number = digest.iter().take(6).fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    format!("form-{number:012x}.css")
}

/// Renders a page.
pub fn render(data: &FormData) -> Result<String, minijinja::Error> {
    PAGES.get_template("layout.html")?.render(Value::from(Serde(data)))
}
