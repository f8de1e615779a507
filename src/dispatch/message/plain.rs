//! The text part of a mail whose HTML the spec wrote itself.
//!
//! Links keep their address behind their words, so that both parts lead to the
//! same places.

use html5gum::{Token, Tokenizer};

/// Elements that begin a new line.
const BLOCKS: [&[u8]; 14] = [
    b"p", b"div", b"br", b"tr", b"table", b"h1", b"h2", b"h3", b"h4", b"ul", b"ol", b"li", b"section", b"hr",
];
/// Elements whose words nobody sees.
const HIDDEN: [&[u8]; 4] = [b"style", b"script", b"title", b"head"];

/// Returns what a page says, as text.
#[must_use]
pub fn text_of(html: &str) -> String {
    let mut out = String::new();
    let mut hidden = 0_usize;
    let mut link: Option<String> = None;
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) => {
                let name: &[u8] = &tag.name;
                if HIDDEN.contains(&name) && !tag.self_closing {
                    hidden += 1;
                }
                if BLOCKS.contains(&name) {
                    out.push('\n');
                }
                if name == b"a" {
                    let href = tag.attributes.get(&b"href"[..]);
                    link = href.map(|h| String::from_utf8_lossy(h).into_owned());
                }
            }
            Token::EndTag(tag) => {
                let name: &[u8] = &tag.name;
                if HIDDEN.contains(&name) {
                    hidden = hidden.saturating_sub(1);
                }
                if name == b"a"
                    && let Some(href) = link.take()
                {
                    out.extend([" ", &href, " "]);
                }
                if BLOCKS.contains(&name) {
                    out.push('\n');
                }
            }
            Token::String(text) if hidden == 0 => out.push_str(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    tidy(&out)
}

/// Folds white space, and more than one empty line.
fn tidy(text: &str) -> String {
    let lines = text.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut out: Vec<String> = Vec::new();
    for line in lines {
        if !(line.is_empty() && out.last().is_none_or(String::is_empty)) {
            out.push(line);
        }
    }
    format!("{}\n", out.join("\n").trim_end())
}
