//! The t test of two groups, and of one mean against a value.
//!
//! The difference of two domain means is the slope of a regression on
//! membership (Lumley 2010, ch. 5); both groups stand in one design, so that
//! what they share of strata and clusters counts. Degrees of freedom are the
//! design's (over those of both groups) less one, as in R's `svyttest`.

use crate::expr::ArithmeticOp;
use crate::score::design::{Design, Options, variance};
use crate::score::linear::{Linear, mean};
use crate::score::method::test::{TTest, t_test};

/// Tests the mean of the second group less that of the first; the groups share nobody.
#[must_use]
pub fn two_groups(
    design: &Design,
    (first, second): (&[usize], &[usize]),
    value: impl Fn(usize) -> Option<f64>,
    options: Options,
) -> Option<TTest> {
    let (a, b) = (mean(design, first, &value)?, mean(design, second, &value)?);
    let difference = Linear::combine(ArithmeticOp::Subtract, &b, &a)?;
    less_one(design, &difference, options)
}

/// Tests a mean less a value.
#[must_use]
pub fn one_group(
    design: &Design,
    members: &[usize],
    value: impl Fn(usize) -> Option<f64>,
    against: f64,
    options: Options,
) -> Option<TTest> {
    less_one(design, &mean(design, members, value)?.affine(-against, 1.0), options)
}

fn less_one(design: &Design, linear: &Linear, options: Options) -> Option<TTest> {
    let v = variance(design, &linear.influence, options);
    t_test(linear.value, v.value, v.df as f64 - 1.0)
}
