//! Templates of messages: the built-in ones, the spec's own, and how they are rendered.
//!
//! HTML is escaped, plain text is not. A name that no template data has is an
//! error, never an empty place in somebody's mail.

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use crate::dispatch::message::data::MessageData;

/// The built-in templates, by name.
const BUILT_IN: [(&str, &str); 7] = [
    ("layout.html", include_str!("../../../templates/message/layout.html")),
    ("mail.zh.html", include_str!("../../../templates/message/mail.zh.html")),
    ("mail.en.html", include_str!("../../../templates/message/mail.en.html")),
    ("mail.zh.txt", include_str!("../../../templates/message/mail.zh.txt")),
    ("mail.en.txt", include_str!("../../../templates/message/mail.en.txt")),
    ("sms.zh.txt", include_str!("../../../templates/message/sms.zh.txt")),
    ("sms.en.txt", include_str!("../../../templates/message/sms.en.txt")),
];

/// A set of parsed templates.
#[derive(Debug)]
pub struct Templates {
    env: Environment<'static>,
}

impl Templates {
    /// Parses the built-in templates.
    pub fn built_in() -> Result<Self, String> {
        let mut env = Environment::new();
        // `{% if name %}` is a fair question; an empty place in a mail is an error.
        env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        let is_html = |name: &str| name.rsplit_once('.').is_some_and(|(_, end)| end == "html");
        env.set_auto_escape_callback(
            move |name| {
                if is_html(name) { AutoEscape::Html } else { AutoEscape::None }
            },
        );
        for (name, source) in BUILT_IN {
            env.add_template(name, source).map_err(|e| words(&e))?;
        }
        Ok(Self { env })
    }

    /// Adds a template of the spec; HTML is escaped when the name ends in `.html`.
    pub fn add(&mut self, name: String, source: String) -> Result<(), String> {
        self.env.add_template_owned(name, source).map_err(|e| words(&e))
    }

    /// Renders a template.
    pub fn render(&self, name: &str, data: &MessageData) -> Result<String, String> {
        let template = self.env.get_template(name).map_err(|e| words(&e))?;
        template.render(Serde(data)).map_err(|e| words(&e))
    }
}

/// Returns the built-in template's name in a language: Chinese, else English.
#[must_use]
pub fn built_in_name(stem: &str, language: &str, end: &str) -> String {
    let language = if language.starts_with("zh") { "zh" } else { "en" };
    format!("{stem}.{language}.{end}")
}

fn words(error: &minijinja::Error) -> String {
    let place = match (error.name(), error.line()) {
        (Some(name), Some(line)) => format!("template `{name}`, line {line}: "),
        _ => String::new(),
    };
    let detail = error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
    format!("{place}{detail}")
}
