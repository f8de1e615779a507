//! The report of a launched campaign, whether its answers were kept or counted. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::Checked;
use crate::model::checked::{PrivacyMode, Text};
use crate::plan::types::PlanStratum;
use crate::plan::{Plan, not_carried_out};
use crate::report::actions::actions;
use crate::report::build::{Records, moment};
use crate::report::comparable::{self, Versions};
use crate::report::data::{Day, MessageLine, Method, MethodStratum, Quotes, REPORT_VERSION, ReportData, Way};
use crate::report::past::{Past, main_score, middle_of, point};
use crate::report::quotes::quotes;
use crate::report::waves::after_launched;
use crate::report::write::formats;
use crate::score::compare::types::{MeasureResult, WaveChange};
use crate::score::findings::{Beside, Findings, PastWave, findings};
use crate::score::respondent::zone;
use crate::score::wave::Wave;
use crate::score::{Scores, scores};
use crate::store::types::{MessageState, Response};

/// Builds the report as of `now`.
#[must_use]
pub fn build(checked: &Checked, plan: &Plan, records: &Records, now: Timestamp) -> ReportData {
    let wave = Wave::of_campaign(checked, plan, &records.sample, &records.arrivals, &records.responses);
    let scores = scores(&wave);
    let (change, effects) = after_launched(&wave, records.before.as_deref(), &records.events);
    let made = Made {
        findings: found(&wave, &scores, plan, &records.past),
        scores,
        change,
        effects,
        quotes: quotes(checked, &records.responses),
        days: &days_of(&records.responses, &zone(checked)),
        warnings: Vec::new(),
    };
    launched_report(checked, plan, (&records.messages, &records.versions), made, now)
}

/// What is made of the answers of a launched campaign.
pub(super) struct Made<'a> {
    pub(super) scores: Scores,
    pub(super) findings: Findings,
    pub(super) change: Option<WaveChange>,
    pub(super) effects: Vec<MeasureResult>,
    pub(super) quotes: Vec<Quotes>,
    /// How many began and completed, by day.
    pub(super) days: &'a BTreeMap<Date, (u64, u64)>,
    pub(super) warnings: Vec<Text>,
}

/// Puts the report of a launched campaign together.
pub(super) fn launched_report(
    checked: &Checked,
    plan: &Plan,
    (messages, known): (&[MessageLine], &Versions),
    made: Made,
    now: Timestamp,
) -> ReportData {
    let zone = zone(checked);
    let Made { scores, findings, change, effects, quotes, days, warnings: more } = made;
    let closes: Option<Timestamp> = plan.schedule.close.parse().ok();
    let mut warnings = plan.warnings.clone();
    let (_, unknown) = formats(&[], checked);
    // The plan knows most of them; `report` and `action` may have changed since.
    for clause in checked.not_carried_out.iter().map(|n| &n.clause).chain(&unknown) {
        let words = not_carried_out(&plan.languages, clause);
        if !warnings.contains(&words) {
            warnings.push(words);
        }
    }
    warnings.extend(more);
    ReportData {
        version: REPORT_VERSION,
        campaign: plan.campaign.clone(),
        title: plan.title.clone(),
        languages: plan.languages.clone(),
        timezone: plan.timezone.clone(),
        as_of: moment(now, &zone),
        open: plan.schedule.open.clone(),
        close: plan.schedule.close.clone(),
        running: closes.is_none_or(|close| now < close),
        collected: None,
        change,
        effects,
        method: method(checked, plan, &scores),
        way: way(plan, &scores, messages),
        messages: messages.to_vec(),
        days: day_lines(days),
        actions: actions(checked, now.to_zoned(zone.clone()).date()),
        quotes,
        findings,
        scores,
        warnings,
        breaks: comparable::breaks(checked, known, &zone),
        versions: comparable::versions(known, &zone),
        misfits: comparable::misfits(checked, known),
    }
}

/// Makes the findings of a campaign; the moment of an answer is no part of an anonymous one.
fn found(wave: &Wave, scores: &Scores, plan: &Plan, past: &Past) -> Findings {
    let timed = wave.checked.privacy.mode != PrivacyMode::Anonymous;
    let waves = course(wave, plan, past);
    let beside = Beside { seed: plan.seed, hours: timed, days: timed, risks: &past.risks, past: &waves };
    findings(wave, scores, beside)
}

/// Returns the main score of the waves, oldest first, this one last; nothing where it is not known of this one.
#[must_use]
pub fn course(wave: &Wave, plan: &Plan, past: &Past) -> Vec<PastWave> {
    let mut waves = past.waves.clone();
    if !waves.is_empty()
        && let Some(score) = main_score(wave.checked)
    {
        match point(wave, &score, middle_of(&plan.schedule.open, &plan.schedule.close)) {
            Some(point) => waves.push(point),
            None => waves.clear(),
        }
    }
    waves
}

fn method(checked: &Checked, plan: &Plan, scores: &Scores) -> Method {
    let stratum = |s: &PlanStratum| MethodStratum {
        name: s.name.clone(),
        title: s.title.clone(),
        sample: s.sample.clone(),
        digests: s.cells.iter().filter_map(|c| c.digest.clone()).collect(),
    };
    Method {
        canvass: env!("CARGO_PKG_VERSION").to_owned(),
        plan_hash: plan.hash.clone(),
        seed: plan.seed,
        privacy: plan.privacy,
        keep_days: checked.privacy.keep_days,
        source: plan.frame.source.clone(),
        rows: plan.frame.rows,
        bad_rows: plan.frame.bad_rows,
        excluded: plan.frame.excluded.clone(),
        once: plan.frame.once,
        eligible: plan.frame.eligible,
        unmatched: plan.unmatched,
        strata: plan.strata.iter().map(stratum).collect(),
        nonresponse: scores.weights.adjusted_by.clone(),
        cluster: plan.frame.cluster.as_ref().map(|c| c.column.clone()),
    }
}

/// The first step is the invitation; a person has one message of it, whatever channel it went through.
fn way(plan: &Plan, scores: &Scores, messages: &[MessageLine]) -> Way {
    use crate::model::checked::StepKind;
    let invites: Vec<&str> =
        plan.steps.iter().filter(|s| s.kind == StepKind::Invite).map(|s| s.name.as_str()).collect();
    let arrived = |m: &&MessageLine| {
        invites.contains(&m.step.as_str()) && matches!(m.state, MessageState::Accepted | MessageState::Listed)
    };
    let counts = scores.response_total.counts;
    Way {
        invited: counts.invited,
        accepted: messages.iter().filter(arrived).map(|m| m.count).sum(),
        started: counts.started,
        completed: counts.completed,
        with_case: scores.with_case,
    }
}

/// Counts who began and completed per day.
fn days_of(responses: &[Response], zone: &TimeZone) -> BTreeMap<Date, (u64, u64)> {
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let mut counts: BTreeMap<Date, (u64, u64)> = BTreeMap::new();
    for response in responses {
        counts.entry(day(response.started_at)).or_default().0 += 1;
        if let Some(at) = response.completed_at {
            counts.entry(day(at)).or_default().1 += 1;
        }
    }
    counts
}

/// Lists the days from the first to the last on which anything came; quiet days stay in.
fn day_lines(counts: &BTreeMap<Date, (u64, u64)>) -> Vec<Day> {
    let (Some(first), Some(last)) = (counts.keys().next().copied(), counts.keys().last().copied()) else {
        return Vec::new();
    };
    let all = std::iter::successors(Some(first), |d| d.tomorrow().ok()).take_while(|d| *d <= last);
    all.map(|date| {
        let (started, completed) = counts.get(&date).copied().unwrap_or_default();
        Day { date, started, completed }
    })
    .collect()
}
