//! Targets and benchmarks: judged by the interval without finite population correction unless asked.
//!
//! With the correction a census has no error and every difference would be
//! “decided”; a target asks whether the way of working meets the goal, not
//! only the people of this list at this moment.

use crate::model::checked::{Scoring, Target, Text};
use crate::score::compare::size::{of_difference, pooled, smallest, spread};
use crate::score::compare::types::Magnitude;
use crate::score::estimate::{Judged, judge};
use crate::score::formula::{estimate_score, range};
use crate::score::types::{BenchmarkResult, Group, TargetResult, Verdict};
use crate::score::views::{Members, Views};

/// Judges all targets. `overall` and `strata` say which numbers are hidden.
#[must_use]
pub fn targets(views: Views, overall: &Group, strata: &[Group]) -> Vec<TargetResult> {
    let Some(scoring) = &views.everybody.checked.scoring else { return Vec::new() };
    scoring.targets.iter().map(|t| target(views, scoring, t, overall, strata)).collect()
}

fn target(
    views: Views,
    scoring: &Scoring,
    target: &Target,
    overall: &Group,
    strata: &[Group],
) -> TargetResult {
    let sources = views.everybody;
    let stratum = target.stratum.and_then(|s| sources.checked.strata.get(s)).map(|s| &s.name);
    let study = sources.study;
    let place = stratum.and_then(|name| study.strata.iter().position(|s| s.name == *name));
    let group = place.map_or(overall, |s| &strata[s]);
    let inside = |i: &usize| {
        let cell = sources.design.units[*i].cell;
        place.is_none_or(|s| study.cells[cell].stratum == s)
    };
    let members = views.members((0..sources.respondents.len()).filter(inside).collect());
    let mut out = TargetResult {
        score: scoring.scores[target.score].name.clone(),
        title: scoring.scores[target.score].title.clone(),
        stratum: stratum.cloned(),
        stratum_title: place.map(|s| study.strata[s].title.clone()),
        at_least: target.at_least,
        goal: target.value,
        by: target.by,
        value: None,
        standard_error: None,
        low: None,
        high: None,
        verdict: Verdict::NotDecided,
        size: None,
        magnitude: None,
        smallest: None,
    };
    if is_hidden(group, target.score) {
        out.verdict = Verdict::Hidden;
        return out;
    }
    let Some((judged, deviation)) = judged(views, &members, target.score) else { return out };
    out.value = Some(judged.value);
    out.standard_error = judged.error;
    out.low = judged.interval.map(|(low, _)| low);
    out.high = judged.interval.map(|(_, high)| high);
    out.verdict = judged.interval.map_or(Verdict::NotDecided, |i| verdict(i, target.value, target.at_least));
    (out.size, out.magnitude) = size(judged.value - target.value, deviation);
    out.smallest = out
        .low
        .zip(judged.error)
        .filter(|_| out.verdict == Verdict::NotDecided)
        .and_then(|(_, e)| smallest(e, judged.df as f64));
    out
}

/// Met when the interval lies at or beyond the goal, not met when wholly on the other side.
#[must_use]
pub fn verdict((low, high): (f64, f64), goal: f64, at_least: bool) -> Verdict {
    let (met, missed) = if at_least { (low >= goal, high < goal) } else { (high <= goal, low > goal) };
    if met {
        Verdict::Met
    } else if missed {
        Verdict::NotMet
    } else {
        Verdict::NotDecided
    }
}

/// Returns a distance in standard deviations, and in a word.
fn size(distance: f64, deviation: Option<f64>) -> (Option<f64>, Option<Magnitude>) {
    let size = deviation.map(|s| distance / s).filter(|d| d.is_finite());
    (size, size.map(of_difference))
}

/// Judges an estimate; with it the standard deviation between people.
fn judged(views: Views, members: &Members, score: usize) -> Option<(Judged, Option<f64>)> {
    let (view, sources) = views.score(score);
    let members = members.of(view);
    let linear = estimate_score(sources, members, score)?;
    let finite = sources.checked.analysis.finite_correction;
    let deviation = pooled(&[spread(sources.design, &linear)]);
    Some((judge(sources.design, &linear, members, range(sources.checked, score), finite), deviation))
}

/// Tells whether a group's estimate may not be shown.
fn is_hidden(group: &Group, score: usize) -> bool {
    let hidden = |notes: &[crate::score::types::Note]| notes.contains(&crate::score::types::Note::Hidden);
    group.hidden || group.estimates.get(score).is_some_and(|e| hidden(&e.notes))
}

/// Compares estimates over everybody with figures of others.
#[must_use]
pub fn benchmarks(views: Views, overall: &Group) -> Vec<BenchmarkResult> {
    let Some(scoring) = &views.everybody.checked.scoring else { return Vec::new() };
    let members = views.all();
    let one = |score: usize, figure: f64, label: &Text| {
        let shown = !is_hidden(overall, score);
        let found = shown.then(|| judged(views, &members, score)).flatten();
        let (judged, deviation) = found.unzip();
        let ends = judged.as_ref().and_then(|j| j.interval);
        let difference = judged.as_ref().map(|j| j.value - figure);
        let (size, magnitude) = difference.map_or((None, None), |d| size(d, deviation.flatten()));
        let open = ends.is_some_and(|(low, high)| low <= figure && figure <= high);
        let error = judged.as_ref().and_then(|j| j.error.map(|e| (e, j.df as f64)));
        BenchmarkResult {
            score: scoring.scores[score].name.clone(),
            title: scoring.scores[score].title.clone(),
            label: label.clone(),
            figure,
            difference,
            standard_error: judged.as_ref().and_then(|j| j.error),
            low: ends.map(|(low, _)| low - figure),
            high: ends.map(|(_, high)| high - figure),
            size,
            magnitude,
            smallest: error.filter(|_| open).and_then(|(e, df)| smallest(e, df)),
        }
    };
    scoring.benchmarks.iter().map(|b| one(b.score, b.value, &b.label)).collect()
}
