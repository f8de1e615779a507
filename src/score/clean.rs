//! Drops and flags responses by the rules of the spec.
//!
//! Rules are tried in order. The first rule that drops a response ends its
//! trial; flags before it have counted. Only completed responses are tried.

use crate::expr::truth;
use crate::model::Checked;
use crate::score::respondent::{Respondent, ResponseEnv};
use crate::score::study::Study;
use crate::score::types::{Cleaning, RuleCount};

/// Returns which of the completed responses are kept, and the counts.
#[must_use]
pub fn clean(checked: &Checked, study: &Study, completed: &[Respondent]) -> (Vec<bool>, Cleaning) {
    let mut counts = vec![0_u64; checked.clean.len()];
    let mut flagged = 0;
    let mut keep = Vec::with_capacity(completed.len());
    for respondent in completed {
        let env = ResponseEnv { checked, study, respondent };
        let (mut kept, mut marked) = (true, false);
        for (rule, count) in checked.clean.iter().zip(&mut counts) {
            if truth(&rule.condition, &env).holds() {
                *count += 1;
                marked |= !rule.drop;
                if rule.drop {
                    kept = false;
                    break;
                }
            }
        }
        flagged += u64::from(kept && marked);
        keep.push(kept);
    }
    let kept = keep.iter().filter(|k| **k).count() as u64;
    let completed = completed.len() as u64;
    let rules = checked.clean.iter().zip(counts);
    let rules = rules.map(|(r, count)| RuleCount { label: r.label.clone(), drop: r.drop, count }).collect();
    (keep, Cleaning { completed, dropped: completed - kept, kept, flagged, rules })
}
