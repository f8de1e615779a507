//! `channel NAME : KIND { … }`: how people are reached.

use crate::model::checked::{Channel, ChannelKind, LinkMode, Question, QuestionKind, SpecFile, Text};
use crate::model::files::Files;
use crate::model::lower::cx::{Cx, Type};
use crate::model::lower::reader::Reader;
use crate::model::lower::{settings, template};
use crate::syntax::ast::{Item, Statement};

const KINDS: [&str; 5] = ["email", "sms", "phone", "webhook", "link"];

/// Lowers a channel; own templates are read through `files` and noted in `read`.
pub fn channel(
    cx: &mut Cx,
    statement: &Statement,
    files: &dyn Files,
    read: &mut Vec<SpecFile>,
) -> Option<Channel> {
    let mut head = Reader::new(statement);
    head.keyword("channel");
    let name = head.name(cx, "the channel's name")?;
    if !head.symbol(":") {
        head.expected(cx, "`:` and the kind of channel");
        return None;
    }
    let here = head.here();
    let kind = head.name(cx, "the kind of channel")?;
    head.end(cx);
    if !KINDS.contains(&kind.text.as_str()) {
        cx.unknown("kind of channel", &kind.text, here, KINDS);
        return None;
    }
    let mut parts = Parts::default();
    let own_link = |l: &Statement| {
        let mut r = Reader::new(l);
        r.keyword("link") && (r.keyword("fixed") || r.keyword("reply"))
    };
    parts.impersonal = settings(statement).any(own_link);
    for line in settings(statement) {
        setting(cx, &mut parts, line, &kind.text, files, read);
    }
    let missing = |cx: &mut Cx, what: &str| {
        cx.error("missing-setting", name.span, format!("channel `{}` has no `{what}`", name.text));
    };
    let kind = match kind.text.as_str() {
        "email" => {
            if parts.from_address.is_empty() {
                missing(cx, "from");
            }
            if parts.subject.is_empty() {
                missing(cx, "subject");
            }
            ChannelKind::Email {
                from_name: parts.from_name,
                from_address: parts.from_address,
                subject: parts.subject,
                body: parts.file,
                one_tap: None,
            }
        }
        "sms" => {
            if parts.body.is_empty() {
                missing(cx, "body");
            }
            ChannelKind::Sms {
                signature: parts.signature,
                body: parts.body,
                link: parts.link.unwrap_or(LinkMode::Personal),
            }
        }
        "phone" => ChannelKind::Phone { script: parts.script },
        "webhook" => {
            cx.not_carried_out("a webhook channel", here);
            ChannelKind::Webhook { body: parts.file }
        }
        "link" => {
            cx.not_carried_out("an open link channel", here);
            ChannelKind::Link { slug: parts.slug.unwrap_or_else(|| name.text.clone()) }
        }
        _ => return None,
    };
    Some(Channel { name: name.text.clone(), kind, rate_per_minute: parts.rate })
}

#[derive(Default)]
struct Parts {
    from_name: Text,
    from_address: String,
    subject: Text,
    body: Text,
    file: Option<SpecFile>,
    signature: Text,
    script: Text,
    link: Option<LinkMode>,
    slug: Option<String>,
    rate: Option<f64>,
    /// Whether a later line says that the link is not the person's own.
    impersonal: bool,
}

fn setting(
    cx: &mut Cx,
    parts: &mut Parts,
    line: &Statement,
    kind: &str,
    files: &dyn Files,
    read: &mut Vec<SpecFile>,
) {
    let mut r = Reader::new(line);
    let Some(word) = r.word() else {
        r.expected(cx, "a setting of the channel");
        return;
    };
    let written = r.peek().and_then(|i| if let Item::Text(text) = i { Some(text) } else { None });
    match (kind, word.text.as_str()) {
        ("email", "from") => {
            parts.from_name = r.optional_words(cx);
            if !r.keyword("at") {
                r.expected(cx, "`at` and the address");
                return;
            }
            r.address(cx, "the address").unwrap_or_default().clone_into(&mut parts.from_address);
        }
        ("email", "subject") => {
            parts.subject = r.words(cx, "the subject");
            template::check_text(cx, written);
        }
        ("sms", "body") => {
            parts.body = r.words(cx, "the text");
            template::check_text(cx, written);
            if let Some(text) = written {
                let help = "put `{{ opt_out }}` where the provider's opt-out words belong";
                template::wants(cx, text, "opt_out", ("no-way-out", "this message has no way out", help));
                // Only a personal link stands in the message itself; whether there is one is said in another line.
                if !parts.impersonal {
                    let help = "put `{{ link }}` where the person's own address of the form belongs";
                    template::wants(
                        cx,
                        text,
                        "link",
                        ("no-link", "this message has no link to the form", help),
                    );
                }
            }
        }
        ("email" | "webhook", "body") => {
            if !r.keyword("file") {
                r.expected(cx, "`file` and a path");
                return;
            }
            let here = r.here();
            if let Some(path) = r.string(cx, "the path of the template") {
                parts.file = template::file(cx, path, here, kind == "email", files, read);
            }
        }
        ("sms", "signature") => parts.signature = r.text().map(|t| cx.text(t, false)).unwrap_or_default(),
        ("sms", "link") => link(cx, &mut r, parts),
        ("phone", "script") => {
            parts.script = r.words(cx, "the script");
            template::check_text(cx, written);
        }
        ("link", "slug") => parts.slug = r.string(cx, "the end of the address").map(str::to_owned),
        ("email", "one") => {
            if r.keyword("tap") {
                let _ = r.name(cx, "the name of a question");
            }
        }
        (_, "rate") => rate(cx, &mut r, parts),
        (_, other) => {
            let known: &[&str] = match kind {
                "email" => &["from", "subject", "body", "rate", "one tap"],
                "sms" => &["signature", "body", "link", "rate"],
                "phone" => &["script", "rate"],
                "webhook" => &["body", "rate"],
                _ => &["slug"],
            };
            cx.unknown("setting of this channel", other, word.span, known.iter().copied());
            return;
        }
    }
    r.end(cx);
}

fn link(cx: &mut Cx, r: &mut Reader, parts: &mut Parts) {
    let here = r.here();
    match r.name(cx, "`personal`, `fixed` or `reply`").map(|w| w.text.as_str()) {
        Some("personal") => parts.link = Some(LinkMode::Personal),
        Some(kind @ ("fixed" | "reply")) => {
            parts.link = Some(if kind == "fixed" { LinkMode::Fixed } else { LinkMode::Reply });
            cx.not_planned(&format!("link {kind}"), here);
        }
        Some(other) => cx.unknown("kind of link", other, here, ["personal", "fixed", "reply"]),
        None => {}
    }
}

fn rate(cx: &mut Cx, r: &mut Reader, parts: &mut Parts) {
    let here = r.here();
    let Some(number) = r.number().filter(|n| *n > 0.0) else {
        r.expected(cx, "a number above 0, such as `600 per minute`");
        return;
    };
    r.keyword("per");
    parts.rate = match r.name(cx, "`second`, `minute` or `hour`").map(|w| w.text.as_str()) {
        Some("second") => Some(number * 60.0),
        Some("minute") => Some(number),
        Some("hour") => Some(number / 60.0),
        Some(other) => {
            cx.unknown("unit of time", other, here, ["second", "minute", "hour"]);
            None
        }
        None => None,
    };
}

/// Finds the question of `one tap QUESTION`, now that questions are known.
pub fn one_tap(cx: &mut Cx, statement: &Statement, channel: &mut Channel, questions: &[Question]) {
    let ChannelKind::Email { one_tap, .. } = &mut channel.kind else { return };
    for line in settings(statement) {
        let mut r = Reader::new(line);
        if !r.keywords(&["one", "tap"]) {
            continue;
        }
        let Some(word) = r.word() else { continue };
        match cx.names.get(&word.text) {
            Some(symbol) if symbol.kind == Type::Unknown => {}
            Some(symbol) if symbol.what == "question" => {
                let index = symbol.index;
                if questions.get(index).is_some_and(|q| has_buttons(cx, q, word.span)) {
                    *one_tap = Some(index);
                }
            }
            _ => {
                let known: Vec<String> =
                    cx.names.iter().filter(|(_, s)| s.what == "question").map(|(n, _)| n.clone()).collect();
                cx.unknown("question", &word.text, word.span, known.iter().map(String::as_str));
            }
        }
    }
}

/// Tells whether a message can carry a question as buttons, and says why not.
fn has_buttons(cx: &mut Cx, question: &Question, span: crate::source::Span) -> bool {
    let name = &question.name;
    let (message, help) = if !matches!(question.kind, QuestionKind::Scale(..)) {
        (format!("`{name}` has no buttons that could stand in a message"), "take a question on a scale")
    } else if question.condition.is_some() {
        (
            format!("`{name}` is asked of some only, and a message goes to all"),
            "take a question that everybody is asked",
        )
    } else {
        return true;
    };
    cx.error("wrong-type", span, message).help = Some(help.to_owned());
    false
}
