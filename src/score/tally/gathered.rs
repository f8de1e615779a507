//! Counted answers as estimates want them: groups of the design, strata, and tables of people who are alike.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::Checked;
use crate::model::checked::CaseRule;
use crate::score::collected::{Collected, CollectedRow};
use crate::score::strata::{Facts, Problems, study};
use crate::score::tally::counts::Counts;
use crate::score::tally::estimate::Tallied;
use crate::score::tally::layout::Layout;
use crate::score::tally::moments::Alike;
use crate::score::tally::tables::{Home, People};
use crate::score::types::{CaseCount, Cleaning, ResponseCounts, RuleCount};
use crate::store::named::Named;
use crate::store::types::{Response, ResponseState};

/// How people came in.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Weight of the file, else 1.
    pub weight: f64,
    /// Stratum; empty where there are none.
    pub stratum: String,
    /// Cluster.
    pub cluster: Option<String>,
    /// People or clusters of the stratum.
    pub population: Option<u64>,
    /// Answered at all.
    pub responded: bool,
}

/// People who are alike in the design and in their fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// How they came in.
    pub place: Place,
    /// Their fields.
    pub fields: BTreeMap<String, String>,
    /// Rows of the file, those that rules dropped too.
    pub rows: u64,
    /// Line of the first.
    pub first: u64,
}

/// What rules found.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// Responses per cleaning rule.
    pub rules: Vec<u64>,
    /// Kept with at least one flag.
    pub flagged: u64,
    /// Follow-ups per rule.
    pub cases: Vec<u64>,
    /// Responses with at least one follow-up.
    pub with_case: u64,
    /// First and last day of kept answers.
    pub days: Option<(Date, Date)>,
}

impl Judged {
    /// Begins with nothing.
    #[must_use]
    pub fn new(checked: &Checked) -> Self {
        Self { rules: vec![0; checked.clean.len()], cases: vec![0; checked.cases.len()], ..Self::default() }
    }

    /// Adds what was found elsewhere.
    pub fn join(&mut self, other: &Self) {
        let add = |all: &mut [u64], more: &[u64]| all.iter_mut().zip(more).for_each(|(a, b)| *a += b);
        add(&mut self.rules, &other.rules);
        add(&mut self.cases, &other.cases);
        self.flagged += other.flagged;
        self.with_case += other.with_case;
        if let Some((first, last)) = other.days {
            self.on(first);
            self.on(last);
        }
    }

    /// Notes the day of a kept answer.
    pub fn on(&mut self, day: Date) {
        let (first, last) = self.days.unwrap_or((day, day));
        self.days = Some((first.min(day), last.max(day)));
    }
}

/// Everything that was counted.
pub struct Counted<A = u64> {
    /// Counts, by the groups below.
    pub counts: Counts<A>,
    /// The groups; `None` where their rows can't be used.
    pub groups: Vec<Option<Group>>,
    /// Rows of the file.
    pub read: u64,
    /// Words for what can't be used, with how often and the first line.
    pub problems: Problems,
    /// What rules found.
    pub judged: Judged,
}

/// A file of finished answers, counted.
pub struct Tally {
    /// Strata, and the groups of the design.
    groups: Collected,
    people: People,
    layout: Layout,
    cleaning: Cleaning,
    cases: Vec<CaseCount>,
    with_case: u64,
    counts: Vec<ResponseCounts>,
    /// Rows that can be used.
    pub used: u64,
    /// Of these, people who answered.
    pub responded: u64,
    /// Clusters, where there are clusters.
    pub clusters: Option<u64>,
    /// First and last day of kept answers, where a column tells days.
    pub days: Option<(Date, Date)>,
}

/// What tells groups apart, in the order in which sums are formed.
type Key = (u32, Option<usize>, bool, u64, BTreeMap<String, String>);

impl Tally {
    /// Puts counts together; groups that mean the same become one.
    pub fn new<A: Alike>(checked: &Checked, layout: Layout, counted: Counted<A>) -> Self {
        let Counted { counts, groups, read, mut problems, judged } = counted;
        let usable = || groups.iter().flatten();
        let clusters = clusters(usable());
        let facts = facts(usable(), &clusters);
        let (study, places) = study(&facts, |line, what| problems.tell(line, what));
        let mut kept = vec![0; groups.len()];
        let mut weights = vec![Vec::new(); groups.len()];
        counts.each(0, |group, _, people| {
            kept[group as usize] += people.people();
            weights[group as usize] = people.weights();
        });
        let mut of_cell = vec![ResponseCounts::default(); study.cells.len()];
        let mut keys: BTreeMap<Key, u64> = BTreeMap::new();
        let mut own: Vec<Option<Key>> = Vec::new();
        let (mut used, mut completed) = (0, 0);
        for (number, (group, kept)) in groups.iter().zip(&kept).enumerate() {
            let Some(group) = group else {
                own.push(None);
                continue;
            };
            let place = &group.place;
            let stratum = places[&place.stratum];
            let answered = if place.responded { group.rows } else { 0 };
            let cell = &mut of_cell[stratum as usize];
            cell.drawn += group.rows;
            cell.invited += group.rows;
            cell.started += answered;
            cell.completed += answered;
            cell.kept += kept;
            used += group.rows;
            completed += answered;
            let people = if place.responded {
                std::mem::take(&mut weights[number])
            } else {
                counts.silent(number).map(Alike::weights).unwrap_or_default()
            };
            let cluster = place.cluster.as_ref().map(|c| clusters[&(place.stratum.as_str(), c.as_str())]);
            let mut first = None;
            for (weight, n) in people.into_iter().filter(|(_, n)| *n > 0) {
                let weight = weight.unwrap_or(place.weight).to_bits();
                let key = (stratum, cluster, !place.responded, weight, group.fields.clone());
                *keys.entry(key.clone()).or_default() += n;
                first = first.or(Some(key));
            }
            own.push(first);
        }
        let at: BTreeMap<&Key, usize> = keys.keys().zip(0..).collect();
        let homes: Vec<Option<Home>> =
            own.iter().map(|key| key.as_ref().map(|key| (at[key], response(checked, key)))).collect();
        let people = People::of(checked, &layout, &counts, &homes);
        let rows = keys.iter().map(|(key, count)| CollectedRow {
            cluster: key.1,
            weight: f64::from_bits(key.3),
            responded: !key.2,
            count: *count,
            response: response(checked, key),
        });
        let lines = checked.responses.as_ref().is_none_or(|r| r.relation.is_none());
        let weighted = checked.responses.as_ref().is_some_and(|r| r.weight.is_some());
        let groups =
            Collected { study, weighted, read, rows: rows.collect(), problems: problems.said(lines) };
        Self {
            groups,
            people,
            layout,
            cleaning: cleaning(checked, &judged, completed, kept.iter().sum()),
            cases: cases(checked, &judged),
            with_case: judged.with_case,
            counts: of_cell,
            used,
            responded: completed,
            clusters: (!clusters.is_empty()).then_some(clusters.len() as u64),
            days: judged.days,
        }
    }

    /// Returns what estimates are made from.
    #[must_use]
    pub fn tallied<'a>(&'a self, checked: &'a Checked) -> Tallied<'a> {
        // The first view is that of everybody.
        let view = |place: &usize| place.checked_sub(1);
        Tallied {
            checked,
            groups: self.groups.clone(),
            tables: self.people.tables(checked),
            of_score: self.layout.of_score.iter().map(view).collect(),
            of_item: self.layout.of_item.iter().map(view).collect(),
            cleaning: self.cleaning.clone(),
            cases: self.cases.clone(),
            with_case: self.with_case,
            counts: self.counts.clone(),
        }
    }

    /// Rows of the file.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.groups.read
    }

    /// What could not be used, in words, with how often.
    #[must_use]
    pub fn problems(&self) -> &[(String, u64)] {
        &self.groups.problems
    }
}

/// Numbers clusters over all strata.
fn clusters<'g>(groups: impl Iterator<Item = &'g Group>) -> BTreeMap<(&'g str, &'g str), usize> {
    let named = groups.filter_map(|g| Some(((g.place.stratum.as_str(), g.place.cluster.as_deref()?), 0)));
    let mut clusters: BTreeMap<(&str, &str), usize> = named.collect();
    clusters.values_mut().zip(0..).for_each(|(number, i)| *number = i);
    clusters
}

/// Collects what groups say of their strata.
fn facts<'g>(
    groups: impl Iterator<Item = &'g Group>,
    clusters: &BTreeMap<(&str, &str), usize>,
) -> BTreeMap<String, Facts> {
    let mut facts: BTreeMap<String, Facts> = BTreeMap::new();
    for Group { place, rows, first, .. } in groups {
        let facts = facts.entry(place.stratum.clone()).or_default();
        if place.cluster.is_none() {
            facts.drawn += rows;
        }
        if let Some(n) = place.population {
            let known = facts.populations.entry(n).or_insert(*first);
            *known = (*known).min(*first);
        }
    }
    for (stratum, _) in clusters.keys() {
        if let Some(facts) = facts.get_mut(*stratum) {
            facts.drawn += 1;
        }
    }
    facts
}

/// Makes a response of a group's people, without answers.
fn response(checked: &Checked, key: &Key) -> Response {
    let at = Timestamp::UNIX_EPOCH;
    Response {
        id: 0,
        campaign: checked.campaign.name.as_str().into(),
        pseudonym: String::new(),
        cell: Some(key.0),
        language: "".into(),
        channel: "".into(),
        state: if key.2 { ResponseState::Started } else { ResponseState::Completed },
        started_at: at,
        updated_at: at,
        completed_at: Some(at),
        page: 0,
        answers: Named::default(),
        fields: key.4.clone().into(),
        version: 1,
    }
}

pub(super) fn cleaning(checked: &Checked, judged: &Judged, completed: u64, kept: u64) -> Cleaning {
    let rules = checked.clean.iter().zip(&judged.rules);
    Cleaning {
        completed,
        dropped: completed - kept,
        kept,
        flagged: judged.flagged,
        rules: rules.map(|(r, n)| RuleCount { label: r.label.clone(), drop: r.drop, count: *n }).collect(),
    }
}

pub(super) fn cases(checked: &Checked, judged: &Judged) -> Vec<CaseCount> {
    let one = |(rule, count): (&CaseRule, &u64)| CaseCount {
        name: rule.name.clone(),
        title: rule.title.clone(),
        count: *count,
        due_hours: rule.due_hours,
    };
    checked.cases.iter().zip(&judged.cases).map(one).collect()
}
