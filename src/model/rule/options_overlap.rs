//! `options-overlap`: a number that belongs to two options.

use crate::model::rule::ranges::{Range, ranges};
use crate::model::rule::{Asked, Findings, Rule, Spec, Wording};

/// The rule.
pub const RULE: Rule =
    Rule::new("options-overlap", include_str!("../../../docs/rules/options-overlap.md"), check).error();

/// Pairs that the message names; all of them have a place.
const NAMED: usize = 3;

/// Two options that share a number, in the order in which they are written.
struct Pair<'a> {
    first: Wording<'a>,
    second: Wording<'a>,
    shared: f64,
}

fn check(spec: &Spec, found: &mut Findings) {
    for question in spec.questions() {
        let languages = spec.in_languages(question.index);
        let mut faulty = languages.iter().map(|a| (a, pairs(a))).filter(|(_, pairs)| !pairs.is_empty());
        let Some((asked, pairs)) = faulty.next() else { continue };
        let [first, further @ ..] = &pairs[..] else { continue };
        let mut finding = found
            .report(first.second.span(), message(&pairs))
            .label(first.first.span(), "the other option")
            .help(help(asked));
        for pair in further {
            let label = format!("“{}” holds {} too", pair.first.text, pair.shared);
            finding = finding.label(pair.second.span(), label);
        }
        // A translation that keeps the fault is mended together with it.
        for (other, pairs) in faulty {
            if let Some(pair) = pairs.first() {
                finding = finding.label(pair.second.span(), format!("in `{}` as well", other.language));
            }
        }
    }
}

fn message(pairs: &[Pair]) -> String {
    let one = |p: &Pair| format!("“{}” and “{}” both hold {}", p.first.text, p.second.text, p.shared);
    let named: Vec<String> = pairs.iter().take(NAMED).map(one).collect();
    let more = match pairs.len().saturating_sub(NAMED) {
        0 => String::new(),
        1 => ", and one more pair".to_owned(),
        n => format!(", and {n} more pairs"),
    };
    named.join(", ") + &more
}

fn help(asked: &Asked) -> &'static str {
    if asked.is_chinese() {
        "let every number belong to one option only: 以上 and 以下 include theirs, 超过 and 不满 do not"
    } else {
        "let every number belong to one option only, as in 18-25, 26-30"
    }
}

fn pairs<'a>(asked: &Asked<'a>) -> Vec<Pair<'a>> {
    let Some(all) = ranges(asked) else { return Vec::new() };
    let overlapping = all.ranges.windows(2).filter_map(|pair| {
        let [a, b] = pair else { return None };
        let shared = shared(a, b)?;
        let (a, b) = (a.wording, b.wording);
        let (first, second) = if a.span().start < b.span().start { (a, b) } else { (b, a) };
        Some(Pair { first, second, shared })
    });
    overlapping.collect()
}

/// Returns a number that both hold.
fn shared(a: &Range, b: &Range) -> Option<f64> {
    let bound = |x: Option<(f64, bool)>, none: f64| x.unwrap_or((none, false));
    let (high, high_in) = bound(a.interval.high, f64::INFINITY);
    let (low, low_in) = bound(b.interval.low, f64::NEG_INFINITY);
    if low < high {
        // Both may begin at the same place; then it is their common beginning that is shared.
        let value = if low.is_finite() {
            low / b.low_scale() * b.scale
        } else {
            b.interval.high.map_or(high, |(h, _)| h.min(high))
        };
        return Some(value / b.scale);
    }
    let touches = low <= high && high_in && low_in;
    // 12 months and 1 year touch without anybody's fault.
    (touches && a.interval.high_unit == b.interval.low_unit).then_some(low / b.low_scale())
}
