//! What other weights in a period do to an index, apart from opinions.
//!
//! The same answers are scored twice: with the weights of their day, and with
//! the usual weights. The mean difference is the effect of the changed ruler.

use crate::model::checked::ScoreKind;
use crate::score::estimate::{hidden, printed};
use crate::score::formula::{Range, Sources};
use crate::score::linear::mean;
use crate::score::types::PeriodEffect;

/// Returns the effect on every index, when the spec has periods with other weights.
#[must_use]
pub fn periods(sources: Sources) -> Vec<PeriodEffect> {
    let Some(scoring) = sources.checked.scoring.as_ref().filter(|s| !s.during.is_empty()) else {
        return Vec::new();
    };
    let all: Vec<usize> = (0..sources.respondents.len()).collect();
    let within = |i: &&usize| {
        let day = sources.respondents[**i].day;
        scoring.during.iter().any(|p| p.from <= day && day <= p.to)
    };
    let n_within = all.iter().filter(within).count() as u64;
    let hide = sources.checked.analysis.hide_below;
    // A handful of answers on either side could be computed from the two figures.
    let small = (n_within > 0 && n_within < hide)
        || (n_within < all.len() as u64 && all.len() as u64 - n_within < hide);
    let indices =
        scoring.scores.iter().enumerate().filter(|(_, s)| matches!(s.kind, ScoreKind::Index { .. }));
    indices
        .map(|(score, index)| {
            let usual = mean(sources.design, &all, |i| sources.respondents[i].usual[score]);
            let change = mean(sources.design, &all, |i| {
                let r = &sources.respondents[i];
                Some(r.scores[score]? - r.usual[score]?)
            });
            let scale = Range { low: scoring.low, high: scoring.high, share: false };
            PeriodEffect {
                score: index.name.clone(),
                title: index.title.clone(),
                n_within: (!small).then_some(n_within),
                usual: if small {
                    hidden()
                } else {
                    printed(sources.design, usual.as_ref(), &all, Some(scale), hide)
                },
                effect: if small {
                    hidden()
                } else {
                    printed(sources.design, change.as_ref(), &all, None, hide)
                },
            }
        })
        .collect()
}
