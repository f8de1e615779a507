//! `partly-labelled-scale`: points of a short scale that nobody named.

use crate::model::places::Node;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("partly-labelled-scale", include_str!("../../../docs/rules/partly-labelled-scale.md"), check)
        .about_absence()
        .once();

/// Longer scales are read as a line with named ends.
const SHORT: usize = 7;

fn check(spec: &Spec, found: &mut Findings) {
    for (i, scale) in spec.checked.scales.iter().enumerate() {
        let mut users = spec.questions().filter(|a| a.scale.is_some_and(|(scale, _)| scale == i)).peekable();
        let instrument = users.peek().is_some() && users.all(|a| spec.instrument(a.index).is_some());
        let labelled: Vec<bool> = scale.points.iter().map(|p| !p.label.is_empty()).collect();
        let ends = labelled.first() == Some(&true) && labelled.last() == Some(&true);
        let all = labelled.iter().all(|l| *l);
        if all || instrument || (labelled.len() > SHORT && ends) || spec.places.name(Node::Scale(i)).is_none()
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
