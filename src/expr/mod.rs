//! Typed conditions and their three-valued logic.
//!
//! Goes in: expressions that the model has resolved (every variable an index,
//! every constant of the right type) and an [`Env`] that knows the variables'
//! values. Comes out: a [`Value`] or a [`Truth`]. Nothing here reads files, and
//! nothing here knows names.

mod eval;

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

pub use self::eval::{Env, evaluate, truth};

/// A value of one variable for one person or response.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Not answered, not asked, not applicable, or an empty cell.
    Missing,
    /// Yes or no.
    Bool(bool),
    /// A number, scale code, or amount of money.
    Number(f64),
    /// Free text, or the name of an option.
    Text(Arc<str>),
    /// A calendar date.
    Date(Date),
    /// The names of the chosen options of a multiple choice.
    Set(Vec<Arc<str>>),
}

impl Serialize for Value {
    /// Writes the type with the value, so that the text `true` and the truth value differ.
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => s.serialize_unit_variant("Value", 0, "missing"),
            Self::Bool(b) => s.serialize_newtype_variant("Value", 1, "bool", b),
            Self::Number(x) => s.serialize_newtype_variant("Value", 2, "number", x),
            Self::Text(text) => s.serialize_newtype_variant("Value", 3, "text", &**text),
            Self::Date(date) => s.serialize_newtype_variant("Value", 4, "date", date),
            Self::Set(all) => {
                let names: Vec<&str> = all.iter().map(|name| &**name).collect();
                s.serialize_newtype_variant("Value", 5, "set", &names)
            }
        }
    }
}

/// Kleene's three truth values; a missing operand makes a comparison unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// Holds.
    True,
    /// Does not hold.
    False,
    /// Can't be said; counts as not holding where a decision is needed.
    Unknown,
}

impl Truth {
    /// Tells whether it certainly holds.
    #[must_use]
    pub fn holds(self) -> bool {
        self == Self::True
    }
}

/// A variable, by its index in the checked model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Var {
    /// A column of the frame: index into `Frame::fields`.
    Field(usize),
    /// A column of an events source: (index into `Checked::events`, index into its `fields`).
    EventField(usize, usize),
    /// An answerable item: index into `Questionnaire::items`.
    Item(usize),
    /// A score of one response: index into `Scoring::scores` (dimension or index, never a KPI).
    Score(usize),
    /// The name of the response's stratum, as text.
    Stratum,
    /// The name of the channel through which the response came, as text.
    Channel,
    /// The language of the response, as text.
    Language,
    /// Seconds from the first page to completion.
    Duration,
    /// Whether the same person has an earlier completed response.
    Duplicate,
}

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum CompareOp {
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
}

impl CompareOp {
    /// Tells whether two values in this order fulfil the comparison.
    #[must_use]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
        }
    }
}

/// Arithmetic operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`; by zero gives a missing value
    Divide,
}

/// A span of calendar time that reaches back from the day of evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Window {
    /// Calendar months.
    pub months: i32,
    /// Days.
    pub days: i32,
}

/// A resolved, typed expression.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Expr {
    /// A constant.
    Constant(Value),
    /// A variable.
    Var(Var),
    /// Negation.
    Not(Box<Expr>),
    /// All hold.
    And(Vec<Expr>),
    /// One holds.
    Or(Vec<Expr>),
    /// A comparison of two values of one type; of a `Set` with a text, `=` means “contains”.
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// Equal to one of these; for a `Set`: one of these was chosen.
    In(Box<Expr>, Vec<Value>),
    /// Between two numbers or dates, ends included.
    Between(Box<Expr>, Value, Value),
    /// The date lies within the window that ends on the day of evaluation, both ends included.
    Within(Box<Expr>, Window),
    /// The value is at or above the cut that leaves this share of the eligible rows on top.
    Top(Var, f64),
    /// The value is missing.
    IsMissing(Box<Expr>),
    /// Two numbers.
    Arithmetic(ArithmeticOp, Box<Expr>, Box<Expr>),
    /// At least three of these items are answered, and all answered ones alike.
    StraightLine(Vec<usize>),
    /// The person belongs to a risk group of an earlier campaign.
    InRiskGroup {
        /// Name of the group.
        group: Arc<str>,
        /// Name of the campaign.
        campaign: Arc<str>,
    },
}

impl Expr {
    /// Calls `f` on the expression and on every one inside it.
    pub fn each<'a>(&'a self, f: &mut impl FnMut(&'a Expr)) {
        f(self);
        match self {
            Self::Constant(_)
            | Self::Var(_)
            | Self::Top(..)
            | Self::StraightLine(_)
            | Self::InRiskGroup { .. } => {}
            Self::Not(e)
            | Self::In(e, _)
            | Self::Between(e, _, _)
            | Self::Within(e, _)
            | Self::IsMissing(e) => {
                e.each(f);
            }
            Self::And(all) | Self::Or(all) => all.iter().for_each(|e| e.each(f)),
            Self::Compare(_, a, b) | Self::Arithmetic(_, a, b) => {
                a.each(f);
                b.each(f);
            }
        }
    }

    /// Calls `f` on every variable that the expression reads.
    pub fn variables(&self, f: &mut impl FnMut(Var)) {
        match self {
            Self::Constant(_) | Self::InRiskGroup { .. } => {}
            Self::Var(var) | Self::Top(var, _) => f(*var),
            Self::Not(e)
            | Self::In(e, _)
            | Self::Between(e, _, _)
            | Self::Within(e, _)
            | Self::IsMissing(e) => {
                e.variables(f);
            }
            Self::And(all) | Self::Or(all) => all.iter().for_each(|e| e.variables(f)),
            Self::Compare(_, a, b) | Self::Arithmetic(_, a, b) => {
                a.variables(f);
                b.variables(f);
            }
            Self::StraightLine(items) => items.iter().for_each(|&i| f(Var::Item(i))),
        }
    }
}
