//! Whether a measure brought what it promised: `improves speed_score by 3`, `verify 3 weeks after due`.
//!
//! Answers from before the day on which it was due are compared with answers from the day of verification on: of the wave
//! before and of this wave (of the same people where people answered both), else within this wave. Where
//! the answers bear no days, the wave before is before and this wave after. The promise came true when the
//! whole interval of the change lies at or beyond it, and did not when wholly short of it. Promises of events are judged
//! in [`events`] and stand in the same family of tests.

use jiff::civil::Date;

use crate::model::Checked;
use crate::model::checked::{Action, Promise};
use crate::score::compare::contrast::{Side, compared, settle, untested};
use crate::score::compare::events::{self, EventTold};
use crate::score::compare::people::Pair;
use crate::score::compare::segments::options;
use crate::score::compare::types::{Contrast, MeasureResult, People, Reason};
use crate::score::compare::waves::{Breaks, place};
use crate::score::formula::estimate_score;
use crate::score::linear::Linear;
use crate::score::method::domain::difference;
use crate::score::target::verdict;
use crate::score::types::Verdict;
use crate::score::wave::Wave;

/// The waves that tell.
pub enum Told<'a> {
    /// This wave alone.
    One(&'a Wave<'a>),
    /// The wave before and this one.
    Two(&'a Pair<'a>, &'a Breaks),
}

impl<'a> Told<'a> {
    fn after(&self) -> &'a Wave<'a> {
        match self {
            Self::One(wave) => wave,
            Self::Two(pair, _) => pair.after,
        }
    }
}

/// Judges the measures of this wave's spec, and those of the wave before that it no longer names; all are one family of
/// tests. Those that promise a change of a score are left out until an answer reaches the day of verification, those that
/// promise one of events are judged by what `events` tells.
#[must_use]
pub fn measures(told: &Told, events: &[EventTold]) -> Vec<MeasureResult> {
    let after = told.after();
    let own = after.checked.actions.iter().map(|a| (after.checked, a));
    let mut all: Vec<(&Checked, &Action)> = own.collect();
    if let Told::Two(pair, _) = told {
        let before = pair.before.checked;
        let named = |a: &&Action| after.checked.actions.iter().any(|own| own.name == a.name);
        all.extend(before.actions.iter().filter(|a| !named(a)).map(|a| (before, a)));
    }
    let one = |(spec, action): (&Checked, &Action)| match action.improves? {
        Promise::Score(..) => result(told, spec, action),
        Promise::Events(_) => of_events(after, action, events),
    };
    settled(all.into_iter().filter_map(one).collect())
}

/// Judges the measures that promise a change of events alone, where answers are not at hand one by one.
#[must_use]
pub fn measures_of_events(after: &Checked, events: &[EventTold]) -> Vec<MeasureResult> {
    settled(events.iter().map(|told| events::result(after, told)).collect())
}

fn of_events(after: &Wave, action: &Action, events: &[EventTold]) -> Option<MeasureResult> {
    let told = events.iter().find(|told| told.asked.action == action.name)?;
    Some(events::result(after.checked, told))
}

fn settled(mut found: Vec<MeasureResult>) -> Vec<MeasureResult> {
    settle(&mut found.iter_mut().map(|f| &mut f.contrast).collect::<Vec<_>>());
    found
}

fn result(told: &Told, spec: &Checked, action: &Action) -> Option<MeasureResult> {
    let after = told.after();
    let (score, promised) = action.score()?;
    let score = spec.scoring.as_ref()?.scores.get(score)?;
    if action.status.as_deref() == Some("dropped") {
        return None;
    }
    let (due, from) = (action.due?, action.from()?);
    let stratum = action.stratum.and_then(|s| spec.strata.get(s)).map(|s| s.name.clone());
    let inside = |wave: &Wave, fits: &dyn Fn(Date) -> bool| -> Vec<usize> {
        let of_stratum = |i: &usize| {
            let place = wave.study.stratum_of(wave.respondents[*i].response.cell);
            stratum.is_none() || place.map(|p| &wave.study.strata[p].name) == stratum.as_ref()
        };
        let dated = wave.checked.responses.as_ref().is_none_or(|r| r.at.is_some());
        let in_time = |i: &usize| !dated || fits(wave.respondents[*i].day);
        (0..wave.respondents.len()).filter(of_stratum).filter(in_time).collect()
    };
    let dated = after.checked.responses.as_ref().is_none_or(|r| r.at.is_some());
    let late = inside(after, &|day| day >= from);
    if late.is_empty() || (matches!(told, Told::One(_)) && !dated) {
        return None;
    }
    let early = |wave: &Wave| inside(wave, &|day| day < due);
    let (people, contrast) = match told {
        Told::One(wave) => (People::Different, within(wave, &score.name, &early(wave), &late)),
        Told::Two(pair, breaks) => {
            (pair.people, between(pair, breaks, &score.name, &early(pair.before), &late))
        }
    };
    let place = after.study.strata.iter().position(|s| Some(&s.name) == stratum.as_ref());
    let judged = contrast.low.zip(contrast.high).map(|i| verdict(i, promised, promised >= 0.0));
    let unjudged =
        if contrast.reason == Some(Reason::Hidden) { Verdict::Hidden } else { Verdict::NotDecided };
    Some(MeasureResult {
        action: action.name.clone(),
        title: action.title.clone(),
        score: score.name.clone(),
        score_title: score.title.clone(),
        stratum,
        stratum_title: place.map(|p| after.study.strata[p].title.clone()),
        promised,
        due: Some(due),
        from: Some(from),
        people,
        contrast,
        verdict: judged.unwrap_or(unjudged),
        events: None,
    })
}

/// Before and after within one wave, as two domains of its design.
fn within(wave: &Wave, score: &str, early: &[usize], late: &[usize]) -> Contrast {
    let Some(score) = place(wave.checked, score) else { return untested(Reason::Missing) };
    let of = |members: &[usize]| estimate_score(wave.sources(), members, score);
    let (first, second) = (of(early), of(late));
    judged((wave, first), (wave, second), |first, second| {
        difference(&wave.design, first, second, options(wave.sources()), None)
    })
}

/// Before in one wave and after in the next.
fn between(pair: &Pair, breaks: &Breaks, score: &str, early: &[usize], late: &[usize]) -> Contrast {
    let (Some(old), Some(new)) = (place(pair.before.checked, score), place(pair.after.checked, score)) else {
        return untested(Reason::Missing);
    };
    if breaks.broken.contains_key(score) || breaks.reweighted.contains_key(score) {
        return untested(Reason::Broken);
    }
    let first = estimate_score(pair.before.sources(), early, old);
    let second = estimate_score(pair.after.sources(), late, new);
    judged((pair.before, first), (pair.after, second), |first, second| pair.test(first, second, false))
}

fn judged(
    (before, first): (&Wave, Option<Linear>),
    (after, second): (&Wave, Option<Linear>),
    test: impl FnOnce(&Linear, &Linear) -> Option<crate::score::method::test::TTest>,
) -> Contrast {
    let (Some(first), Some(second)) = (first, second) else { return untested(Reason::Empty) };
    let few = |wave: &Wave, l: &Linear| wave.design.people(l.members()) < wave.checked.analysis.hide_below;
    if few(before, &first) || few(after, &second) {
        return untested(Reason::Hidden);
    }
    compared(
        Side { design: &after.design, linear: &second },
        Side { design: &before.design, linear: &first },
        || test(&first, &second),
    )
}
