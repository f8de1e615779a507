//! Conditions over a block of rows at once.
//!
//! Conditions are taken apart once: what compares is a leaf, equal leaves of all
//! conditions are one, and each is worked out at most once a block, as two sets
//! of bits: where it holds, and where it certainly does not. `and`, `or` and
//! `not` are then operations on words of 64 rows (Kleene's logic, as in
//! [`crate::expr::evaluate`], which says what every condition means and works
//! out the shapes that have no code here).

use std::cell::OnceCell;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::expr::{ArithmeticOp, Expr, Truth, Value, Var, truth};
use crate::frame::cuts::Cuts;
use crate::frame::table::{Column, RowEnv, Table};

/// Where a condition holds, and where it does not; in neither where that can't be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// Holds.
    pub yes: Vec<u64>,
    /// Does not hold.
    pub no: Vec<u64>,
}

impl Mask {
    /// Asks row by row.
    fn of(rows: usize, answer: impl Fn(usize) -> Option<bool>) -> Self {
        let mut mask = Self { yes: vec![0; rows.div_ceil(64)], no: vec![0; rows.div_ceil(64)] };
        for row in 0..rows {
            let (yes, no) = match answer(row) {
                Some(true) => (1, 0),
                Some(false) => (0, 1),
                None => (0, 0),
            };
            mask.yes[row / 64] |= yes << (row % 64);
            mask.no[row / 64] |= no << (row % 64);
        }
        mask
    }

    fn and(mut self, other: &Self) -> Self {
        self.yes.iter_mut().zip(&other.yes).for_each(|(a, b)| *a &= b);
        self.no.iter_mut().zip(&other.no).for_each(|(a, b)| *a |= b);
        self
    }

    fn swapped(self) -> Self {
        Self { yes: self.no, no: self.yes }
    }
}

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
            leaf => {
                let known = self.0.iter().position(|(e, d)| *d == day && e == leaf);
                Node::Leaf(known.unwrap_or_else(|| {
                    self.0.push((leaf.clone(), day));
                    self.0.len() - 1
                }))
            }
        }
    }
}

/// Conditions over one block.
pub struct Over<'a> {
    leaves: &'a Leaves,
    block: &'a Table,
    rows: usize,
    cuts: &'a Cuts,
    known: Vec<OnceCell<Mask>>,
}

impl<'a> Over<'a> {
    /// Prepares; nothing is worked out yet.
    pub fn new(leaves: &'a Leaves, block: &'a Table, rows: usize, cuts: &'a Cuts) -> Self {
        Self { leaves, block, rows, cuts, known: vec![OnceCell::new(); leaves.0.len()] }
    }

    /// Works out a condition.
    pub fn mask(&self, node: &Node) -> Mask {
        match node {
            Node::Leaf(leaf) => self.leaf(*leaf).clone(),
            Node::Not(inner) => self.mask(inner).swapped(),
            Node::And(all) => self.all(all, true),
            Node::Or(all) => self.all(all, false),
        }
    }

    /// `or` is `and` of the opposites, turned around.
    fn all(&self, nodes: &[Node], and: bool) -> Mask {
        let words = self.rows.div_ceil(64);
        let mut mask = Mask { yes: vec![u64::MAX; words], no: vec![0; words] };
        if let Some(last) = mask.yes.last_mut().filter(|_| !self.rows.is_multiple_of(64)) {
            *last = (1 << (self.rows % 64)) - 1;
        }
        for node in nodes {
            match node {
                Node::Leaf(leaf) if and => mask = mask.and(self.leaf(*leaf)),
                node if and => mask = mask.and(&self.mask(node)),
                node => mask = mask.and(&self.mask(node).swapped()),
            }
        }
        if and { mask } else { mask.swapped() }
    }

    fn leaf(&self, leaf: usize) -> &Mask {
        self.known[leaf].get_or_init(|| {
            let (expr, day) = &self.leaves.0[leaf];
            self.column_wise(expr, *day).unwrap_or_else(|| self.row_wise(expr, *day))
        })
    }

    fn row_wise(&self, expr: &Expr, day: Date) -> Mask {
        Mask::of(self.rows, |row| self.ask(expr, day, row))
    }

    fn ask(&self, expr: &Expr, day: Date, row: usize) -> Option<bool> {
        let env = RowEnv { table: self.block, row, day, cuts: self.cuts, event: None };
        match truth(expr, &env) {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown => None,
        }
    }

    /// Returns `None` for shapes that are asked row by row.
    fn column_wise(&self, expr: &Expr, day: Date) -> Option<Mask> {
        let Some(field) = only_field(expr) else { return self.numeric(expr) };
        match self.block.columns.get(field)?.as_ref()? {
            Column::Text { codes, .. } => Some(self.by_code(expr, day, codes)),
            Column::Number(values) => self.numbers(expr, values).or_else(|| self.numeric(expr)),
            Column::Date(dates) => self.dates(expr, day, dates),
            Column::Flag(_) => None,
        }
    }

    /// Asks once for every different text.
    fn by_code(&self, expr: &Expr, day: Date, codes: &[u32]) -> Mask {
        let mut known: Vec<Option<Option<bool>>> = Vec::new();
        let mut missing = None;
        for (row, &code) in codes.iter().enumerate() {
            let slot = if code == u32::MAX {
                &mut missing
            } else {
                let code = code as usize;
                if known.len() <= code {
                    known.resize(code + 1, None);
                }
                &mut known[code]
            };
            slot.get_or_insert_with(|| self.ask(expr, day, row));
        }
        let answer = |code: u32| if code == u32::MAX { missing } else { known[code as usize] };
        Mask::of(self.rows, |row| answer(codes[row]).flatten())
    }

    fn numbers(&self, expr: &Expr, values: &[f64]) -> Option<Mask> {
        let ask = |test: &dyn Fn(f64) -> bool| {
            Mask::of(self.rows, |row| (!values[row].is_nan()).then(|| test(values[row])))
        };
        match expr {
            Expr::Top(var, share) => Some(match self.cuts.get(*var, *share) {
                Some(cut) => Mask::of(self.rows, |row| (!values[row].is_nan()).then(|| values[row] >= cut)),
                None => ask(&|_| false),
            }),
            Expr::Between(e, Value::Number(low), Value::Number(high)) if is_var(e) => {
                Some(Mask::of(self.rows, |row| {
                    (!values[row].is_nan()).then(|| *low <= values[row] && values[row] <= *high)
                }))
            }
            Expr::IsMissing(e) if is_var(e) => Some(Mask::of(self.rows, |row| Some(values[row].is_nan()))),
            _ => None,
        }
    }

    fn dates(&self, expr: &Expr, day: Date, dates: &[Option<Date>]) -> Option<Mask> {
        match expr {
            Expr::Within(e, window) if is_var(e) => {
                let first = day.checked_sub(window.months.months().days(window.days)).ok()?;
                Some(Mask::of(self.rows, |row| dates[row].map(|d| first <= d && d <= day)))
            }
            Expr::Compare(op, a, b) => match (&**a, &**b) {
                (Expr::Var(_), Expr::Constant(Value::Date(then))) => {
                    Some(Mask::of(self.rows, |row| dates[row].map(|d| op.holds(d.cmp(then)))))
                }
                _ => None,
            },
            Expr::IsMissing(e) if is_var(e) => Some(Mask::of(self.rows, |row| Some(dates[row].is_none()))),
            _ => None,
        }
    }

    /// Comparisons of numbers that are worked out from columns and constants.
    fn numeric(&self, expr: &Expr) -> Option<Mask> {
        let Expr::Compare(op, a, b) = expr else { return None };
        let (a, b) = (self.figure(a)?, self.figure(b)?);
        // A number that is none has no order: then nothing can be said.
        Some(Mask::of(self.rows, |row| Some(op.holds(a.at(row).partial_cmp(&b.at(row))?))))
    }

    fn figure(&self, expr: &Expr) -> Option<Figure<'_>> {
        match expr {
            Expr::Constant(Value::Number(x)) => Some(Figure::Same(*x)),
            Expr::Var(Var::Field(field)) => match self.block.columns.get(*field)?.as_ref()? {
                Column::Number(values) => Some(Figure::Column(values)),
                _ => None,
            },
            Expr::Arithmetic(op, a, b) => {
                let (a, b) = (self.figure(a)?, self.figure(b)?);
                let one = |row: usize| {
                    let result = match op {
                        ArithmeticOp::Add => a.at(row) + b.at(row),
                        ArithmeticOp::Subtract => a.at(row) - b.at(row),
                        ArithmeticOp::Multiply => a.at(row) * b.at(row),
                        ArithmeticOp::Divide => a.at(row) / b.at(row),
                    };
                    if result.is_finite() { result } else { f64::NAN }
                };
                Some(Figure::Worked((0..self.rows).map(one).collect()))
            }
            _ => None,
        }
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

fn is_var(expr: &Expr) -> bool {
    matches!(expr, Expr::Var(_))
}

/// Returns the field that a leaf reads, when it reads no other.
fn only_field(expr: &Expr) -> Option<usize> {
    let mut found = None;
    let mut single = true;
    expr.variables(&mut |var| match (var, found) {
        (Var::Field(i), None) => found = Some(i),
        (Var::Field(i), Some(known)) if i == known => {}
        _ => single = false,
    });
    found.filter(|_| single)
}
