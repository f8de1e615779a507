//! What follows from an attempt: done, again later, another channel, or the end.

use jiff::{SignedDuration, Timestamp};

use crate::dispatch::release::choose;
use crate::dispatch::reply::Class;
use crate::dispatch::smtp::Attempt;
use crate::plan::types::{Plan, PlanStep};
use crate::store::ContactHistory;
use crate::store::ledger::{Due, Next};

/// Longest time over which a message is tried again.
const GIVE_UP: SignedDuration = SignedDuration::from_hours(48);
/// For so long, being slowed down is not charged to the recipient.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);
/// Minutes until the next try, by the number of charged ones.
const SOFT: [i64; 5] = [5, 15, 60, 240, 480];

/// Decides; `at` is the moment of the attempt, `slow_until` when the recipient's domain may be asked again.
#[must_use]
pub fn verdict(plan: &Plan, due: &Due, attempt: &Attempt, at: Timestamp, slow_until: Timestamp) -> Next {
    let late = |minutes: i64| at + jitter(due, minutes * 60);
    let retry = |when: Timestamp, charge: bool| {
        let first = due.first_at.unwrap_or(at);
        if when >= due.not_after || when.duration_since(first) > GIVE_UP {
            return end(plan, due, at, None, Next::Expired);
        }
        Next::Retry { due: when, charge }
    };
    match &attempt.class {
        Class::Accepted => Next::Accepted,
        Class::Unknown => Next::Unknown,
        // The relay's trouble: it waits where it stood, uncharged, until the relay works again.
        Class::Relay => Next::Retry { due: due.due, charge: false },
        Class::Session if due.tries < 2 => retry(at, true),
        Class::Session | Class::Soft => retry(late(soft_minutes(due.tries)), true),
        Class::Greylist(hint) => {
            let told = hint.and_then(|h| SignedDuration::try_from(h).ok());
            retry(told.map_or_else(|| late(6), |h| at + h), true)
        }
        Class::Throttle => {
            let first = due.first_at.unwrap_or(at);
            retry(slow_until.max(late(1)), at.duration_since(first) > PATIENCE)
        }
        Class::Hard => {
            let why = format!("refused: {}", attempt.reply);
            end(plan, due, at, Some(why.clone()), Next::Rejected { suppress: Some(why) })
        }
        Class::Content | Class::Fault => end(plan, due, at, None, Next::Rejected { suppress: None }),
    }
}

/// A known-negative end opens the way to the next channel; what may have arrived never does.
fn end(plan: &Plan, due: &Due, at: Timestamp, suppress: Option<String>, otherwise: Next) -> Next {
    let Some(step) = step_of(plan, &due.step) else { return otherwise };
    let start = usize::try_from(due.via).unwrap_or(usize::MAX).saturating_add(1);
    match choose(plan, step, start, &due.invitation, &ContactHistory::default()) {
        Some((via, channel)) if at < due.not_after => Next::FallBack {
            via,
            channel: channel.name.clone(),
            contact: channel.kind.contact(),
            due: at,
            suppress,
        },
        _ => otherwise,
    }
}

/// Returns a step by name.
#[must_use]
pub fn step_of<'a>(plan: &'a Plan, name: &str) -> Option<&'a PlanStep> {
    plan.steps.iter().find(|s| s.name == name)
}

fn soft_minutes(tries: u32) -> i64 {
    let n = usize::try_from(tries).unwrap_or(usize::MAX).min(SOFT.len() - 1);
    SOFT.get(n).copied().unwrap_or(480)
}

/// Spreads retries by a fifth either way, so that they don't come back in one wave; the same for the same try.
fn jitter(due: &Due, seconds: i64) -> SignedDuration {
    let spin =
        due.id.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(due.tries)) >> 40;
    let part = i64::try_from(spin % 401).unwrap_or(0) - 200;
    SignedDuration::from_secs(seconds + seconds * part / 1000)
}
