//! Reads the items of a statement from left to right and says what it missed.

use std::cell::Cell;

use jiff::civil::{Date, Time};

use crate::model::checked as m;
use crate::model::lower::cx::Cx;
use crate::source::Span;
use crate::syntax::ast::{Expr, Item, Scalar, Statement, Text, Word};

/// A place in a statement's items.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    items: &'a [Item],
    at: usize,
    /// Something was missed: what is left over was looked at, and is not told of again.
    missed: Cell<bool>,
    /// The statement's head, for messages about what is missing.
    pub span: Span,
}

impl<'a> Reader<'a> {
    /// Starts at the first item.
    #[must_use]
    pub fn new(statement: &'a Statement) -> Self {
        let span = match (statement.items.first(), statement.items.last()) {
            (Some(first), Some(last)) => first.span().to(last.span()),
            _ => statement.span,
        };
        Self { items: &statement.items, at: 0, missed: Cell::new(false), span }
    }

    /// Returns the next item without taking it.
    #[must_use]
    pub fn peek(&self) -> Option<&'a Item> {
        self.items.get(self.at)
    }

    /// Tells whether all items were read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.at >= self.items.len()
    }

    /// Returns the place of the next item, or of the end.
    #[must_use]
    pub fn here(&self) -> Span {
        self.peek().map_or(Span { start: self.span.end, ..self.span }, Item::span)
    }

    fn take<T>(&mut self, f: impl FnOnce(&'a Item) -> Option<T>) -> Option<T> {
        let found = f(self.items.get(self.at)?)?;
        self.at += 1;
        Some(found)
    }

    /// Takes any word.
    pub fn word(&mut self) -> Option<&'a Word> {
        self.take(|i| if let Item::Word(w) = i { Some(w) } else { None })
    }

    /// Takes this word, if it is next.
    pub fn keyword(&mut self, keyword: &str) -> bool {
        self.take(|i| matches!(i, Item::Word(w) if w.text == keyword).then_some(())).is_some()
    }

    /// Takes these words, if they are next.
    pub fn keywords(&mut self, keywords: &[&str]) -> bool {
        let start = self.at;
        let all = keywords.iter().all(|k| self.keyword(k));
        if !all {
            self.at = start;
        }
        all
    }

    /// Takes this symbol, if it is next.
    pub fn symbol(&mut self, symbol: &str) -> bool {
        self.take(|i| matches!(i, Item::Symbol(s, _) if *s == symbol).then_some(())).is_some()
    }

    /// Takes any symbol.
    pub fn any_symbol(&mut self) -> Option<&'static str> {
        self.take(|i| if let Item::Symbol(s, _) = i { Some(*s) } else { None })
    }

    /// Takes a text.
    pub fn text(&mut self) -> Option<&'a Text> {
        self.take(|i| if let Item::Text(t) = i { Some(t) } else { None })
    }

    /// Takes a number.
    pub fn number(&mut self) -> Option<f64> {
        self.take(|i| if let Item::Scalar(Scalar::Number(x), _) = i { Some(*x) } else { None })
    }

    /// Takes a share.
    pub fn percent(&mut self) -> Option<f64> {
        self.take(|i| if let Item::Scalar(Scalar::Percent(x), _) = i { Some(*x) } else { None })
    }

    /// Takes a date.
    pub fn date(&mut self) -> Option<Date> {
        self.take(|i| if let Item::Scalar(Scalar::Date(d), _) = i { Some(*d) } else { None })
    }

    /// Takes a time of day.
    pub fn time(&mut self) -> Option<Time> {
        self.take(|i| if let Item::Scalar(Scalar::Time(t), _) = i { Some(*t) } else { None })
    }

    /// Takes a range.
    pub fn range(&mut self) -> Option<(Scalar, Scalar)> {
        self.take(|i| if let Item::Range(a, b, _) = i { Some((*a, *b)) } else { None })
    }

    /// Takes `= …`.
    pub fn assign(&mut self) -> Option<&'a Expr> {
        self.take(|i| if let Item::Assign(e) = i { Some(e) } else { None })
    }

    /// Takes `name(…)`.
    pub fn call(&mut self) -> Option<&'a Expr> {
        self.take(|i| if let Item::Call(e) = i { Some(e) } else { None })
    }

    /// Takes `where …` or `when …`.
    pub fn clause(&mut self, keyword: &str) -> Option<&'a Expr> {
        self.take(|i| match i {
            Item::Clause(w, e) if w.text == keyword => Some(e),
            _ => None,
        })
    }

    /// Takes a whole number with a unit of days or hours: `60 days`, `24 hours`, `3 weeks`.
    pub fn days_or_hours(&mut self) -> Option<Period> {
        let start = self.at;
        let period = self.number().and_then(|n| {
            let unit = self.word()?;
            let whole = whole(n)?;
            match unit.text.as_str() {
                "day" | "days" => Some(Period { hours: whole.checked_mul(24)? }),
                "week" | "weeks" => Some(Period { hours: whole.checked_mul(24 * 7)? }),
                "hour" | "hours" => Some(Period { hours: whole }),
                _ => None,
            }
        });
        if period.is_none() {
            self.at = start;
        }
        period
    }

    /// Takes a name, or says that `what` is missing.
    pub fn name(&mut self, cx: &mut Cx, what: &str) -> Option<&'a Word> {
        let found = self.word();
        if found.is_none() {
            self.expected(cx, what);
        }
        found
    }

    /// Takes a text of one part, such as a path or an address.
    pub fn string(&mut self, cx: &mut Cx, what: &str) -> Option<&'a str> {
        match self.text() {
            Some(text) => text.parts.first().map(|p| p.value.as_str()),
            None => {
                self.expected(cx, what);
                None
            }
        }
    }

    /// Takes an e-mail address, and says when it is none.
    pub fn address(&mut self, cx: &mut Cx, what: &str) -> Option<&'a str> {
        let here = self.here();
        let address = self.string(cx, what)?;
        if address.parse::<lettre::Address>().is_err() {
            cx.error("wrong-address", here, format!("`{address}` is not an e-mail address")).help =
                Some("write it as in `\"team@example.com\"`".to_owned());
        }
        Some(address)
    }

    /// Takes a text that people read, in all languages, or says that it is missing.
    pub fn words(&mut self, cx: &mut Cx, what: &str) -> m::Text {
        match self.text() {
            Some(text) => cx.text(text, true),
            None => {
                self.expected(cx, what);
                m::Text::default()
            }
        }
    }

    /// Takes a text that people read, if there is one.
    pub fn optional_words(&mut self, cx: &mut Cx) -> m::Text {
        self.text().map_or_else(m::Text::default, |text| cx.text(text, true))
    }

    /// Says that something else was expected here.
    pub fn expected(&self, cx: &mut Cx, what: &str) {
        let message =
            if self.is_done() { format!("{what} is missing") } else { format!("expected {what} here") };
        self.missed.set(true);
        if !cx.is_broken(self.here()) {
            cx.error("expected", self.here(), message).help = Some(format!("write {what}"));
        }
    }

    /// Leaves the rest of the statement alone: what is wrong in it is told already.
    pub fn give_up(&self) {
        self.missed.set(true);
    }

    /// Says that what is left over does not belong here.
    pub fn end(&self, cx: &mut Cx) {
        if self.missed.get() {
            return;
        }
        if let (Some(first), Some(last)) = (self.peek(), self.items.last()) {
            cx.error("unexpected", first.span().to(last.span()), "this does not belong to the statement")
                .help = Some("remove it, or put what follows on a line of its own".to_owned());
        }
    }
}

/// A period in hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Hours.
    pub hours: u32,
}

impl Period {
    /// Returns whole days, rounded up.
    #[must_use]
    pub fn days(self) -> u32 {
        self.hours.div_ceil(24)
    }
}

/// Turns a number into a whole one that is not negative.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "range and fraction are tested")]
pub fn whole(x: f64) -> Option<u32> {
    (x >= 0.0 && x <= f64::from(u32::MAX) && x.fract() == 0.0).then_some(x as u32)
}
