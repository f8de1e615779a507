//! Which e-mail addresses a mail server could accept: not the whole of RFC 5322, which allows far more than mailboxes do.

use memchr::{memchr, memrchr};

/// Places for known domains.
const PLACES: usize = 256;

/// Tells whether an address is plausible.
pub fn plausible_email(text: &str) -> bool {
    let Some(at) = memrchr(b'@', text.as_bytes()) else { return false };
    let (local, domain) = (&text[..at], &text[at + 1..]);
    let fits = (1..=64).contains(&local.len()) && domain.len() <= 253;
    fits && if text.is_ascii() {
        plain_local(local) && plain_domain(domain)
    } else {
        any_email(local, domain)
    }
}

/// Domains that were found good: those of a list are few.
#[derive(Debug)]
pub struct Domains(Vec<Box<str>>);

impl Default for Domains {
    fn default() -> Self {
        Self(vec![Box::default(); PLACES])
    }
}

impl Domains {
    /// Tells whether an address is plausible, as [`plausible_email`] does.
    #[inline]
    pub fn plausible(&mut self, text: &str) -> bool {
        let Some(at) = memchr(b'@', text.as_bytes()) else { return false };
        let (local, domain) = (&text[..at], &text[at + 1..]);
        let known = &mut self.0[place(domain)];
        if **known == *domain && !domain.is_empty() && (1..=64).contains(&at) && plain_local(local) {
            return true;
        }
        let good = plausible_email(text);
        if good && domain.len() <= 64 && text.is_ascii() {
            *known = domain.into();
        }
        good
    }
}

/// Spreads domains over the places by a few of their bytes.
#[inline]
fn place(domain: &str) -> usize {
    let one = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or(0));
    let bytes = domain.as_bytes();
    let sum = one(bytes.first()) * 31 + one(bytes.get(bytes.len() / 2)) * 7 + bytes.len();
    sum % PLACES
}

/// What a byte of an address may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Bad,
    /// Before the `@` only.
    Local,
    Alphanumeric,
    Hyphen,
    Dot,
}

const SIGNS: [Sign; 256] = {
    let mut all = [Sign::Bad; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        all[byte as usize] = match byte {
            b'.' => Sign::Dot,
            b'-' => Sign::Hyphen,
            b'<' | b'>' | b'(' | b')' | b'[' | b']' | b'\\' | b',' | b';' | b':' | b'"' | b'@' => Sign::Bad,
            b if b.is_ascii_alphanumeric() => Sign::Alphanumeric,
            b if b.is_ascii_graphic() => Sign::Local,
            _ => Sign::Bad,
        };
        byte += 1;
    }
    all
};

/// Tells whether eight bytes are letters and digits of ASCII.
#[inline]
fn alphanumeric(bytes: [u8; 8]) -> bool {
    let eight = |byte: u8| u64::from_le_bytes([byte; 8]);
    let word = u64::from_le_bytes(bytes);
    // Where no byte has its highest bit, adding 128 − n sets that of bytes from n on.
    let from = |word: u64, first: u8| word.wrapping_add(eight(0x80 - first));
    let small = word | eight(0x20);
    let letter = from(small, b'a') & !from(small, b'z' + 1);
    let digit = from(word, b'0') & !from(word, b'9' + 1);
    word & eight(0x80) == 0 && (letter | digit) & eight(0x80) == eight(0x80)
}

/// What stands before the `@`, in ASCII, where it is not empty: no dot at the ends, and no two of them together.
#[inline]
fn plain_local(local: &str) -> bool {
    let mut good = true;
    let mut before = Sign::Dot;
    let (words, rest) = local.as_bytes().as_chunks::<8>();
    let mut each = |bytes: &[u8]| {
        for &byte in bytes {
            let sign = SIGNS[usize::from(byte)];
            good &= sign != Sign::Bad && !(sign == Sign::Dot && before == Sign::Dot);
            before = sign;
        }
    };
    for word in words {
        // Eight of them forbid nothing; their last one is no dot, as any of them.
        each(if alphanumeric(*word) { &word[7..] } else { word });
    }
    each(rest);
    good && before != Sign::Dot
}

/// What stands behind the `@`, in ASCII.
fn plain_domain(domain: &str) -> bool {
    let mut good = true;
    let (mut dots, mut length) = (0, 0);
    let mut before = Sign::Dot;
    for &byte in domain.as_bytes() {
        let sign = SIGNS[usize::from(byte)];
        // A label neither begins nor ends with a hyphen, and is not empty.
        let edge = matches!(before, Sign::Dot | Sign::Hyphen);
        good &= match sign {
            Sign::Dot => !edge,
            Sign::Hyphen => before != Sign::Dot,
            Sign::Alphanumeric => length < 63,
            Sign::Bad | Sign::Local => false,
        };
        dots += u32::from(sign == Sign::Dot);
        length = if sign == Sign::Dot { 0 } else { length + 1 };
        before = sign;
    }
    good && dots > 0 && before == Sign::Alphanumeric
}

fn any_email(local: &str, domain: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>()[]\\,;:\"@".contains(c);
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let dots = |s: &str| s.starts_with('.') || s.ends_with('.') || s.contains("..");
    !local.chars().any(odd) && !dots(local) && domain.contains('.') && domain.split('.').all(label)
}
