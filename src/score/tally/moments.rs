//! Number, sum and squares of many values: all that means and their errors need.

use crate::score::tally::exact::{Exact, Sum};

/// Values of the people of one group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Moments {
    /// How many have none: not answered, not applicable, not asked.
    pub without: [u64; 3],
    /// How many have a value.
    pub n: u64,
    sum: Exact,
    squares: Exact,
    ends: Option<(f64, f64)>,
}

impl Moments {
    /// Adds a value that so many people have.
    #[inline]
    pub fn add(&mut self, x: f64, times: u64) {
        self.n += times;
        self.sum.add_times(x, times);
        self.squares.add_times(x * x, times);
        let (low, high) = self.ends.unwrap_or((x, x));
        self.ends = Some((low.min(x), high.max(x)));
    }

    /// Adds those of other people.
    pub fn join(&mut self, other: &Self) {
        self.n += other.n;
        self.without.iter_mut().zip(other.without).for_each(|(a, b)| *a += b);
        self.sum.join(&other.sum);
        self.squares.join(&other.squares);
        self.ends = match (self.ends, other.ends) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }

    /// Returns up to three values, each with a number of people, that have the same number, sum and sum of squares and
    /// lie between the smallest and the largest.
    ///
    /// Every estimate of a mean or total, and every error of one, is the same from these as from all values. They are
    /// the most spread values with this mean — all but one at an end — drawn together to the spread that is wanted.
    #[must_use]
    pub fn points(&self) -> Vec<(f64, u64)> {
        self.ends.map_or_else(Vec::new, |ends| points(self.n, self.sum.value(), self.squares.value(), ends))
    }
}

fn points(n: u64, sum: f64, squares: f64, (low, high): (f64, f64)) -> Vec<(f64, u64)> {
    let people = n as f64;
    let mean = (sum / people).clamp(low, high);
    let spread = squares - people * mean * mean;
    if n < 2 || low >= high || spread <= 0.0 {
        return vec![(mean, n)];
    }
    let above = at_most((mean - low) / (high - low) * people, n - 1);
    let below = n - 1 - above;
    let rest = (sum - above as f64 * high - below as f64 * low).clamp(low, high);
    let ends = [(high, above), (low, below), (rest, 1)];
    let square = |(x, n): &(f64, u64)| *n as f64 * (x - mean) * (x - mean);
    let widest: f64 = ends.iter().map(square).sum();
    let part = (spread / widest).sqrt().min(1.0);
    let drawn = ends.into_iter().map(|(x, n)| (mean + part * (x - mean), n));
    drawn.filter(|(_, n)| *n > 0).collect()
}

/// How many people are alike, as far as estimates need it: their number where all of a group weigh the same, else
/// what their weights add up to as well.
pub trait Alike: Clone + Default + Send {
    /// Weights differ within a group.
    const LOOSE: bool;

    /// Counts people of the same weight.
    fn add(&mut self, times: u64, weight: f64);

    /// Adds others.
    fn join(&mut self, other: &Self);

    /// Returns how many they are.
    fn people(&self) -> u64;

    /// Returns weights with numbers of people that have the same sums; without a weight the group's own holds.
    fn weights(&self) -> Vec<(Option<f64>, u64)>;
}

impl Alike for u64 {
    const LOOSE: bool = false;

    #[inline]
    fn add(&mut self, times: u64, _: f64) {
        *self += times;
    }

    #[inline]
    fn join(&mut self, other: &Self) {
        *self += other;
    }

    #[inline]
    fn people(&self) -> u64 {
        *self
    }

    fn weights(&self) -> Vec<(Option<f64>, u64)> {
        vec![(None, *self)]
    }
}

/// People who are alike but for their weights, which are above zero.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Weighing {
    n: u64,
    sum: Sum<8, 128>,
    squares: Sum<8, 128>,
    ends: Option<(f64, f64)>,
}

impl Alike for Weighing {
    const LOOSE: bool = true;

    #[inline]
    fn add(&mut self, times: u64, weight: f64) {
        self.n += times;
        self.sum.add_times(weight, times);
        self.squares.add_times(weight * weight, times);
        let (low, high) = self.ends.unwrap_or((weight, weight));
        self.ends = Some((low.min(weight), high.max(weight)));
    }

    fn join(&mut self, other: &Self) {
        self.n += other.n;
        self.sum.join(&other.sum);
        self.squares.join(&other.squares);
        self.ends = match (self.ends, other.ends) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }

    #[inline]
    fn people(&self) -> u64 {
        self.n
    }

    fn weights(&self) -> Vec<(Option<f64>, u64)> {
        let ends = self.ends.unwrap_or_default();
        let points = points(self.n, self.sum.value(), self.squares.value(), ends);
        points.into_iter().map(|(w, n)| (Some(w), n)).collect()
    }
}

/// Returns the whole part of a number that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between zero and a number of people"
)]
fn at_most(x: f64, most: u64) -> u64 {
    (x.max(0.0) as u64).min(most)
}
