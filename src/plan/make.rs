//! Puts the plan together.

use jiff::tz::TimeZone;

use crate::frame::{Design, FrameSummary};
use crate::model::Checked;
use crate::model::checked::{Frame, QuestionKind, Schedule};
use crate::plan::cost::{Prices, priced};
use crate::plan::types::{Expected, PLAN_VERSION, Plan, PlanQuestionnaire};
use crate::plan::{expect, identity, minutes, parts, precision, quotas, steps, warnings};

/// Makes the plan from the checked spec and what was counted; the summary must be of this spec and seed.
///
/// A spec without frame or schedule draws nobody; [`crate::frame::read`] refuses it before a summary exists,
/// so here the missing parts are simply empty.
#[must_use]
pub fn make(checked: &Checked, summary: &FrameSummary, seed: u64) -> Plan {
    let design = Design::new(checked).unwrap_or_else(|_| Design::empty());
    let zone = TimeZone::get(&checked.campaign.timezone).unwrap_or(TimeZone::UTC);
    let (no_frame, no_schedule) = (empty_frame(), empty_schedule());
    let frame = checked.frame.as_ref().unwrap_or(&no_frame);
    let timetable = checked.schedule.as_ref().unwrap_or(&no_schedule);
    let schedule = parts::schedule(timetable, &zone);
    let reckoned = expect::reckon(checked, &design, summary);
    let strata = expect::strata(checked, &design, summary, &reckoned);
    let mut late = Vec::new();
    let steps = steps::steps(checked, &design, summary, &reckoned, (timetable, &schedule), &zone, &mut late);
    let mut warnings = warnings::warnings(checked, &design, summary, &reckoned);
    warnings.splice(0..0, late);
    let precision = precision::precision(checked, summary, &strata);
    warnings.extend(precision::warnings(&precision, &checked.campaign.languages));
    let quotas = quotas::quotas(checked, summary, &strata);
    warnings.extend(quotas::warnings(&quotas, &checked.campaign.languages));
    let expected: Expected = expect::expected(&strata, steps.iter().map(|s| s.messages).sum());
    let plan = Plan {
        version: PLAN_VERSION,
        hash: identity::hash(checked, &design, summary, seed),
        campaign: checked.campaign.name.clone(),
        title: checked.campaign.title.clone(),
        languages: checked.campaign.languages.clone(),
        timezone: checked.campaign.timezone.clone(),
        owner: checked.campaign.owner.clone(),
        seed,
        privacy: checked.privacy.mode,
        frame: parts::frame(frame, summary),
        strata,
        overlaps: parts::overlaps(summary),
        unmatched: summary.unmatched,
        questionnaire: questionnaire(checked, seed),
        schedule,
        channels: parts::channels(checked),
        steps,
        expected,
        warnings,
        before: summary.before.clone(),
        precision: Some(precision),
        quotas,
        margins: summary.margins.clone(),
        cost: None,
    };
    priced(plan, &Prices::default())
}

fn questionnaire(checked: &Checked, seed: u64) -> PlanQuestionnaire {
    let asked = checked.questionnaire.questions.iter().filter(|q| !matches!(q.kind, QuestionKind::Note));
    PlanQuestionnaire {
        questions: asked.count() as u64,
        items: checked.questionnaire.items.len() as u64,
        paths: Some(minutes::path_counts(checked)),
        minutes: minutes::minutes(checked, seed),
    }
}

fn empty_frame() -> Frame {
    Frame {
        name: String::new(),
        relation: None,
        source: String::new(),
        key: String::new(),
        email: None,
        mobile: None,
        person_name: None,
        language: None,
        timezone: None,
        device: None,
        fields: Vec::new(),
        exclude: Vec::new(),
        rest: None,
        once_per: None,
        cluster: None,
    }
}

fn empty_schedule() -> Schedule {
    let never = jiff::civil::DateTime::default();
    Schedule {
        open: never,
        close: never,
        hours: None,
        workdays: false,
        days_off: Vec::new(),
        days_on: Vec::new(),
        steps: Vec::new(),
    }
}
