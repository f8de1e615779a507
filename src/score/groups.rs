//! Tables of estimates: overall, by stratum, by part; `segments` has the others.
//!
//! A group is a domain of the whole design. Groups with fewer respondents than
//! `hide groups below` are hidden, and others with them where they could be
//! computed from the published total.

use crate::model::checked::Text;
use crate::score::estimate::{hidden, printed};
use crate::score::formula::range;
use crate::score::suppress::suppress;
use crate::score::types::Group;
use crate::score::views::{Members, Views};

/// A group before its estimates.
pub struct Draft {
    /// Name in the spec or value in the data.
    pub name: String,
    /// Title; empty when not given.
    pub title: Text,
    /// People in the population, where it is known.
    pub population: Option<u64>,
    /// Its respondents.
    pub members: Members,
}

/// Estimates every score over everybody.
#[must_use]
pub fn overall(views: Views, population: Option<u64>) -> Group {
    let members = views.all();
    let people = views.people(&members);
    let draft = Draft { name: "overall".to_owned(), title: Text::default(), population, members };
    let small = people > 0 && people < views.everybody.checked.analysis.hide_below;
    fill(views, &draft, small)
}

/// Estimates every score per stratum.
#[must_use]
pub fn strata(views: Views) -> Vec<Group> {
    table(views, &strata_drafts(views))
}

/// Returns the strata with their members.
#[must_use]
pub fn strata_drafts(views: Views) -> Vec<Draft> {
    let study = views.everybody.study;
    let drafts = study.strata.iter().enumerate().map(|(s, stratum)| {
        let population = study.cells_of(s).map(|(_, c)| c.population).sum();
        Draft {
            name: stratum.name.clone(),
            title: stratum.title.clone(),
            population,
            members: members(views, |cell| study.cells[cell].stratum == s),
        }
    });
    drafts.collect()
}

/// Estimates every score per part of the strata that are split.
///
/// The parts of a hidden stratum are hidden, so that it can't be added up.
#[must_use]
pub fn parts(views: Views, strata: &[Group]) -> Vec<Group> {
    let study = views.everybody.study;
    let mut out = Vec::new();
    for s in (0..study.strata.len()).filter(|s| study.cells_of(*s).count() > 1) {
        let drafts: Vec<Draft> = study
            .cells_of(s)
            .map(|(index, c)| Draft {
                name: c.name.clone(),
                title: c.title.clone(),
                population: c.population,
                members: members(views, |cell| cell == index),
            })
            .collect();
        if strata[s].hidden {
            out.extend(drafts.iter().map(|d| fill(views, d, true)));
        } else {
            out.extend(table(views, &drafts));
        }
    }
    out
}

fn members(views: Views, belongs: impl Fn(usize) -> bool) -> Members {
    let belongs = |i: &usize| belongs(views.everybody.design.units[*i].cell);
    views.members((0..views.everybody.respondents.len()).filter(belongs).collect())
}

/// Estimates the groups of one table, hiding what must be hidden.
fn table(views: Views, drafts: &[Draft]) -> Vec<Group> {
    tabulate(views, drafts, 1)
}

/// Estimates the groups of a table of that many columns, row by row, hiding what must be hidden.
#[must_use]
pub fn tabulate(views: Views, drafts: &[Draft], columns: usize) -> Vec<Group> {
    let threshold = views.everybody.checked.analysis.hide_below;
    let count = |d: &Draft| Some(views.people(&d.members)).filter(|n| *n > 0);
    let counts: Vec<Vec<Option<u64>>> =
        drafts.chunks(columns.max(1)).map(|row| row.iter().map(count).collect()).collect();
    let hidden: Vec<bool> = suppress(&counts, threshold).into_iter().flatten().collect();
    let mut groups: Vec<Group> =
        drafts.iter().zip(&hidden).map(|(draft, hide)| fill(views, draft, *hide)).collect();
    if columns > 1 {
        hide_estimates_of_cross(views, &mut groups, drafts, (columns, threshold));
    }
    hide_single_estimates(views, &mut groups, drafts, threshold);
    groups
}

/// Hides estimates of a cross table, measure by measure, that its lines would give away.
fn hide_estimates_of_cross(
    views: Views,
    groups: &mut [Group],
    drafts: &[Draft],
    (columns, threshold): (usize, u64),
) {
    for score in 0..groups.first().map_or(0, |g| g.estimates.len()) {
        let count = |d: &Draft| answered(views, d, score);
        let counts: Vec<Vec<Option<u64>>> =
            drafts.chunks(columns).map(|row| row.iter().map(count).collect()).collect();
        let cells = suppress(&counts, threshold).into_iter().flatten();
        for (group, _) in groups.iter_mut().zip(cells).filter(|(_, hide)| *hide) {
            group.estimates[score] = hidden();
        }
    }
}

/// Returns how many of a group have a value of a score; nothing where none has.
fn answered(views: Views, draft: &Draft, score: usize) -> Option<u64> {
    let linear = views.estimate(&draft.members, score)?;
    let n = views.score(score).1.design.people(linear.members());
    (n > 0).then_some(n)
}

/// Hides estimates of visible groups whose own answers are too few, and what would give them away.
fn hide_single_estimates(views: Views, groups: &mut [Group], drafts: &[Draft], threshold: u64) {
    let measures = groups.first().map_or(0, |g| g.estimates.len());
    let counts: Vec<Vec<Option<u64>>> =
        drafts.iter().map(|d| (0..measures).map(|score| answered(views, d, score)).collect()).collect();
    for (group, cells) in groups.iter_mut().zip(suppress(&counts, threshold)) {
        for (estimate, hide) in group.estimates.iter_mut().zip(cells) {
            if hide {
                *estimate = hidden();
            }
        }
    }
}

fn fill(views: Views, draft: &Draft, hide: bool) -> Group {
    let checked = views.everybody.checked;
    let scores = checked.scoring.as_ref().map_or(0, |s| s.scores.len());
    let threshold = checked.analysis.hide_below;
    let estimate = |score: usize| {
        if hide {
            return hidden();
        }
        let linear = views.estimate(&draft.members, score);
        let (view, sources) = views.score(score);
        let members = draft.members.of(view);
        printed(sources.design, linear.as_ref(), members, range(checked, score), threshold)
    };
    Group {
        name: draft.name.clone(),
        title: draft.title.clone(),
        n: (!hide).then(|| views.people(&draft.members)),
        population: draft.population,
        hidden: hide,
        estimates: (0..scores).map(estimate).collect(),
    }
}
