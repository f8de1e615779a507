//! `label-number`: a label says 5 where the code is 1.

use crate::model::places::TextId;
use crate::model::rule::{Findings, Rule, Spec, Wording};

/// The rule.
pub const RULE: Rule = Rule::new("label-number", include_str!("../../../docs/rules/label-number.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    for (i, scale) in spec.checked.scales.iter().enumerate() {
        for language in spec.languages() {
            let labels = scale.points.iter().enumerate().filter_map(|(p, point)| {
                let wording = spec.wording(TextId::Label(i, p), language)?;
                Some((point.code, numbered(wording.text)?, wording))
            });
            let numbered: Vec<(i64, i64, Wording)> = labels.collect();
            // One number may belong to the words; two are a numbering.
            if numbered.len() < 2 {
                continue;
            }
            for (code, number, wording) in numbered.into_iter().filter(|(code, number, _)| code != number) {
                found.report(wording.span(), format!("the label says {number}, the code is {code}")).help(
                    "give the point the code that its label shows, or leave the number out of the label",
                );
            }
        }
    }
}

/// Returns the number in front of a label that counts points: `5`, `5 分`, `5 – very`, `(5) very`, `5 stars`.
fn numbered(label: &str) -> Option<i64> {
    let label = label.trim().trim_start_matches(['(', '（', '[']);
    let end = label.find(|c: char| !c.is_ascii_digit()).unwrap_or(label.len());
    let number = label.get(..end)?.parse().ok()?;
    let rest = label.get(end..)?.trim_start();
    // `1-2 times`, `5 years`, `10 %` are amounts.
    let mut behind = rest.chars();
    let counts = match behind.next() {
        None | Some(')' | '）' | ']' | '.' | '、' | ':' | '：' | '=') => true,
        Some('-' | '–' | '—') => !behind.as_str().trim_start().starts_with(|c: char| c.is_ascii_digit()),
        Some('分' | '星' | '颗') => !rest.starts_with("分钟"),
        _ => rest.starts_with("star") || rest.starts_with("point"),
    };
    counts.then_some(number)
}
