//! One e-mail, ready to be sent: built by lettre, the same bytes for the same input.
//!
//! Text first, HTML last, both with the same links (RFC 2046 §5.1.4); one-click
//! refusal (RFC 8058); `List-Id` (RFC 2919); `Auto-Submitted` (RFC 3834).

use jiff::Timestamp;
use lettre::message::header::{ContentType, Date, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use crate::dispatch::message::data::MessageData;
use crate::dispatch::message::ids::{domain_of, message_id};
use crate::dispatch::message::plain::text_of;
use crate::dispatch::message::template::{Templates, built_in_name};
use crate::plan::types::{PlanChannel, PlanChannelKind};

/// A mail in the form in which it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Envelope's sender.
    pub from: Address,
    /// Envelope's recipient.
    pub to: Address,
    /// Headers and body, with `\r\n`, ASCII only.
    pub bytes: Vec<u8>,
}

/// What identifies one mail.
#[derive(Debug, Clone, Copy)]
pub struct MailIdentity<'a> {
    /// From [`crate::dispatch::message::ids::message_key`].
    pub key: &'a str,
    /// When it was first tried.
    pub date: Timestamp,
    /// Campaign, for `List-Id`.
    pub campaign: &'a str,
    /// Recipient's address.
    pub to: &'a str,
}

/// Longest subject and name in characters; more is cut.
const LONGEST: usize = 200;

/// A mail's words, before they are put into a message.
struct Rendered {
    subject: String,
    html: String,
    text: String,
}

/// Renders and builds a mail; says in words why it can't be made.
pub fn build_mail(
    templates: &Templates,
    channel: &PlanChannel,
    data: &MessageData,
    identity: MailIdentity<'_>,
) -> Result<Mail, String> {
    let PlanChannelKind::Email { from_name, from_address, .. } = &channel.kind else {
        return Err(format!("channel `{}` sends no mail", channel.name));
    };
    let from = address(from_address, "the sender's address")?;
    let to = address(identity.to, "the address")?;
    let language = &data.language;
    let Rendered { subject, html, text } = render(templates, channel, data)?;
    let name = Some(one_line(from_name.get(language))).filter(|n| !n.is_empty());
    let person = data.name.as_deref().map(one_line).filter(|n| !n.is_empty());
    let parts = MultiPart::alternative()
        .boundary(format!("part-{}", identity.key))
        .singlepart(part(ContentType::TEXT_PLAIN, text))
        .singlepart(part(ContentType::TEXT_HTML, html));
    let mut builder = Message::builder()
        .from(Mailbox::new(name, from.clone()))
        .to(Mailbox::new(person, to.clone()))
        .subject(subject)
        .header(Date::new(identity.date.into()))
        .message_id(Some(message_id(identity.key, from_address)));
    if let Some(owner) = data.owner.as_deref().and_then(|o| o.parse::<Address>().ok()) {
        builder = builder.reply_to(Mailbox::new(None, owner));
    }
    for (header, value) in bulk_headers(data, identity.campaign, from_address) {
        builder = builder.raw_header(value_of(header, value));
    }
    let message = builder.multipart(parts).map_err(|e| e.to_string())?;
    let bytes = message.formatted();
    if !bytes.is_ascii() {
        return Err("the mail holds bytes that not every server takes".to_owned());
    }
    Ok(Mail { from, to, bytes })
}

/// Says why a mail can't be made, without the work of making it.
pub fn try_mail(
    templates: &Templates,
    channel: &PlanChannel,
    data: &MessageData,
    to: &str,
) -> Result<(), String> {
    if let PlanChannelKind::Email { from_address, .. } = &channel.kind {
        address(from_address, "the sender's address")?;
    }
    address(to, "the address")?;
    render(templates, channel, data).map(|_| ())
}

/// Returns a mail's subject and text, for people to look at.
pub fn mail_words(
    templates: &Templates,
    channel: &PlanChannel,
    data: &MessageData,
) -> Result<String, String> {
    let Rendered { subject, text, .. } = render(templates, channel, data)?;
    Ok(format!("{subject}\n\n{}", text.trim_end()))
}

fn render(templates: &Templates, channel: &PlanChannel, data: &MessageData) -> Result<Rendered, String> {
    let language = &data.language;
    let subject = one_line(&templates.render(&subject_name(&channel.name, language), data)?);
    if subject.is_empty() {
        return Err("the subject is empty".to_owned());
    }
    let (html, text) = if matches!(&channel.kind, PlanChannelKind::Email { body: Some(_), .. }) {
        let html = templates.render(&body_name(&channel.name), data)?;
        let text = text_of(&html);
        (html, text)
    } else {
        let html = templates.render(&built_in_name("mail", language, "html"), data)?;
        (html, templates.render(&built_in_name("mail", language, "txt"), data)?)
    };
    Ok(Rendered { subject, html, text })
}

/// Returns the name under which a channel's subject is kept among the templates.
#[must_use]
pub fn subject_name(channel: &str, language: &str) -> String {
    format!("{channel}.{language}.subject.txt")
}

/// Returns the name under which a channel's own body is kept among the templates.
#[must_use]
pub fn body_name(channel: &str) -> String {
    format!("{channel}.body.html")
}

fn part(kind: ContentType, body: String) -> SinglePart {
    SinglePart::builder().header(kind).body(body)
}

fn bulk_headers(data: &MessageData, campaign: &str, from_address: &str) -> [(&'static str, String); 5] {
    [
        ("List-Unsubscribe", format!("<{}>", data.opt_out)),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ("List-Id", format!("<{}.{}>", list_label(campaign), domain_of(from_address))),
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "OOF, AutoReply".to_owned()),
    ]
}

/// Pre-encoded, because lettre would fold an address at a place where mail programs don't unfold it.
fn value_of(header: &'static str, value: String) -> HeaderValue {
    let clean: String = value.chars().filter(|c| c.is_ascii() && !c.is_ascii_control()).collect();
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(header), value, clean)
}

/// A campaign's name may be Chinese; a list's id may not (RFC 2919 §2).
fn list_label(campaign: &str) -> String {
    if campaign.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return campaign.to_owned();
    }
    let words: Vec<String> = campaign.bytes().take(24).map(|b| b.to_string()).collect();
    format!("c-{}", words.join("-"))
}

fn address(text: &str, what: &str) -> Result<Address, String> {
    let parsed = text.trim().parse::<Address>();
    let address = parsed.map_err(|e| format!("{what} `{text}` is not an e-mail address: {e}"))?;
    if AsRef::<str>::as_ref(&address).is_ascii() {
        return Ok(address);
    }
    Err(format!("{what} `{text}` has letters beyond ASCII, which few servers take"))
}

/// Takes line breaks and other control characters out: nothing from a list may start a new header.
#[must_use]
pub fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}
