//! `scale-points`: a scale of words with too few or too many points.

use crate::model::places::Node;
use crate::model::rule::polarity::{idea, poles};
use crate::model::rule::{Asked, Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("scale-points", include_str!("../../../docs/rules/scale-points.md"), check);

/// Of two opposite sides; with fewer, mild and strong opinions fall together.
const FEWEST: usize = 4;

/// Points that words can tell apart.
const NAMED: usize = 7;

/// Points that anybody can tell apart.
const MOST: usize = 11;

/// Ideas with two sides of which people hold mild and strong opinions.
const TWO_SIDED: [&str; 4] = ["satisfaction", "agreement", "likelihood", "ease"];

fn check(spec: &Spec, found: &mut Findings) {
    for (i, scale) in spec.checked.scales.iter().enumerate() {
        // The built-in scales of known instruments stand nowhere.
        let Some(name) = spec.places.name(Node::Scale(i)) else { continue };
        let mut users = spec.questions().filter(|a| a.scale.is_some_and(|(scale, _)| scale == i));
        let Some(asked) = users.next().filter(|a| spec.instrument(a.index).is_none()) else { continue };
        let count = scale.points.len();
        let of = &scale.name;
        if count > MOST {
            found.report(name, format!("scale `{of}` has {count} points")).help(
                "take 5 or 7 named points, or 0 to 10 with named ends; for finer answers use a `slider`",
            );
        } else if count > NAMED && worded(asked) == count && degrees(asked) {
            found
                .report(name, format!("scale `{of}` has {count} points with words of their own"))
                .help("keep to 7 words, or name the ends only: nobody tells more degrees apart by words");
        } else if count < FEWEST && two_sided(asked, count) {
            found
                .report(name, format!("scale `{of}` has only {count} points for two opposite sides"))
                .help("take 5 points, so that mild and strong opinions are told apart");
        }
    }
}

/// Tells whether the labels are degrees of something, and not kinds, such as levels of education.
fn degrees(asked: &Asked) -> bool {
    let read = poles(asked.labels.iter().map(|(_, w)| w.text));
    2 * read.iter().flatten().count() > read.len()
}

/// Counts the labels that are words, not numbers.
fn worded(asked: &Asked) -> usize {
    asked.labels.iter().filter(|(_, w)| w.text.chars().any(char::is_alphabetic)).count()
}

fn two_sided(asked: &Asked, count: usize) -> bool {
    let read = poles(asked.labels.iter().map(|(_, w)| w.text));
    let side = |sign: i8| read.iter().flatten().any(|p| p.sign == sign);
    let known = read.len() == count && read.iter().all(Option::is_some);
    known && side(1) && side(-1) && idea(&read).is_some_and(|idea| TWO_SIDED.contains(&idea))
}
