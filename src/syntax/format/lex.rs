//! The words of a file that parses: what the formatter sets anew.
//!
//! Goes in: a text that the parser has found free of errors, so that nothing odd
//! has to be recognised here. Comes out: its tokens in order, each knowing how
//! many line ends stand before it. The grammar's token rules are followed; what is
//! neither a sign, a string nor a number is a word.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a name, perhaps dotted.
    Word,
    /// A number, share, date or time, or a range of them; a sign before it is a token of its own.
    Number,
    /// A string with its quotes.
    Text,
    /// An operator, a bracket or punctuation.
    Sign,
    /// `// …` without its line end.
    Comment,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    /// As written, with line ends as LF.
    pub text: String,
    /// Offset of its first byte.
    pub start: u32,
    /// Line ends between the token before and this one.
    pub newlines: usize,
}

impl Token {
    /// Tells whether this is the sign `text`.
    pub fn is(&self, text: &str) -> bool {
        self.kind == Kind::Sign && self.text == text
    }

    /// Tells whether this is the word `text`.
    pub fn is_word(&self, text: &str) -> bool {
        self.kind == Kind::Word && self.text == text
    }
}

/// Returns the tokens of a text without syntax errors.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut all = Vec::new();
    let (mut at, mut newlines) = (0, 0);
    while let Some(c) = rest(text, at).chars().next() {
        if c.is_whitespace() || c == '\u{FEFF}' {
            newlines += usize::from(c == '\n');
            at += c.len_utf8();
            continue;
        }
        let (kind, len) = token(rest(text, at), c);
        let written = rest(text, at).get(..len).unwrap_or("");
        let written = if kind == Kind::Comment { written.trim_end() } else { written };
        let start = u32::try_from(at).unwrap_or(u32::MAX);
        all.push(Token { kind, text: written.replace("\r\n", "\n"), start, newlines });
        (at, newlines) = (at + len, 0);
    }
    all
}

fn rest(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or("")
}

/// Returns kind and length of the token that a text begins with.
fn token(text: &str, first: char) -> (Kind, usize) {
    match first {
        '"' if text.starts_with("\"\"\"") => (Kind::Text, long_string(text)),
        '"' => (Kind::Text, short_string(text)),
        '/' if text.starts_with("//") => (Kind::Comment, text.find('\n').unwrap_or(text.len())),
        '<' | '>' | '!' if text.get(1..2) == Some("=") => (Kind::Sign, 2),
        _ if is_sign(first) => (Kind::Sign, 1),
        '0'..='9' => (Kind::Number, number(text)),
        _ => (
            Kind::Word,
            text.find(|c: char| c.is_whitespace() || c == '"' || is_sign(c)).unwrap_or(text.len()),
        ),
    }
}

fn is_sign(c: char) -> bool {
    matches!(c, '{' | '}' | '(' | ')' | ';' | ',' | ':' | '=' | '<' | '>' | '!' | '|' | '/' | '+' | '-' | '*')
}

/// The last three quotes of a row close, so that a text may end with a quote.
fn long_string(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 3;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' if bytes[at..].starts_with(b"\"\"\"") && bytes.get(at + 3) != Some(&b'"') => return at + 3,
            _ => at += 1,
        }
    }
    text.len()
}

fn short_string(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// A scalar, or a range of two.
fn number(text: &str) -> usize {
    let first = scalar(text);
    let Some(behind) = rest(text, first).strip_prefix("..") else { return first };
    let sign = usize::from(behind.starts_with('-'));
    match scalar(rest(behind, sign)) {
        0 => first,
        second => first + 2 + sign + second,
    }
}

/// A date, a time, a share or a number; the longest wins.
fn scalar(text: &str) -> usize {
    let digits = |at: usize| rest(text, at).bytes().take_while(u8::is_ascii_digit).count();
    let sign = |at: usize, sign: &str| rest(text, at).starts_with(sign);
    let whole = digits(0);
    if whole == 4 && sign(4, "-") && digits(5) == 2 && sign(7, "-") && digits(8) == 2 {
        return 10;
    }
    if (1..=2).contains(&whole) && sign(whole, ":") && digits(whole + 1) == 2 {
        return whole + 3;
    }
    let fraction = if sign(whole, ".") { digits(whole + 1) } else { 0 };
    let end = if fraction > 0 { whole + 1 + fraction } else { whole };
    end + usize::from(whole > 0 && sign(end, "%"))
}
