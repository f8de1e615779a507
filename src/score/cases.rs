//! Counts the follow-ups that completed responses raise.

use crate::expr::truth;
use crate::model::Checked;
use crate::model::checked::CaseRule;
use crate::score::respondent::{Respondent, ResponseEnv};
use crate::score::study::Study;
use crate::score::types::CaseCount;

/// Counts, per rule, the completed responses for which it holds, dropped ones included:
/// an unhappy customer is called back however fast the answers came.
#[must_use]
pub fn cases(checked: &Checked, study: &Study, completed: &[Respondent]) -> Vec<CaseCount> {
    let one = |rule: &CaseRule| CaseCount {
        name: rule.name.clone(),
        title: rule.title.clone(),
        count: completed.iter().filter(|r| holds(checked, study, r, rule)).count() as u64,
        due_hours: rule.due_hours,
    };
    checked.cases.iter().map(one).collect()
}

/// Tells whether a completed response raises at least one case.
#[must_use]
pub fn raised(checked: &Checked, study: &Study, respondent: &Respondent) -> bool {
    checked.cases.iter().any(|rule| holds(checked, study, respondent, rule))
}

/// Tells whether a completed response raises the case.
#[must_use]
pub fn holds(checked: &Checked, study: &Study, respondent: &Respondent, rule: &CaseRule) -> bool {
    truth(&rule.condition, &ResponseEnv { checked, study, respondent }).holds()
}
