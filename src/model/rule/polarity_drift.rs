//! `polarity-drift`: a label that is positive in one language and negative in the other.

use crate::model::places::TextId;
use crate::model::rule::polarity::pole;
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("polarity-drift", include_str!("../../../docs/rules/polarity-drift.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    for group in spec.texts.chunk_by(|a, b| a.id == b.id) {
        if !matches!(group, [w, ..] if matches!(w.id, TextId::Label(..) | TextId::Option(..))) {
            continue;
        }
        let read: Vec<_> = group.iter().filter_map(|w| pole(w.text).map(|p| (w, p))).collect();
        let Some(((first, one), others)) = read.split_first() else { continue };
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
}
