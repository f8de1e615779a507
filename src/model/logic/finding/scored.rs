//! Scores that a path can't give, whatever is answered: too few of their items are asked on it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::diagnostic::Diagnostic;
use crate::model::checked::{ScoreKind, Scoring};
use crate::model::logic::diagram::{FALSE, Made, Node, Spent, TRUE};
use crate::model::logic::flow::Logic;
use crate::model::logic::witness::{Verdict, decide};

/// Dimensions of one index that may be missing, at most: every combination is weighed.
const MOST_PARTS: usize = 12;

/// Looks at every dimension that does not say `if asked`, and at every index: it spreads the weight of a missing
/// dimension over the others, so it is given as long as enough of its weight is.
pub fn check(lx: &mut Logic) -> Vec<Diagnostic> {
    let checked = lx.checked;
    let Some(scoring) = &checked.scoring else { return Vec::new() };
    let (mut found, mut told) = (Vec::new(), BTreeSet::new());
    for (i, score) in scoring.scores.iter().enumerate() {
        let (verdict, what, remedy) = match &score.kind {
            ScoreKind::Dimension { items, at_least, if_asked: false, .. } => {
                let make = |lx: &mut Logic| {
                    let (missing, valid) = (dimension(lx, items, *at_least)?, valid(lx, items)?);
                    lx.diagram.and(missing, valid)
                };
                (decide(lx, make), few(*at_least), WITHOUT_ITEMS)
            }
            // A part that is missing has been told: the index is judged when its head says `if asked`.
            ScoreKind::Index { parts, .. }
                if parts.is_empty() || parts.iter().any(|part| told.contains(part)) =>
            {
                continue;
            }
            ScoreKind::Index { parts, at_least } => (
                decide(lx, |lx| index(lx, scoring, parts, *at_least)),
                "too few of its dimensions have an item that is".to_owned(),
                WITHOUT_WEIGHT,
            ),
            _ => continue,
        };
        let Verdict::Possible(given) = verdict else { continue };
        let message =
            format!("score `{}` is missing on a path: {what} asked with {}", score.name, given.words());
        found.push(Diagnostic::error("score-missing", score.span, message).help(remedy));
        told.insert(i);
    }
    found
}

const WITHOUT_ITEMS: &str = "ask for one of its items on every path (with `not applicable` where it may not apply), or write `if asked` before the `=`: then an index spreads its weight over the others";

const WITHOUT_WEIGHT: &str = "ask for more of its items on every path (with `not applicable` where they may not apply), or lower `from`";

fn few(at_least: usize) -> String {
    if at_least > 1 {
        format!("fewer than {at_least} of its items are")
    } else {
        "none of its items is".to_owned()
    }
}

/// Returns where fewer of these items are asked than are needed.
fn dimension(lx: &mut Logic, items: &[usize], at_least: usize) -> Made {
    let mut questions: BTreeMap<usize, usize> = BTreeMap::new();
    for item in items.iter().filter_map(|i| lx.checked.questionnaire.items.get(*i)) {
        *questions.entry(item.question).or_default() += 1;
    }
    if questions.is_empty() {
        return Ok(FALSE);
    }
    // By the number of items still needed, from the last question to the first.
    let mut row = vec![TRUE; at_least.max(1) + 1];
    row[0] = FALSE;
    for (&question, &items) in questions.iter().rev() {
        let asked = lx.asked(question)?;
        for needed in (1..row.len()).rev() {
            row[needed] = lx.diagram.either(asked, row[needed.saturating_sub(items)], row[needed])?;
        }
    }
    Ok(row.last().copied().unwrap_or(FALSE))
}

/// Returns what is true of the answers on which it depends whether these items are asked.
fn valid(lx: &mut Logic, items: &[usize]) -> Made {
    let mut all = TRUE;
    for item in items.iter().filter_map(|i| lx.checked.questionnaire.items.get(*i)) {
        let one = lx.valid(item.question)?;
        all = lx.diagram.and(all, one)?;
    }
    Ok(all)
}

/// Returns where an index misses too much of its weight, with the usual weights or those of a period.
fn index(lx: &mut Logic, scoring: &Scoring, parts: &[usize], at_least: f64) -> Made {
    let (mut missing, mut valid_all) = (Vec::new(), TRUE);
    for part in parts {
        let Some(ScoreKind::Dimension { items, at_least, .. }) = scoring.scores.get(*part).map(|s| &s.kind)
        else {
            continue;
        };
        missing.push((*part, dimension(lx, items, *at_least)?));
        let one = valid(lx, items)?;
        valid_all = lx.diagram.and(valid_all, one)?;
    }
    if missing.iter().filter(|(_, node)| *node != FALSE).count() > MOST_PARTS {
        return Err(Spent);
    }
    let days = std::iter::once(Date::MIN).chain(scoring.during.iter().map(|d| d.from));
    let mut any = FALSE;
    for day in days {
        let weights: BTreeMap<usize, f64> = scoring.weights_on(day).into_iter().collect();
        let weighed: Vec<(Node, f64)> =
            missing.iter().map(|(part, node)| (*node, weights.get(part).copied().unwrap_or(0.0))).collect();
        let all: f64 = weighed.iter().map(|(_, w)| w).sum();
        // As in scoring: shares that add up to 60 % may come out a little below in floating point.
        let needed = if all > 0.0 { (at_least - 1e-9) * all } else { 0.0 };
        let one = too_light(lx, &weighed, needed.max(f64::MIN_POSITIVE))?;
        any = lx.diagram.or(any, one)?;
    }
    lx.diagram.and(any, valid_all)
}

/// Returns where the weight that is not missing lies below what is needed.
fn too_light(lx: &mut Logic, weighed: &[(Node, f64)], needed: f64) -> Made {
    if needed <= 0.0 {
        return Ok(FALSE);
    }
    let Some((&(missing, weight), rest)) = weighed.split_first() else { return Ok(TRUE) };
    let given = too_light(lx, rest, needed - weight)?;
    if missing == FALSE {
        return Ok(given);
    }
    let lost = too_light(lx, rest, needed)?;
    lx.diagram.either(missing, lost, given)
}
