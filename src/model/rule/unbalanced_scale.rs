//! `unbalanced-scale`: more points on one side than on the other.

use crate::model::places::{Node, TextId};
use crate::model::rule::polarity::{Pole, idea, poles};
use crate::model::rule::{Findings, Rule, Spec, Wording};

/// The rule; under nine right flags in ten on questions it was not made with, it ships switched off.
pub const RULE: Rule =
    Rule::new("unbalanced-scale", include_str!("../../../docs/rules/unbalanced-scale.md"), check).off();

fn check(spec: &Spec, found: &mut Findings) {
    for (i, scale) in spec.checked.scales.iter().enumerate() {
        // The built-in scales of known instruments stand nowhere.
        if spec.places.name(Node::Scale(i)).is_none() {
            continue;
        }
        for language in spec.languages() {
            let labels: Vec<Wording> =
                (0..scale.points.len()).filter_map(|p| spec.wording(TextId::Label(i, p), language)).collect();
            if labels.len() != scale.points.len() {
                continue;
            }
            let read = poles(labels.iter().map(|w| w.text));
            let Some((above, below)) = lopsided(&labels, &read) else { continue };
            let message = format!(
                "scale `{}` has {above} positive and {below} negative points in `{language}`",
                scale.name
            );
            found
                .report(spec.name(Node::Scale(i)), message)
                .help("give both sides as many points, as in very dissatisfied, dissatisfied, neutral, satisfied, very satisfied");
            break;
        }
    }
}

/// Counts both sides if they differ by so much that no reading of the labels would balance them.
fn lopsided(labels: &[Wording], read: &[Option<Pole>]) -> Option<(usize, usize)> {
    let all: Vec<Pole> = read.iter().copied().collect::<Option<_>>()?;
    let count = |sign: i8| all.iter().filter(|p| p.sign == sign).count();
    // In poor, fair, good, very good, excellent, “fair” stands below the middle; so does 一般 in its translation.
    let says = |word: &str| labels.iter().filter(|w| w.text.trim().eq_ignore_ascii_case(word)).count();
    let fair = says("fair") * says("poor") + says("一般") * says("差");
    let (above, below) = (count(1), count(-1) + fair);
    // “Not at all important” is the empty end of a scale that only goes up.
    let unipolar = all.iter().any(|p| p.sign == -1 && ((p.none && below == 1) || one_sided(p)));
    let one_idea = idea(read).is_some_and(|idea| idea != "quality");
    // Where each label has its own word (poor, fair, good, excellent), one point more is a matter of taste.
    let tolerated = usize::from(!one_idea);
    (!unipolar && above.abs_diff(below) > tolerated && all.len() >= 3).then_some((above, below))
}

/// Ideas of which there is more or less but no opposite: 不重要 is “not important”, not the contrary.
fn one_sided(pole: &Pole) -> bool {
    matches!(
        pole.idea,
        Some("importance" | "use" | "help" | "interest" | "familiarity" | "clarity" | "confidence")
    )
}
