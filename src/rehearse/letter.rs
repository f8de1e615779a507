//! What somebody reads out of a received message: the link, the buttons, the way out.
//!
//! Goes in: an `.eml` file or a short message, nothing else. Comes out: a [`Letter`].
//! A message without a link, or with a broken one, leads nowhere, as in life.

use std::path::Path;

use mail_parser::{HeaderValue, MessageParser};

use crate::rehearse::page;

/// A message as its reader understands it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    /// When it was sent, in seconds since 1970; short messages don't say.
    pub sent: Option<i64>,
    /// Language that the message names, if it does.
    pub language: String,
    /// Address of the form.
    pub link: Option<String>,
    /// Code to be typed in where the link is the same for all.
    pub code: Option<String>,
    /// Buttons of a question that stand in the message: addresses by the value that they carry.
    pub taps: Vec<(String, String)>,
    /// Address that takes a one-click refusal (RFC 8058).
    pub one_click: Option<String>,
    /// Link of the refusal in the text.
    pub refusal: Option<String>,
}

/// Reads a kept message; the name tells mails (`.eml`) from short messages.
///
/// Returns an error when the file can't be read, and an empty letter when it isn't a message.
pub fn read(path: &Path) -> std::io::Result<Letter> {
    let raw = std::fs::read(path)?;
    if path.extension().is_some_and(|e| e == "eml") {
        Ok(mail(&raw))
    } else {
        Ok(short(&String::from_utf8_lossy(&raw)))
    }
}

/// Reads a mail.
#[must_use]
pub fn mail(raw: &[u8]) -> Letter {
    let Some(message) = MessageParser::default().parse(raw) else { return Letter::default() };
    let one_click = one_click(&message);
    let html = message.html_bodies().find(|p| p.is_text_html()).and_then(|p| p.text_contents());
    let sent = message.date().map(mail_parser::DateTime::to_timestamp);
    let mut letter = Letter { sent, one_click, ..Letter::default() };
    if let Some(html) = html {
        let page = page::read(html);
        letter.language = page.language;
        for link in page.links.into_iter().filter(|l| is_web(&l.href)) {
            sort_link(&mut letter, &link.text, link.href);
        }
    } else if let Some(text) = message.body_text(0) {
        for url in addresses(&text) {
            sort_link(&mut letter, "", url.to_owned());
        }
    }
    letter
}

/// Reads a short message: the first address is the link, a word of capitals and digits after it the code.
#[must_use]
pub fn short(text: &str) -> Letter {
    let text = text.split_once("\n\n").map_or(text, |(_, body)| body);
    let link = addresses(text).next().map(ToOwned::to_owned);
    let after = link.as_ref().and_then(|l| text.split_once(l.as_str())).map_or("", |(_, after)| after);
    let is_code = |word: &&str| {
        word.len() >= 6
            && word.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase() || c == '-')
            && word.contains(|c: char| c.is_ascii_digit())
    };
    let code = after.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').find(is_code);
    Letter { link, code: code.map(ToOwned::to_owned), ..Letter::default() }
}

/// Finds out what a link is for: the way out, a button with a value, or the form (the first of its kind).
fn sort_link(letter: &mut Letter, text: &str, href: String) {
    let words = text.to_lowercase();
    let refuses = ["unsubscribe", "opt out", "no more", "退订", "不再"].iter().any(|w| words.contains(w));
    if refuses || letter.one_click.as_ref() == Some(&href) {
        letter.refusal.get_or_insert(href);
        return;
    }
    let value = href.split_once('?').and_then(|(_, query)| query.rsplit_once('=')).map(|(_, v)| v.to_owned());
    match value {
        Some(value) if value.parse::<i64>().is_ok() => letter.taps.push((value, href)),
        _ => {
            letter.link.get_or_insert(href);
        }
    }
}

/// Returns the web address of `List-Unsubscribe` where `List-Unsubscribe-Post` allows one click.
fn one_click(message: &mail_parser::Message<'_>) -> Option<String> {
    message.header("List-Unsubscribe-Post")?;
    let address = |value: &mail_parser::Address<'_>| {
        value.iter().filter_map(|a| a.address()).find(|a| is_web(a)).map(ToOwned::to_owned)
    };
    match message.list_unsubscribe() {
        HeaderValue::Address(value) => address(value),
        HeaderValue::Text(text) => addresses(text).next().map(ToOwned::to_owned),
        HeaderValue::TextList(list) => list.iter().flat_map(|t| addresses(t)).next().map(ToOwned::to_owned),
        _ => None,
    }
}

fn is_web(href: &str) -> bool {
    href.starts_with("http://") || href.starts_with("https://")
}

/// Finds web addresses in running text; they end at a blank, a bracket, a quote or a full-width sign.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("http").filter_map(|(at, _)| {
        let rest = &text[at..];
        let ends = |c: char| c.is_whitespace() || "<>\"')]}".contains(c) || !c.is_ascii();
        let address = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let address = address.trim_end_matches(['.', ',', ';', '!', '?']);
        is_web(address).then_some(address)
    })
}
