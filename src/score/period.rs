//! What other weights in a period do to an index, apart from opinions.
//!
//! The same answers are scored twice: with the weights of their day, and with
//! the usual weights. The mean difference is the effect of the changed ruler.

use crate::model::checked::{Score, ScoreKind, Scoring};
use crate::score::estimate::{hidden, printed};
use crate::score::formula::Range;
use crate::score::linear::{Linear, mean};
use crate::score::types::PeriodEffect;
use crate::score::views::Views;

/// Returns the effect on every index, when the spec has periods with other weights.
#[must_use]
pub fn periods(views: Views) -> Vec<PeriodEffect> {
    let checked = views.everybody.checked;
    let Some(scoring) = checked.scoring.as_ref().filter(|s| !s.during.is_empty()) else {
        return Vec::new();
    };
    let scores = scoring.scores.iter().enumerate();
    let indices = scores.filter(|(_, s)| matches!(s.kind, ScoreKind::Index { .. }));
    indices.map(|(score, index)| period(views, scoring, score, index)).collect()
}

fn period(views: Views, scoring: &Scoring, score: usize, index: &Score) -> PeriodEffect {
    let sources = views.score(score).1;
    let (design, respondents) = (sources.design, sources.respondents);
    let all: Vec<usize> = (0..respondents.len()).collect();
    let within = |i: &usize| {
        let day = respondents[*i].day;
        scoring.during.iter().any(|p| p.from <= day && day <= p.to)
    };
    let n_within = design.people(all.iter().copied().filter(within));
    let outside = design.people(all.iter().copied()) - n_within;
    let hide = sources.checked.analysis.hide_below;
    // A handful of answers on either side could be computed from the two figures.
    let small = (n_within > 0 && n_within < hide) || (outside > 0 && outside < hide);
    let usual = mean(design, &all, |i| respondents[i].usual[score]);
    let change = mean(design, &all, |i| {
        let r = &respondents[i];
        Some(r.scores[score]? - r.usual[score]?)
    });
    let scale = Range { low: scoring.low, high: scoring.high, share: false };
    let show = |linear: Option<Linear>, range: Option<Range>| {
        if small { hidden() } else { printed(design, linear.as_ref(), &all, range, hide) }
    };
    PeriodEffect {
        score: index.name.clone(),
        title: index.title.clone(),
        n_within: (!small).then_some(n_within),
        usual: show(usual, Some(scale)),
        effect: show(change, None),
    }
}
