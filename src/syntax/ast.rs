//! The tree of a file, with meaning left out.
//!
//! A file is a list of statements; a statement is a row of [`Item`]s and perhaps
//! a block of further statements. What the words mean is the model's business,
//! so that a new setting or question kind needs no new grammar. Only
//! expressions (after `where`, `when`, `=` and inside calls) have a shape here.

use jiff::civil::{Date, Time};

use crate::source::Span;

/// A parsed file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct File {
    /// Top-level statements in order: `use "…"` and declarations.
    pub statements: Vec<Statement>,
}

/// A row of items, perhaps with a block.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Never empty.
    pub items: Vec<Item>,
    /// What stands between `{` and `}`.
    pub block: Option<Block>,
    /// From the first item to the end of the block.
    pub span: Span,
}

/// Statements between braces.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// In order.
    pub statements: Vec<Statement>,
    /// With the braces.
    pub span: Span,
}

/// A word: keyword or name, as the model decides.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Word {
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// One language's part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPart {
    /// `zh` in `zh "…"`; usually left out, the order of `languages` counts.
    pub language: Option<Word>,
    /// With escapes resolved.
    pub value: String,
    /// With the quotes.
    pub span: Span,
}

/// `"first" / "second"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Never empty.
    pub parts: Vec<TextPart>,
    /// All parts.
    pub span: Span,
}

/// A value that is one token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar {
    /// `12`, `0.3`, `-4`.
    Number(f64),
    /// `20%`, as a share: 0.2.
    Percent(f64),
    /// `2026-01-05`.
    Date(Date),
    /// `09:00`.
    Time(Time),
}

/// One item of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A word; dotted paths (`tickets.resolved`) are one word.
    Word(Word),
    /// A text.
    Text(Text),
    /// A number, share, date or time.
    Scalar(Scalar, Span),
    /// `1..5`, both ends of one type.
    Range(Scalar, Scalar, Span),
    /// `: , |` and comparison operators outside expressions (`< <= > >= !=`); `=` is an `Assign`.
    Symbol(&'static str, Span),
    /// `where …`, `when …`: the keyword and its condition.
    Clause(Word, Expr),
    /// `= …`.
    Assign(Expr),
    /// `count(tickets)` outside an expression.
    Call(Expr),
}

impl Item {
    /// Returns the item's place.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Word(word) => word.span,
            Self::Text(text) => text.span,
            Self::Scalar(_, span) | Self::Range(_, _, span) | Self::Symbol(_, span) => *span,
            Self::Clause(word, expr) => word.span.to(expr.span),
            Self::Assign(expr) | Self::Call(expr) => expr.span,
        }
    }
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// Operators with two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `or`
    Or,
    /// `and`
    And,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// The kinds of expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A name, perhaps dotted.
    Name(String),
    /// A number, share, date or time.
    Scalar(Scalar),
    /// `40 seconds`, `6 months`, `2 points`, and `CNY 30` with the currency as its unit.
    Quantity(f64, Word),
    /// `"text"`; only one language makes sense here.
    Text(Text),
    /// `1..3` behind `in`.
    Range(Scalar, Scalar),
    /// `(east, west)` behind `in`.
    List(Vec<Expr>),
    /// `top 20%` behind `in`.
    Top(f64),
    /// `not …`
    Not(Box<Expr>),
    /// `- …`
    Negate(Box<Expr>),
    /// Two sides.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `x in …`; the right side is `Range`, `List` or `Top`.
    In(Box<Expr>, Box<Expr>),
    /// `x within 30 days`.
    Within(Box<Expr>, f64, Word),
    /// `x is missing`, `x is answered`; true for `missing`.
    Is(Box<Expr>, Word),
    /// `mean(a, b) from 2`.
    Call(Word, Vec<Expr>, Option<(Scalar, Span)>),
    /// `risk high_risk of csat_2025q4`.
    RiskOf(Word, Word),
}
