//! `untranslated-text`: a text in the wrong language.

use crate::model::rule::text::{is_han, own_words, words};
use crate::model::rule::{Findings, Rule, Spec, Wording};

/// The rule.
pub const RULE: Rule =
    Rule::new("untranslated-text", include_str!("../../../docs/rules/untranslated-text.md"), check);

/// Fewer Latin words may be a name.
const A_SENTENCE: usize = 4;

/// Fewer Chinese characters may be a name.
const A_PHRASE: usize = 4;

fn check(spec: &Spec, found: &mut Findings) {
    if spec.languages().len() < 2 {
        return;
    }
    for wording in &spec.texts {
        if let Some(written) = other_language(wording) {
            let message = format!("the `{}` part of this text is written in {written}", wording.language);
            found
                .report(wording.span(), message)
                .help("translate it, or put the parts in the order of `languages`");
        }
    }
}

fn other_language(wording: &Wording) -> Option<&'static str> {
    let own = own_words(wording.text);
    let han = own.chars().filter(|c| is_han(*c)).count();
    let latin = words(&own).filter(|(_, w)| w.chars().all(|c| c.is_ascii_alphabetic() || c == '\'')).count();
    let chinese = wording.is_chinese();
    // Japanese mixes Chinese characters with its own; other languages don't.
    let never_han = !chinese && !matches!(wording.language, "ja" | "ko");
    if chinese && han == 0 && latin >= A_SENTENCE {
        Some("Latin letters")
    } else if never_han && han >= A_PHRASE && han > latin {
        Some("Chinese")
    } else {
        None
    }
}
