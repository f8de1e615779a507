//! Groups that may be compared: those of every table that the report shows, and hours and weekdays of answering.
//!
//! A group takes part with at least [`FAIR`] answers (more when `hide groups below` says so) and an error that can be
//! estimated. Hidden groups and estimates take no part at all: not even in means of all groups. Errors are those of
//! judgements: without finite population correction unless the spec asks for it.

use crate::model::Checked;
use crate::model::checked::{FieldKind, Grouping, Text};
use crate::score::Scores;
use crate::score::design::variance;
use crate::score::findings::times::{hour_of, weekday_of};
use crate::score::formula::{estimate_score, range};
use crate::score::groups::{Draft, strata_drafts, tabulate};
use crate::score::segments;
use crate::score::types::Group;
use crate::score::views::{Members, Views};
use crate::score::wave::Wave;

/// Fewest answers of a group that is compared.
pub const FAIR: u64 = 30;

/// Groups of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Name of the variable; `hour` and `weekday` for times.
    pub name: String,
    /// Title.
    pub title: Text,
    /// What kind of table it is.
    pub kind: Kind,
    /// Its groups.
    pub groups: Vec<Member>,
}

/// Kinds of table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Of few groups that the spec or the data name, or of several variables.
    Few,
    /// Of many groups of one variable, such as agents.
    Many,
    /// By hour or weekday; only the main score is looked at.
    Time,
}

/// A group of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Name in the spec or value in the data.
    pub name: String,
    /// Title.
    pub title: Text,
    /// An estimate for every measure that may be compared.
    pub points: Vec<Option<Point>>,
}

/// An estimate as it is compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Answers.
    pub n: u64,
    /// Estimate.
    pub value: f64,
    /// Its variance; above zero.
    pub variance: f64,
    /// Degrees of freedom.
    pub df: f64,
}

/// Returns the fewest answers of a group that is compared.
#[must_use]
pub fn minimum(scores: &Scores) -> u64 {
    scores.hide_below.max(FAIR)
}

/// Returns the place of the main score: the first index, else the first measure.
#[must_use]
pub fn main_measure(scores: &Scores) -> Option<usize> {
    let index = scores.measures.iter().position(|m| m.kind == "index");
    index.or(if scores.measures.is_empty() { None } else { Some(0) })
}

/// Collects the tables that the report shows, and those of hours and weekdays.
#[must_use]
pub fn tables(wave: &Wave, scores: &Scores, (hours, days): (bool, bool)) -> Vec<Table> {
    let mut out = shown(wave.views(), scores);
    let time = |name: &str, mut members: Vec<Draft>| {
        if name == "hour" {
            let hours = members.iter_mut().enumerate();
            hours.for_each(|(k, draft)| draft.name = format!("{k:02}:00–{:02}:00", k + 1));
        }
        let groups = tabulate(wave.views(), &members, 1);
        table(wave.views(), scores, (name, &Text::default(), Kind::Time), &groups, &members)
    };
    if hours {
        out.push(time("hour", by_time(wave, 24, &|i| hour_of(wave, i))));
    }
    if days {
        out.push(time("weekday", by_time(wave, 7, &|i| Some(weekday_of(wave, i)))));
    }
    out
}

/// Collects the tables that the report shows.
#[must_use]
pub fn shown(views: Views, scores: &Scores) -> Vec<Table> {
    let checked = views.everybody.checked;
    let mut out = Vec::new();
    if scores.strata.len() > 1 {
        let members = strata_drafts(views);
        out.push(table(views, scores, ("stratum", &Text::default(), Kind::Few), &scores.strata, &members));
    }
    let by = checked.analysis.segments.iter().filter(|by| **by != [Grouping::Stratum]);
    for (by, segment) in by.zip(&scores.segments) {
        let kind = if many(checked, by, segment.groups.len()) { Kind::Many } else { Kind::Few };
        let members = segments::table(views, by).drafts;
        out.push(table(views, scores, (&segment.name, &segment.title, kind), &segment.groups, &members));
    }
    out
}

/// Agents, shops and the like: an open list of values, or a long one.
fn many(checked: &Checked, by: &[Grouping], groups: usize) -> bool {
    let [Grouping::Field(field)] = by else { return by.len() == 1 && groups >= LONG };
    let text = checked.fields().get(*field).is_some_and(|f| matches!(f.kind, FieldKind::Text));
    groups >= LONG || (text && groups > 2)
}

/// Groups from which on a list of values counts as many.
const LONG: usize = 8;

fn by_time(wave: &Wave, places: usize, place: &dyn Fn(usize) -> Option<usize>) -> Vec<Draft> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); places];
    for i in 0..wave.respondents.len() {
        if let Some(members) = place(i).and_then(|k| out.get_mut(k)) {
            members.push(i);
        }
    }
    let draft = |(k, members): (usize, Vec<usize>)| Draft {
        name: k.to_string(),
        title: Text::default(),
        population: None,
        members: Members::one(members),
    };
    out.into_iter().enumerate().map(draft).collect()
}

fn table(
    views: Views,
    scores: &Scores,
    (name, title, kind): (&str, &Text, Kind),
    shown: &[Group],
    members: &[Draft],
) -> Table {
    let least = minimum(scores);
    let point = |group: &Group, draft: &Draft, measure: usize| {
        let estimate = group.estimates.get(measure)?;
        let n = estimate.n.filter(|n| !group.hidden && *n >= least)?;
        estimate.value?;
        // Totals and counts are as large as their group.
        let (view, sources) = views.score(measure);
        let scale = range(sources.checked, measure)?;
        let linear = estimate_score(sources, draft.members.of(view), measure)?;
        let finite = sources.checked.analysis.finite_correction;
        let v = variance(sources.design, &linear.influence, sources.design.options(finite));
        // Where all answers are alike, rounding leaves an error that is none.
        let least_error = 1e-9 * (scale.high - scale.low);
        let variance = v.value.filter(|v| v.sqrt() > least_error && linear.value.is_finite())?;
        (v.df > 0).then_some(Point { n, value: linear.value, variance, df: v.df as f64 })
    };
    let one = |(group, draft): (&Group, &Draft)| Member {
        name: group.name.clone(),
        title: group.title.clone(),
        points: (0..scores.measures.len()).map(|m| point(group, draft, m)).collect(),
    };
    Table {
        name: name.to_owned(),
        title: title.clone(),
        kind,
        groups: shown.iter().zip(members).map(one).collect(),
    }
}
