//! Tables of estimates: overall, by stratum, by part, by segment.
//!
//! A group is a domain of the whole design. Groups with fewer respondents than
//! `hide groups below` are hidden, and others with them where they could be
//! computed from the published total.

use std::collections::BTreeMap;

use crate::model::checked::{FieldKind, Grouping, Text};
use crate::plan::Plan;
use crate::score::cells::PlanCell;
use crate::score::estimate::{hidden, printed};
use crate::score::formula::{Sources, estimate_score, range};
use crate::score::respondent::stratum_of;
use crate::score::suppress::suppress;
use crate::score::types::{Group, Segment};
use crate::score::weights::grouping_name;

/// A group before its estimates.
struct Draft {
    name: String,
    title: Text,
    population: Option<u64>,
    members: Vec<usize>,
}

/// Estimates every score over everybody.
#[must_use]
pub fn overall(sources: Sources, population: u64) -> Group {
    let members: Vec<usize> = (0..sources.respondents.len()).collect();
    let draft =
        Draft { name: "overall".to_owned(), title: Text::default(), population: Some(population), members };
    let small =
        (draft.members.len() as u64) < sources.checked.analysis.hide_below && !draft.members.is_empty();
    fill(sources, &draft, small)
}

/// Estimates every score per stratum.
#[must_use]
pub fn strata(sources: Sources, plan: &Plan, cells: &[PlanCell]) -> Vec<Group> {
    let drafts = plan.strata.iter().enumerate().map(|(s, stratum)| {
        let population = cells.iter().filter(|c| c.stratum == s).map(|c| c.population).sum();
        Draft {
            name: stratum.name.clone(),
            title: stratum.title.clone(),
            population: Some(population),
            members: members(sources, |cell| cells[cell].stratum == s),
        }
    });
    table(sources, &drafts.collect::<Vec<_>>())
}

/// Estimates every score per part of the strata that are split.
///
/// The parts of a hidden stratum are hidden, so that it can't be added up.
#[must_use]
pub fn parts(sources: Sources, plan: &Plan, cells: &[PlanCell], strata: &[Group]) -> Vec<Group> {
    let mut out = Vec::new();
    for (s, stratum) in plan.strata.iter().enumerate().filter(|(_, s)| s.cells.len() > 1) {
        let drafts: Vec<Draft> = cells
            .iter()
            .enumerate()
            .filter(|(_, c)| c.stratum == s)
            .map(|(index, c)| Draft {
                name: c.cell.name.clone(),
                title: c.cell.title.clone(),
                population: Some(c.population),
                members: members(sources, |cell| cell == index),
            })
            .collect();
        debug_assert_eq!(drafts.len(), stratum.cells.len());
        if strata[s].hidden {
            out.extend(drafts.iter().map(|d| fill(sources, d, true)));
        } else {
            out.extend(table(sources, &drafts));
        }
    }
    out
}

/// Estimates every score per group of every segment; strata have their own table.
#[must_use]
pub fn segments(sources: Sources, plan: &Plan) -> Vec<Segment> {
    let groupings = sources.checked.analysis.segments.iter().filter(|g| **g != Grouping::Stratum);
    groupings.map(|g| segment(sources, plan, *g)).collect()
}

fn segment(sources: Sources, plan: &Plan, grouping: Grouping) -> Segment {
    let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, respondent) in sources.respondents.iter().enumerate() {
        let response = respondent.response;
        let value = match grouping {
            Grouping::Stratum => stratum_of(plan, response.cell).map(|s| plan.strata[s].name.clone()),
            Grouping::Channel => Some(response.channel.clone()),
            Grouping::Language => Some(response.language.clone()),
            Grouping::Field(_) => response.fields.get(&grouping_name(sources.checked, grouping)).cloned(),
        };
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            found.entry(value).or_default().push(i);
        }
    }
    let (title, choices) = labels(sources, grouping);
    let mut drafts: Vec<Draft> = choices
        .into_iter()
        .map(|(name, title)| {
            let members = found.remove(&name).unwrap_or_default();
            Draft { name, title, population: None, members }
        })
        .collect();
    drafts.extend(found.into_iter().map(|(name, members)| Draft {
        name,
        title: Text::default(),
        population: None,
        members,
    }));
    Segment { name: grouping_name(sources.checked, grouping), title, groups: table(sources, &drafts) }
}

/// Returns the title of a variable and its named values in the order of the spec.
fn labels(sources: Sources, grouping: Grouping) -> (Text, Vec<(String, Text)>) {
    let Grouping::Field(index) = grouping else { return (Text::default(), Vec::new()) };
    let field = sources.checked.frame.as_ref().and_then(|f| f.fields.get(index));
    let Some(field) = field else { return (Text::default(), Vec::new()) };
    let choices = match &field.kind {
        FieldKind::OneOf(choices) => choices.iter().map(|c| (c.name.clone(), c.label.clone())).collect(),
        _ => Vec::new(),
    };
    (field.title.clone(), choices)
}

fn members(sources: Sources, belongs: impl Fn(usize) -> bool) -> Vec<usize> {
    let units = sources.design.units.iter().enumerate();
    units.filter(|(_, u)| belongs(u.cell)).map(|(i, _)| i).collect()
}

/// Estimates the groups of one table, hiding what must be hidden.
fn table(sources: Sources, drafts: &[Draft]) -> Vec<Group> {
    let threshold = sources.checked.analysis.hide_below;
    let counts: Vec<Vec<Option<u64>>> =
        drafts.iter().map(|d| vec![Some(d.members.len() as u64).filter(|n| *n > 0)]).collect();
    let rows = suppress(&counts, threshold);
    let mut groups: Vec<Group> =
        drafts.iter().zip(&rows).map(|(draft, hidden)| fill(sources, draft, hidden[0])).collect();
    hide_single_estimates(sources, &mut groups, drafts, threshold);
    groups
}

/// Hides estimates of visible groups whose own answers are too few, and what would give them away.
fn hide_single_estimates(sources: Sources, groups: &mut [Group], drafts: &[Draft], threshold: u64) {
    let measures = groups.first().map_or(0, |g| g.estimates.len());
    let answered = |draft: &Draft, score: usize| {
        estimate_score(sources, &draft.members, score).map(|l| l.influence.len() as u64).filter(|n| *n > 0)
    };
    let counts: Vec<Vec<Option<u64>>> =
        drafts.iter().map(|d| (0..measures).map(|score| answered(d, score)).collect()).collect();
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
        printed(sources.design, linear.as_ref(), range(sources.checked, score), threshold)
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
