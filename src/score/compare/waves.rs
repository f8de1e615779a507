//! This wave against the one before: scores, items, and scores by group.
//!
//! Figures are matched by name. A figure that changed its meaning is printed with both values and neither difference nor
//! test; one whose weights changed is taken apart in `weights`.

use std::collections::BTreeMap;

use crate::model::checked::{Grouping, QuestionKind, Text};
use crate::score::compare::contrast::{Side, compared, settle, untested};
use crate::score::compare::people::Pair;
use crate::score::compare::segments::is_hidden;
use crate::score::compare::types::{
    Change, Contrast, Family, GroupComparison, Reason, SegmentChange, WaveChange,
};
use crate::score::compare::weights;
use crate::score::formula::estimate_score;
use crate::score::groups;
use crate::score::linear::{Linear, mean};
use crate::score::segments::table;
use crate::score::types::Group;
use crate::score::views::Views;
use crate::score::wave::Wave;
use crate::score::weights::grouping_name;

/// What can't be compared, by name of item or score, each with the author's reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breaks {
    /// Changed their meaning.
    pub broken: BTreeMap<String, String>,
    /// Indices of which only the weights changed.
    pub reweighted: BTreeMap<String, String>,
}

impl Breaks {
    fn reason(&self, name: &str) -> Option<&String> {
        self.broken.get(name).or_else(|| self.reweighted.get(name))
    }
}

/// Compares all figures of two waves.
#[must_use]
pub fn change(pair: &Pair, breaks: &Breaks) -> WaveChange {
    let (before, after) = (pair.before, pair.after);
    let shown = |wave: &Wave| groups::overall(wave.views(), None);
    let (old, new) = (shown(before), shown(after));
    let count = |group: &Group, wave: &Wave| (!group.hidden).then_some(wave.respondents.len() as u64);
    let (n_before, n_after) = (count(&old, before), count(&new, after));
    let mut measures = measures(pair, breaks, (&old, &new));
    let family = together(&mut measures);
    let mut items = items(pair, breaks, old.hidden || new.hidden);
    let item_family = together(&mut items);
    let least = after.checked.analysis.hide_below.max(before.checked.analysis.hide_below);
    WaveChange {
        wave: before.checked.campaign.name.clone(),
        title: before.checked.campaign.title.clone(),
        people: pair.people,
        n_before,
        n_after,
        n_both: pair.both.filter(|n| *n == 0 || *n >= least),
        finite_correction: after.checked.analysis.finite_correction,
        measures,
        family,
        items,
        item_family,
        segments: segments(pair, breaks),
        splits: weights::splits(pair, breaks, (&old, &new)),
    }
}

fn together(changes: &mut [Change]) -> Family {
    settle(&mut changes.iter_mut().map(|c| &mut c.contrast).collect::<Vec<_>>())
}

/// Returns the place of a score in a wave.
#[must_use]
pub fn place(wave: &Wave, name: &str) -> Option<usize> {
    wave.checked.scoring.as_ref()?.scores.iter().position(|s| s.name == name)
}

fn measures(pair: &Pair, breaks: &Breaks, shown: (&Group, &Group)) -> Vec<Change> {
    let scores = pair.after.checked.scoring.as_ref().map_or(&[][..], |s| &s.scores);
    let everybody = |wave: &Wave| (0..wave.respondents.len()).collect::<Vec<usize>>();
    let members = (everybody(pair.before), everybody(pair.after));
    let one = |(i, score): (usize, &crate::model::checked::Score)| Change {
        name: score.name.clone(),
        title: score.title.clone(),
        contrast: measure(pair, breaks, (i, &score.name), shown, (&members.0, &members.1), true),
        broken: breaks.reason(&score.name).cloned(),
    };
    scores.iter().enumerate().map(one).collect()
}

/// Compares a score over a group of both waves.
fn measure(
    pair: &Pair,
    breaks: &Breaks,
    (score, name): (usize, &str),
    shown: (&Group, &Group),
    members: (&[usize], &[usize]),
    whole: bool,
) -> Contrast {
    let Some(old) = place(pair.before, name) else { return untested(Reason::Missing) };
    let hidden = |group: &Group, i: usize| group.hidden || group.estimates.get(i).is_none_or(is_hidden);
    if hidden(shown.0, old) || hidden(shown.1, score) {
        return untested(Reason::Hidden);
    }
    let first = estimate_score(pair.before.sources(), members.0, old);
    let second = estimate_score(pair.after.sources(), members.1, score);
    linears(pair, (first.as_ref(), second.as_ref()), breaks.reason(name).is_some(), whole)
}

/// Compares two estimates, unless they mean different things.
fn linears(
    pair: &Pair,
    (first, second): (Option<&Linear>, Option<&Linear>),
    broken: bool,
    whole: bool,
) -> Contrast {
    let (Some(first), Some(second)) = (first, second) else {
        let (value, other) = (second.map(|l| l.value), first.map(|l| l.value));
        return Contrast { value, other, ..untested(Reason::Empty) };
    };
    if broken {
        return Contrast {
            value: Some(second.value),
            other: Some(first.value),
            n: Some(pair.after.design.people(second.members())),
            n_other: Some(pair.before.design.people(first.members())),
            ..untested(Reason::Broken)
        };
    }
    let (old, new) = (&pair.before.design, &pair.after.design);
    compared(Side { design: new, linear: second }, Side { design: old, linear: first }, || {
        pair.test(first, second, whole)
    })
}

fn items(pair: &Pair, breaks: &Breaks, hidden: bool) -> Vec<Change> {
    let asked = &pair.after.checked.questionnaire;
    let mut out = Vec::new();
    for (i, item) in asked.items.iter().enumerate() {
        let question = &asked.questions[item.question];
        let number = matches!(
            question.kind,
            QuestionKind::Scale(..)
                | QuestionKind::Grid(_)
                | QuestionKind::YesNo
                | QuestionKind::Number { .. }
                | QuestionKind::Slider { .. }
        );
        if !number {
            continue;
        }
        let old = pair.before.checked.questionnaire.items.iter().position(|o| o.name == item.name);
        let contrast = match old {
            None => untested(Reason::Missing),
            Some(_) if hidden => untested(Reason::Hidden),
            Some(old) => {
                let (first, second) = (mean_of(pair.before, old), mean_of(pair.after, i));
                if few(pair.before, first.as_ref()) || few(pair.after, second.as_ref()) {
                    untested(Reason::Hidden)
                } else {
                    let broken = breaks.reason(&item.name).is_some();
                    linears(pair, (first.as_ref(), second.as_ref()), broken, true)
                }
            }
        };
        let title: &Text = if item.row.is_empty() { &question.text } else { &item.row };
        out.push(Change {
            name: item.name.clone(),
            title: title.clone(),
            contrast,
            broken: breaks.reason(&item.name).cloned(),
        });
    }
    out
}

fn mean_of(wave: &Wave, item: usize) -> Option<Linear> {
    let everybody: Vec<usize> = (0..wave.respondents.len()).collect();
    mean(&wave.design, &everybody, |i| wave.respondents[i].code(item))
}

fn few(wave: &Wave, linear: Option<&Linear>) -> bool {
    linear.is_some_and(|l| wave.design.people(l.members()) < wave.checked.analysis.hide_below)
}

fn segments(pair: &Pair, breaks: &Breaks) -> Vec<SegmentChange> {
    let by = pair.after.checked.analysis.segments.iter();
    by.filter_map(|by| segment(pair, breaks, by)).collect()
}

/// Compares the groups that both waves have.
fn segment(pair: &Pair, breaks: &Breaks, by: &[Grouping]) -> Option<SegmentChange> {
    let in_before = |g: &Grouping| match g {
        Grouping::Field(_) => {
            let name = grouping_name(pair.after.checked, *g);
            pair.before.checked.fields().iter().position(|f| f.name == name).map(Grouping::Field)
        }
        other => Some(*other),
    };
    let same: Vec<Grouping> = by.iter().map(in_before).collect::<Option<_>>()?;
    let (old, new) = (table(pair.before.views(), &same), table(pair.after.views(), by));
    let shown =
        |views: Views, t: &crate::score::segments::Table| groups::tabulate(views, &t.drafts, t.columns);
    let (old_shown, new_shown) = (shown(pair.before.views(), &old), shown(pair.after.views(), &new));
    let scores = pair.after.checked.scoring.as_ref().map_or(&[][..], |s| &s.scores);
    let mut groups = Vec::new();
    for (draft, group) in new.drafts.iter().zip(&new_shown) {
        let Some(at) = old.drafts.iter().position(|d| d.name == draft.name) else { continue };
        let members = (old.drafts[at].members.first(), draft.members.first());
        let one = |(i, score): (usize, &crate::model::checked::Score)| {
            measure(pair, breaks, (i, &score.name), (&old_shown[at], group), members, false)
        };
        let contrasts = scores.iter().enumerate().map(one).collect();
        groups.push(GroupComparison { name: draft.name.clone(), title: draft.title.clone(), contrasts });
    }
    if groups.is_empty() {
        return None;
    }
    let family = settle(&mut groups.iter_mut().flat_map(|g| &mut g.contrasts).collect::<Vec<_>>());
    Some(SegmentChange { name: new.name, title: new.title, groups, family })
}
