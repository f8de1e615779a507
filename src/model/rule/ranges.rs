//! The options of a question as ranges on one line, for the rules about overlaps and gaps.

use crate::model::rule::answers::{is_none, is_other, is_unsure};
use crate::model::rule::interval::{Interval, interval};
use crate::model::rule::text::is_han;
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
    let plain: Vec<&str> = asked.options.iter().map(|(_, w)| w.text).collect();
    let mut all = read(asked, &plain);
    if all.is_none() {
        let without = without_shared_words(&plain);
        all = read(asked, &without);
    }
    let mut all = all?;
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
        let written =
            all.iter().map(|r| r.interval.written.clone()).find(|w| !w.is_empty()).unwrap_or_default();
        for range in &mut all {
            range.interval.unit = range.interval.unit.or(Some(unit));
            if range.interval.written.is_empty() {
                range.interval.written.clone_from(&written);
            }
        }
    }
    Some(all)
}

/// Reads each label; all but answers beside the line must be ranges.
fn read<'a>(asked: &Asked<'a>, labels: &[&str]) -> Option<Vec<Range<'a>>> {
    let mut all = Vec::new();
    for ((choice, wording), label) in asked.options.iter().zip(labels) {
        if let Some(interval) = interval(label) {
            let scale = interval.unit.map_or(1.0, |(_, factor)| factor);
            all.push(Range { wording: *wording, interval, scale });
        } else if !(choice.specify || choice.exclusive || is_aside(wording)) {
            return None;
        }
    }
    Some(all)
}

/// Takes away what all labels with a number begin or end with: 每周, “orders per week”.
fn without_shared_words<'t>(labels: &[&'t str]) -> Vec<&'t str> {
    let mut cut: Vec<&str> = labels.iter().map(|l| l.trim().trim_end_matches('.')).collect();
    let numbered: Vec<usize> = cut
        .iter()
        .enumerate()
        .filter(|(_, l)| l.contains(|c: char| c.is_ascii_digit()))
        .map(|(i, _)| i)
        .collect();
    let shared = |ends: &[Option<String>]| {
        let first = ends.first().cloned().flatten();
        first.is_some() && ends.iter().all(|e| *e == first)
    };
    for _ in 0..4 {
        let last: Vec<Option<String>> = numbered.iter().map(|&i| last_word(cut[i]).map(singular)).collect();
        if !shared(&last) {
            break;
        }
        for &i in &numbered {
            let word = last_word(cut[i]).unwrap_or("");
            cut[i] = cut[i].strip_suffix(word).unwrap_or("").trim_end();
        }
    }
    for _ in 0..4 {
        let first: Vec<Option<String>> = numbered
            .iter()
            .map(|&i| cut[i].chars().next().filter(|c| is_han(*c)).map(String::from))
            .collect();
        if !shared(&first) {
            break;
        }
        for &i in &numbered {
            cut[i] = cut[i].get(cut[i].chars().next().map_or(0, char::len_utf8)..).unwrap_or("");
        }
    }
    cut
}

/// The last Latin word of a label, unless it bounds a number.
fn last_word(label: &str) -> Option<&str> {
    let word = label.rsplit(' ').next().filter(|w| *w != label)?;
    let bounds =
        ["more", "less", "fewer", "older", "younger", "over", "under", "above", "below", "up", "plus"];
    let latin = word.chars().all(|c| c.is_ascii_alphabetic());
    (latin && !bounds.contains(&word.to_lowercase().as_str())).then_some(word)
}

fn singular(word: &str) -> String {
    word.to_lowercase().trim_end_matches('s').to_owned()
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
