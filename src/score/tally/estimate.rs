//! Estimates from counts.
//!
//! The design is weighed once, on the design groups of everybody; the units of every table have weight, class and
//! adjustments of their group. People who did not answer stand behind the respondents in all of them.

use crate::model::Checked;
use crate::score::adjustment::{Adjustment, Kind};
use crate::score::collected::Collected;
use crate::score::design::{Design, Unit};
use crate::score::formula::Sources;
use crate::score::rates;
use crate::score::respondent::{Respondent, zone};
use crate::score::types::{CaseCount, Cleaning, ResponseCounts};
use crate::score::views::{View, Views};
use crate::score::wave::weighed;
use crate::score::{Beside, Scores, estimated};

/// Counted answers.
pub struct Tallied<'a> {
    /// The campaign.
    pub checked: &'a Checked,
    /// Strata, and as rows the design groups: people who are alike in stratum, cluster, weight, fields, channel and
    /// language, and in whether they responded, with their `count`. Their responses need no answers. Those who
    /// responded are the people whom cleaning kept; who was dropped is in no group.
    pub groups: Collected,
    /// One table a measure or item; several may share one. Each holds everybody who responded and was kept.
    pub tables: Vec<Table<'a>>,
    /// Table of every score, in the order of the spec; `None` where its formula looks at no answers. In it stands
    /// jointly all that the score looks at.
    pub of_score: Vec<Option<usize>>,
    /// Table of every item.
    pub of_item: Vec<Option<usize>>,
    /// What was left out.
    pub cleaning: Cleaning,
    /// Follow-ups per rule, among all who completed.
    pub cases: Vec<CaseCount>,
    /// People with at least one follow-up.
    pub with_case: u64,
    /// How many were asked and answered, per cell of the study; rates are worked out from them.
    pub counts: Vec<ResponseCounts>,
}

/// How often people gave the same answers to what a measure looks at.
#[derive(Default)]
pub struct Table<'a> {
    /// Its rows, in the order in which sums are formed.
    pub rows: Vec<Row<'a>>,
}

/// People of one group with the same answers.
pub struct Row<'a> {
    /// Place of their group in `groups.rows`; it responded.
    pub group: usize,
    /// How many they are; at least one.
    pub count: u64,
    /// Weight of each of them before any adjustment, where weights differ within the group; adjustments change it by the
    /// group's factor.
    pub weight: Option<f64>,
    /// One of them, with the answers, scores and day that the measures look at.
    pub respondent: Respondent<'a>,
}

/// Makes all estimates of a wave from counts.
#[must_use]
pub fn scores_of(tallied: &Tallied) -> Scores {
    scores_and(tallied, |_, _| ()).0
}

/// Makes all estimates of a wave from counts, and what `then` makes of them.
#[must_use]
pub fn scores_and<T>(tallied: &Tallied, then: impl FnOnce(Views, &Scores) -> T) -> (Scores, T) {
    viewed(tallied, |views, beside| {
        let scores = estimated(views, beside);
        let made = then(views, &scores);
        (scores, made)
    })
}

/// Looks at a wave that was counted.
pub fn views_and<T>(tallied: &Tallied, then: impl FnOnce(Views) -> T) -> T {
    viewed(tallied, |views, _| then(views))
}

fn viewed<T>(tallied: &Tallied, then: impl FnOnce(Views, Beside) -> T) -> T {
    let Tallied { checked, groups, .. } = tallied;
    let kept: Vec<usize> = (0..groups.rows.len()).filter(|i| groups.rows[*i].responded).collect();
    let (design, weights, cautions) = weighed(checked, groups, &kept);
    let zone = zone(checked);
    let response = rates::of_counts(&groups.study, tallied.counts.clone());
    let group = |i: &usize| Respondent::new(checked, &groups.rows[*i].response, &zone);
    let respondents: Vec<Respondent> = kept.iter().map(group).collect();
    let mut unit_of = vec![usize::MAX; groups.rows.len()];
    kept.iter().zip(0..).for_each(|(group, unit)| unit_of[*group] = unit);
    let everybody = Sources { checked, study: &groups.study, design: &design, respondents: &respondents };
    let beside = Beside {
        cleaning: tallied.cleaning.clone(),
        response_total: rates::total(&response, 0),
        response,
        weights,
        cases: tallied.cases.clone(),
        with_case: tallied.with_case,
        self_selected: None,
        cautions,
    };
    let viewed = Viewed { tables: &tallied.tables, of_score: &tallied.of_score, of_item: &tallied.of_item };
    viewed.views(everybody, &unit_of, |views| then(views, beside))
}

/// Tables, and which of them serves for what.
pub(super) struct Viewed<'a> {
    pub(super) tables: &'a [Table<'a>],
    pub(super) of_score: &'a [Option<usize>],
    pub(super) of_item: &'a [Option<usize>],
}

impl Viewed<'_> {
    /// Makes the views; `unit_of` tells which unit of everybody's design belongs to a group of the tables.
    pub(super) fn views<T>(&self, everybody: Sources, unit_of: &[usize], then: impl FnOnce(Views) -> T) -> T {
        let respondents = everybody.respondents.len();
        let divided: Vec<Divided> = self
            .tables
            .iter()
            .map(|table| Divided::new(everybody.design, respondents, table, unit_of))
            .collect();
        let further: Vec<View> = divided
            .iter()
            .map(|d| View {
                sources: Sources { design: &d.design, respondents: &d.respondents, ..everybody },
                units: &d.units,
            })
            .collect();
        then(Views { everybody, further: &further, of_score: self.of_score, of_item: self.of_item })
    }
}

/// Everybody's design with the people of each unit divided by their answers.
struct Divided<'a> {
    design: Design,
    respondents: Vec<Respondent<'a>>,
    /// Its units that belong to each respondent unit of everybody's design.
    units: Vec<Vec<usize>>,
}

impl<'a> Divided<'a> {
    /// `design` begins with that many units of respondents; `unit_of` tells which belongs to a group.
    fn new(design: &Design, respondents: usize, table: &Table<'a>, unit_of: &[usize]) -> Self {
        let mut units = vec![Vec::new(); respondents];
        let mut places = Vec::with_capacity(table.rows.len() + design.units.len() - respondents);
        for (row, place) in table.rows.iter().zip(0..) {
            let unit = unit_of[row.group];
            units[unit].push(place);
            let factor = row.weight.map_or(1.0, |w| w / design.weight_before(unit));
            places.push(Place { unit, count: row.count, factor });
        }
        let silent = design.units.iter().enumerate().skip(respondents);
        places.extend(silent.map(|(unit, one)| Place { unit, count: one.count, factor: 1.0 }));
        Self {
            design: divided(design, &places),
            respondents: table.rows.iter().map(|row| row.respondent.clone()).collect(),
            units,
        }
    }
}

/// A unit of a view: the unit of everybody's design to which it belongs, how many people it is, and by which factor their
/// weight differs.
#[derive(Clone, Copy)]
struct Place {
    unit: usize,
    count: u64,
    factor: f64,
}

/// Returns a design of other units.
fn divided(design: &Design, places: &[Place]) -> Design {
    let unit = |p: &Place| {
        let unit = design.units[p.unit];
        Unit { count: p.count, weight: unit.weight * p.factor, ..unit }
    };
    let adjustments = design.adjustments.iter().map(|a| adjustment(a, places)).collect();
    let units = places.iter().map(unit).collect();
    Design { cells: design.cells.clone(), units, adjustments, single: design.single }
}

fn adjustment(adjustment: &Adjustment, places: &[Place]) -> Adjustment {
    let pick = |list: &[f64]| places.iter().map(|p| list[p.unit] * p.factor).collect::<Vec<f64>>();
    let kind = match &adjustment.kind {
        Kind::Response { class, answered } => Kind::Response {
            class: places.iter().map(|p| class[p.unit]).collect(),
            answered: places.iter().map(|p| answered[p.unit]).collect(),
        },
        Kind::Fixed => Kind::Fixed,
        Kind::Calibration(projection) => {
            let total = |p: &Place| adjustment.before[p.unit] * p.factor * p.count as f64;
            let totals: Vec<f64> = places.iter().map(total).collect();
            let units: Vec<usize> = places.iter().map(|p| p.unit).collect();
            Kind::Calibration(Box::new(projection.picked(&units, &totals)))
        }
    };
    Adjustment { before: pick(&adjustment.before), after: pick(&adjustment.after), kind }
}
