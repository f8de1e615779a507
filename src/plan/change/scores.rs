//! Scores and cleaning: other weights and other parts are other figures under the old name.

use super::said::{Blank, Said, said};
use super::{Changes, Effect};
use crate::expr::Var;
use crate::model::Checked;
use crate::model::checked::{Formula, Score, ScoreKind, Scoring};

/// Compares how answers become figures.
pub(super) fn compare(all: &mut Changes) {
    let (before, after) = (all.before, all.after);
    match (&before.scoring, &after.scoring) {
        (Some(old), Some(new)) => scoring(all, old, new),
        (Some(_), None) => all.push(Effect::BreaksTrend, ("score", ""), said!("c_removed"), None, None),
        (None, Some(_)) => all.push(Effect::Safe, ("score", ""), said!("c_new"), None, None),
        (None, None) => {}
    }
    let rules = |checked: &Checked| -> Vec<String> {
        let one = |rule: &crate::model::checked::CleanRule| {
            format!("{} {}", rule.drop, named(checked, &format!("{:?}", rule.condition)))
        };
        checked.clean.iter().map(one).collect()
    };
    if rules(before) != rules(after) {
        all.push(Effect::BreaksTrend, ("clean", ""), said!("c_clean_rules"), None, None);
    } else if before.clean.iter().zip(&after.clean).any(|(a, b)| a.label != b.label) {
        all.note(Effect::Safe, ("clean", ""), said!("c_clean_labels"));
    }
}

fn scoring(all: &mut Changes, old: &Scoring, new: &Scoring) {
    let (before, after) = (all.before, all.after);
    let mark = all.found.len();
    let range = |s: &Scoring| format!("{}..{}", s.low, s.high);
    if (old.low, old.high) != (new.low, new.high) {
        let what = said!("c_score_scale", before = range(old), after = range(new));
        all.push(Effect::BreaksTrend, ("score", ""), what, None, None);
    }
    for score in &old.scores {
        let Some(now) = new.scores.iter().find(|s| s.name == score.name) else {
            all.push(
                Effect::BreaksTrend,
                ("score", &score.name),
                said!("c_score_gone"),
                Some(score.span),
                None,
            );
            all.also("score", "");
            continue;
        };
        for (effect, what) in differences(before, after, (old, score), (new, now)) {
            all.push(effect, ("score", &score.name), what, Some(score.span), Some(now.span));
            all.also("score", "");
        }
    }
    for score in new.scores.iter().filter(|s| !old.scores.iter().any(|o| o.name == s.name)) {
        all.push(Effect::Safe, ("score", &score.name), said!("c_new"), None, Some(score.span));
    }
    let periods = |scoring: &Scoring| -> Vec<String> {
        let weights = |weights: &[(usize, f64)]| {
            let one = |(i, w): &(usize, f64)| {
                format!("{} {w}", scoring.scores.get(*i).map_or("", |s| s.name.as_str()))
            };
            let mut all: Vec<String> = weights.iter().map(one).collect();
            all.sort();
            all.join(", ")
        };
        scoring.during.iter().map(|d| format!("{}..{} {}", d.from, d.to, weights(&d.weights))).collect()
    };
    if periods(old) != periods(new) {
        all.push(Effect::BreaksTrend, ("score", ""), said!("c_periods"), None, None);
    }
    let order = |scoring: &Scoring| scoring.scores.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
    let reordered = order(old) != order(new);
    all.otherwise(mark, reordered, Effect::Safe, ("score", ""), said!("c_scores_order"));
}

fn differences(
    before: &Checked,
    after: &Checked,
    (old_all, old): (&Scoring, &Score),
    (new_all, new): (&Scoring, &Score),
) -> Vec<(Effect, Said)> {
    let mut found = Vec::new();
    if old.title != new.title {
        found.push((Effect::Safe, said!("c_other_title")));
    }
    let items = |checked: &Checked, items: &[usize]| -> Vec<String> {
        let mut names: Vec<String> = items
            .iter()
            .filter_map(|i| checked.questionnaire.items.get(*i))
            .map(|i| i.name.clone())
            .collect();
        names.sort();
        names
    };
    match (&old.kind, &new.kind) {
        (
            ScoreKind::Dimension { weight: before_weight, items: old_items, at_least: needed, .. },
            ScoreKind::Dimension { weight, items: new_items, at_least, .. },
        ) => {
            shares(said!("c_weight"), *before_weight, *weight, &mut found);
            parts(items(before, old_items), items(after, new_items), &mut found);
            if needed != at_least {
                let (before, after) = (needed.to_string(), at_least.to_string());
                found.push((Effect::BreaksTrend, said!("c_needs_answers", before = before, after = after)));
            }
        }
        (
            ScoreKind::Index { parts: old_parts, at_least: needed },
            ScoreKind::Index { parts: new_parts, at_least },
        ) => {
            let names = |scoring: &Scoring, parts: &[usize]| -> Vec<String> {
                parts.iter().filter_map(|i| scoring.scores.get(*i)).map(|s| s.name.clone()).collect()
            };
            parts(names(old_all, old_parts), names(new_all, new_parts), &mut found);
            shares(said!("c_needs_weight"), *needed, *at_least, &mut found);
        }
        (ScoreKind::Kpi(a), ScoreKind::Kpi(b))
            if formula(before, old_all, a) == formula(after, new_all, b) => {}
        _ => found.push((Effect::BreaksTrend, said!("c_computed"))),
    }
    found
}

fn shares(part: Said, old: f64, new: f64, found: &mut Vec<(Effect, Said)>) {
    if (old - new).abs() > 1e-12 {
        let share = |share: f64| format!("{}%", percent(share));
        let what = said!("c_from_to", part = part, before = share(old), after = share(new));
        found.push((Effect::BreaksTrend, what));
    }
}

/// The order of the parts does not matter.
fn parts(mut old: Vec<String>, mut new: Vec<String>, found: &mut Vec<(Effect, Said)>) {
    old.sort();
    new.sort();
    if old != new {
        let names = |names: &[String]| Blank::names(names, "comma");
        found.push((Effect::BreaksTrend, said!("c_made_of", before = names(&old), after = names(&new))));
    }
}

/// Returns a formula with names in the place of indices.
fn formula(checked: &Checked, scoring: &Scoring, of: &Formula) -> String {
    let item = |i: &usize| checked.questionnaire.items.get(*i).map_or("", |item| item.name.as_str());
    let score = |i: &usize| scoring.scores.get(*i).map_or("", |score| score.name.as_str());
    match of {
        Formula::Number(x) => x.to_string(),
        Formula::Score(i) | Formula::Kpi(i) => score(i).to_owned(),
        Formula::Mean(i) => format!("mean({})", item(i)),
        Formula::Nps(i) => format!("nps({})", item(i)),
        Formula::Top2(i) => format!("top2({})", item(i)),
        Formula::Share(i) => format!("share({})", item(i)),
        Formula::Quantile(i, p) => format!("quantile({}, {}%)", item(i), p * 100.0),
        Formula::Total(i) => format!("total({})", item(i)),
        Formula::Ratio(a, b) => format!("ratio({}, {})", item(a), item(b)),
        Formula::ShareOf(e) => format!("share({})", named(checked, &format!("{e:?}"))),
        Formula::Count(None) => "count()".to_owned(),
        Formula::Count(Some(e)) => format!("count({})", named(checked, &format!("{e:?}"))),
        Formula::OfEvents(source, field) => {
            let events = checked.events.get(*source);
            let column = events.and_then(|e| e.fields.get(*field)).map_or("", |field| field.name.as_str());
            format!("mean({}.{column})", events.map_or("", |e| e.name.as_str()))
        }
        Formula::Arithmetic(op, a, b) => {
            format!("({} {op:?} {})", formula(checked, scoring, a), formula(checked, scoring, b))
        }
    }
}

fn percent(share: f64) -> f64 {
    (share * 1e6).round() / 1e4
}

/// Makes a variable of an index.
type MakeVar = fn(usize) -> Var;

/// Replaces the indices of a written condition by names: indices move with every new question.
pub(super) fn named(checked: &Checked, shape: &str) -> String {
    let name = |var: Var| match var {
        Var::Item(i) => checked.questionnaire.items.get(i).map(|item| item.name.as_str()),
        Var::Score(i) => checked.scoring.as_ref().and_then(|s| s.scores.get(i)).map(|s| s.name.as_str()),
        Var::Field(i) => checked.frame.as_ref().and_then(|f| f.fields.get(i)).map(|f| f.name.as_str()),
        _ => None,
    };
    // The longer of two that end alike stands first; an event's columns keep their indices.
    let kinds: [(&str, MakeVar); 5] = [
        ("EventField(", |i| Var::EventField(i, 0)),
        ("Item(", Var::Item),
        ("Score(", Var::Score),
        ("Field(", Var::Field),
        ("StraightLine([", Var::Item),
    ];
    let mut plain = String::new();
    let mut rest = shape;
    loop {
        let found = kinds.iter().filter_map(|(key, make)| rest.find(key).map(|at| (at + key.len(), *make)));
        let Some((at, make)) = found.min_by_key(|(at, _)| *at) else { break };
        let (head, tail) = rest.split_at(at);
        plain.push_str(head);
        let (indices, tail) = tail.split_at(tail.find([')', ']']).unwrap_or(tail.len()));
        let names: Vec<&str> = indices
            .split(", ")
            .map(|index| index.parse().ok().and_then(|i| name(make(i))).unwrap_or(index))
            .collect();
        plain.push_str(&names.join(", "));
        rest = tail;
    }
    plain.push_str(rest);
    plain
}
