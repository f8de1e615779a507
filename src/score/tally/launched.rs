//! A launched campaign whose answers were counted: its groups under the design, and estimates from them.
//!
//! Weights are worked out as from people one by one ([`crate::score::weights`]): groups are
//! divided by all that these look at, so that people of a group weigh the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::Checked;
use crate::model::checked::{Grouping, PrivacyMode};
use crate::score::asked::{Alike, Asked};
use crate::score::findings::times::{ByTime, Times, times_of};
use crate::score::formula::Sources;
use crate::score::rates;
use crate::score::respondent::{Respondent, zone};
use crate::score::study::Study;
use crate::score::tally::counting::Counted;
use crate::score::tally::counts::Counts;
use crate::score::tally::estimate::Viewed;
use crate::score::tally::gathered::{cases, cleaning};
use crate::score::tally::layout::Layout;
use crate::score::tally::tables::{Home, People};
use crate::score::types::{CaseCount, Cleaning, ResponseCounts};
use crate::score::views::Views;
use crate::score::wave::{calibrated, value_of};
use crate::score::weights::weigh;
use crate::score::{Beside, Scores, estimated};
use crate::store::named::Named;
use crate::store::types::{Response, ResponseState};

/// People who are alike in the design and in what groups and formulas look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    /// As weights look at them, each counted as one.
    pub(super) alike: Alike,
    /// Fields beside the answers.
    pub(super) fields: Vec<Option<String>>,
    /// Fields that margins look at, of the list where the link is there.
    pub(super) margins: Vec<Option<String>>,
    pub(super) channel: String,
    pub(super) language: String,
}

/// Names of the fields that people of one group have in common, and of those that margins look at.
pub(super) type Names = (Vec<String>, Vec<String>);

/// A launched campaign, counted.
pub struct Launched {
    study: Study,
    layout: Layout,
    asked: Asked,
    people: People,
    /// A response of every group, without answers, and fields that margins look at.
    groups: Vec<(Response, Named<String>)>,
    cleaning: Cleaning,
    cases: Vec<CaseCount>,
    with_case: u64,
    of_cell: Vec<ResponseCounts>,
    outside: u64,
    times: ByTime,
    /// How many began and completed, by day.
    pub days: BTreeMap<Date, (u64, u64)>,
}

impl Launched {
    pub(super) fn new(
        checked: &Checked,
        (study, layout): (Study, Layout),
        asked: Asked,
        counts: &Counts,
        (groups, names): (&BTreeMap<Group, u32>, Names),
        counted: Counted,
    ) -> Self {
        let named = |names: &[String], values: &[Option<String>]| -> Named<String> {
            let known = names.iter().zip(values);
            known.filter_map(|(name, value)| Some((name.clone(), value.clone()?))).collect()
        };
        let campaign: Arc<str> = checked.campaign.name.as_str().into();
        let of_group = |group: &Group| {
            let response = Response {
                campaign: campaign.clone(),
                cell: study.cells.get(group.alike.cell).map(|c| c.index),
                channel: group.channel.as_str().into(),
                language: group.language.as_str().into(),
                fields: named(&names.0, &group.fields),
                ..nobody()
            };
            (response, named(&names.1, &group.margins))
        };
        let groups_of: Vec<(Response, Named<String>)> = groups.keys().map(of_group).collect();
        let mut homes: Vec<Option<Home>> = vec![None; groups.len()];
        for ((number, place), (response, _)) in groups.values().zip(0..).zip(&groups_of) {
            homes[*number as usize] = Some((place, response.clone()));
        }
        let Counted { judged, completed, of_cell, outside, days, times } = counted;
        let kept = asked.kept.iter().map(|a| a.count).sum();
        Self {
            people: People::of(checked, &layout, counts, &homes),
            groups: groups_of,
            cleaning: cleaning(checked, &judged, completed, kept),
            cases: cases(checked, &judged),
            with_case: judged.with_case,
            study,
            layout,
            asked,
            of_cell,
            outside,
            times,
            days,
        }
    }

    /// Makes all estimates, and what `then` makes of them.
    #[must_use]
    pub fn scores_and<T>(&self, checked: &Checked, then: impl FnOnce(Views, &Scores) -> T) -> (Scores, T) {
        self.viewed(checked, |views, beside| {
            let scores = estimated(views, beside);
            let made = then(views, &scores);
            (scores, made)
        })
    }

    /// Looks at it.
    pub fn views_and<T>(&self, checked: &Checked, then: impl FnOnce(Views) -> T) -> T {
        self.viewed(checked, |views, _| then(views))
    }

    fn viewed<T>(&self, checked: &Checked, then: impl FnOnce(Views, Beside) -> T) -> T {
        let study = &self.study;
        let value = |i: usize, grouping: Grouping| {
            let (response, margins) = self.groups.get(i)?;
            let field = |name: &str| margins.get(name).or_else(|| response.fields.get(name)).cloned();
            value_of(checked, study, response, grouping, field)
        };
        let weighting = weigh(checked, &study.cells, &self.asked);
        let (design, weights, cautions) = calibrated(checked, study, weighting, &value);
        let zone = zone(checked);
        let respondents: Vec<Respondent> =
            self.groups.iter().map(|(response, _)| Respondent::new(checked, response, &zone)).collect();
        let response = rates::per_cell(&study.cells, &self.asked, self.of_cell.clone());
        let beside = Beside {
            cleaning: self.cleaning.clone(),
            response_total: rates::total(&response, self.outside),
            response,
            weights,
            cases: self.cases.clone(),
            with_case: self.with_case,
            self_selected: None,
            cautions,
        };
        // The first view is that of everybody.
        let view = |place: &usize| place.checked_sub(1);
        let (of_score, of_item): (Vec<_>, Vec<_>) =
            (self.layout.of_score.iter().map(view).collect(), self.layout.of_item.iter().map(view).collect());
        let tables = self.people.tables(checked);
        let viewed = Viewed { tables: &tables, of_score: &of_score, of_item: &of_item };
        let everybody = Sources { checked, study, design: &design, respondents: &respondents };
        let unit_of: Vec<usize> = (0..respondents.len()).collect();
        viewed.views(everybody, &unit_of, |views| then(views, beside))
    }

    /// Returns when follow-ups come; the moment of an answer is no part of an anonymous one.
    #[must_use]
    pub fn times(&self, checked: &Checked) -> Option<Times> {
        let timed = checked.privacy.mode != PrivacyMode::Anonymous;
        times_of(&self.times, checked.analysis.hide_below.max(1), (timed, timed))
    }
}

/// Returns a completed response without anything in it.
fn nobody() -> Response {
    let at = Timestamp::UNIX_EPOCH;
    Response {
        id: 0,
        campaign: "".into(),
        pseudonym: String::new(),
        cell: None,
        language: "".into(),
        channel: "".into(),
        state: ResponseState::Completed,
        started_at: at,
        updated_at: at,
        completed_at: Some(at),
        page: 0,
        answers: Named::default(),
        fields: Named::default(),
        version: 1,
    }
}
