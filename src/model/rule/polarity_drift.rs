//! `polarity-drift`: a label or a question that is positive in one language and negative in the other.

use crate::model::places::TextId;
use crate::model::rule::polarity::{leaning, pole};
use crate::model::rule::{Findings, Rule, Spec, Wording};

/// The rule.
pub const RULE: Rule =
    Rule::new("polarity-drift", include_str!("../../../docs/rules/polarity-drift.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    for group in spec.texts.chunk_by(|a, b| a.id == b.id) {
        match group.first().map(|w| w.id) {
            Some(TextId::Label(..) | TextId::Option(..)) => labels(group, found),
            Some(TextId::Stem(_) | TextId::Row(_)) => questions(group, found),
            _ => {}
        }
    }
}

fn labels(group: &[Wording], found: &mut Findings) {
    let read: Vec<_> = group.iter().filter_map(|w| pole(w.text).map(|p| (w, p))).collect();
    let Some(((first, one), others)) = read.split_first() else { return };
    for (wording, other) in others {
        if one.sign * other.sign < 0 {
            let message = format!("“{}” is the opposite of “{}”", wording.text, first.text);
            found
                .report(wording.span(), message)
                .label(first.span(), format!("`{}`", first.language))
                .help("one of the two is translated wrongly, or two labels were swapped");
        }
    }
}

/// “How difficult” is not “有多容易”, even where the labels are the same.
fn questions(group: &[Wording], found: &mut Findings) {
    let Some((first, others)) = group.split_first() else { return };
    let one = leaning(&first.own_words());
    for wording in others {
        let other = leaning(&wording.own_words());
        let clash = one.iter().find(|(idea, sign)| other.iter().any(|(i, s)| i == *idea && **sign * s < 0));
        if let Some((idea, _)) = clash {
            let message =
                format!("`{}` and `{}` ask for opposite ends of {idea}", first.language, wording.language);
            found
                .report(wording.span(), message)
                .label(first.span(), format!("`{}`", first.language))
                .help("ask for the same end in all languages, or for both (“how easy or difficult”)");
        }
    }
}
