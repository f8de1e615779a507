//! `placeholder-drift`: a template variable that only one language has.

use std::collections::BTreeSet;

use crate::model::rule::text::{variable_name, variables};
use crate::model::rule::{Findings, Rule, Spec, Wording};

/// The rule.
pub const RULE: Rule =
    Rule::new("placeholder-drift", include_str!("../../../docs/rules/placeholder-drift.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    // Texts come sorted by id, so that all languages of one stand together.
    for group in spec.texts.chunk_by(|a, b| a.id == b.id) {
        let Some((first, others)) = group.split_first() else { continue };
        let all: BTreeSet<&str> = group.iter().flat_map(names).collect();
        for wording in others {
            let (one, other) = (names(first), names(wording));
            for name in &all {
                let (lacks, has) = match (one.contains(name), other.contains(name)) {
                    (true, false) => (wording, first),
                    (false, true) => (first, wording),
                    _ => continue,
                };
                let message = format!("`{{{{ {name} }}}}` is missing in `{}`", lacks.language);
                let place =
                    variables(has.text).into_iter().find(|(_, inside)| variable_name(inside) == *name);
                let label = place.map_or_else(|| has.span(), |(range, _)| has.part(range));
                found
                    .report(lacks.span(), message)
                    .label(label, format!("`{}` has it", has.language))
                    .help("put the variable into every language, or into none");
            }
        }
    }
}

fn names<'a>(wording: &Wording<'a>) -> BTreeSet<&'a str> {
    variables(wording.text)
        .into_iter()
        .map(|(_, inside)| variable_name(inside))
        .filter(|n| !n.is_empty())
        .collect()
}
