//! What holds for any text at all.

use proptest::prelude::*;

use super::walk::check_spans;
use super::{declarations, drawn, file, fixtures, parsed};

#[track_caller]
fn holds(text: &str) {
    let (sources, result) = parsed("a.survey", text);
    check_spans(file(&sources), &result);
}

/// The findings can be drawn, too.
#[track_caller]
fn holds_and_draws(text: &str) {
    holds(text);
    let (_, result) = parsed("a.survey", text);
    assert_eq!(drawn("a.survey", text).is_empty(), result.diagnostics.is_empty());
}

/// Somebody is always in the middle of typing.
#[test]
fn every_prefix_parses() {
    // A declaration at column 0 begins anew, so what stands before it can be left out.
    for text in fixtures().iter().flat_map(|(_, text)| declarations(text)) {
        for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            holds(&text[..at]);
        }
    }
}

/// Draws one of the good files.
fn fixture() -> impl Strategy<Value = String> {
    let texts: Vec<String> = fixtures().into_iter().map(|(_, text)| text).collect();
    proptest::sample::select(texts)
}

/// Signs that mean something somewhere, and some that never do.
fn sign() -> impl Strategy<Value = String> {
    let known = [
        "{",
        "}",
        "(",
        ")",
        "\"",
        "\"\"\"",
        "'",
        "“",
        "”",
        ";",
        ",",
        ":",
        "：",
        "，",
        "=",
        "==",
        "/",
        "//",
        "/*",
        "*/",
        "#",
        "@",
        "%",
        "..",
        "-",
        "\n",
        "\r",
        "\t",
        "\\",
        "&&",
        "||",
        "!",
        "<",
        " in ",
        " where ",
        " when ",
        " is ",
        " not ",
        " within ",
        "1",
        "2026-01-05",
        "09:00",
        "30days",
        "zh ",
        "use \"",
        "\nsection x {",
        "\n}",
        "满",
        "\u{200B}",
        "\u{FEFF}",
        "👨‍👩‍👧",
        "\0",
    ];
    prop_oneof![4 => proptest::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)]
}

/// One change at a place given as a share of the text.
#[derive(Debug, Clone)]
pub enum Change {
    Insert(f64, String),
    Delete(f64, usize),
    Double(f64, usize),
}

pub fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0.0..1.0, sign()).prop_map(|(at, what)| Change::Insert(at, what)),
        (0.0..1.0, 1usize..12).prop_map(|(at, length)| Change::Delete(at, length)),
        (0.0..1.0, 1usize..40).prop_map(|(at, length)| Change::Double(at, length)),
    ]
}

pub fn changed(text: &str, change: &Change) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small length")]
    let place = |at: f64| (at * chars.len() as f64) as usize;
    match change {
        Change::Insert(at, what) => {
            let at = place(*at);
            chars.splice(at..at, what.chars());
        }
        Change::Delete(at, length) => {
            let at = place(*at);
            chars.drain(at..(at + length).min(chars.len()));
        }
        Change::Double(at, length) => {
            let at = place(*at);
            let part: Vec<char> = chars[at..(at + length).min(chars.len())].to_vec();
            chars.splice(at..at, part);
        }
    }
    chars.into_iter().collect()
}

/// Wide signs are longer than what they stand for, also where two of them make one mistake.
#[test]
fn wide_signs_are_never_split() {
    for text in [
        "/×",
        "/* ×",
        "＃",
        "｛",
        "a ｛",
        "a ｛ b ｝ ｝",
        "when （",
        "when x in （1，",
        "“",
        "stratum a ｛ where （×",
    ] {
        holds_and_draws(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_files_parse(text in fixture(), changes in proptest::collection::vec(change(), 1..6)) {
        holds_and_draws(&changes.iter().fold(text, |text, change| changed(&text, change)));
    }

    #[test]
    fn rows_of_signs_parse(signs in proptest::collection::vec(sign(), 0..60)) {
        holds_and_draws(&signs.concat());
    }

    #[test]
    fn any_text_parses(text in any::<String>()) {
        holds(&text);
    }
}
