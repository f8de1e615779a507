//! Every group of every segment against everybody else.
//!
//! The rest is all other respondents, also those of whom the variable is not known: it can be worked out from the
//! published figures of the group and of everybody, so that a test gives nothing away. Both are domains of one design,
//! and their difference is linearised as one estimate. Judged without finite population correction unless asked.

use crate::model::checked::Grouping;
use crate::score::compare::contrast::{Side, compared, settle, untested};
use crate::score::compare::tables;
use crate::score::compare::types::{GroupComparison, Reason, SegmentComparison};
use crate::score::design::Options;
use crate::score::formula::Sources;
use crate::score::groups::Draft;
use crate::score::method::domain::difference;
use crate::score::segments::{Table, table};
use crate::score::types::{Estimate, Group, Note, Segment};
use crate::score::views::Views;

/// Compares the groups of every segment; `strata` and `segments` say what is hidden.
#[must_use]
pub fn segments(
    views: Views,
    overall: &Group,
    strata: &[Group],
    segments: &[Segment],
) -> Vec<SegmentComparison> {
    let mut others = segments.iter();
    let mut out = Vec::new();
    for by in &views.everybody.checked.analysis.segments {
        let shown = if *by == [Grouping::Stratum] {
            strata
        } else {
            others.next().map_or(&[][..], |s| s.groups.as_slice())
        };
        out.push(segment(views, &table(views, by), overall, shown));
    }
    out
}

fn segment(views: Views, table: &Table, overall: &Group, shown: &[Group]) -> SegmentComparison {
    let mut groups: Vec<GroupComparison> = table
        .drafts
        .iter()
        .zip(shown)
        .map(|(draft, group)| GroupComparison {
            name: draft.name.clone(),
            title: draft.title.clone(),
            contrasts: contrasts(views, draft, overall, group),
        })
        .collect();
    let mut all: Vec<_> = groups.iter_mut().flat_map(|g| &mut g.contrasts).collect();
    let family = settle(&mut all);
    let (tables, table_family) = tables::tables(views, table, overall, shown);
    SegmentComparison {
        name: table.name.clone(),
        title: table.title.clone(),
        groups,
        family,
        tables,
        table_family,
    }
}

/// Tells whether an estimate may not be shown.
#[must_use]
pub fn is_hidden(estimate: &Estimate) -> bool {
    estimate.notes.contains(&Note::Hidden)
}

/// Returns how judgements are made: without correction unless asked.
#[must_use]
pub fn options(sources: Sources) -> Options {
    sources.design.options(sources.checked.analysis.finite_correction)
}

fn contrasts(
    views: Views,
    draft: &Draft,
    overall: &Group,
    group: &Group,
) -> Vec<crate::score::compare::types::Contrast> {
    let rest = views.others(&draft.members);
    let least = views.everybody.checked.analysis.hide_below;
    let one = |(score, estimate): (usize, &Estimate)| {
        if group.hidden || is_hidden(estimate) || overall.estimates.get(score).is_none_or(is_hidden) {
            return untested(Reason::Hidden);
        }
        let sources = views.score(score).1;
        let (own, others) = (views.estimate(&draft.members, score), views.estimate(&rest, score));
        let (Some(own), Some(others)) = (own, others) else { return untested(Reason::Empty) };
        let side = |linear| Side { design: sources.design, linear };
        if side(&others).people() < least {
            return untested(Reason::Hidden);
        }
        compared(side(&own), side(&others), || {
            difference(sources.design, &others, &own, options(sources), None)
        })
    };
    group.estimates.iter().enumerate().map(one).collect()
}
