//! An index whose weights changed between waves: the change of opinion and what the other weights do.
//!
//! With I₁(w₁), I₁(w₂), I₂(w₁), I₂(w₂) the index of each wave under each wave's weights, the printed change
//! I₂(w₂) − I₁(w₁) is opinion + weights in two ways: by this wave's weights, opinion I₂(w₂) − I₁(w₂) and weights I₁(w₂) − I₁(w₁);
//! and by the mean of both orders (Bennet 1920; Shapley's value of two factors). Each part is linearised as one estimate.
//! The weights of a wave are those by which its answers were scored (periods included); the other wave's are its usual ones.

use crate::expr::ArithmeticOp;
use crate::model::Checked;
use crate::model::checked::ScoreKind;
use crate::score::compare::contrast::{Side, settle, tested, untested};
use crate::score::compare::people::{Seen, Waves};
use crate::score::compare::segments::is_hidden;
use crate::score::compare::types::{Contrast, Reason, Split};
use crate::score::compare::waves::{Breaks, place};
use crate::score::linear::{Linear, mean};
use crate::score::types::Group;

/// Takes the changes of all indices apart of which only the weights changed.
#[must_use]
pub fn splits(waves: &Waves, breaks: &Breaks, shown: (&Group, &Group)) -> Vec<Split> {
    let scores = waves.after.checked.scoring.as_ref().map_or(&[][..], |s| &s.scores);
    let mut out = Vec::new();
    for (new, score) in scores.iter().enumerate() {
        let only_weights =
            breaks.reweighted.contains_key(&score.name) && !breaks.broken.contains_key(&score.name);
        if !only_weights || !matches!(score.kind, ScoreKind::Index { .. }) {
            continue;
        }
        let Some(old) = place(waves.before.checked, &score.name) else { continue };
        if [(shown.0, old), (shown.1, new)].iter().any(|(g, i)| g.estimates.get(*i).is_none_or(is_hidden)) {
            continue;
        }
        let Some(parts) = parts(waves, old, new) else { continue };
        out.push(split((waves, old, new), parts, score.name.clone(), score.title.clone()));
    }
    out
}

/// The index of both waves under both weights.
struct Parts {
    old_by_old: Linear,
    old_by_new: Linear,
    new_by_old: Linear,
    new_by_new: Linear,
}

/// Returns nothing where answers were only counted and nobody's dimensions are known.
fn parts(waves: &Waves, old: usize, new: usize) -> Option<Parts> {
    let own = |wave: Seen, score: usize| {
        let (view, sources) = wave.views.score(score);
        mean(sources.design, wave.views.all().of(view), |i| sources.respondents[i].scores[score])
    };
    let by = |wave: Seen, score: usize, weights: &Checked| {
        let (view, sources) = wave.views.score(score);
        let one = |i: usize| reweighted(wave.checked, &sources.respondents[i].scores, score, weights);
        mean(sources.design, wave.views.all().of(view), one)
    };
    Some(Parts {
        old_by_old: own(waves.before, old)?,
        old_by_new: by(waves.before, old, waves.after.checked)?,
        new_by_old: by(waves.after, new, waves.before.checked)?,
        new_by_new: own(waves.after, new)?,
    })
}

/// Returns an index under the usual weights of another spec.
fn reweighted(checked: &Checked, scores: &[Option<f64>], index: usize, other: &Checked) -> Option<f64> {
    let own = &checked.scoring.as_ref()?.scores;
    let ScoreKind::Index { parts, at_least } = &own.get(index)?.kind else { return None };
    let weight = |part: usize| {
        let theirs = other.scoring.as_ref()?.scores.iter().find(|s| s.name == own[part].name)?;
        match theirs.kind {
            ScoreKind::Dimension { weight, .. } => Some(weight),
            _ => None,
        }
    };
    let weights: Vec<(usize, f64)> =
        parts.iter().map(|p| weight(*p).map(|w| (*p, w))).collect::<Option<_>>()?;
    let all: f64 = weights.iter().map(|(_, w)| w).sum();
    let known: Vec<(f64, f64)> = weights.iter().filter_map(|(p, w)| scores[*p].map(|s| (*w, s))).collect();
    let sum: f64 = known.iter().map(|(w, _)| w).sum();
    // 60 % of a sum of shares may come out as 59.999… % in floating point.
    let enough = all > 0.0 && sum > 0.0 && sum / all >= at_least - 1e-9;
    enough.then(|| known.iter().map(|(w, s)| w * s).sum::<f64>() / sum)
}

fn split(
    waves: (&Waves, usize, usize),
    parts: Parts,
    score: String,
    title: crate::model::checked::Text,
) -> Split {
    let Parts { old_by_old, old_by_new, new_by_old, new_by_new } = parts;
    let half = |a: &Linear, b: &Linear, op| Linear::combine(op, a, b).map(|l| l.affine(0.0, 0.5));
    let nothing = Linear::constant(0.0);
    let ruler_old = Linear::combine(ArithmeticOp::Subtract, &old_by_old, &old_by_new);
    let opinions = half(&old_by_old, &old_by_new, ArithmeticOp::Add).zip(half(
        &new_by_old,
        &new_by_new,
        ArithmeticOp::Add,
    ));
    let rulers = half(&old_by_old, &old_by_new, ArithmeticOp::Subtract).zip(half(
        &new_by_new,
        &new_by_old,
        ArithmeticOp::Subtract,
    ));
    let one = |sides: Option<(Linear, Linear)>| {
        sides.map_or_else(|| untested(Reason::Empty), |(first, second)| part(waves, &first, &second))
    };
    let mut opinion_new = part(waves, &old_by_new, &new_by_new);
    let mut weights_new = one(ruler_old.map(|r| (r, nothing)));
    let (mut opinion, mut weights) = (one(opinions), one(rulers));
    settle(&mut [&mut opinion_new]);
    settle(&mut [&mut weights_new]);
    settle(&mut [&mut opinion]);
    settle(&mut [&mut weights]);
    Split {
        score,
        title,
        change: new_by_new.value - old_by_old.value,
        opinion_new,
        weights_new,
        opinion,
        weights,
    }
}

fn part((waves, old, new): (&Waves, usize, usize), first: &Linear, second: &Linear) -> Contrast {
    let before = Side { design: waves.before.views.score(old).1.design, linear: first };
    let after = Side { design: waves.after.views.score(new).1.design, linear: second };
    tested(second.value - first.value, waves.test(before, after, true), None)
}
