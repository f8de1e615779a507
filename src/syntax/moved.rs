//! Trees and findings that move to another place: what was parsed by itself becomes part of its file.

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::syntax::ast::{Expr, ExprKind, Item, Statement, Text, Word};
use crate::syntax::parse::Parsed;

/// Where something moves to: the file, and how many bytes stand before it there.
#[derive(Debug, Clone, Copy)]
pub(super) struct To {
    pub file: FileId,
    pub offset: u32,
}

impl To {
    /// Moves everything that was parsed.
    pub fn parsed(self, parsed: &mut Parsed) {
        parsed.file.statements.iter_mut().for_each(|s| self.statement(s));
        parsed.comments.iter_mut().for_each(|s| self.span(s));
        parsed.diagnostics.iter_mut().for_each(|d| self.diagnostic(d));
    }

    fn span(self, span: &mut Span) {
        let moved = |at: u32| at.saturating_add(self.offset);
        *span = Span { file: self.file, start: moved(span.start), end: moved(span.end) };
    }

    fn diagnostic(self, diagnostic: &mut Diagnostic) {
        self.span(&mut diagnostic.span);
        diagnostic.labels.iter_mut().for_each(|l| self.span(&mut l.span));
        if let Some(fix) = &mut diagnostic.fix {
            self.span(&mut fix.span);
        }
    }

    fn statement(self, statement: &mut Statement) {
        self.span(&mut statement.span);
        statement.items.iter_mut().for_each(|i| self.item(i));
        if let Some(block) = &mut statement.block {
            self.span(&mut block.span);
            block.statements.iter_mut().for_each(|s| self.statement(s));
        }
    }

    fn item(self, item: &mut Item) {
        match item {
            Item::Word(word) => self.word(word),
            Item::Text(text) => self.text(text),
            Item::Scalar(_, span) | Item::Range(_, _, span) | Item::Symbol(_, span) => self.span(span),
            Item::Clause(word, e) => {
                self.word(word);
                self.expr(e);
            }
            Item::Assign(e) | Item::Call(e) => self.expr(e),
        }
    }

    fn word(self, word: &mut Word) {
        self.span(&mut word.span);
    }

    fn text(self, text: &mut Text) {
        self.span(&mut text.span);
        for part in &mut text.parts {
            self.span(&mut part.span);
            part.language.iter_mut().for_each(|w| self.word(w));
        }
    }

    fn expr(self, e: &mut Expr) {
        self.span(&mut e.span);
        match &mut e.kind {
            ExprKind::Name(_) | ExprKind::Scalar(_) | ExprKind::Range(..) | ExprKind::Top(_) => {}
            ExprKind::Quantity(_, word) => self.word(word),
            ExprKind::Text(text) => self.text(text),
            ExprKind::List(all) => all.iter_mut().for_each(|e| self.expr(e)),
            ExprKind::Not(e) | ExprKind::Negate(e) => self.expr(e),
            ExprKind::Binary(_, a, b) | ExprKind::In(a, b) => {
                self.expr(a);
                self.expr(b);
            }
            ExprKind::Within(e, _, word) | ExprKind::Is(e, word) => {
                self.expr(e);
                self.word(word);
            }
            ExprKind::Call(name, all, floor) => {
                self.word(name);
                for e in all {
                    self.expr(e);
                }
                if let Some((_, span)) = floor {
                    self.span(span);
                }
            }
            ExprKind::RiskOf(a, b) => {
                self.word(a);
                self.word(b);
            }
        }
    }
}
