//! The flat look at a file, before it gets its shape.
//!
//! Goes in: the original text. Comes out: the comments' places and a copy of the
//! same length in which nothing hidden is left, full-width signs are ASCII and
//! nesting is bounded, so that the shape can be parsed without a second thought
//! and every offset still fits the original. It finds no errors of shape.

use pest::Parser as _;

use super::context::Cx;
use super::grammar::{Pair, Rule, SurveyParser};
use super::operators::Operators;
use super::wide::{self, curly_string, wide_sign, wide_word};
use super::{MAX_NESTING, MAX_OPERATORS};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// What the flat look gives.
pub(super) struct Scanned {
    /// As long as the original.
    pub text: String,
    /// In order.
    pub comments: Vec<Span>,
}

/// Looks at the file and reports hidden characters, full-width signs and nesting that is too deep.
pub(super) fn scan(cx: &Cx) -> Scanned {
    let mut copy = Copy { bytes: cx.file.text.as_bytes().to_vec() };
    hidden_characters(cx, &mut copy);
    let visible = copy.text();
    let (mut comments, mut wide) = (Vec::new(), Vec::new());
    let mut nesting = Nesting::default();
    let (mut operators, mut at) = (Operators::default(), 0);
    let tokens = SurveyParser::parse(Rule::scan, &visible).ok().and_then(|mut pairs| pairs.next());
    for pair in tokens.into_iter().flat_map(Pair::into_inner) {
        let (start, end) = (pair.as_span().start(), pair.as_span().end());
        operators.plain(visible.get(at..start).unwrap_or_default(), at);
        at = end;
        match pair.as_rule() {
            Rule::open_bracket | Rule::shut_bracket | Rule::cut | Rule::top_mark => {
                operators.bracket(pair.as_str().bytes().next().unwrap_or(b'\n'), start);
            }
            Rule::wide_sign => {
                let ours = wide::ours(&pair);
                match ours.bytes().next() {
                    Some(sign @ (b'{' | b'(' | b'}' | b')' | b';')) => operators.bracket(sign, start),
                    _ => operators.plain(&ours, start),
                }
            }
            rule => operators.opaque(rule == Rule::comment),
        }
        match pair.as_rule() {
            Rule::comment => comments.push(cx.span(&pair)),
            Rule::curly_string => wide.push(curly_string(cx, &pair, &mut copy)),
            Rule::wide_word => wide.push(wide_word(cx, &pair, &mut copy)),
            Rule::wide_sign => wide.push(wide_sign(cx, &pair, &mut copy, &mut nesting)),
            Rule::open_bracket | Rule::shut_bracket | Rule::cut | Rule::top_mark => {
                let sign = pair.as_str().bytes().next().unwrap_or(b'\n');
                nesting.step(cx, sign, pair.as_span().start(), pair.as_span().end(), &mut copy);
            }
            _ => {}
        }
    }
    let end = visible.len();
    nesting.step(cx, b'\n', end, end, &mut copy);
    operators.plain(visible.get(at..).unwrap_or_default(), at);
    operators.end(end);
    for long in operators.long {
        copy.write(long.start, long.end, "");
        let message = format!("the expression has more than {MAX_OPERATORS} operators");
        let help = "put parts of it under names of their own, or use `in (…)`";
        let place = cx.at(long.start, long.start + 1);
        cx.push(Diagnostic::error("nesting", place, message).help(help));
    }
    wide::report(cx, &wide);
    Scanned { text: copy.text(), comments }
}

/// The copy that pest will see.
pub(super) struct Copy {
    bytes: Vec<u8>,
}

impl Copy {
    /// Writes `new` over the range and fills up with blanks.
    pub fn write(&mut self, start: usize, end: usize, new: &str) {
        let Some(range) = self.bytes.get_mut(start..end) else { return };
        let new = new.bytes().chain(std::iter::repeat(b' '));
        range.iter_mut().zip(new).for_each(|(old, new)| *old = new);
    }

    /// Empties a bracketed stretch but keeps its lines, so that the shape stays whole.
    fn empty(&mut self, start: usize, end: usize, closed: bool) {
        let Some(range) = self.bytes.get_mut(start..end) else { return };
        let (shut, inside) = if range.first() == Some(&b'(') { (b')', b'0') } else { (b'}', b' ') };
        range.iter_mut().skip(1).filter(|b| **b != b'\n').for_each(|b| *b = b' ');
        let last = if closed { range.len() - 1 } else { 2 };
        if last > 1 && last < range.len() {
            range[1] = inside;
            range[last] = shut;
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Reports what nobody can see: zero-width and bidi controls, control characters.
fn hidden_characters(cx: &Cx, copy: &mut Copy) {
    let text = &cx.file.text;
    let mut before = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map(|&(_, c)| c);
        let end = at + c.len_utf8();
        if at == 0 && c == '\u{FEFF}' {
            copy.write(at, end, "");
        } else if is_hidden(c, before, after) {
            // What it splits is one name all the same.
            let in_name = before.is_some_and(of_name) && after.is_some_and(of_name);
            copy.write(at, end, if in_name { HIDDEN } else { "" });
            let message = format!("a hidden character, U+{:04X}, stands here", u32::from(c));
            let place = cx.at(at, end);
            let help = "remove it: it changes what is read without being seen";
            cx.push(Diagnostic::error("hidden-character", place, message).help(help).fix(place, ""));
        }
        before = Some(c);
    }
}

/// Stands in the copy for a hidden character inside a name.
pub(super) const HIDDEN: &str = "\u{1}\u{1}\u{1}\u{1}";

/// Tells whether a character may be part of a name, or is hidden itself.
fn of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_hidden(c, None, None)
}

fn is_hidden(c: char, before: Option<char>, after: Option<char>) -> bool {
    match c {
        '\n' | '\t' => false,
        '\r' => after != Some('\n'),
        // Chooses the picture of a sign or the form of a character; behind a letter or a digit of a name it is nothing.
        '\u{FE00}'..='\u{FE0F}' => !before.is_some_and(varies),
        // Joins emoji into one sign, and letters of Arabic and Indic scripts.
        '\u{200C}' | '\u{200D}' => !(before.is_some_and(joins) && after.is_some_and(joins)),
        '\u{AD}'
        | '\u{61C}'
        // Letters and signs that are drawn as nothing: the fillers of Hangul, the empty pattern of Braille.
        | '\u{115F}'
        | '\u{1160}'
        | '\u{3164}'
        | '\u{FFA0}'
        | '\u{2800}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}' => true,
        _ => c.is_control(),
    }
}

/// Tells whether a sign has forms to choose from: symbols, emoji, keycaps, and Chinese characters.
fn varies(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace() && c != '_'
        || matches!(c, '#' | '*' | '0'..='9' | '©' | '®')
        || matches!(c, '\u{2100}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

fn joins(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{DFF}' | '\u{2190}'..='\u{2BFF}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Follows the brackets and cuts out what nests too deep.
#[derive(Default)]
pub(super) struct Nesting {
    open: Vec<u8>,
    /// Where the part to cut out begins, and how many brackets are open around it.
    cut: Option<(usize, usize)>,
}

impl Nesting {
    /// Takes the next bracket, `;`, or `\n` for the beginning of a top-level declaration.
    pub fn step(&mut self, cx: &Cx, sign: u8, start: usize, end: usize, copy: &mut Copy) {
        match sign {
            b'{' | b'(' => {
                if self.open.len() >= MAX_NESTING && self.cut.is_none() {
                    self.cut = Some((start, self.open.len()));
                    cx.cut.set(true);
                    let message = format!("brackets nest deeper than {MAX_NESTING} levels");
                    let help = "what stands inside is left out; name parts of it, or split it";
                    cx.push(Diagnostic::error("nesting", cx.at(start, end), message).help(help));
                }
                self.open.push(sign);
            }
            // A brace closes forgotten parentheses too; a stray one ends everything.
            b'}' => self.open.truncate(self.open.iter().rposition(|&b| b == b'{').unwrap_or(0)),
            b')' => drop(self.open.pop_if(|b| *b == b'(')),
            b';' => while self.open.pop_if(|b| *b == b'(').is_some() {},
            _ => self.open.clear(),
        }
        if let Some((from, level)) = self.cut.filter(|_| !matches!(sign, b'{' | b'(')) {
            let closed = self.open.len() == level && sign != b';';
            if self.open.len() <= level {
                copy.empty(from, if closed { end } else { start }, closed);
                self.cut = None;
            }
        }
    }
}
