//! Conditions, taken apart, and those of their leaves that compare columns, over a block of rows.
//!
//! Conditions are taken apart once: what compares is a leaf, and equal leaves of
//! all conditions are one. Leaves over one column become classes
//! ([`crate::frame::classes`]); the others are worked out here for each row,
//! after [`crate::expr::evaluate`], which says what every condition means.

use jiff::civil::Date;

use crate::expr::{ArithmeticOp, CompareOp, Env, Expr, Truth, Value, Var, truth};
use crate::frame::cuts::Cuts;
use crate::frame::table::{Column, RowEnv, Table};

/// A condition, taken apart.
#[derive(Debug)]
pub enum Node {
    /// Index of a leaf.
    Leaf(usize),
    /// Negation.
    Not(Box<Node>),
    /// All hold.
    And(Vec<Node>),
    /// One holds.
    Or(Vec<Node>),
    /// The same for every row.
    Known(Truth),
}

impl Node {
    /// Works out a condition from its leaves (Kleene's strong logic).
    pub fn truth(&self, leaf: &impl Fn(usize) -> Truth) -> Truth {
        match self {
            Self::Leaf(index) => leaf(*index),
            Self::Known(truth) => *truth,
            Self::Not(inner) => match inner.truth(leaf) {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                Truth::Unknown => Truth::Unknown,
            },
            Self::And(all) => decide(all, leaf, Truth::False, Truth::True),
            Self::Or(all) => decide(all, leaf, Truth::True, Truth::False),
        }
    }

    /// Returns the leaves without which the condition does not hold.
    pub fn needed(&self) -> Vec<usize> {
        match self {
            Self::Leaf(leaf) => vec![*leaf],
            Self::And(all) => all.iter().flat_map(Self::needed).collect(),
            Self::Not(_) | Self::Or(_) | Self::Known(_) => Vec::new(),
        }
    }
}

/// The decisive truth wins over unknown ones.
fn decide(all: &[Node], leaf: &impl Fn(usize) -> Truth, decisive: Truth, otherwise: Truth) -> Truth {
    let mut result = otherwise;
    for node in all {
        match node.truth(leaf) {
            truth if truth == decisive => return decisive,
            Truth::Unknown => result = Truth::Unknown,
            _ => {}
        }
    }
    result
}

/// The leaves of all conditions of a campaign, with the day as of which they hold.
#[derive(Debug, Default)]
pub struct Leaves(Vec<(Expr, Date)>);

impl Leaves {
    /// Takes a condition apart.
    pub fn take(&mut self, expr: &Expr, day: Date) -> Node {
        match expr {
            Expr::Not(inner) => Node::Not(Box::new(self.take(inner, day))),
            Expr::And(all) => Node::And(all.iter().map(|e| self.take(e, day)).collect()),
            Expr::Or(all) => Node::Or(all.iter().map(|e| self.take(e, day)).collect()),
            leaf if is_constant(leaf) => Node::Known(truth(leaf, &Nobody(day))),
            leaf => {
                let known = self.0.iter().position(|(e, d)| *d == day && e == leaf);
                Node::Leaf(known.unwrap_or_else(|| {
                    self.0.push((leaf.clone(), day));
                    self.0.len() - 1
                }))
            }
        }
    }

    /// Returns all leaves.
    pub fn all(&self) -> impl Iterator<Item = (&Expr, &Date)> {
        self.0.iter().map(|(expr, day)| (expr, day))
    }

    /// Returns the fields that a leaf reads.
    pub fn fields(&self, leaf: usize) -> Vec<usize> {
        let mut fields = Vec::new();
        if let Some((expr, _)) = self.0.get(leaf) {
            expr.variables(&mut |var| {
                if let Var::Field(field) = var {
                    fields.push(field);
                }
            });
        }
        fields
    }

    /// Asks a leaf of a block's rows, one after the other.
    pub fn ask(
        &self,
        leaf: usize,
        block: &Table,
        rows: usize,
        cuts: &Cuts,
        mut answer: impl FnMut(usize, Truth),
    ) {
        let Some((expr, day)) = self.0.get(leaf) else { return };
        if let Some((op, a, b)) = comparison(expr, block, rows) {
            for row in 0..rows {
                // A number that is none has no order: then nothing can be said.
                let holds = a.at(row).partial_cmp(&b.at(row)).map(|order| op.holds(order));
                answer(row, holds.map_or(Truth::Unknown, |h| if h { Truth::True } else { Truth::False }));
            }
            return;
        }
        for row in 0..rows {
            answer(row, truth(expr, &RowEnv { table: block, row, day: *day, cuts, event: None }));
        }
    }
}

/// Tells whether a leaf looks at nothing that rows differ in.
fn is_constant(leaf: &Expr) -> bool {
    let mut constant = true;
    leaf.each(&mut |e| {
        constant &=
            !matches!(e, Expr::Var(_) | Expr::Top(..) | Expr::StraightLine(_) | Expr::InRiskGroup { .. });
    });
    constant
}

/// Knows the day alone.
struct Nobody(Date);

impl Env for Nobody {
    fn value(&self, _: Var) -> Value {
        Value::Missing
    }

    fn today(&self) -> Date {
        self.0
    }
}

/// Returns a comparison of numbers that are worked out from columns and constants.
fn comparison<'b>(expr: &Expr, block: &'b Table, rows: usize) -> Option<(CompareOp, Figure<'b>, Figure<'b>)> {
    let Expr::Compare(op, a, b) = expr else { return None };
    Some((*op, figure(a, block, rows)?, figure(b, block, rows)?))
}

fn figure<'b>(expr: &Expr, block: &'b Table, rows: usize) -> Option<Figure<'b>> {
    match expr {
        Expr::Constant(Value::Number(x)) => Some(Figure::Same(*x)),
        Expr::Var(Var::Field(field)) => match block.columns.get(*field)?.as_ref()? {
            Column::Number(values) => Some(Figure::Column(values)),
            _ => None,
        },
        Expr::Arithmetic(op, a, b) => {
            let (a, b) = (figure(a, block, rows)?, figure(b, block, rows)?);
            let one = |row: usize| {
                let result = match op {
                    ArithmeticOp::Add => a.at(row) + b.at(row),
                    ArithmeticOp::Subtract => a.at(row) - b.at(row),
                    ArithmeticOp::Multiply => a.at(row) * b.at(row),
                    ArithmeticOp::Divide => a.at(row) / b.at(row),
                };
                if result.is_finite() { result } else { f64::NAN }
            };
            Some(Figure::Worked((0..rows).map(one).collect()))
        }
        _ => None,
    }
}

/// A number for each row; not a number where it is missing.
enum Figure<'a> {
    Same(f64),
    Column(&'a [f64]),
    Worked(Vec<f64>),
}

impl Figure<'_> {
    fn at(&self, row: usize) -> f64 {
        match self {
            Self::Same(x) => *x,
            Self::Column(all) => all[row],
            Self::Worked(all) => all[row],
        }
    }
}
