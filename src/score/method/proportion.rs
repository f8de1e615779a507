//! Intervals for a share: Wald, logit, arcsine, likelihood, beta (Korn and Graubard), Wilson.
//!
//! With a share p, its variance v under the design, n answers and the design's
//! degrees of freedom. Compared by Franco, Little, Louis & Slud (2019), who
//! recommend Wilson's; Korn & Graubard (1998) is the conservative choice. All
//! but Wilson's and Korn-Graubard's say nothing at 0 and 1; these two take n in
//! place of p(1 − p)/v there, because 0/0 is no effective number.

use std::f64::consts::FRAC_PI_2;

use crate::score::method::tail::{beta_quantile, t_quantile};

/// How an interval for a share is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// p ± t·√v; for means only, kept for comparison.
    Wald,
    /// On the logit scale, by the delta method.
    Logit,
    /// On the scale of arcsin √p.
    Arcsine,
    /// Shares whose likelihood ratio, divided by the design effect, is within t².
    Likelihood,
    /// Clopper-Pearson with the effective number, which is at most n when it is truncated.
    KornGraubard {
        /// At most n, as the National Center for Health Statistics does; R does not.
        truncated: bool,
    },
    /// Wilson's score interval with the effective number.
    Wilson {
        /// At most n.
        truncated: bool,
    },
}

/// An estimated share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The share.
    pub p: f64,
    /// Its variance.
    pub variance: f64,
    /// Answers.
    pub n: u64,
    /// Degrees of freedom; infinite for the normal quantile.
    pub df: f64,
}

/// Returns the ends of the 95 % interval, within 0 and 1; nothing where the method has none.
#[must_use]
pub fn interval(share: Share, method: Method) -> Option<(f64, f64)> {
    let Share { p, variance: v, n, df } = share;
    if !(0.0..=1.0).contains(&p) || v.is_nan() || v < 0.0 || n == 0 {
        return None;
    }
    let t = t_quantile(0.05, df)?;
    let inside = p > 0.0 && p < 1.0 && v > 0.0;
    let ends = match method {
        Method::Wald => inside.then(|| (p - t * v.sqrt(), p + t * v.sqrt())),
        Method::Logit => inside.then(|| {
            let (centre, half) = ((p / (1.0 - p)).ln(), t * v.sqrt() / (p * (1.0 - p)));
            (logistic(centre - half), logistic(centre + half))
        }),
        Method::Arcsine => inside.then(|| {
            let (centre, half) = (p.sqrt().asin(), t * (v / (4.0 * p * (1.0 - p))).sqrt());
            let end = |angle: f64| angle.clamp(0.0, FRAC_PI_2).sin().powi(2);
            (end(centre - half), end(centre + half))
        }),
        Method::Likelihood => inside.then(|| likelihood(p, v, n as f64, t)),
        Method::KornGraubard { truncated } => korn_graubard(share, t, truncated),
        Method::Wilson { truncated } => Some(wilson(p, effective(share, truncated), t)),
    }?;
    Some((ends.0.clamp(0.0, 1.0), ends.1.clamp(0.0, 1.0)))
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Answers of a simple random sample that would tell as much.
fn effective(share: Share, truncated: bool) -> f64 {
    let spread = share.p * (1.0 - share.p);
    let n = share.n as f64;
    // Below 1e-12 the quotient is rounding noise over rounding noise.
    if share.variance <= 0.0 || spread <= 1e-12 {
        return n;
    }
    let size = spread / share.variance;
    if truncated { size.min(n) } else { size }
}

fn wilson(p: f64, size: f64, t: f64) -> (f64, f64) {
    let t2 = t * t;
    let centre = (p + t2 / (2.0 * size)) / (1.0 + t2 / size);
    let half = t / (1.0 + t2 / size) * (p * (1.0 - p) / size + t2 / (4.0 * size * size)).sqrt();
    (centre - half, centre + half)
}

fn korn_graubard(share: Share, t: f64, truncated: bool) -> Option<(f64, f64)> {
    let n = share.n as f64;
    let plain = if share.n > 1 { t_quantile(0.05, n - 1.0)? } else { t };
    let mut size = effective(share, false) * (plain / t).powi(2);
    if truncated {
        size = size.min(n);
    }
    let p = share.p;
    let low = beta_quantile(0.025, size * p, size * (1.0 - p) + 1.0)?;
    Some((low, beta_quantile(0.975, size * p + 1.0, size * (1.0 - p))?))
}

/// Solves 2n(p ln(p/q) + (1−p) ln((1−p)/(1−q))) = t²·n·v/(p(1−p)) for q on both sides of p.
fn likelihood(p: f64, v: f64, n: f64, t: f64) -> (f64, f64) {
    // The dispersion of a binomial sample is estimated with n − 1.
    let limit = t * t * n * v / (p * (1.0 - p)) * (n / (n - 1.0).max(1.0));
    let lost = |q: f64| 2.0 * n * (p * (p / q).ln() + (1.0 - p) * ((1.0 - p) / (1.0 - q)).ln());
    let solve = |mut inner: f64, mut outer: f64| {
        for _ in 0..200 {
            let middle = f64::midpoint(inner, outer);
            if lost(middle) < limit { inner = middle } else { outer = middle }
        }
        f64::midpoint(inner, outer)
    };
    (solve(p, 0.0), solve(p, 1.0))
}
