//! `mixed-scales`: one idea on two scales, or scales that run in opposite directions.

use std::collections::BTreeMap;

use crate::model::checked::Instrument;
use crate::model::places::{Node, TextId};
use crate::model::rule::polarity::{direction, idea, poles};
use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("mixed-scales", include_str!("../../../docs/rules/mixed-scales.md"), check);

/// What is known about a scale that is used: its index, where it is used first, and how it reads.
struct Used {
    scale: usize,
    points: usize,
    question: usize,
    /// Direction of the labels from the first point as written to the last.
    shown: Option<i8>,
    /// Direction of the labels along the codes.
    coded: Option<i8>,
    idea: Option<&'static str>,
}

fn check(spec: &Spec, found: &mut Findings) {
    let used = used(spec);
    for (i, one) in used.iter().enumerate() {
        let Some((before, message, help)) = used.iter().take(i).find_map(|before| clash(spec, before, one))
        else {
            continue;
        };
        let own = spec.places.name(Node::Scale(one.scale));
        let name = |u: &Used| {
            spec.places.name(Node::Scale(u.scale)).unwrap_or_else(|| spec.name(Node::Question(u.question)))
        };
        found
            .report(own.unwrap_or_else(|| name(one)), message)
            .label(name(before), "the other scale")
            .help(help);
    }
}

type Clash<'u> = (&'u Used, String, &'static str);

fn clash<'u>(spec: &Spec, before: &'u Used, one: &Used) -> Option<Clash<'u>> {
    let name = |u: &Used| spec.checked.scales.get(u.scale).map_or("", |s| s.name.as_str());
    let (a, b) = (name(before), name(one));
    let opposite = |x: Option<i8>, y: Option<i8>| matches!((x, y), (Some(x), Some(y)) if x != y);
    if opposite(before.shown, one.shown) || opposite(before.coded, one.coded) {
        let message = format!("scale `{b}` runs the other way than `{a}`");
        return Some((
            before,
            message,
            "let all scales run from the same side, with the better end at the same code",
        ));
    }
    // Instruments come with their own scales.
    let own = |u: &Used| spec.places.name(Node::Scale(u.scale)).is_some();
    if before.idea.is_some()
        && before.idea == one.idea
        && before.points != one.points
        && own(before)
        && own(one)
    {
        let message = format!(
            "scale `{b}` asks for {} on {} points, `{a}` on {}",
            one.idea.unwrap_or(""),
            one.points,
            before.points
        );
        return Some((before, message, "use one scale for one idea, so that answers can be compared"));
    }
    None
}

fn used(spec: &Spec) -> Vec<Used> {
    let mut first: BTreeMap<usize, usize> = BTreeMap::new();
    for asked in spec.questions() {
        // The Net Promoter Score shows no words between its ends.
        if let (Some((scale, _)), false) = (asked.scale, asked.instrument == Instrument::Nps) {
            first.entry(scale).or_insert(asked.index);
        }
    }
    let mut all: Vec<Used> =
        first.into_iter().filter_map(|(scale, question)| read(spec, scale, question)).collect();
    all.sort_by_key(|u| u.question);
    all
}

fn read(spec: &Spec, index: usize, question: usize) -> Option<Used> {
    let scale = spec.checked.scales.get(index)?;
    let language = spec.languages().first()?;
    let words = (0..scale.points.len()).filter_map(|p| spec.wording(TextId::Label(index, p), language));
    let labels: Vec<&str> = words.map(|w| w.text).collect();
    let read = poles(labels.iter().copied());
    let rising = scale.points.first()?.code < scale.points.last()?.code;
    // Two labels may be ends of anything; three are a scale of words.
    let shown = if labels.len() >= 3 { direction(&read) } else { None };
    let coded = shown.map(|way| if rising { way } else { -way });
    let whole = read.iter().all(Option::is_some);
    Some(Used {
        scale: index,
        points: scale.points.len(),
        question,
        shown,
        coded,
        idea: if whole { idea(&read) } else { None },
    })
}
