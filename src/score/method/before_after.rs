//! How many events there are after something against before, and what they say, in two windows of equal length.
//!
//! People are the units, for events of one person are alike, and the same people have them before and after. With A
//! events after and B before, a and b of them of a person, the logarithm of A/B has the variance
//! n/(n − 1) Σ (a/A − b/B)², that of a ratio of two totals of n units drawn with replacement, by the delta method
//! (Cochran 1977, ch. 6; Woodruff 1971). A difference of two means over events is linearised as a person's
//! Σ (y − ȳ)/A over the events after, with their mean ȳ, less the same over those before, and the logarithm of the means'
//! ratio as the same with each part over its mean. Intervals are t intervals with n − 1 degrees of freedom, n the people with events in either window.

use crate::score::method::test::{TTest, t_test};

/// What somebody has: events of which the value is known, and the sum of the values.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Person {
    /// Before.
    pub before: (f64, f64),
    /// After.
    pub after: (f64, f64),
}

/// A figure after against before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// After.
    pub value: Option<f64>,
    /// Before.
    pub other: Option<f64>,
    /// The change: a difference, or the ratio less one.
    pub difference: Option<f64>,
    /// Its interval, or why there is none; of a change in proportion error and test are those of its logarithm.
    pub test: Result<TTest, Fault>,
}

/// Why there is no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There are no events in a window that needs some.
    Empty,
    /// There are none before, so that nothing can be in proportion to them.
    NoneBefore,
    /// A mean that others are to be in proportion to is not above zero.
    NotAbove,
    /// All events are one person's.
    OnePerson,
    /// People don't differ.
    Alike,
    /// The error can't be estimated.
    ErrorUnknown,
}

/// Less than this, for figures around 1, is the rounding of a zero.
const NOISE: f64 = 1e-12;

/// Compares how many events there are, in proportion.
///
/// Where none are left the logarithm has no value. The upper end is then the one for a single event of one more person, who
/// had none before, and the lower end is that nothing is left.
#[must_use]
pub fn count(people: &[Person]) -> Change {
    let before: f64 = people.iter().map(|p| p.before.0).sum();
    let after: f64 = people.iter().map(|p| p.after.0).sum();
    let difference = (before > 0.0).then(|| after / before - 1.0);
    let done = |test| Change { value: Some(after), other: Some(before), difference, test };
    if before <= 0.0 {
        return done(Err(if after > 0.0 { Fault::NoneBefore } else { Fault::Empty }));
    }
    let one_more = Person { before: (0.0, 0.0), after: (1.0, 0.0) };
    let more = (after <= 0.0).then_some(one_more);
    let least = after.max(1.0);
    let units = people.iter().copied().chain(more);
    let parts: Vec<f64> = units.map(|p| p.after.0 / least - p.before.0 / before).collect();
    let test = tested((least / before).ln(), &parts, 1.0).map(proportion);
    done(test.map(|test| if after > 0.0 { test } else { TTest { low: -1.0, ..test } }))
}

/// Compares the means of what events say: their difference, or in proportion.
#[must_use]
pub fn mean(people: &[Person], relative: bool) -> Change {
    let sum = |part: fn(&Person) -> f64| people.iter().map(part).sum::<f64>();
    let (n_before, n_after) = (sum(|p| p.before.0), sum(|p| p.after.0));
    let before = (n_before > 0.0).then(|| sum(|p| p.before.1) / n_before);
    let after = (n_after > 0.0).then(|| sum(|p| p.after.1) / n_after);
    let (Some(b), Some(a)) = (before, after) else {
        return Change { value: after, other: before, difference: None, test: Err(Fault::Empty) };
    };
    let done = |difference, test| Change { value: after, other: before, difference, test };
    if relative && (a <= 0.0 || b <= 0.0) {
        return done(None, Err(Fault::NotAbove));
    }
    let (over_a, over_b) = if relative { (a, b) } else { (1.0, 1.0) };
    let later = |p: &Person| (p.after.1 - a * p.after.0) / n_after / over_a;
    let earlier = |p: &Person| (p.before.1 - b * p.before.0) / n_before / over_b;
    let difference = if relative { a / b - 1.0 } else { a - b };
    // A side without any spread says nothing of how sure it is.
    let scale = if relative { 1.0 } else { a.abs().max(b.abs()).max(1e-300) };
    for side in [&later as &dyn Fn(&Person) -> f64, &earlier] {
        if people.iter().all(|p| side(p).abs() <= NOISE * scale) {
            let alone = |has: fn(&Person) -> bool| people.iter().filter(|p| has(p)).count() == 1;
            let one = alone(|p| p.after.0 > 0.0) || alone(|p| p.before.0 > 0.0);
            return done(Some(difference), Err(if one { Fault::OnePerson } else { Fault::Alike }));
        }
    }
    let parts: Vec<f64> =
        people.iter().filter(|p| p.after.0 + p.before.0 > 0.0).map(|p| later(p) - earlier(p)).collect();
    let estimate = if relative { (a / b).ln() } else { difference };
    let test = tested(estimate, &parts, scale);
    done(Some(difference), if relative { test.map(proportion) } else { test })
}

/// Tests an estimate whose parts by person add up to nothing.
fn tested(estimate: f64, parts: &[f64], scale: f64) -> Result<TTest, Fault> {
    let n = parts.len() as f64;
    if n < 2.0 {
        return Err(Fault::OnePerson);
    }
    let squares: f64 = parts.iter().map(|d| d * d).sum();
    let variance = n / (n - 1.0) * squares;
    if variance.sqrt() <= NOISE * scale {
        return Err(Fault::Alike);
    }
    t_test(estimate, Some(variance).filter(|v| v.is_finite()), n - 1.0).ok_or(Fault::ErrorUnknown)
}

/// Makes the ends of a logarithm those of the proportion less one.
fn proportion(test: TTest) -> TTest {
    TTest { low: test.low.exp_m1(), high: test.high.exp_m1(), ..test }
}
