//! `partly-labelled-scale`: points of a short scale that nobody named.

use crate::model::places::Node;
use crate::model::rule::text::has_cue;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("partly-labelled-scale", include_str!("../../../docs/rules/partly-labelled-scale.md"), check)
        .about_absence()
        .once();

/// Longer scales are read as a line with named ends.
const SHORT: usize = 7;

/// What asks for a figure on a line, whose points need no words.
const NUMBERS: [&str; 8] = [
    "what number",
    "any number from",
    "on a scale from",
    "on a scale of",
    "打几分",
    "多少分",
    "几分",
    "打分",
];

fn check(spec: &Spec, found: &mut Findings) {
    for (i, scale) in spec.checked.scales.iter().enumerate() {
        let mut users = spec.questions().filter(|a| a.scale.is_some_and(|(scale, _)| scale == i)).peekable();
        let instrument = users.peek().is_some() && users.all(|a| spec.instrument(a.index).is_some());
        let labelled: Vec<bool> = scale.points.iter().map(|p| !p.label.is_empty()).collect();
        let ends = labelled.first() == Some(&true) && labelled.last() == Some(&true);
        let all = labelled.iter().all(|l| *l);
        let scored = ends && asks_for_a_number(spec, i);
        if all
            || instrument
            || scored
            || (labelled.len() > SHORT && ends)
            || spec.places.name(Node::Scale(i)).is_none()
        {
            continue;
        }
        let bare = labelled.iter().position(|l| !l).unwrap_or(0);
        let code = scale.points.get(bare).map_or(0, |p| p.code);
        let (message, help) = if labelled.len() > SHORT {
            let message = format!("scale `{}` does not name both its ends", scale.name);
            (message, "label the first and the last point, so that people know which way it goes")
        } else {
            let message = format!("point {code} of scale `{}` has no label", scale.name);
            (message, "label every point of a scale of up to seven")
        };
        found.report(spec.name(Node::Point(i, bare)), message).help(help);
    }
}

/// Tells whether every question with the scale asks for a number: “where 1 means …”, 打几分.
fn asks_for_a_number(spec: &Spec, scale: usize) -> bool {
    let users: Vec<_> = spec.questions().filter(|a| a.scale.is_some_and(|(own, _)| own == scale)).collect();
    !users.is_empty() && users.iter().all(|a| has_cue(&a.stem.own_words(), &NUMBERS))
}
