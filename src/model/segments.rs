//! How many short messages a text travels as, which is what providers charge for.
//!
//! 3GPP TS 23.038: 160 characters of the GSM alphabet (153 each when there are
//! several), characters of its extension counting twice; else 70 UTF-16 units (67
//! each). Characters are never split. With a signature in 【】, as mainland China
//! wants it, every text is the second kind.

/// The basic GSM alphabet.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
                     abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension: each counts twice.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// What a text costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    /// Messages that are charged.
    pub count: usize,
    /// Characters of the GSM alphabet, or UTF-16 units.
    pub units: usize,
    /// Fits the GSM alphabet.
    pub gsm: bool,
}

/// Counts the messages of a text with its signature (empty for none).
#[must_use]
pub fn segments(signature: &str, text: &str) -> Segments {
    let whole = if signature.is_empty() { text.to_owned() } else { format!("【{signature}】{text}") };
    let gsm: Option<Vec<usize>> = whole.chars().map(gsm_units).collect();
    match gsm {
        Some(units) => counted(&units, 160, 153, true),
        None => counted(&whole.chars().map(char::len_utf16).collect::<Vec<_>>(), 70, 67, false),
    }
}

/// Tells whether a character belongs to the GSM alphabet.
#[must_use]
pub fn in_gsm(c: char) -> bool {
    gsm_units(c).is_some()
}

fn gsm_units(c: char) -> Option<usize> {
    if BASIC.contains(c) {
        return Some(1);
    }
    EXTENSION.contains(c).then_some(2)
}

fn counted(units: &[usize], alone: usize, each: usize, gsm: bool) -> Segments {
    let total: usize = units.iter().sum();
    if total <= alone {
        return Segments { count: usize::from(total > 0), units: total, gsm };
    }
    let (mut count, mut used) = (1, 0);
    for &unit in units {
        if used + unit > each {
            count += 1;
            used = 0;
        }
        used += unit;
    }
    Segments { count, units: total, gsm }
}
