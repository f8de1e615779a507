//! `options-gap`: a number that belongs to no option.

use crate::model::rule::ranges::{Range, is_count, ranges};
use crate::model::rule::{Asked, Findings, Rule, Spec, Wording};

/// The rule.
pub const RULE: Rule =
    Rule::new("options-gap", include_str!("../../../docs/rules/options-gap.md"), check).error();

/// The options before and behind a gap, and what lies between.
struct Gap<'a> {
    before: Wording<'a>,
    behind: Wording<'a>,
    between: String,
}

fn check(spec: &Spec, found: &mut Findings) {
    for question in spec.questions() {
        let languages = spec.in_languages(question.index);
        let mut faulty = languages.iter().map(|a| (a, gaps(a))).filter(|(_, gaps)| !gaps.is_empty());
        let Some((_, gaps)) = faulty.next() else { continue };
        let [first, further @ ..] = &gaps[..] else { continue };
        let mut message = format!(
            "{} neither to “{}” nor to “{}”",
            belongs(&first.between),
            first.before.text,
            first.behind.text
        );
        if !further.is_empty() {
            let rest: Vec<&str> = further.iter().map(|g| g.between.as_str()).collect();
            message = format!("{message}, nor {} to any option", belongs(&rest.join(", ")));
        }
        let mut finding = found
            .report(first.behind.span(), message)
            .label(first.before.span(), "the option before")
            .help("let the options follow each other without a gap, or add one for what lies between");
        for gap in further {
            finding = finding.label(gap.behind.span(), format!("{} are missing before it", gap.between));
        }
        for (other, gaps) in faulty {
            if let Some(gap) = gaps.first() {
                finding = finding.label(gap.behind.span(), format!("in `{}` as well", other.language));
            }
        }
    }
}

fn belongs(between: &str) -> String {
    let several = between.contains([' ', ',']);
    format!("{between} {}", if several { "belong" } else { "belongs" })
}

fn gaps<'a>(asked: &Asked<'a>) -> Vec<Gap<'a>> {
    // An option that was not understood may fill the gap.
    let Some(all) = ranges(asked).filter(|all| all.whole) else { return Vec::new() };
    let count = is_count(&all.ranges);
    let each = all.ranges.windows(2).filter_map(|pair| {
        let [a, b] = pair else { return None };
        let (from, to) = gap(a, b, count)?;
        let between = if (from - to).abs() < 1e-9 { format!("{from}") } else { format!("{from} to {to}") };
        Some(Gap { before: a.wording, behind: b.wording, between })
    });
    each.collect()
}

/// Returns the first and the last number between two ranges, in the unit of the second.
fn gap(a: &Range, b: &Range, count: bool) -> Option<(f64, f64)> {
    // Single numbers (1, 3, 5, 10) are a choice of amounts, not a division of a line; 1, 2, 4 or more counts.
    if b.is_single() || (a.is_single() && !count) {
        return None;
    }
    let ((high, high_in), (low, low_in)) = (a.interval.high?, b.interval.low?);
    let step = a.interval.step.max(b.interval.step);
    let bare = |r: &Range| r.interval.unit.is_none();
    let counted = (a.is_counted() && b.is_counted()) || (bare(a) && bare(b));
    // Of what is measured, the number itself is missing: less than 5 hours, 6 to 8 hours.
    if !counted && !high_in && low - high > 1e-9 {
        return Some((high / b.scale, high / b.scale));
    }
    // Under 18 ends at 17 where years are counted.
    let last = if counted && !high_in { high - step } else { high };
    let first = if counted && !low_in { low + step } else { low };
    (first - last > step + 1e-9).then(|| ((last + step) / b.scale, (first - step).max(last + step) / b.scale))
}
