//! Tables of estimates: overall, by stratum, by part; `segments` has the others.
//!
//! A group is a domain of the whole design. Groups with fewer respondents than
//! `hide groups below` are hidden, and others with them where they could be
//! computed from the published total.

use crate::model::checked::Text;
use crate::score::estimate::{hidden, printed};
use crate::score::formula::{Sources, estimate_score, range};
use crate::score::suppress::suppress;
use crate::score::types::Group;

/// A group before its estimates.
pub struct Draft {
    /// Name in the spec or value in the data.
    pub name: String,
    /// Title; empty when not given.
    pub title: Text,
    /// People in the population, where it is known.
    pub population: Option<u64>,
    /// Indices of its respondents.
    pub members: Vec<usize>,
}

/// Estimates every score over everybody.
#[must_use]
pub fn overall(sources: Sources, population: Option<u64>) -> Group {
    let members: Vec<usize> = (0..sources.respondents.len()).collect();
    let draft = Draft { name: "overall".to_owned(), title: Text::default(), population, members };
    let small =
        (draft.members.len() as u64) < sources.checked.analysis.hide_below && !draft.members.is_empty();
    fill(sources, &draft, small)
}

/// Estimates every score per stratum.
#[must_use]
pub fn strata(sources: Sources) -> Vec<Group> {
    let study = sources.study;
    let drafts = study.strata.iter().enumerate().map(|(s, stratum)| {
        let population = study.cells_of(s).map(|(_, c)| c.population).sum();
        Draft {
            name: stratum.name.clone(),
            title: stratum.title.clone(),
            population,
            members: members(sources, |cell| study.cells[cell].stratum == s),
        }
    });
    table(sources, &drafts.collect::<Vec<_>>())
}

/// Estimates every score per part of the strata that are split.
///
/// The parts of a hidden stratum are hidden, so that it can't be added up.
#[must_use]
pub fn parts(sources: Sources, strata: &[Group]) -> Vec<Group> {
    let study = sources.study;
    let mut out = Vec::new();
    for s in (0..study.strata.len()).filter(|s| study.cells_of(*s).count() > 1) {
        let drafts: Vec<Draft> = study
            .cells_of(s)
            .map(|(index, c)| Draft {
                name: c.name.clone(),
                title: c.title.clone(),
                population: c.population,
                members: members(sources, |cell| cell == index),
            })
            .collect();
        if strata[s].hidden {
            out.extend(drafts.iter().map(|d| fill(sources, d, true)));
        } else {
            out.extend(table(sources, &drafts));
        }
    }
    out
}

fn members(sources: Sources, belongs: impl Fn(usize) -> bool) -> Vec<usize> {
    let belongs = |i: &usize| belongs(sources.design.units[*i].cell);
    (0..sources.respondents.len()).filter(belongs).collect()
}

/// Estimates the groups of one table, hiding what must be hidden.
fn table(sources: Sources, drafts: &[Draft]) -> Vec<Group> {
    tabulate(sources, drafts, 1)
}

/// Estimates the groups of a table of that many columns, row by row, hiding what must be hidden.
#[must_use]
pub fn tabulate(sources: Sources, drafts: &[Draft], columns: usize) -> Vec<Group> {
    let threshold = sources.checked.analysis.hide_below;
    let count = |d: &Draft| Some(d.members.len() as u64).filter(|n| *n > 0);
    let counts: Vec<Vec<Option<u64>>> =
        drafts.chunks(columns.max(1)).map(|row| row.iter().map(count).collect()).collect();
    let hidden: Vec<bool> = suppress(&counts, threshold).into_iter().flatten().collect();
    let mut groups: Vec<Group> =
        drafts.iter().zip(&hidden).map(|(draft, hide)| fill(sources, draft, *hide)).collect();
    if columns > 1 {
        hide_estimates_of_cross(sources, &mut groups, drafts, (columns, threshold));
    }
    hide_single_estimates(sources, &mut groups, drafts, threshold);
    groups
}

/// Hides estimates of a cross table, measure by measure, that its lines would give away.
fn hide_estimates_of_cross(
    sources: Sources,
    groups: &mut [Group],
    drafts: &[Draft],
    (columns, threshold): (usize, u64),
) {
    for score in 0..groups.first().map_or(0, |g| g.estimates.len()) {
        let count = |d: &Draft| answered(sources, d, score);
        let counts: Vec<Vec<Option<u64>>> =
            drafts.chunks(columns).map(|row| row.iter().map(count).collect()).collect();
        let cells = suppress(&counts, threshold).into_iter().flatten();
        for (group, _) in groups.iter_mut().zip(cells).filter(|(_, hide)| *hide) {
            group.estimates[score] = hidden();
        }
    }
}

/// Returns how many of a group have a value of a score; nothing where none has.
fn answered(sources: Sources, draft: &Draft, score: usize) -> Option<u64> {
    estimate_score(sources, &draft.members, score).map(|l| l.influence.len() as u64).filter(|n| *n > 0)
}

/// Hides estimates of visible groups whose own answers are too few, and what would give them away.
fn hide_single_estimates(sources: Sources, groups: &mut [Group], drafts: &[Draft], threshold: u64) {
    let measures = groups.first().map_or(0, |g| g.estimates.len());
    let counts: Vec<Vec<Option<u64>>> =
        drafts.iter().map(|d| (0..measures).map(|score| answered(sources, d, score)).collect()).collect();
    for (group, cells) in groups.iter_mut().zip(suppress(&counts, threshold)) {
        for (estimate, hide) in group.estimates.iter_mut().zip(cells) {
            if hide {
                *estimate = hidden();
            }
        }
    }
}

fn fill(sources: Sources, draft: &Draft, hide: bool) -> Group {
    let scores = sources.checked.scoring.as_ref().map_or(0, |s| s.scores.len());
    let threshold = sources.checked.analysis.hide_below;
    let estimate = |score: usize| {
        if hide {
            return hidden();
        }
        let linear = estimate_score(sources, &draft.members, score);
        printed(sources.design, linear.as_ref(), &draft.members, range(sources.checked, score), threshold)
    };
    Group {
        name: draft.name.clone(),
        title: draft.title.clone(),
        n: (!hide).then_some(draft.members.len() as u64),
        population: draft.population,
        hidden: hide,
        estimates: (0..scores).map(estimate).collect(),
    }
}
