//! Puts the wave before beside this one: what can be compared, and who answered both.
//!
//! Comparable is what [`of_waves`] finds no break in. A `breaks` of the spec, with its reason, takes a figure out of the
//! tests; when only weights of dimensions changed, the dimensions stay comparable and the index is taken apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Checked;
use crate::model::checked::{PrivacyMode, ScoreKind, Scoring};
use crate::plan::Plan;
use crate::plan::change::{Change, Effect, of_waves, sentence};
use crate::report::build::Records;
use crate::report::comparable::touched;
use crate::score::collected::Collected;
use crate::score::compare::events::EventTold;
use crate::score::compare::measures::{Told, measures};
use crate::score::compare::people::{Numbers, Pair, Seen, Waves};
use crate::score::compare::types::{Change as Moved, MeasureResult, Reason, WaveChange};
use crate::score::compare::waves::{Breaks, change};
use crate::score::wave::Wave;
use crate::store::Linked;

/// The wave before, as it was launched.
#[derive(Debug, Clone)]
pub struct Before {
    /// Its spec.
    pub checked: Checked,
    /// Its plan.
    pub plan: Plan,
    /// What was drawn and answered.
    pub records: Records,
    /// Responses with the numbers of their people, of the wave before and of this one.
    pub people: (Linked, Linked),
}

/// Compares a launched campaign with the wave before, and judges measures.
#[must_use]
pub fn after_launched(
    wave: &Wave,
    before: Option<&Before>,
    events: &[EventTold],
) -> (Option<WaveChange>, Vec<MeasureResult>) {
    let Some(before) = before else { return (None, measures(&Told::One(wave), events)) };
    let (old, numbers) = launched(wave, before);
    compared(&old, wave, numbers, events)
}

/// Prepares the wave before a launched campaign, with who answered both.
#[must_use]
pub fn launched<'a>(wave: &Wave, before: &'a Before) -> (Wave<'a>, Option<(Numbers, Numbers)>) {
    let records = &before.records;
    let old = Wave::of_campaign(
        &before.checked,
        &before.plan,
        &records.sample,
        &records.arrivals,
        &records.responses,
    );
    let promised = [&before.checked, wave.checked].iter().any(|c| c.privacy.mode == PrivacyMode::Anonymous);
    let of = |wave: &Wave, people: &[(i64, u64)]| -> Numbers {
        let known: BTreeMap<i64, u64> = people.iter().copied().collect();
        let one = |i: usize| wave.respondents.get(i).and_then(|r| known.get(&r.response.id).copied());
        (0..wave.design.units.len()).map(one).collect()
    };
    let numbers = (!promised).then(|| (of(&old, &before.people.0), of(wave, &before.people.1)));
    (old, numbers)
}

/// Compares answers from elsewhere with those of the wave before, and judges measures.
#[must_use]
pub fn after_collected(
    wave: &Wave,
    answers: &Collected,
    before: Option<(&Checked, &Collected)>,
    events: &[EventTold],
) -> (Option<WaveChange>, Vec<MeasureResult>) {
    let Some(before) = before else { return (None, measures(&Told::One(wave), events)) };
    let (old, numbers) = collected(wave, answers, before);
    compared(&old, wave, numbers, events)
}

/// Prepares the wave before answers from elsewhere, with who answered both.
#[must_use]
pub fn collected<'a>(
    wave: &Wave,
    answers: &Collected,
    (checked, earlier): (&'a Checked, &'a Collected),
) -> (Wave<'a>, Option<(Numbers, Numbers)>) {
    let old = Wave::of_collected(checked, earlier);
    let keyed = |c: &Checked| c.responses.as_ref().is_some_and(|r| r.key.is_some());
    let anonymous = [checked, wave.checked].iter().any(|c| c.privacy.mode == PrivacyMode::Anonymous);
    let numbers = (keyed(checked) && keyed(wave.checked) && !anonymous).then(|| {
        let (one, two) = (keys(&old, earlier), keys(wave, answers));
        let mut all: Vec<&str> = one.iter().chain(&two).copied().collect();
        all.sort_unstable();
        all.dedup();
        let of = |keys: Vec<&str>| -> Numbers {
            keys.into_iter().map(|k| all.binary_search(&k).ok().map(|i| i as u64)).collect()
        };
        (of(one), of(two))
    });
    (old, numbers)
}

/// Keys of a design's units: the kept respondents, then those who did not answer.
fn keys<'a>(wave: &Wave<'a>, collected: &'a Collected) -> Vec<&'a str> {
    let answered = wave.respondents.iter().map(|r| r.response.pseudonym.as_str());
    let silent = collected.rows.iter().filter(|r| !r.responded).map(|r| r.response.pseudonym.as_str());
    answered.chain(silent).take(wave.design.units.len()).collect()
}

/// Compares two waves of which at least one was counted, so that nobody knows who answered both; tells whether an index
/// of which only the weights changed would have been taken apart, had people been kept.
#[must_use]
pub fn of_counts(before: Seen, after: Seen) -> (WaveChange, bool) {
    let breaks = breaks(before.checked, after.checked);
    let changed = change(&Waves::unmatched(before, after), &breaks);
    let only_weights = |name: &str| breaks.reweighted.contains_key(name) && !breaks.broken.contains_key(name);
    let shown = |m: &&Moved| m.contrast.reason == Some(Reason::Broken) && only_weights(&m.name);
    let missing = changed.splits.is_empty() && changed.measures.iter().any(|m| shown(&m));
    (changed, missing)
}

fn compared(
    before: &Wave,
    after: &Wave,
    numbers: Option<(Numbers, Numbers)>,
    events: &[EventTold],
) -> (Option<WaveChange>, Vec<MeasureResult>) {
    let pair = Pair::new(before, after, numbers);
    let breaks = breaks(before.checked, after.checked);
    (Some(change(&Waves::of(&pair), &breaks)), measures(&Told::Two(&pair, &breaks), events))
}

/// Says what can't be compared, and why.
#[must_use]
pub fn breaks(before: &Checked, after: &Checked) -> Breaks {
    let mut out = Breaks::default();
    // Reasons are in one language, as an author's are; where there is none, the change stands for it.
    let language = after.campaign.languages.first().map_or("en", String::as_str);
    for change in of_waves(before, after).iter().filter(|c| c.effect != Effect::Safe) {
        let (keyword, name) = change.declarations.first().cloned().unwrap_or_default();
        let reason = change.reason.clone().unwrap_or_else(|| sentence(change, language));
        if let Some(indices) = only_weights(before, after, change) {
            let mut names: BTreeSet<String> = indices.into_iter().collect();
            // What is made of a reweighted index is another figure as well, and can't be taken apart.
            for index in names.clone() {
                let made = touched(after, "score", &index).unwrap_or_default();
                out.broken.extend(made.into_iter().filter(|n| *n != index).map(|n| (n, reason.clone())));
                names.insert(index);
            }
            out.reweighted.extend(names.into_iter().map(|n| (n, reason.clone())));
            continue;
        }
        let names = touched(after, &keyword, &name).unwrap_or_else(|| everything(after));
        out.broken.extend(names.into_iter().map(|n| (n, reason.clone())));
    }
    out
}

fn everything(checked: &Checked) -> BTreeSet<String> {
    let items = checked.questionnaire.items.iter().map(|i| i.name.clone());
    items.chain(checked.scoring.iter().flat_map(|s| &s.scores).map(|s| s.name.clone())).collect()
}

/// Returns the indices that a change of weights alone bears on.
fn only_weights(before: &Checked, after: &Checked, change: &Change) -> Option<Vec<String>> {
    let (old, new) = (before.scoring.as_ref()?, after.scoring.as_ref()?);
    let (keyword, name) = change.declarations.first()?;
    if keyword != "score" || (old.low, old.high) != (new.low, new.high) {
        return None;
    }
    let indices = |of: Option<usize>| -> Vec<String> {
        let holds = |kind: &ScoreKind| match kind {
            ScoreKind::Index { parts, .. } => of.is_none_or(|d| parts.contains(&d)),
            _ => false,
        };
        new.scores.iter().filter(|s| holds(&s.kind)).map(|s| s.name.clone()).collect()
    };
    if name.is_empty() {
        // Without a change of the scale only periods are left.
        return Some(indices(None));
    }
    let of = |scoring: &Scoring| scoring.scores.iter().position(|s| s.name == *name);
    let (was, is) = (of(old)?, of(new)?);
    match (&old.scores[was].kind, &new.scores[is].kind) {
        (
            ScoreKind::Dimension { items: a, at_least: needed, .. },
            ScoreKind::Dimension { items: b, at_least, .. },
        ) => (needed == at_least && names(before, a) == names(after, b)).then(|| indices(Some(is))),
        _ => None,
    }
}

fn names<'a>(checked: &'a Checked, items: &[usize]) -> BTreeSet<&'a str> {
    items.iter().filter_map(|i| checked.questionnaire.items.get(*i)).map(|i| i.name.as_str()).collect()
}
