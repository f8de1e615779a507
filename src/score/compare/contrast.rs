//! One estimate against another: what is tested, what is not and why, and how many tests are judged together.
//!
//! A side with fewer than two answers, or whose answers are all alike, has no spread that a sample could tell: its share
//! of the error would be zero and anything would be “significant”. Such a comparison is printed and not tested.

use crate::score::compare::size::{LEVEL, of_difference, pooled, smallest, spread};
use crate::score::compare::types::{Contrast, Family, Outcome, Reason};
use crate::score::design::Design;
use crate::score::linear::Linear;
use crate::score::method::adjust::{Adjustment, adjust};
use crate::score::method::test::TTest;

/// Up to so many tests Holm's adjustment is taken, beyond it Benjamini and Hochberg's.
const FEW: usize = 10;

/// An estimate over a design.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The design.
    pub design: &'a Design,
    /// The estimate.
    pub linear: &'a Linear,
}

impl Side<'_> {
    /// Counts the people whom the estimate rests on.
    #[must_use]
    pub fn people(self) -> u64 {
        self.design.people(self.linear.members())
    }

    /// Returns why the side can't be tested.
    #[must_use]
    pub fn fault(self) -> Option<Reason> {
        match spread(self.design, self.linear) {
            _ if self.linear.influence.is_empty() => Some(Reason::Empty),
            Some(_) if self.linear.inverse.as_ref().is_some_and(|q| !q.has_error()) => {
                Some(Reason::ErrorUnknown)
            }
            None => Some(Reason::OneAnswer),
            Some((variance, _)) => {
                let scale = self.linear.value.abs().max(1e-300);
                (variance.sqrt() <= 1e-12 * scale).then_some(Reason::Alike)
            }
        }
    }
}

/// Returns a comparison of which nothing may be said.
#[must_use]
pub fn untested(reason: Reason) -> Contrast {
    Contrast {
        value: None,
        other: None,
        n: None,
        n_other: None,
        difference: None,
        standard_error: None,
        df: None,
        low: None,
        high: None,
        p: None,
        p_adjusted: None,
        outcome: Outcome::NotTested,
        reason: Some(reason),
        size: None,
        magnitude: None,
        smallest: None,
    }
}

/// Compares two sides; `test` is only asked for sides that can be tested.
#[must_use]
pub fn compared(side: Side, other: Side, test: impl FnOnce() -> Option<TTest>) -> Contrast {
    let fault = side.fault().or(other.fault());
    let test = if fault.is_none() { test() } else { None };
    let difference = side.linear.value - other.linear.value;
    let deviation = pooled(&[spread(side.design, side.linear), spread(other.design, other.linear)])
        .filter(|_| test.is_some());
    let size = deviation.map(|s| difference / s).filter(|d| d.is_finite());
    Contrast {
        value: Some(side.linear.value),
        other: Some(other.linear.value),
        n: Some(side.people()),
        n_other: Some(other.people()),
        size,
        magnitude: size.map(of_difference),
        ..tested(difference, test, fault)
    }
}

/// Puts a test into words without sides.
#[must_use]
pub fn tested(difference: f64, test: Option<TTest>, fault: Option<Reason>) -> Contrast {
    let reason = if test.is_some() { None } else { Some(fault.unwrap_or(Reason::ErrorUnknown)) };
    Contrast {
        difference: Some(difference),
        standard_error: test.map(|t| t.error),
        df: test.map(|t| t.df),
        low: test.map(|t| t.low),
        high: test.map(|t| t.high),
        p: test.map(|t| t.p),
        reason,
        ..untested(Reason::ErrorUnknown)
    }
}

/// Adjusts the p-values of tests that are judged together, and says what each found.
pub fn settle(contrasts: &mut [&mut Contrast]) -> Family {
    let p: Vec<Option<f64>> = contrasts.iter().map(|c| c.p).collect();
    let (family, adjusted) = adjusted(&p);
    for (contrast, p) in contrasts.iter_mut().zip(adjusted) {
        contrast.p_adjusted = p;
        let (Some(p), Some(difference)) = (p, contrast.difference) else { continue };
        contrast.outcome = if p >= LEVEL {
            Outcome::NotShown
        } else if difference > 0.0 {
            Outcome::Higher
        } else {
            Outcome::Lower
        };
        if contrast.outcome == Outcome::NotShown {
            contrast.smallest = contrast.standard_error.zip(contrast.df).and_then(|(e, df)| smallest(e, df));
        }
    }
    family
}

/// Adjusts p-values by the rule for their number.
#[must_use]
pub fn adjusted(p: &[Option<f64>]) -> (Family, Vec<Option<f64>>) {
    let tests = p.iter().flatten().count();
    let (adjustment, how) = if tests <= FEW {
        ("holm", Adjustment::Holm)
    } else {
        ("benjamini_hochberg", Adjustment::BenjaminiHochberg)
    };
    (Family { tests: tests as u64, adjustment }, adjust(p, how))
}
