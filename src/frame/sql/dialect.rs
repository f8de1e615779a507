//! What differs from one database to the next.
//!
//! Everything that generates statements speaks through [`Dialect`]; a further engine is one more implementation.
//! Whatever can be worked out beforehand stays out of it: the first day of `within 6 months` is a constant when the
//! statement is made, so that months end everywhere on the same day.

use jiff::civil::Date;

use crate::expr::ArithmeticOp;

/// Types of values that conditions see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Double-precision number; never NaN nor infinite.
    Number,
    /// Calendar date.
    Date,
    /// Yes or no.
    Flag,
    /// Text, compared by its bytes.
    Text,
}

/// Types of columns, as far as reading differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnType {
    /// Texts.
    Text,
    /// Whole numbers.
    Integer,
    /// Decimal numbers, and floats that are shorter than double precision: read by their text.
    Decimal,
    /// Double-precision numbers.
    Double,
    /// Dates.
    Date,
    /// Yes or no.
    Flag,
    /// Anything else, by name.
    Other(String),
}

/// Lists that a statement is given when it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param {
    /// Keys of people at rest.
    AtRest,
    /// Suppressed addresses, in the form in which equal ones are equal.
    Suppressed,
    /// Time zones of the list that are known.
    Zones,
    /// E-mail addresses of the list with letters beyond ASCII.
    OddTexts,
    /// The same addresses in lower case; null for those that can't be used.
    OddAddresses,
    /// Cuts of `top` over the eligible.
    Cuts,
    /// Per cell: how many are drawn.
    Sizes,
}

impl Param {
    /// Says what it holds.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::AtRest => "keys of people at rest",
            Self::Suppressed => "suppressed addresses",
            Self::Zones => "time zones of the list that are known",
            Self::OddTexts => "e-mail addresses of the list with letters beyond ASCII",
            Self::OddAddresses => "the same in lower case, null where it is no address",
            Self::Cuts => "the cuts that the first statement gave",
            Self::Sizes => "how many to draw per cell, allocated from the counts of the first statement",
        }
    }
}

/// How one database engine says it.
pub trait Dialect {
    /// Returns a quoted name.
    fn identifier(&self, name: &str) -> String;

    /// Returns a text constant.
    fn text(&self, text: &str) -> String;

    /// Returns a number constant.
    fn number(&self, x: f64) -> String;

    /// Returns a date constant.
    fn date(&self, day: Date) -> String;

    /// Returns a missing value.
    fn missing(&self, kind: Kind) -> String;

    /// Returns the type of a column by the name that the driver gives it.
    fn column_type(&self, name: &str) -> ColumnType;

    /// Returns a value as text that compares by its bytes.
    fn as_text(&self, expr: &str) -> String;

    /// Returns a text without blanks (Unicode's) at its ends; an empty one is missing.
    fn trimmed(&self, text: &str) -> String;

    /// Tells whether a text matches a pattern of ASCII.
    fn matches(&self, text: &str, pattern: &str) -> String;

    /// Tells whether a text has ASCII characters alone.
    fn is_ascii(&self, text: &str) -> String;

    /// Returns an ASCII text in lower case.
    fn lower(&self, ascii: &str) -> String;

    /// Returns a text without these characters.
    fn without(&self, text: &str, characters: &str) -> String;

    /// Reads a value of a column as a number (whole ones up to 2^53 when `whole`), missing when it is none.
    fn read_number(&self, expr: &str, column: &ColumnType, whole: bool) -> String;

    /// Reads a value of a column as a date of the years 0 to 9999, missing when it is none.
    fn read_date(&self, expr: &str, column: &ColumnType) -> String;

    /// Returns the permanent random number of a key times 2^52.
    fn random_number(&self, seed: u64, key: &str) -> String;

    /// Computes with two numbers in double precision; missing when the result is not finite.
    fn arithmetic(&self, op: ArithmeticOp, a: &str, b: &str) -> String;

    /// Returns a query for the value at rank ⌈share · n⌉ from above of the non-missing values.
    fn cut(&self, value: &str, from: &str, share: f64) -> String;

    /// Returns a list of counts as one value.
    fn counts(&self, counts: &[String]) -> String;

    /// Returns the number of rows for which a condition holds.
    fn count_where(&self, condition: &str) -> String;

    /// Returns the word that makes a named sub-query be worked out once and kept, or read again where it is used.
    fn kept(&self, once: bool) -> &'static str;

    /// Returns what is given as the n-th parameter (from 1).
    fn parameter(&self, number: usize, param: Param) -> String;

    /// Returns one entry of a parameter, from 1.
    fn entry(&self, list: &str, index: &str) -> String;

    /// Returns a query whose columns are the given lists side by side.
    fn rows_of(&self, lists: &[(String, &str)]) -> String;

    /// Returns a query for pairs of a text `t` and a number `x`: the n-th parameter (from 1) has all texts, the next one
    /// all numbers.
    fn lookup(&self, number: usize) -> String;

    /// Keeps a sub-query from being merged into the one around it, so that its columns are worked out once.
    fn fence(&self) -> &'static str;
}
