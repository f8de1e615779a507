//! `sms-length`: a short message that is charged several times.

use crate::model::places::TextId;
use crate::model::rule::text::plain_with;
use crate::model::rule::{Findings, Rule, Spec, Wording};
use crate::model::segments::{in_gsm, segments};

/// The rule.
pub const RULE: Rule = Rule::new("sms-length", include_str!("../../../docs/rules/sms-length.md"), check);

/// A link with its address and token takes a good part of the first message; two are usual.
const USUAL: usize = 2;

fn check(spec: &Spec, found: &mut Findings) {
    for wording in &spec.texts {
        let TextId::Body(channel) = wording.id else { continue };
        let signature = spec.wording(TextId::Signature(channel), wording.language).map_or("", |w| w.text);
        let shown = plain_with(wording.text, |name| typical(name, wording.is_chinese()));
        let cost = segments(signature, &shown);
        if cost.count > USUAL {
            let unit = if cost.gsm { "characters" } else { "characters in Unicode" };
            let message = format!(
                "this text is sent and charged as {} short messages ({} {unit} with signature, link and way out)",
                cost.count, cost.units
            );
            found.report(wording.span(), message).help(if cost.gsm {
                "stay below 306 characters for two messages, below 160 for one"
            } else {
                "stay below 134 characters for two messages, below 70 for one"
            });
        } else if signature.is_empty() {
            dear_character(wording, &shown, cost.count, found);
        }
    }
}

/// One character outside of the GSM alphabet makes the whole text dearer.
fn dear_character(wording: &Wording, shown: &str, now: usize, found: &mut Findings) {
    let without: String = shown.chars().map(|c| if in_gsm(c) { c } else { '.' }).collect();
    let strange = |(_, c): &(usize, char)| !in_gsm(*c);
    let mut dear = wording.text.char_indices().filter(strange);
    let Some((at, c)) = dear.next() else { return };
    let cheaper = segments("", &without).count;
    // Texts in other scripts can't do without their characters.
    if cheaper >= now || c.is_alphabetic() || dear.any(|(_, c)| c.is_alphabetic()) {
        return;
    }
    let message =
        format!("`{c}` is not in the alphabet of short messages: {now} are charged instead of {cheaper}");
    found
        .report(wording.part(at..at + c.len_utf8()), message)
        .help("write plain quotes, hyphens and dots: `\"`, `'`, `-`, `...`");
}

/// What a variable becomes, as to length: a link has an address and a token.
fn typical(name: &str, chinese: bool) -> &'static str {
    match name {
        "link" => "https://survey.example.com/s/AbCdEfGhIjKlMnOpQrStUv",
        "opt_out" if chinese => "拒收请回复R",
        "opt_out" => "Reply STOP to opt out",
        "name" if chinese => "王小明",
        "name" => "Ann Miller",
        "minutes" => "3",
        _ if chinese => "一月三十一日",
        _ => "2026-01-31",
    }
}
