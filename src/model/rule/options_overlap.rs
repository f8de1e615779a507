//! `options-overlap`: a number that belongs to two options.

use crate::model::rule::ranges::{Range, ranges};
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule =
    Rule::new("options-overlap", include_str!("../../../docs/rules/options-overlap.md"), check).error();

fn check(spec: &Spec, found: &mut Findings) {
    for asked in &spec.asked {
        let Some(all) = ranges(asked) else { continue };
        for pair in all.windows(2) {
            let [a, b] = pair else { continue };
            let Some(shared) = shared(a, b) else { continue };
            // The later one in the questionnaire is pointed at.
            let (first, second) =
                if a.wording.span().start < b.wording.span().start { (a, b) } else { (b, a) };
            let message =
                format!("“{}” and “{}” both hold {shared}", first.wording.text, second.wording.text);
            let help = if asked.is_chinese() {
                "let every number belong to one option only: 以上 and 以下 include theirs, 超过 and 不满 do not"
            } else {
                "let every number belong to one option only, as in 18-25, 26-30"
            };
            found
                .report(second.wording.span(), message)
                .label(first.wording.span(), "the other option")
                .help(help);
        }
    }
}

/// Returns a number that both hold.
fn shared(a: &Range, b: &Range) -> Option<f64> {
    let bound = |x: Option<(f64, bool)>, none: f64| x.unwrap_or((none, false));
    let (high, high_in) = bound(a.interval.high, f64::INFINITY);
    let (low, low_in) = bound(b.interval.low, f64::NEG_INFINITY);
    if low < high {
        // Both may begin at the same place; then it is their common beginning that is shared.
        let value = if low.is_finite() { low } else { b.interval.high.map_or(high, |(h, _)| h.min(high)) };
        return Some(value / b.scale);
    }
    let touches = low <= high && high_in && low_in;
    // 12 months and 1 year touch without anybody's fault.
    (touches && a.interval.written == b.interval.written).then_some(low / b.scale)
}
