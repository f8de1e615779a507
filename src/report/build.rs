//! What a report rests on, and the report of answers that were collected elsewhere. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::Checked;
use crate::model::checked::{PrivacyMode, Responses, Text};
use crate::plan::not_carried_out;
use crate::plan::say::each;
use crate::report::actions::actions;
use crate::report::comparable::{self, Versions};
use crate::report::data::{
    CollectedLine, CollectedProblem, MessageLine, Method, Quotes, REPORT_VERSION, ReportData, Way,
};
use crate::report::past::Past;
use crate::report::quotes::quotes;
use crate::report::waves::{Before, after_collected, of_counts};
use crate::score::collected::Collected;
use crate::score::compare::events::EventTold;
use crate::score::compare::measures::measures_of_events;
use crate::score::compare::people::Seen;
use crate::score::compare::types::{MeasureResult, WaveChange};
use crate::score::findings::{Beside, Findings, findings, findings_of_counts};
use crate::score::respondent::zone;
use crate::score::tally::{Tally, scores_and, views_and};
use crate::score::wave::Wave;
use crate::score::{Scores, scores};
use crate::store::types::{Arrivals, Response, SampleUnit};

/// What was drawn, sent and answered.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// Drawn people.
    pub sample: Vec<SampleUnit>,
    /// People or events that came into daily and event cells.
    pub arrivals: Vec<Arrivals>,
    /// Responses.
    pub responses: Vec<Response>,
    /// Messages by step, channel and state.
    pub messages: Vec<MessageLine>,
    /// What was changed while it ran.
    pub versions: Versions,
    /// What earlier waves tell.
    pub past: Past,
    /// The wave before, where there is one.
    pub before: Option<Box<Before>>,
    /// What events tell of measures.
    pub events: Vec<EventTold>,
}

/// Builds the report of answers that were collected elsewhere.
#[must_use]
pub fn build_collected(checked: &Checked, collected: &Collected, now: Timestamp) -> ReportData {
    build_collected_after(checked, collected, None, &[], now)
}

/// Builds the report of answers that were collected elsewhere, compared with those of the wave before.
#[must_use]
pub fn build_collected_after(
    checked: &Checked,
    collected: &Collected,
    before: Option<(&Checked, &Collected)>,
    events: &[EventTold],
    now: Timestamp,
) -> ReportData {
    let wave = Wave::of_collected(checked, collected);
    let dated = checked.responses.as_ref().is_some_and(|s| s.at.is_some());
    let clusters: BTreeSet<usize> = collected.rows.iter().filter_map(|r| r.cluster).collect();
    let responded = collected.rows.iter().filter(|r| r.responded);
    let days: Vec<Date> = wave.respondents.iter().map(|r| r.day).filter(|_| dated).collect();
    let line = line(
        checked,
        collected.read,
        (collected.rows.len() as u64, responded.clone().count() as u64),
        (!clusters.is_empty()).then_some(clusters.len() as u64),
        &collected.problems,
    );
    let answers: Vec<Response> = responded.map(|r| r.response.clone()).collect();
    let scores = scores(&wave);
    let beside = Beside { days: dated, ..Beside::default() };
    let (change, effects) = after_collected(&wave, collected, before, events);
    elsewhere(
        checked,
        now,
        Elsewhere {
            line,
            days: days.iter().min().copied().zip(days.iter().max().copied()),
            change,
            effects,
            quotes: quotes(checked, &answers),
            findings: findings(&wave, &scores, beside),
            scores,
            warnings: Vec::new(),
        },
    )
}

/// Finished answers, as they were read.
pub enum Answers {
    /// One by one.
    Kept(Collected),
    /// Counted in one pass.
    Counted(Box<Tally>),
}

impl Answers {
    /// Looks at them as at a wave.
    fn seen<T>(&self, checked: &Checked, then: impl FnOnce(Seen) -> T) -> T {
        match self {
            Self::Kept(collected) => then(Seen::of(&Wave::of_collected(checked, collected))),
            Self::Counted(tally) => views_and(&tally.tallied(checked), |views| then(Seen { checked, views })),
        }
    }
}

/// Builds the report of answers that were collected elsewhere and counted in one pass, compared with those of the wave
/// before.
#[must_use]
pub fn build_counted(
    checked: &Checked,
    tally: &Tally,
    (before, events): (Option<(&Checked, &Answers)>, &[EventTold]),
    now: Timestamp,
) -> ReportData {
    let (scores, (findings, change)) = scores_and(&tally.tallied(checked), |views, scores| {
        let after = Seen { checked, views };
        let change =
            before.map(|(earlier, answers)| answers.seen(earlier, |before| of_counts(before, after)));
        (findings_of_counts(views, scores), change)
    });
    let (change, missing) = change.unzip();
    let line = line(checked, tally.read(), (tally.used, tally.responded), tally.clusters, tally.problems());
    let left_out = Elsewhere {
        line,
        days: tally.days,
        change,
        effects: measures_of_events(checked, events),
        quotes: Vec::new(),
        findings,
        scores,
        warnings: not_from_counts(checked, Apart::Collected, missing.unwrap_or(false)),
    };
    elsewhere(checked, now, left_out)
}

/// Whose answers are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apart {
    /// Finished answers of others.
    Collected,
    /// Those of a launched campaign.
    Launched,
}

/// Names what needs answers one by one, of what the spec asks for; `splits` where an index would be taken apart.
pub(super) fn not_from_counts(checked: &Checked, whose: Apart, splits: bool) -> Vec<Text> {
    let ours = whose == Apart::Launched;
    let asked = [
        ("one_pass_times", ours && checked.privacy.mode != PrivacyMode::Anonymous),
        ("one_pass_risks", ours && !checked.analysis.risks.is_empty()),
        ("one_pass_drivers", !checked.analysis.drivers.is_empty()),
        ("one_pass_quotes", !checked.report.quotes.is_empty()),
        ("one_pass_measures", checked.actions.iter().any(|a| a.score().is_some())),
        ("one_pass_splits", splits),
    ];
    let missing: Vec<&'static str> =
        asked.iter().filter(|(_, asked)| *asked).map(|(what, _)| *what).collect();
    if missing.is_empty() {
        return Vec::new();
    }
    vec![each(&checked.campaign.languages, |w| {
        let what: Vec<&str> = missing.iter().map(|key| w.get(key)).collect();
        w.fill("one_pass_left_out", &[("what", what.join(w.get("one_pass_and")))])
    })]
}

/// What differs between reports of answers from elsewhere.
struct Elsewhere {
    line: CollectedLine,
    days: Option<(Date, Date)>,
    change: Option<WaveChange>,
    effects: Vec<MeasureResult>,
    quotes: Vec<Quotes>,
    findings: Findings,
    scores: Scores,
    warnings: Vec<Text>,
}

/// Describes the file; `used` are rows that can be used, and of these those who answered.
fn line(
    checked: &Checked,
    rows: u64,
    (used, responded): (u64, u64),
    clusters: Option<u64>,
    problems: &[(String, u64)],
) -> CollectedLine {
    let spec = checked.responses.as_ref();
    let column = |name: &str, column: fn(&Responses) -> &Option<String>| {
        spec.and_then(|s| column(s).as_ref()).map(|c| format!("{name} {c}"))
    };
    let design = [
        column("weight", |s| &s.weight),
        column("stratum", |s| &s.stratum),
        column("cluster", |s| &s.cluster),
        column("population", |s| &s.population),
    ];
    let problems = problems.iter();
    CollectedLine {
        source: spec.map_or_else(String::new, |s| s.source.clone()),
        rows,
        used,
        responded,
        design: design.into_iter().flatten().collect(),
        clusters,
        problems: problems
            .map(|(what, count)| CollectedProblem { what: what.clone(), count: *count })
            .collect(),
    }
}

fn elsewhere(checked: &Checked, now: Timestamp, made: Elsewhere) -> ReportData {
    let zone = zone(checked);
    let Elsewhere { line, days, change, effects, quotes, findings, scores, warnings } = made;
    let clauses = checked.not_carried_out.iter();
    let left = clauses.map(|n| not_carried_out(&checked.campaign.languages, &n.clause));
    ReportData {
        change,
        effects,
        version: REPORT_VERSION,
        campaign: checked.campaign.name.clone(),
        title: checked.campaign.title.clone(),
        languages: checked.campaign.languages.clone(),
        timezone: checked.campaign.timezone.clone(),
        as_of: moment(now, &zone),
        open: days.map_or_else(String::new, |d| d.0.to_string()),
        close: days.map_or_else(String::new, |d| d.1.to_string()),
        running: false,
        method: Method {
            canvass: env!("CARGO_PKG_VERSION").to_owned(),
            plan_hash: String::new(),
            seed: 0,
            privacy: checked.privacy.mode,
            keep_days: checked.privacy.keep_days,
            source: line.source.clone(),
            rows: line.rows,
            bad_rows: line.rows - line.used,
            excluded: Vec::new(),
            once: 0,
            eligible: line.used,
            unmatched: 0,
            strata: Vec::new(),
            nonresponse: scores.weights.adjusted_by.clone(),
            cluster: None,
        },
        way: Way { invited: 0, accepted: 0, started: 0, completed: 0, with_case: 0 },
        messages: Vec::new(),
        days: Vec::new(),
        actions: actions(checked, now.to_zoned(zone.clone()).date()),
        quotes,
        findings,
        scores,
        warnings: left.chain(warnings).collect(),
        breaks: comparable::breaks(checked, &Versions::default(), &zone),
        versions: Vec::new(),
        misfits: Vec::new(),
        collected: Some(line),
    }
}

pub(super) fn moment(now: Timestamp, zone: &TimeZone) -> String {
    now.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
