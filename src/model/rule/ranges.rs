//! The options of a question as ranges on one line, for the rules about overlaps and gaps.

use crate::model::rule::answers::{is_none, is_other, is_unsure};
use crate::model::rule::interval::{Interval, interval};
use crate::model::rule::{Asked, Nature, Wording};

/// An option that is a range.
#[derive(Debug, Clone)]
pub struct Range<'a> {
    /// Its label.
    pub wording: Wording<'a>,
    /// What it says, in the smallest unit.
    pub interval: Interval,
    /// How many of the smallest unit one of its own counts.
    pub scale: f64,
}

impl Range<'_> {
    /// Tells whether it is one number.
    #[must_use]
    pub fn is_single(&self) -> bool {
        self.interval.low == self.interval.high
    }

    /// Tells whether its unit only comes whole: people, pieces, years of age.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        matches!(self.interval.unit, Some(("age" | "times" | "people" | "pieces", _)))
    }
}

/// Reads the options of a choice as ranges, from the lowest to the highest.
///
/// All options but `none`, `other` and their like must be ranges of one measure, and two of them real ones.
#[must_use]
pub fn ranges<'a>(asked: &Asked<'a>) -> Option<Vec<Range<'a>>> {
    if asked.nature != Nature::Choice {
        return None;
    }
    let mut all: Vec<Range> = Vec::new();
    for (choice, wording) in &asked.options {
        if let Some(interval) = interval(wording.text) {
            let scale = interval.unit.map_or(1.0, |(_, factor)| factor);
            all.push(Range { wording: *wording, interval, scale });
        } else if !(choice.specify || choice.exclusive || is_aside(wording)) {
            return None;
        }
    }
    let measure = |r: &Range| r.interval.unit.map(|(measure, _)| measure);
    let first = all.iter().find_map(measure);
    // A unit may be left out, but not in a mixture of measures or sizes.
    let mixed = all.iter().any(|r| measure(r).is_some() && measure(r) != first);
    let sizes = all.iter().any(|r| r.interval.unit.is_none()) && all.iter().any(|r| r.scale > 1.0);
    let ended = all.iter().filter(|r| !r.is_single()).count();
    if mixed || sizes || ended < 2 {
        return None;
    }
    let low = |r: &Range| r.interval.low.map_or(f64::NEG_INFINITY, |(x, _)| x);
    let high = |r: &Range| r.interval.high.map_or(f64::INFINITY, |(x, _)| x);
    all.sort_by(|a, b| low(a).total_cmp(&low(b)).then(high(a).total_cmp(&high(b))));
    // Without a unit in some of them, the others' counts for all.
    if let Some(unit) = all.iter().find_map(|r| r.interval.unit) {
        all.iter_mut().for_each(|r| r.interval.unit = r.interval.unit.or(Some(unit)));
        let written =
            all.iter().map(|r| r.interval.written.clone()).find(|w| !w.is_empty()).unwrap_or_default();
        all.iter_mut()
            .filter(|r| r.interval.written.is_empty())
            .for_each(|r| r.interval.written.clone_from(&written));
    }
    Some(all)
}

/// Answers beside the line of numbers.
fn is_aside(wording: &Wording) -> bool {
    let text = wording.text.trim().to_lowercase();
    let never = ["从不", "从未", "没有", "i don't", "i do not", "i have not", "never", "not yet"];
    is_none(&text) || is_other(&text) || is_unsure(&text) || never.iter().any(|n| text.starts_with(n))
}

/// Tells whether a label is a number or a range.
#[must_use]
pub fn is_range(label: &str) -> bool {
    interval(label).is_some()
}
