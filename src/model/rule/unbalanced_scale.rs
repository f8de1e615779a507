//! `unbalanced-scale`: far more points on one side than on the other, or only one side.
//!
//! Ends that can't be told from a scale that only goes up from nothing (not at all … extremely) are left alone, and
//! so is one point more on a side: which of two words is the middle is then a matter of taste.

use crate::model::places::{Node, TextId};
use crate::model::rule::polarity::{Pole, pole};
use crate::model::rule::text::is_han;
use crate::model::rule::{Asked, Findings, Nature, Rule, Spec, Wording};
use crate::source::Span;

/// The rule.
pub const RULE: Rule =
    Rule::new("unbalanced-scale", include_str!("../../../docs/rules/unbalanced-scale.md"), check);

/// So many points must stand on one side before a side with none is missed.
const MISSING: usize = 3;

/// Longer lists of options are no scale.
const MOST: usize = 7;

/// So many more points on one side than on the other.
const MORE: usize = 2;

fn check(spec: &Spec, found: &mut Findings) {
    for (i, scale) in spec.checked.scales.iter().enumerate() {
        // The built-in scales of known instruments stand nowhere.
        if spec.places.name(Node::Scale(i)).is_none() {
            continue;
        }
        for language in spec.languages() {
            let labels: Vec<Wording> =
                (0..scale.points.len()).filter_map(|p| spec.wording(TextId::Label(i, p), language)).collect();
            let texts: Vec<&str> = labels.iter().map(|w| w.text).collect();
            let whole = labels.len() == scale.points.len();
            if let Some(sides) = lopsided(&texts).filter(|_| whole) {
                let whose = format!("scale `{}`", scale.name);
                report(found, spec.name(Node::Scale(i)), &whose, sides, language);
                break;
            }
        }
    }
    // Options that are a scale in all but name.
    for asked in spec.questions().filter(|a| a.nature == Nature::Choice) {
        let mut all = spec.in_languages(asked.index).iter();
        if let Some((sides, language)) = all.find_map(|a| Some((options(a)?, a.language))) {
            report(found, asked.span(), &format!("question `{}`", asked.question.name), sides, language);
        }
    }
}

fn options(asked: &Asked) -> Option<(usize, usize)> {
    if !(MISSING..=MOST).contains(&asked.options.len()) {
        return None;
    }
    let texts: Vec<&str> = asked.options.iter().map(|(_, w)| w.text).collect();
    lopsided(&texts)
}

fn report(found: &mut Findings, at: Span, whose: &str, (above, below): (usize, usize), language: &str) {
    let count = |n: usize| if n == 0 { "no".to_owned() } else { n.to_string() };
    let message =
        format!("{whose} has {} positive and {} negative points in `{language}`", count(above), count(below));
    found.report(at, message).help(
        "give both sides as many points, as in very dissatisfied, dissatisfied, neutral, satisfied, very satisfied",
    );
}

/// Counts both sides if they differ by so much that no reading of the labels would balance them.
fn lopsided(labels: &[&str]) -> Option<(usize, usize)> {
    // “Less confident”, 更满意: degrees against each other have no middle of their own.
    let compares = |label: &&str| {
        let compared = ["least", "less", "more", "most", "fewer"];
        label.to_lowercase().split(' ').any(|w| compared.contains(&w)) || label.contains(['最', '更'])
    };
    if labels.iter().any(compares) {
        return None;
    }
    let all: Vec<Pole> = labels.iter().map(|l| pole(l)).collect::<Option<_>>()?;
    let count = |sign: i8| all.iter().filter(|p| p.sign == sign).count();
    // In poor, fair, good, very good, excellent, “fair” stands below the middle; so does 一般 in its translation.
    let says = |word: &str| labels.iter().filter(|l| l.trim().eq_ignore_ascii_case(word)).count();
    let fair = says("fair") * says("poor") + says("一般") * says("差");
    // 基本满意 is the middle of a scale that has no other.
    let basic = labels.iter().zip(&all).filter(|(l, p)| p.sign == 1 && l.starts_with("基本")).count();
    let middle = if count(0) == 0 { basic } else { 0 };
    let (above, below) = (count(1) - middle, count(-1) + fair);
    let one_side = above.min(below) == 0 && above.max(below) >= MISSING;
    let more = above.abs_diff(below) >= MORE && above.min(below) > 0;
    let rises = all.iter().zip(labels).any(|(p, l)| p.sign == -1 && below == 1 && from_nothing(p, l));
    (all.len() >= MISSING && (one_side || more) && !rises).then_some((above, below))
}

/// Tells whether a label is the empty end of a scale that only goes up: “not important” is not the contrary of it.
fn from_nothing(pole: &Pole, label: &str) -> bool {
    // 不满意 is how Chinese says dissatisfied; of most other ideas there is more or less, but no opposite.
    let opposed = matches!(pole.idea, Some("satisfaction" | "agreement" | "quality"));
    if label.chars().any(is_han) {
        pole.none || !opposed || label.starts_with("完全不") || label.starts_with("毫不")
    } else {
        let graded = pole.idea != Some("quality") || label.to_lowercase().contains("at all");
        graded && label.to_lowercase().split(' ').any(|word| word == "not" || word == "don't")
    }
}
