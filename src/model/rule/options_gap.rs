//! `options-gap`: a number that belongs to no option.

use crate::model::rule::ranges::{Range, ranges};
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("options-gap", include_str!("../../../docs/rules/options-gap.md"), check).error();

fn check(spec: &Spec, found: &mut Findings) {
    for asked in &spec.asked {
        let Some(all) = ranges(asked) else { continue };
        for pair in all.windows(2) {
            let [a, b] = pair else { continue };
            let Some((from, to)) = gap(a, b) else { continue };
            let message = if (from - to).abs() < 1e-9 {
                format!("{from} belongs neither to “{}” nor to “{}”", a.wording.text, b.wording.text)
            } else {
                format!("{from} to {to} belong neither to “{}” nor to “{}”", a.wording.text, b.wording.text)
            };
            found
                .report(b.wording.span(), message)
                .label(a.wording.span(), "the option before")
                .help("let the options follow each other without a gap, or add one for what lies between");
        }
    }
}

/// Returns the first and the last number between two ranges, in the unit of the second.
fn gap(a: &Range, b: &Range) -> Option<(f64, f64)> {
    // Single numbers (1, 3, 5, 10) are a choice of amounts, not a division of a line.
    if a.is_single() || b.is_single() {
        return None;
    }
    let ((high, high_in), (low, low_in)) = (a.interval.high?, b.interval.low?);
    let step = a.interval.step.max(b.interval.step);
    let counted = a.is_counted() && b.is_counted();
    // Under 18 ends at 17 where years are counted.
    let last = if counted && !high_in { high - step } else { high };
    let first = if counted && !low_in { low + step } else { low };
    (first - last > step + 1e-9).then(|| ((last + step) / b.scale, (first - step).max(last + step) / b.scale))
}
