//! One short message, ready for a gateway.

use crate::dispatch::message::data::MessageData;
use crate::dispatch::message::mail::one_line;
use crate::dispatch::message::template::{Templates, built_in_name};
use crate::plan::types::{PlanChannel, PlanChannelKind};

/// A short message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    /// Number: digits, with `+` in front when the list has it.
    pub to: String,
    /// Text without the signature, which the provider puts in front.
    pub text: String,
    /// Signature.
    pub signature: String,
    /// The message's id: the same over all attempts.
    pub id: String,
}

/// Renders a short message; says in words why it can't be made.
pub fn build_short(
    templates: &Templates,
    channel: &PlanChannel,
    data: &MessageData,
    key: &str,
    mobile: &str,
) -> Result<Short, String> {
    let PlanChannelKind::Sms { body, signature, .. } = &channel.kind else {
        return Err(format!("channel `{}` sends no short messages", channel.name));
    };
    let name = if body.is_empty() {
        built_in_name("sms", &data.language, "txt")
    } else {
        text_name(&channel.name, &data.language)
    };
    let text = one_line(&templates.render(&name, data)?);
    if text.is_empty() {
        return Err("the short message is empty".to_owned());
    }
    Ok(Short {
        to: number(mobile)?,
        text,
        signature: signature.get(&data.language).to_owned(),
        id: key.to_owned(),
    })
}

/// Returns the name under which a channel's text is kept among the templates.
#[must_use]
pub fn text_name(channel: &str, language: &str) -> String {
    format!("{channel}.{language}.text.txt")
}

/// Returns a number as gateways want it; too short and too long ones are refused (E.164: 15 digits at most).
pub fn number(mobile: &str) -> Result<String, String> {
    let plain: String = mobile.chars().filter(|c| !" -().\u{a0}".contains(*c)).collect();
    let digits = plain.strip_prefix('+').unwrap_or(&plain);
    if digits.len() < 7 || digits.len() > 15 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("`{mobile}` is not a telephone number"));
    }
    Ok(plain)
}
