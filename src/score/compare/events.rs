//! Whether a measure brought what it promised of events: `improves count(tickets) by -20%`.
//!
//! Goes in: what [`measured`](crate::frame::measured) read. Comes out: results beside those of scores. Nothing is
//! estimated of respondents here, and no finite population correction is made: the events are those of everybody, and
//! the question is what would come of the measure another time.

use jiff::civil::Date;
use serde::Serialize;

use crate::frame::windows::{Short, Windows};
pub use crate::frame::{EventAsk, EventTold};
use crate::frame::{EventSums, Found};
use crate::model::Checked;
use crate::model::checked::{Action, EventFigure, EventPromise, Events, Text};
use crate::plan::say::Words;
use crate::score::compare::contrast::{tested, untested};
use crate::score::compare::types::{Contrast, MeasureResult, People, Reason};
use crate::score::method::before_after::{Change, Fault, Person, count, mean};
use crate::score::target::verdict;
use crate::score::types::Verdict;

/// What is behind a result of events.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EventsBehind {
    /// Name of the events.
    pub name: String,
    /// `count`, `share` or `mean`.
    pub figure: &'static str,
    /// Column of a share or mean.
    pub field: Option<String>,
    /// Whether the change is one in proportion: error and smallest visible change are then those of its logarithm.
    pub relative: bool,
    /// The windows; `None` where there are none.
    pub windows: Option<Windows>,
    /// First and last day of the events until the day of the report.
    pub days: Option<(Date, Date)>,
    /// Events before and after of which the value is known; `None` where they are hidden.
    pub counts: Option<(u64, u64)>,
    /// Events in the windows of which the value is not known; `None` where the counts are hidden.
    pub missing: Option<u64>,
    /// Rows of the source.
    pub rows: Option<u64>,
    /// Rows that can't be used: no key, no moment, a person who is not in the list, a key that an earlier row has.
    pub bad_rows: Option<u64>,
    /// Where a week after the measure is not over or not covered by events: the day until which to wait.
    pub wait_until: Option<Date>,
    /// Why the source can't be read.
    pub problem: Option<String>,
}

/// Lists the measures of this wave that promise a change of events, then those of the wave before that it no longer names, as
/// far as this wave declares their events.
#[must_use]
pub fn asked(after: &Checked, before: Option<&Checked>) -> Vec<EventAsk> {
    let own = after.actions.iter().map(|action| (after, action));
    let named = |a: &&Action| after.actions.iter().any(|own| own.name == a.name);
    let earlier = before.iter().flat_map(|c| c.actions.iter().filter(|a| !named(a)).map(|a| (*c, a)));
    own.chain(earlier).filter_map(|(spec, action)| ask(after, spec, action)).collect()
}

fn ask(after: &Checked, spec: &Checked, action: &Action) -> Option<EventAsk> {
    let promise = action.events()?;
    if action.status.as_deref() == Some("dropped") {
        return None;
    }
    let (due, from) = (action.due?, action.from()?);
    let declared = spec.events.get(promise.source)?;
    // The lists are those of this wave, wherever the measure comes from.
    let source = after.events.iter().position(|e| e.name == declared.name)?;
    let events = if std::ptr::eq(after, spec) { declared } else { &after.events[source] };
    let place = |field: usize| {
        let name = &declared.fields.get(field)?.name;
        events.fields.iter().position(|f| f.name == *name)
    };
    let figure = match promise.figure {
        EventFigure::Count => EventFigure::Count,
        EventFigure::Share(field) => EventFigure::Share(place(field)?),
        EventFigure::Mean(field) => EventFigure::Mean(place(field)?),
    };
    let stratum = match action.stratum.and_then(|s| spec.strata.get(s)) {
        Some(named) => Some(after.strata.iter().position(|s| s.name == named.name)?),
        None => None,
    };
    Some(EventAsk {
        action: action.name.clone(),
        title: action.title.clone(),
        events: events.clone(),
        promise: EventPromise { figure, ..promise },
        stratum,
        due,
        from,
    })
}

/// Says a figure of events in all languages of a campaign: “number of tickets”.
#[must_use]
pub fn figure_title(languages: &[String], events: &Events, figure: EventFigure) -> Text {
    let key = match figure {
        EventFigure::Count => "figure_count",
        EventFigure::Share(_) => "figure_share",
        EventFigure::Mean(_) => "figure_mean",
    };
    let field = figure.field().and_then(|f| events.fields.get(f));
    let column = |language: &str| match field.map_or("", |f| f.title.get(language)) {
        "" => field.map_or_else(String::new, |f| f.name.clone()),
        title => title.to_owned(),
    };
    let one = |l: &String| {
        (l.clone(), Words::of(l).fill(key, &[("events", events.name.clone()), ("field", column(l))]))
    };
    Text(languages.iter().map(one).collect())
}

/// Judges a measure.
#[must_use]
pub fn result(after: &Checked, told: &EventTold) -> MeasureResult {
    let EventTold { asked, days, rows, found } = told;
    let EventPromise { figure, by, relative, .. } = asked.promise;
    let field = figure.field().and_then(|f| asked.events.fields.get(f)).map(|f| f.name.clone());
    let column = field.as_ref().map_or_else(String::new, |f| format!(".{f}"));
    let stratum = asked.stratum.and_then(|s| after.strata.get(s));
    let mut behind = EventsBehind {
        name: asked.events.name.clone(),
        figure: figure.word(),
        field: field.clone(),
        relative,
        windows: None,
        days: *days,
        counts: None,
        missing: None,
        rows: rows.map(|r| r.0),
        bad_rows: rows.map(|r| r.1),
        wait_until: None,
        problem: None,
    };
    let contrast = match found {
        Found::Unreadable(why) => {
            behind.problem = Some(why.clone());
            untested(Reason::Unreadable)
        }
        Found::Nothing => untested(Reason::Empty),
        Found::Short(Short::Past) => untested(Reason::NoPast),
        Found::Short(Short::Future(day)) => {
            behind.wait_until = Some(*day);
            untested(Reason::TooSoon)
        }
        Found::OtherEvents => untested(Reason::OtherEvents),
        Found::Sums(windows, sums) => {
            behind.windows = Some(*windows);
            contrast(sums, asked.promise, after.analysis.hide_below, &mut behind)
        }
    };
    let judged = contrast.low.zip(contrast.high).map(|ends| verdict(ends, by, by >= 0.0));
    let hidden = contrast.reason == Some(Reason::Hidden);
    MeasureResult {
        action: asked.action.clone(),
        title: asked.title.clone(),
        score: format!("{}({}{column})", figure.word(), asked.events.name),
        score_title: figure_title(&after.campaign.languages, &asked.events, figure),
        stratum: stratum.map(|s| s.name.clone()),
        stratum_title: stratum.map(|s| s.title.clone()),
        promised: by,
        due: Some(asked.due),
        from: Some(asked.from),
        people: People::Overlapping,
        contrast,
        verdict: judged.unwrap_or(if hidden { Verdict::Hidden } else { Verdict::NotDecided }),
        events: Some(behind),
    }
}

/// Compares after with before, unless too few people are behind a window that has events.
fn contrast(sums: &EventSums, promise: EventPromise, hide_below: u64, behind: &mut EventsBehind) -> Contrast {
    let has = |side: fn(&crate::frame::PersonSums) -> u64| {
        let people = sums.people.iter().filter(|p| side(p) > 0).count() as u64;
        (people, sums.people.iter().map(side).sum::<u64>())
    };
    let ((n_after, after), (n_before, before)) = (has(|p| p.after.0), has(|p| p.before.0));
    if [n_after, n_before].iter().any(|n| (1..hide_below).contains(n)) {
        return untested(Reason::Hidden);
    }
    (behind.counts, behind.missing) = (Some((before, after)), Some(sums.missing));
    let side = |(n, sum): (u64, f64)| (n as f64, sum);
    let people: Vec<Person> =
        sums.people.iter().map(|p| Person { before: side(p.before), after: side(p.after) }).collect();
    let change = match promise.figure {
        EventFigure::Count => count(&people),
        EventFigure::Share(_) | EventFigure::Mean(_) => mean(&people, promise.relative),
    };
    told(change, (n_after, n_before))
}

fn told(change: Change, (n, n_other): (u64, u64)) -> Contrast {
    let reason = change.test.err().map(|fault| match fault {
        Fault::Empty => Reason::Empty,
        Fault::NoneBefore => Reason::NoneBefore,
        Fault::NotAbove => Reason::NotAbove,
        Fault::OnePerson => Reason::OneAnswer,
        Fault::Alike => Reason::Alike,
        Fault::ErrorUnknown => Reason::ErrorUnknown,
    });
    Contrast {
        value: change.value,
        other: change.other,
        n: Some(n),
        n_other: Some(n_other),
        difference: change.difference,
        ..tested(0.0, change.test.ok(), reason)
    }
}
