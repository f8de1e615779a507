//! This wave against the one before: scores, items, and scores by group.
//!
//! Figures are matched by name. A figure that changed its meaning is printed with both values and neither difference nor
//! test; one whose weights changed is taken apart in `weights`.

use std::collections::BTreeMap;

use crate::model::Checked;
use crate::model::checked::{Grouping, QuestionKind, Text};
use crate::score::compare::contrast::{Side, compared, settle, untested};
use crate::score::compare::people::{Seen, Waves};
use crate::score::compare::segments::is_hidden;
use crate::score::compare::types::{
    Change, Contrast, Family, GroupComparison, Reason, SegmentChange, WaveChange,
};
use crate::score::compare::weights;
use crate::score::design::Design;
use crate::score::formula::estimate_score;
use crate::score::groups;
use crate::score::linear::{Linear, mean};
use crate::score::segments::table;
use crate::score::types::Group;
use crate::score::views::{Members, Views};
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
pub fn change(waves: &Waves, breaks: &Breaks) -> WaveChange {
    let (before, after) = (waves.before, waves.after);
    let shown = |wave: Seen| groups::overall(wave.views, None);
    let (old, new) = (shown(before), shown(after));
    let everybody = (before.views.all(), after.views.all());
    let everybody = (&everybody.0, &everybody.1);
    let count = |group: &Group, n: u64| (!group.hidden).then_some(n);
    let n_before = count(&old, before.views.people(everybody.0));
    let n_after = count(&new, after.views.people(everybody.1));
    let mut measures = measures(waves, breaks, (&old, &new), everybody);
    let family = together(&mut measures);
    let mut items = items(waves, breaks, old.hidden || new.hidden, everybody);
    let item_family = together(&mut items);
    let least = after.checked.analysis.hide_below.max(before.checked.analysis.hide_below);
    WaveChange {
        wave: before.checked.campaign.name.clone(),
        title: before.checked.campaign.title.clone(),
        people: waves.people(),
        n_before,
        n_after,
        n_both: waves.both().filter(|n| *n == 0 || *n >= least),
        finite_correction: after.checked.analysis.finite_correction,
        measures,
        family,
        items,
        item_family,
        segments: segments(waves, breaks),
        splits: weights::splits(waves, breaks, (&old, &new)),
    }
}

fn together(changes: &mut [Change]) -> Family {
    settle(&mut changes.iter_mut().map(|c| &mut c.contrast).collect::<Vec<_>>())
}

/// Returns the place of a score in a wave.
#[must_use]
pub fn place(checked: &Checked, name: &str) -> Option<usize> {
    checked.scoring.as_ref()?.scores.iter().position(|s| s.name == name)
}

fn measures(
    waves: &Waves,
    breaks: &Breaks,
    shown: (&Group, &Group),
    everybody: (&Members, &Members),
) -> Vec<Change> {
    let scores = waves.after.checked.scoring.as_ref().map_or(&[][..], |s| &s.scores);
    let one = |(i, score): (usize, &crate::model::checked::Score)| Change {
        name: score.name.clone(),
        title: score.title.clone(),
        contrast: measure(waves, breaks, (i, &score.name), shown, everybody, true),
        broken: breaks.reason(&score.name).cloned(),
    };
    scores.iter().enumerate().map(one).collect()
}

/// Compares a score over a group of both waves.
fn measure(
    waves: &Waves,
    breaks: &Breaks,
    (score, name): (usize, &str),
    shown: (&Group, &Group),
    members: (&Members, &Members),
    whole: bool,
) -> Contrast {
    let Some(old) = place(waves.before.checked, name) else { return untested(Reason::Missing) };
    let hidden = |group: &Group, i: usize| group.hidden || group.estimates.get(i).is_none_or(is_hidden);
    if hidden(shown.0, old) || hidden(shown.1, score) {
        return untested(Reason::Hidden);
    }
    let (first, second) = (told(waves.before, members.0, old), told(waves.after, members.1, score));
    linears(waves, (&first, &second), breaks.reason(name).is_some(), whole)
}

/// An estimate of one wave, if there is any, with its design.
struct Told<'a> {
    design: &'a Design,
    linear: Option<Linear>,
}

fn told<'a>(wave: Seen<'a>, members: &Members, score: usize) -> Told<'a> {
    let (view, sources) = wave.views.score(score);
    Told { design: sources.design, linear: estimate_score(sources, members.of(view), score) }
}

impl Told<'_> {
    fn side(&self) -> Option<Side<'_>> {
        self.linear.as_ref().map(|linear| Side { design: self.design, linear })
    }
}

/// Compares two estimates, unless they mean different things.
fn linears(waves: &Waves, (first, second): (&Told, &Told), broken: bool, whole: bool) -> Contrast {
    let (Some(before), Some(after)) = (first.side(), second.side()) else {
        let value = |told: &Told| told.linear.as_ref().map(|l| l.value);
        return Contrast { value: value(second), other: value(first), ..untested(Reason::Empty) };
    };
    if broken {
        return Contrast {
            value: Some(after.linear.value),
            other: Some(before.linear.value),
            n: Some(after.people()),
            n_other: Some(before.people()),
            ..untested(Reason::Broken)
        };
    }
    compared(after, before, || waves.test(before, after, whole))
}

fn items(waves: &Waves, breaks: &Breaks, hidden: bool, everybody: (&Members, &Members)) -> Vec<Change> {
    let asked = &waves.after.checked.questionnaire;
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
        let old = waves.before.checked.questionnaire.items.iter().position(|o| o.name == item.name);
        let contrast = match old {
            None => untested(Reason::Missing),
            Some(_) if hidden => untested(Reason::Hidden),
            Some(old) => {
                let first = mean_of(waves.before, everybody.0, old);
                let second = mean_of(waves.after, everybody.1, i);
                if few(waves.before, &first) || few(waves.after, &second) {
                    untested(Reason::Hidden)
                } else {
                    let broken = breaks.reason(&item.name).is_some();
                    linears(waves, (&first, &second), broken, true)
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

fn mean_of<'a>(wave: Seen<'a>, everybody: &Members, item: usize) -> Told<'a> {
    let (view, sources) = wave.views.item(item);
    let code = |i: usize| sources.respondents[i].code(item);
    Told { design: sources.design, linear: mean(sources.design, everybody.of(view), code) }
}

fn few(wave: Seen, told: &Told) -> bool {
    told.side().is_some_and(|side| side.people() < wave.checked.analysis.hide_below)
}

fn segments(waves: &Waves, breaks: &Breaks) -> Vec<SegmentChange> {
    let by = waves.after.checked.analysis.segments.iter();
    by.filter_map(|by| segment(waves, breaks, by)).collect()
}

/// Compares the groups that both waves have.
fn segment(waves: &Waves, breaks: &Breaks, by: &[Grouping]) -> Option<SegmentChange> {
    let in_before = |g: &Grouping| match g {
        Grouping::Field(_) => {
            let name = grouping_name(waves.after.checked, *g);
            waves.before.checked.fields().iter().position(|f| f.name == name).map(Grouping::Field)
        }
        other => Some(*other),
    };
    let same: Vec<Grouping> = by.iter().map(in_before).collect::<Option<_>>()?;
    let (old, new) = (table(waves.before.views, &same), table(waves.after.views, by));
    let shown =
        |views: Views, t: &crate::score::segments::Table| groups::tabulate(views, &t.drafts, t.columns);
    let (old_shown, new_shown) = (shown(waves.before.views, &old), shown(waves.after.views, &new));
    let scores = waves.after.checked.scoring.as_ref().map_or(&[][..], |s| &s.scores);
    let mut groups = Vec::new();
    for (draft, group) in new.drafts.iter().zip(&new_shown) {
        let Some(at) = old.drafts.iter().position(|d| d.name == draft.name) else { continue };
        let members = (&old.drafts[at].members, &draft.members);
        let one = |(i, score): (usize, &crate::model::checked::Score)| {
            measure(waves, breaks, (i, &score.name), (&old_shown[at], group), members, false)
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
