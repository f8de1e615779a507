//! Which differences a plan can show.
//!
//! Two independent groups, a two-sided test; shares as in Fleiss, Levin & Paik (2003, ch. 4, without continuity
//! correction), means by the noncentral t distribution (Cohen 1988). The other tail, in which the test errs on the
//! wrong side, is not counted.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use statrs::function::gamma::ln_gamma;

/// Returns the power to tell two shares apart with so many answers in each group; the level is two-sided.
#[must_use]
pub fn power_of_shares(first: f64, second: f64, answers: (f64, f64), level: f64) -> f64 {
    let normal = Normal::standard();
    let (a, b) = answers;
    let pooled = (first * a + second * b) / (a + b);
    let under_equality = (pooled * (1.0 - pooled) * (1.0 / a + 1.0 / b)).sqrt();
    let under_difference = (first * (1.0 - first) / a + second * (1.0 - second) / b).sqrt();
    let reach = normal.inverse_cdf(1.0 - level / 2.0) * under_equality;
    normal.cdf(((first - second).abs() - reach) / under_difference)
}

/// Returns the power to tell two means apart with so many answers in each group.
#[must_use]
pub fn power_of_means(difference: f64, deviation: f64, answers: (f64, f64), level: f64) -> f64 {
    let (a, b) = answers;
    let freedom = a + b - 2.0;
    let Ok(t) = StudentsT::new(0.0, 1.0, freedom) else { return 0.0 };
    let shift = difference.abs() / (deviation * (1.0 / a + 1.0 / b).sqrt());
    noncentral_t_above(t.inverse_cdf(1.0 - level / 2.0), freedom, shift)
}

/// Returns the smallest difference for which a power, growing with it, reaches what is wanted.
#[must_use]
pub fn smallest(most: f64, wanted: f64, power: impl Fn(f64) -> f64) -> Option<f64> {
    if power(most) < wanted {
        return None;
    }
    let (mut low, mut high) = (0.0, most);
    // Each step halves what is not known: forty are more than a report can print.
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if power(middle) < wanted { low = middle } else { high = middle }
    }
    Some(high)
}

/// Returns the smallest difference of two means that is found with this power; `None` for fewer than two answers each.
///
/// From thirty degrees of freedom on, the noncentral t is taken as normal (Johnson & Welch 1940), which is right to a
/// thousandth there.
#[must_use]
pub fn smallest_of_means(deviation: f64, answers: (f64, f64), level: f64, wanted: f64) -> Option<f64> {
    let (a, b) = answers;
    let freedom = a + b - 2.0;
    if a < 2.0 || b < 2.0 || deviation <= 0.0 {
        return None;
    }
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(1.0 - level / 2.0);
    let z = Normal::standard().inverse_cdf(wanted);
    let shift = t * (1.0 - 0.25 / freedom) + z * (1.0 + t * t / (2.0 * freedom)).sqrt();
    let unit = deviation * (1.0 / a + 1.0 / b).sqrt();
    if freedom >= 30.0 {
        return Some(shift * unit);
    }
    smallest(2.0 * shift * unit, wanted, |d| power_of_means(d, deviation, answers, level))
}

/// Returns the smallest difference of two shares around one half that is found with this power; `None` for fewer than
/// ten answers in a group, of which the normal approximation says nothing.
#[must_use]
pub fn smallest_of_shares(answers: (f64, f64), level: f64, wanted: f64) -> Option<f64> {
    if answers.0 < 10.0 || answers.1 < 10.0 {
        return None;
    }
    smallest(0.999, wanted, |d| power_of_shares(0.5 - d / 2.0, 0.5 + d / 2.0, answers, level))
}

/// Returns the probability that a noncentral t lies above a value: `E Φ(shift − value · s)`, where `s²` is a mean square
/// with so many degrees of freedom.
///
/// The integral over s is taken by Simpson's rule. From thirty degrees of freedom on, the density and what it is
/// multiplied by die away smoothly at both ends, where few points with equal weights are exact to the last digits
/// (Trefethen & Weideman 2014).
#[must_use]
pub fn noncentral_t_above(value: f64, freedom: f64, shift: f64) -> f64 {
    let normal = Normal::standard();
    // s has mean near 1 and standard deviation near 1/√(2ν): twelve of them hold everything that a float can tell.
    let spread = 12.0 / (2.0 * freedom).sqrt();
    let (low, high) = ((1.0 - spread).max(0.0), 1.0 + spread);
    let smooth = freedom >= 30.0;
    let steps: u32 = if smooth { 160 } else { 4_000 };
    let step = (high - low) / f64::from(steps);
    let half = freedom / 2.0;
    let constant = std::f64::consts::LN_2 + half * half.ln() - ln_gamma(half);
    let density = |s: f64| {
        if s <= 0.0 { 0.0 } else { (constant + (freedom - 1.0) * s.ln() - half * s * s).exp() }
    };
    let (mut sum, mut mass) = (0.0, 0.0);
    for i in 0..=steps {
        let s = low + f64::from(i) * step;
        let weight = match i {
            _ if smooth => 1.0,
            0 => 1.0,
            last if last == steps => 1.0,
            odd if odd % 2 == 1 => 4.0,
            _ => 2.0,
        } * density(s);
        sum += weight * normal.cdf(shift - value * s);
        mass += weight;
    }
    sum / mass
}
