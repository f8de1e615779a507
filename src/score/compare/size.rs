//! Sizes of differences that people understand: Cohen's d and w with his words, and the smallest that could be seen.
//!
//! d is the difference over the standard deviation between people (pooled over both sides, weighted as the estimates
//! are): below 0.2 negligible, from 0.2 small, from 0.5 medium, from 0.8 large; for tables w with 0.1, 0.3 and 0.5
//! (Cohen 1988, ch. 2 and 7). For a formula over several means the deviation is that of its influence values.

use crate::score::compare::types::Magnitude;
use crate::score::design::Design;
use crate::score::linear::Linear;
use crate::score::method::power::smallest_difference;

/// Level of all tests.
pub const LEVEL: f64 = 0.05;
/// Chance with which the smallest difference is found.
pub const POWER: f64 = 0.8;

/// Returns the variance between people and their number; nothing for fewer than two.
#[must_use]
pub fn spread(design: &Design, linear: &Linear) -> Option<(f64, f64)> {
    let weight = |i: usize| design.units[i].total();
    let n = design.people(linear.members().filter(|i| weight(*i) > 0.0)) as f64;
    let total: f64 = linear.members().map(weight).sum();
    if n < 2.0 || total <= 0.0 {
        return None;
    }
    let squares: f64 = linear.influence.iter().map(|(i, z)| weight(*i) * (z * total) * (z * total)).sum();
    let variance = squares / total * n / (n - 1.0);
    variance.is_finite().then_some((variance, n))
}

/// Returns the standard deviation between people over both sides; nothing where there is none.
#[must_use]
pub fn pooled(sides: &[Option<(f64, f64)>]) -> Option<f64> {
    let known: Vec<(f64, f64)> = sides.iter().copied().collect::<Option<_>>()?;
    let below: f64 = known.iter().map(|(_, n)| n - 1.0).sum();
    let variance = known.iter().map(|(v, n)| v * (n - 1.0)).sum::<f64>() / below;
    (variance > 0.0).then(|| variance.sqrt())
}

/// Says a d in a word.
#[must_use]
pub fn of_difference(d: f64) -> Magnitude {
    in_words(d.abs(), [0.2, 0.5, 0.8])
}

/// Says a w in a word.
#[must_use]
pub fn of_table(w: f64) -> Magnitude {
    in_words(w, [0.1, 0.3, 0.5])
}

fn in_words(size: f64, from: [f64; 3]) -> Magnitude {
    let [small, medium, large] = from;
    // 0.2 may come out as 0.1999… in floating point.
    let reaches = |limit: f64| size >= limit - 1e-9;
    if reaches(large) {
        Magnitude::Large
    } else if reaches(medium) {
        Magnitude::Medium
    } else if reaches(small) {
        Magnitude::Small
    } else {
        Magnitude::Negligible
    }
}

/// Returns the smallest difference that a test with this error finds in 80 % of samples at 5 %.
#[must_use]
pub fn smallest(error: f64, df: f64) -> Option<f64> {
    smallest_difference(error, df, LEVEL, POWER)
}
