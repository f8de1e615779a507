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

/// The options of a question as ranges.
#[derive(Debug, Clone)]
pub struct Ranges<'a> {
    /// From the lowest to the highest.
    pub ranges: Vec<Range<'a>>,
    /// Every other option is known to stand beside the line; else one of them may fill a gap.
    pub whole: bool,
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

    /// Returns how many of the smallest unit one of its lower bound's counts.
    #[must_use]
    pub fn low_scale(&self) -> f64 {
        self.interval.low_unit.1
    }
}

/// Reads the options of a choice as ranges, from the lowest to the highest.
///
/// All options with a number must be ranges of one measure, and two of them real ones; three where another option
/// says something unknown.
#[must_use]
pub fn ranges<'a>(asked: &Asked<'a>) -> Option<Ranges<'a>> {
    if asked.nature != Nature::Choice {
        return None;
    }
    let plain: Vec<&str> = asked.options.iter().map(|(_, w)| w.text).collect();
    let mut all = read(asked, &plain);
    if all.is_none() {
        let without = without_shared_words(&plain);
        all = read(asked, &without);
    }
    let Ranges { ranges: mut all, whole } = all?;
    let measure = |r: &Range| r.interval.unit.map(|(measure, _)| measure);
    let first = all.iter().find_map(measure);
    // A unit may be left out, but not in a mixture of measures or sizes.
    let mixed = all.iter().any(|r| measure(r).is_some() && measure(r) != first);
    let mut sizes = all.iter().filter(|r| r.interval.unit.is_some()).map(|r| r.scale);
    let size = sizes.next().unwrap_or(1.0);
    let bare = all.iter().any(|r| r.interval.unit.is_none());
    let ended = all.iter().filter(|r| !r.is_single()).count();
    let counted = whole && ended == 1 && is_count(&all);
    let few = ended < if whole { 2 } else { 3 } && !counted;
    if mixed || (bare && sizes.any(|s| (s - size).abs() > 1e-9)) || few {
        return None;
    }
    // Without a unit in some of them, the others' counts for all.
    if let Some(known) = all.iter().find(|r| r.interval.unit.is_some()).map(|r| r.interval.clone()) {
        all.iter_mut().filter(|r| r.interval.unit.is_none()).for_each(|r| give_unit(r, &known));
    }
    // Who writes 2小时以上至4小时 means more than two: 以上 then excludes its number all through the list.
    // Not where 超过 stands beside it and says just that.
    let apart =
        all.iter().any(|r| r.interval.high.is_none() && r.interval.low.is_some_and(|(_, inside)| !inside));
    if !apart && all.iter().any(|r| r.interval.low_said) {
        let worded = |r: &&mut Range| r.interval.low_said || r.interval.high.is_none();
        all.iter_mut().filter(worded).for_each(|r| r.interval.low = r.interval.low.map(|(x, _)| (x, false)));
    }
    let low = |r: &Range| r.interval.low.map_or(f64::NEG_INFINITY, |(x, _)| x);
    let high = |r: &Range| r.interval.high.map_or(f64::INFINITY, |(x, _)| x);
    all.sort_by(|a, b| low(a).total_cmp(&low(b)).then(high(a).total_cmp(&high(b))));
    Some(Ranges { ranges: all, whole })
}

/// Tells whether the single numbers count up one by one before an open end: 1, 2, 3 or more.
#[must_use]
pub fn is_count(all: &[Range]) -> bool {
    let value = |r: &Range| r.interval.low.map(|(x, _)| x / r.scale);
    let singles: Vec<f64> = all.iter().filter(|r| r.is_single()).filter_map(value).collect();
    let open = all.iter().find(|r| !r.is_single()).is_some_and(|r| r.interval.high.is_none());
    let up = singles.windows(2).all(|w| matches!(w, [a, b] if (b - a - 1.0).abs() < 1e-9));
    open && up && singles.len() >= 2 && singles.first().is_some_and(|x| *x <= 1.0)
}

fn give_unit(range: &mut Range, known: &Interval) {
    let factor = known.unit.map_or(1.0, |(_, factor)| factor);
    let own = &mut range.interval;
    own.low = own.low.map(|(x, inside)| (x * factor, inside));
    own.high = own.high.map(|(x, inside)| (x * factor, inside));
    own.step *= factor;
    (own.unit, own.low_unit, own.high_unit) = (known.unit, known.low_unit, known.high_unit);
    range.scale = factor;
}

/// Reads each label; all that hold a number must be ranges.
fn read<'a>(asked: &Asked<'a>, labels: &[&str]) -> Option<Ranges<'a>> {
    let (mut ranges, mut whole) = (Vec::new(), true);
    for ((choice, wording), label) in asked.options.iter().zip(labels) {
        if let Some(interval) = interval(label) {
            let scale = interval.unit.map_or(1.0, |(_, factor)| factor);
            ranges.push(Range { wording: *wording, interval, scale });
        } else if !(choice.specify || choice.exclusive || is_aside(wording)) {
            whole = false;
            if wording.text.contains(|c: char| c.is_numeric() || "一二两三四五六七八九十半几".contains(c))
            {
                return None;
            }
        }
    }
    Some(Ranges { ranges, whole })
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
    // 3-5次/周: what all labels count by.
    let by: Vec<Option<String>> =
        numbered.iter().map(|&i| cut[i].rsplit_once(['/', '／']).map(|(_, by)| by.to_owned())).collect();
    if shared(&by) {
        for &i in &numbered {
            cut[i] = cut[i].rsplit_once(['/', '／']).map_or(cut[i], |(count, _)| count);
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
    let never = [
        "从不",
        "从未",
        "从没",
        "没有",
        "几乎不",
        "几乎没",
        "不想",
        "看情况",
        "视情况",
        "说不好",
        "i don't",
        "i do not",
        "i have not",
        "i haven't",
        "never",
        "not yet",
        "it depends",
        "it varies",
    ];
    is_none(&text) || is_other(&text) || is_unsure(&text) || never.iter().any(|n| text.starts_with(n))
}

/// Tells whether a label is a number or a range.
#[must_use]
pub fn is_range(label: &str) -> bool {
    interval(label).is_some()
}
