//! An estimate as it is printed: value, numbers, error, interval, and what must be said about it.

use crate::score::design::{Design, Variance, variance_over};
use crate::score::formula::Range;
use crate::score::interval::{student, t_quantile, wilson};
use crate::score::kish::kish;
use crate::score::linear::Linear;
use crate::score::method::effect::{Against, simple};
use crate::score::method::quantile::Inverse;
use crate::score::types::{Estimate, Note};

/// Estimates with a smaller n or effective n are marked as unreliable.
pub const RELIABLE: f64 = 30.0;

/// An estimate before rounding to the printed scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Value.
    pub value: f64,
    /// Standard error.
    pub error: Option<f64>,
    /// Degrees of freedom.
    pub df: u64,
    /// Interval, not clipped.
    pub interval: Option<(f64, f64)>,
    /// Cells with a single respondent.
    pub single: Vec<usize>,
    /// The error is zero because all answers are alike, not because everybody answered.
    pub no_variation: bool,
}

/// Returns whose degrees of freedom an estimate has.
///
/// Those of everybody in the domain, answered or not (as `degf` of R's `survey` counts); where fewer than half have a
/// value, as with a question that few are asked, those who have one are a domain of their own.
fn reach<'a>(
    design: &Design,
    linear: &'a Linear,
    domain: &'a [usize],
) -> Box<dyn Iterator<Item = usize> + 'a> {
    let people = |units: &mut dyn Iterator<Item = usize>| design.people(units);
    if people(&mut linear.members()) * 2 >= people(&mut domain.iter().copied()) && !domain.is_empty() {
        Box::new(domain.iter().copied())
    } else {
        Box::new(linear.members())
    }
}

/// Computes error and interval of an estimate over a domain: whoever belongs to it, with a value or without.
#[must_use]
pub fn judge(
    design: &Design,
    linear: &Linear,
    domain: &[usize],
    range: Option<Range>,
    finite: bool,
) -> Judged {
    let v = variance_over(design, &linear.influence, reach(design, linear, domain), design.options(finite));
    if let Some(inverse) = &linear.inverse {
        return of_quantile(linear.value, inverse, v, finite);
    }
    let error = v.value.map(f64::sqrt);
    let census = finite && v.census;
    let share = range.filter(|r| r.share && r.high > r.low);
    let no_variation = error == Some(0.0) && !census;
    let interval = match (error, share) {
        (Some(e), _) if census => Some((linear.value - e, linear.value + e)),
        (Some(e), Some(r)) => {
            let width = r.high - r.low;
            let n = design.people(linear.members());
            wilson((linear.value - r.low) / width, e * e / (width * width), n, v.df)
                .map(|(low, high)| (r.low + width * low, r.low + width * high))
        }
        (Some(e), None) if !no_variation => student(linear.value, e, v.df),
        _ => None,
    };
    Judged { value: linear.value, error, df: v.df, interval, single: v.single, no_variation }
}

/// Judges a quantile: the interval is Woodruff's, its length over twice the t quantile serves as the error.
fn of_quantile(value: f64, inverse: &Inverse, v: Variance, finite: bool) -> Judged {
    let share = v.value.map(|v| inverse.share(v));
    let t = t_quantile(v.df);
    let census = finite && v.census;
    let interval = if census {
        Some((value, value))
    } else {
        share.filter(|s| *s > 0.0).zip(t).and_then(|(s, t)| inverse.ends(s, t))
    };
    let length = interval.map(|(low, high)| high - low).filter(|l| *l > 0.0 || census);
    let error = length.zip(t.or(census.then_some(1.0))).map(|(length, t)| length / (2.0 * t));
    let no_variation = share == Some(0.0) && !census;
    Judged { value, error, df: v.df, interval, single: v.single, no_variation }
}

/// Prepares an estimate over a domain for print; fewer values than `hide_below` are hidden.
#[must_use]
pub fn printed(
    design: &Design,
    linear: Option<&Linear>,
    domain: &[usize],
    range: Option<Range>,
    hide_below: u64,
) -> Estimate {
    let Some(linear) = linear else {
        return Estimate { n: Some(0), notes: vec![Note::Empty], ..Estimate::default() };
    };
    let kish = kish(design, linear.members());
    if kish.n < hide_below {
        return hidden();
    }
    let judged = judge(design, linear, domain, range, true);
    // The spread of single answers is no yardstick for a quantile.
    let effect = judged.error.filter(|_| linear.inverse.is_none());
    let effect = effect.and_then(|e| design_effects(design, linear, e * e));
    let (low, high) = range.map_or((f64::NEG_INFINITY, f64::INFINITY), |r| (r.low, r.high));
    let mut notes = Vec::new();
    if kish.n_effective.is_none_or(|n| n < RELIABLE) || (kish.n as f64) < RELIABLE {
        notes.push(Note::Unreliable);
    }
    if !judged.single.is_empty() && judged.error.is_none() {
        let cells = judged.single.iter().map(|c| design.cells[*c].name.clone()).collect();
        notes.push(Note::SingleRespondent { cells });
    }
    if judged.no_variation && judged.interval.is_none() {
        notes.push(Note::NoVariation);
    }
    Estimate {
        value: Some(judged.value),
        n: Some(kish.n),
        n_effective: kish.n_effective,
        standard_error: judged.error,
        design_effect: effect.map(|e| e.0),
        design_effect_replace: effect.map(|e| e.1),
        df: Some(judged.df),
        low: judged.interval.map(|(a, _)| a.clamp(low, high)),
        high: judged.interval.map(|(_, b)| b.clamp(low, high)),
        // An end that is beyond the scale by rounding alone is on it; a scale without an end has no rounding there.
        clipped: judged.interval.is_some_and(|(a, b)| a < low - rounding(low) || b > high + rounding(high)),
        notes,
    }
}

/// Returns what rounding may add to an end of a scale.
fn rounding(end: f64) -> f64 {
    if end.is_finite() { 1e-12 * end.abs().max(1.0) } else { 0.0 }
}

/// Returns the variance over that of a simple random sample without and with replacement (Kish 1965, ch. 8).
///
/// The sample's own spread, weighted, is that of the population. Where weights don't say how large it is both are the
/// same.
fn design_effects(design: &Design, linear: &Linear, variance: f64) -> Option<(f64, f64)> {
    let weight = |i: usize| design.units[i].total();
    let (n, people) = (design.people(linear.members()) as f64, linear.members().map(weight).sum::<f64>());
    // Weights that add up to about n say nothing of the population's size.
    let known = design.cells.iter().all(|c| c.population.is_some()) || people > 1.5 * n;
    let keep = 1.0 - n / people;
    let effect = variance / simple(design, &linear.influence, Against::WithReplacement)?;
    Some((if known && keep > 0.0 { effect / keep } else { effect }, effect))
}

/// Returns an estimate without numbers.
#[must_use]
pub fn hidden() -> Estimate {
    Estimate { notes: vec![Note::Hidden], ..Estimate::default() }
}
