//! `duplicate-label`: two answers that read the same.

use std::collections::BTreeMap;

use crate::model::places::TextId;
use crate::model::rule::{Findings, Rule, Spec, Wording};

/// The rule.
pub const RULE: Rule =
    Rule::new("duplicate-label", include_str!("../../../docs/rules/duplicate-label.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    for (i, scale) in spec.checked.scales.iter().enumerate() {
        for language in spec.languages() {
            let labels = (0..scale.points.len()).filter_map(|p| spec.wording(TextId::Label(i, p), language));
            twice("points", labels, found);
        }
    }
    for asked in &spec.asked {
        let options = asked.options.iter().map(|(_, w)| *w).chain(asked.not_applicable);
        twice("options", options, found);
        twice("rows", asked.rows.iter().map(|(_, w)| *w), found);
    }
}

fn twice<'a>(what: &str, all: impl Iterator<Item = Wording<'a>>, found: &mut Findings) {
    let mut seen: BTreeMap<String, Wording> = BTreeMap::new();
    for wording in all {
        let key = wording.text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        if let Some(first) = seen.get(&key) {
            found
                .report(wording.span(), format!("two {what} read “{}”", wording.text.trim()))
                .label(first.span(), "the first one")
                .help("say what tells them apart, or remove one");
        } else {
            seen.insert(key, wording);
        }
    }
}
