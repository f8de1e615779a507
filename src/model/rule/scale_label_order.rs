//! `scale-label-order`: labels that jump back and forth along the scale.

use crate::model::places::TextId;
use crate::model::rule::polarity::{Pole, direction, pole};
use crate::model::rule::{Findings, Rule, Spec, Wording};

/// The rule.
pub const RULE: Rule =
    Rule::new("scale-label-order", include_str!("../../../docs/rules/scale-label-order.md"), check);

/// Differences in degree that nobody reads the other way round: “very” and plain, plain and “slightly”.
const CLEAR: f64 = 1.0;

fn check(spec: &Spec, found: &mut Findings) {
    for (i, scale) in spec.checked.scales.iter().enumerate() {
        for language in spec.languages() {
            let labels = (0..scale.points.len()).filter_map(|p| spec.wording(TextId::Label(i, p), language));
            let read: Vec<(Wording, Pole)> = labels.filter_map(|w| pole(w.text).map(|p| (w, p))).collect();
            let all: Vec<Option<Pole>> = read.iter().map(|(_, p)| Some(*p)).collect();
            let Some(way) = direction(&all).or_else(|| climbing(&read)) else { continue };
            let slip = read.windows(2).find(|pair| matches!(pair, [a, b] if against(&a.1, &b.1, way)));
            if let Some([before, wording]) = slip {
                let message = format!("“{}” stands behind “{}”", wording.0.text, before.0.text);
                found
                    .report(wording.0.span(), message)
                    .label(before.0.span(), "the label before")
                    .help("let the labels rise or fall evenly from one end of the scale to the other");
            }
        }
    }
}

/// The direction of a scale that has one side only.
fn climbing(read: &[(Wording, Pole)]) -> Option<i8> {
    let (first, last) = (read.first()?.1, read.last()?.1);
    let rise = value(&last) - value(&first);
    (rise.abs() >= CLEAR && first.idea == last.idea).then_some(if rise > 0.0 { 1 } else { -1 })
}

fn value(pole: &Pole) -> f64 {
    f64::from(pole.sign) * pole.degree
}

/// Tells whether a step goes clearly the wrong way.
fn against(a: &Pole, b: &Pole, way: i8) -> bool {
    if a.sign != b.sign {
        return (b.sign - a.sign).signum() != way.signum();
    }
    let step = (value(b) - value(a)) * f64::from(way);
    // Degrees of different ideas (good, excellent) can't be told by their words.
    a.idea == b.idea && step <= -CLEAR
}
