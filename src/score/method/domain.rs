//! Domains against each other, against the rest, and against the whole.
//!
//! The difference of two domain estimates is linearised as one estimate, so
//! that common strata and clusters, and the overlap of a domain with the whole,
//! are accounted for (Lumley 2010, ch. 2). How many comparisons were made is for
//! [`adjust`](crate::score::method::adjust) to count.

use crate::expr::ArithmeticOp;
use crate::score::design::{Design, Options, variance};
use crate::score::linear::{Linear, mean};
use crate::score::method::test::{TTest, t_test};

/// Tests `second` less `first`, both estimated over one design.
///
/// Degrees of freedom are those given, or else the design's over the members of both.
#[must_use]
pub fn difference(
    design: &Design,
    first: &Linear,
    second: &Linear,
    options: Options,
    df: Option<f64>,
) -> Option<TTest> {
    let linear = Linear::combine(ArithmeticOp::Subtract, second, first)?;
    let v = variance(design, &linear.influence, options);
    t_test(linear.value, v.value, df.unwrap_or(v.df as f64))
}

/// Tests every pair of estimates: places of both, and the second less the first.
#[must_use]
pub fn pairs(
    design: &Design,
    estimates: &[Linear],
    options: Options,
    df: Option<f64>,
) -> Vec<(usize, usize, Option<TTest>)> {
    let places = (0..estimates.len()).flat_map(|a| (a + 1..estimates.len()).map(move |b| (a, b)));
    places.map(|(a, b)| (a, b, difference(design, &estimates[a], &estimates[b], options, df))).collect()
}

/// Tests the mean of a domain less that of the others among `all`.
#[must_use]
pub fn against_rest(
    design: &Design,
    (domain, all): (&[usize], &[usize]),
    value: impl Fn(usize) -> Option<f64>,
    options: Options,
    df: Option<f64>,
) -> Option<TTest> {
    let rest: Vec<usize> = all.iter().copied().filter(|i| domain.binary_search(i).is_err()).collect();
    difference(design, &mean(design, &rest, &value)?, &mean(design, domain, &value)?, options, df)
}

/// Tests the mean of a domain less that of the whole, of which it is a part.
#[must_use]
pub fn against_whole(
    design: &Design,
    (domain, all): (&[usize], &[usize]),
    value: impl Fn(usize) -> Option<f64>,
    options: Options,
    df: Option<f64>,
) -> Option<TTest> {
    difference(design, &mean(design, all, &value)?, &mean(design, domain, &value)?, options, df)
}
