//! What a short message costs.

use canvass::dispatch::message::segments;

fn count(signature: &str, text: &str) -> (usize, usize) {
    let found = segments(signature, text);
    (found.count, found.units)
}

#[test]
fn latin_texts_have_160_and_153() {
    assert_eq!(count("", &"a".repeat(160)), (1, 160));
    assert_eq!(count("", &"a".repeat(161)), (2, 161));
    assert_eq!(count("", &"a".repeat(306)), (2, 306));
    assert_eq!(count("", &"a".repeat(307)), (3, 307));
    assert_eq!(count("", ""), (0, 0));
}

#[test]
fn the_extension_counts_twice_and_is_never_split() {
    assert_eq!(count("", &"€".repeat(80)), (1, 160));
    // 152 and a pair: the pair does not fit behind them, so the second message begins with it.
    let text = format!("{}€{}", "a".repeat(152), "a".repeat(152));
    assert_eq!(count("", &text), (3, 306));
}

#[test]
fn one_chinese_character_makes_it_70_and_67() {
    assert_eq!(count("", &"字".repeat(70)), (1, 70));
    assert_eq!(count("", &"字".repeat(71)), (2, 71));
    assert_eq!(count("", &"字".repeat(134)), (2, 134));
    assert_eq!(count("", &"字".repeat(135)), (3, 135));
    let text = format!("{}😀{}", "字".repeat(66), "字".repeat(66));
    assert_eq!(count("", &text), (3, 134), "a surrogate pair is never split");
}

#[test]
fn the_signature_counts_too() {
    assert_eq!(count("示例", &"a".repeat(66)), (1, 70));
    assert_eq!(count("示例", &"a".repeat(67)), (2, 71));
    assert!(!segments("Example", "plain").gsm, "its brackets are not of the GSM alphabet");
}
