//! Estimates with their influence values: how much each respondent moves them.
//!
//! A mean, a share, a net promoter score and every formula over them are
//! smooth functions of weighted totals. Each carries, for every member of its
//! domain, the derivative of the estimate by that person's weight (Deville 1999;
//! Lumley 2010, ch. 2); the variance of an estimate is the variance of the
//! weighted total of these values.

use std::collections::BTreeMap;

use std::sync::Arc;

use crate::expr::ArithmeticOp;
use crate::score::design::Design;
use crate::score::method::quantile::Inverse;

/// An estimate with its influence values.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// The estimate.
    pub value: f64,
    /// Members of the domain by index, each with the influence of each of its people.
    pub influence: Vec<(usize, f64)>,
    /// Of a quantile, what its interval is read from; its influence values serve comparisons.
    pub inverse: Option<Arc<Inverse>>,
}

impl Linear {
    /// Makes an estimate that is a smooth function of weighted totals.
    #[must_use]
    pub fn new(value: f64, influence: Vec<(usize, f64)>) -> Self {
        Self { value, influence, inverse: None }
    }

    /// Makes a number without error.
    #[must_use]
    pub fn constant(value: f64) -> Self {
        Self::new(value, Vec::new())
    }

    /// Changes the unit: `a + b·x`.
    #[must_use]
    pub fn affine(mut self, a: f64, b: f64) -> Self {
        self.value = a + b * self.value;
        self.inverse = None;
        self.influence.iter_mut().for_each(|(_, z)| *z *= b);
        self
    }

    /// Combines two estimates; nothing when dividing by zero.
    #[must_use]
    pub fn combine(op: ArithmeticOp, left: &Self, right: &Self) -> Option<Self> {
        let (a, b) = (left.value, right.value);
        let (value, by_left, by_right) = match op {
            ArithmeticOp::Add => (a + b, 1.0, 1.0),
            ArithmeticOp::Subtract => (a - b, 1.0, -1.0),
            ArithmeticOp::Multiply => (a * b, b, a),
            ArithmeticOp::Divide => (a / b, 1.0 / b, -a / (b * b)),
        };
        let finite = value.is_finite() && by_left.is_finite() && by_right.is_finite();
        finite.then(|| Self::new(value, merge(&left.influence, by_left, &right.influence, by_right)))
    }

    /// Returns the indices of its members.
    pub fn members(&self) -> impl Iterator<Item = usize> {
        self.influence.iter().map(|(i, _)| *i)
    }
}

/// Adds two lists of influence values, each times its derivative.
fn merge(left: &[(usize, f64)], by_left: f64, right: &[(usize, f64)], by_right: f64) -> Vec<(usize, f64)> {
    let rising = |list: &[(usize, f64)]| list.is_sorted_by(|a, b| a.0 < b.0);
    if rising(left) && rising(right) {
        return merge_rising(left, by_left, right, by_right);
    }
    let mut sums: BTreeMap<usize, f64> = left.iter().map(|(i, z)| (*i, by_left * z)).collect();
    for (i, z) in right {
        let sum = sums.entry(*i).or_default();
        *sum = added(*sum, by_right * z);
    }
    sums.into_iter().collect()
}

/// Adds two influences of a person. Where they cancel, as in a ratio that is the same for everybody, rounding must not
/// look like spread.
fn added(x: f64, y: f64) -> f64 {
    let sum = x + y;
    if sum.abs() <= 1e-12 * (x.abs() + y.abs()) { 0.0 } else { sum }
}

/// The same for lists in the order of their indices, in one pass.
fn merge_rising(
    left: &[(usize, f64)],
    by_left: f64,
    right: &[(usize, f64)],
    by_right: f64,
) -> Vec<(usize, f64)> {
    let mut out = Vec::with_capacity(left.len() + right.len());
    let (mut a, mut b) = (left.iter().peekable(), right.iter().peekable());
    loop {
        let (first, second) = (a.peek().map(|x| x.0), b.peek().map(|x| x.0));
        let Some(index) = first.into_iter().chain(second).min() else { return out };
        let one = a.next_if(|x| x.0 == index).map(|x| by_left * x.1);
        let two = b.next_if(|x| x.0 == index).map(|x| by_right * x.1);
        out.push((index, one.map_or(two.unwrap_or(0.0), |x| two.map_or(x, |y| added(x, y)))));
    }
}

/// Estimates a mean over the members that have a value: a ratio of two weighted totals.
#[must_use]
pub fn mean(design: &Design, members: &[usize], value: impl Fn(usize) -> Option<f64>) -> Option<Linear> {
    let known: Vec<(usize, f64)> = members.iter().filter_map(|&i| value(i).map(|y| (i, y))).collect();
    let weight: f64 = known.iter().map(|(i, _)| design.units[*i].total()).sum();
    if known.is_empty() || weight <= 0.0 {
        return None;
    }
    let mean = known.iter().map(|(i, y)| design.units[*i].total() * y).sum::<f64>() / weight;
    // It lies among the values; where all are alike, rounding must not look like spread.
    let low = known.iter().map(|(_, y)| *y).fold(f64::INFINITY, f64::min);
    let high = known.iter().map(|(_, y)| *y).fold(f64::NEG_INFINITY, f64::max);
    let mean = mean.max(low).min(high);
    let influence = known.into_iter().map(|(i, y)| (i, (y - mean) / weight)).collect();
    Some(Linear::new(mean, influence))
}

/// Estimates a total over the members that have a value.
#[must_use]
pub fn total(design: &Design, members: &[usize], value: impl Fn(usize) -> Option<f64>) -> Linear {
    let influence: Vec<(usize, f64)> = members.iter().filter_map(|&i| value(i).map(|y| (i, y))).collect();
    let value = influence.iter().map(|(i, y)| design.units[*i].total() * y).sum();
    Linear::new(value, influence)
}

/// Maps a 0–10 code onto +100 (promoter, 9–10), 0 (passive, 7–8) or −100 (detractor, 0–6): Reichheld 2003.
#[must_use]
pub fn promoter(code: f64) -> f64 {
    if code >= 9.0 {
        100.0
    } else if code >= 7.0 {
        0.0
    } else {
        -100.0
    }
}
