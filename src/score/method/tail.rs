//! Tail probabilities and quantiles of Student's t, F, chi-square and beta, with any positive degrees of freedom.
//!
//! Tails are computed as such and never as one minus the rest, so that small
//! p-values keep their digits; weighted degrees of freedom are no whole numbers
//! and can be large. The incomplete beta function is taken by its continued
//! fraction (Abramowitz & Stegun 1964, 26.5.8) with logarithms of gamma
//! functions as differences (Didonato & Morris 1992). What is not a number has
//! no tail: nothing.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::gamma::{checked_gamma_ur, ln_gamma};

/// Returns the chance of a t at least as far from zero, on either side.
#[must_use]
pub fn t_two_sided(t: f64, df: f64) -> Option<f64> {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return None;
    }
    let square = t * t;
    if df.is_infinite() {
        return chi_square_above(square, 1.0);
    }
    if square.is_infinite() {
        return Some(0.0);
    }
    Some(incomplete_beta(df / 2.0, 0.5, df / (df + square), square / (df + square)))
}

/// Returns the value that a t exceeds, on either side together, with a chance.
#[must_use]
pub fn t_quantile(chance: f64, df: f64) -> Option<f64> {
    if !(chance > 0.0 && chance < 1.0) || df.is_nan() || df <= 0.0 {
        return None;
    }
    let mut high = 1.0;
    while t_two_sided(high, df)? > chance {
        high *= 2.0;
    }
    Some(halve(0.0, high, |t| t_two_sided(t, df).is_some_and(|p| p > chance)))
}

/// Returns the chance of a larger F.
#[must_use]
pub fn f_above(f: f64, df1: f64, df2: f64) -> Option<f64> {
    if f.is_nan() || df1.is_nan() || df2.is_nan() || df1 <= 0.0 || df2 <= 0.0 {
        return None;
    }
    if f <= 0.0 {
        return Some(1.0);
    }
    if df2.is_infinite() {
        return chi_square_above(f * df1, df1);
    }
    let whole = df2 + df1 * f;
    if whole.is_infinite() {
        return Some(0.0);
    }
    Some(incomplete_beta(df2 / 2.0, df1 / 2.0, df2 / whole, df1 * f / whole))
}

/// Returns the chance of a larger chi-square.
#[must_use]
pub fn chi_square_above(value: f64, df: f64) -> Option<f64> {
    if value.is_nan() || df.is_nan() || df <= 0.0 {
        return None;
    }
    if value <= 0.0 {
        return Some(1.0);
    }
    if value.is_infinite() {
        return Some(0.0);
    }
    checked_gamma_ur(df / 2.0, value / 2.0).ok()
}

/// Returns the chance of a larger standard normal value.
#[must_use]
pub fn normal_above(z: f64) -> f64 {
    Normal::standard().cdf(-z)
}

/// Returns the chance of `count` or more of `n` when each has the same chance.
#[must_use]
pub fn binomial_at_least(count: u64, n: u64, chance: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&chance) || count > n {
        return None;
    }
    if count == 0 {
        return Some(1.0);
    }
    Some(incomplete_beta(count as f64, (n - count) as f64 + 1.0, chance, 1.0 - chance))
}

/// Returns the value below which a beta variable lies with a chance.
#[must_use]
pub fn beta_quantile(chance: f64, a: f64, b: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&chance) || a.is_nan() || b.is_nan() || a < 0.0 || b < 0.0 {
        return None;
    }
    // All of the mass stands at one end.
    match (a > 0.0, b > 0.0) {
        (false, false) => None,
        (false, true) => Some(0.0),
        (true, false) => Some(1.0),
        (true, true) => Some(halve(0.0, 1.0, |x| incomplete_beta(a, b, x, 1.0 - x) < chance)),
    }
}

/// Narrows down where a falling condition stops to hold, to the last digit.
fn halve(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..1100 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) { low = middle } else { high = middle }
    }
    high
}

/// Returns the regularised incomplete beta function at x, with y = 1 − x.
fn incomplete_beta(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if y <= 0.0 {
        return 1.0;
    }
    let ln = |p: f64, q: f64| if p > 0.5 { (-q).ln_1p() } else { p.ln() };
    let front = (a * ln(x, y) + b * ln(y, x) - ln_beta(a, b)).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        (front * fraction(a, b, x) / a).min(1.0)
    } else {
        (1.0 - front * fraction(b, a, y) / b).max(0.0)
    }
}

/// The continued fraction of the incomplete beta function, by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut above, mut below) = (1.0, 1.0 / guard(1.0 - (a + b) * x / (a + 1.0)));
    let mut product = below;
    // The number of steps grows with the root of the larger parameter.
    for step in 1..20_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        for term in [even, odd] {
            below = 1.0 / guard(1.0 + term * below);
            above = guard(1.0 + term / above);
            product *= below * above;
        }
        if (below * above - 1.0).abs() <= 1e-16 {
            break;
        }
    }
    product
}

/// Logarithm of the beta function; large parameters lose no digits.
fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    if large < 15.0 {
        return ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    }
    // ln Γ(large) − ln Γ(large + small), by Stirling's series on both sides.
    let part = -(large - 0.5) * (small / large).ln_1p() - small * (large + small).ln() + small;
    ln_gamma(small) + part + stirling(large) - stirling(large + small)
}

/// What Stirling's formula leaves of ln Γ, for 15 and more.
fn stirling(x: f64) -> f64 {
    let s = 1.0 / (x * x);
    (1.0 / 12.0 - s * (1.0 / 360.0 - s * (1.0 / 1260.0 - s * (1.0 / 1680.0 - s / 1188.0)))) / x
}
