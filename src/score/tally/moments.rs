//! Number, sum and squares of many values: all that means and their errors need.

use crate::score::tally::exact::Exact;

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

    /// Returns two values, each with a number of people, that have the same number, sum and sum of squares.
    ///
    /// Every estimate of a mean or total, and every error of one, is the same from these two as from all values.
    #[must_use]
    pub fn two_points(&self) -> Vec<(f64, u64)> {
        let Some((low, high)) = self.ends else { return Vec::new() };
        let n = self.n as f64;
        let mean = (self.sum.value() / n).clamp(low, high);
        let spread = (self.squares.value() / n - mean * mean).max(0.0);
        if self.n == 1 || low == high || spread <= 0.0 {
            return vec![(mean, self.n)];
        }
        let (first, second) = (self.n / 2, self.n - self.n / 2);
        let (a, b) = (first as f64, second as f64);
        let spread = spread.sqrt();
        vec![(mean - spread * (b / a).sqrt(), first), (mean + spread * (a / b).sqrt(), second)]
    }
}
