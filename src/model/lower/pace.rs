//! Whether the invitations that a spec counts by number can leave in the time that it gives them.

use jiff::civil::{Date, DateTime, Time};

use crate::model::checked::{Channel, Frame, Joint, Sample, Schedule, StepKind, Stratum, Timing};
use crate::model::lower::cx::Cx;

/// Reports an invitation whose channels, all together and at their highest rates, can't carry it before close.
///
/// Only explicit numbers are counted: of shares and completes the plan knows how many they are.
pub fn check(
    cx: &mut Cx,
    schedule: &Schedule,
    channels: &[Channel],
    (strata, joint): (&[Stratum], &[Joint]),
    frame: &Frame,
) {
    let invites = schedule.steps.iter().filter(|s| s.kind == StepKind::Invite);
    for step in invites.filter(|s| s.timing == Timing::AtRelease) {
        let reaches = |stratum: usize| step.strata.is_empty() || step.strata.contains(&stratum);
        let own = strata.iter().enumerate().filter(|(i, _)| reaches(*i)).map(|(_, s)| match s.sample {
            Sample::Number(number) => number,
            _ => 0,
        });
        let shared = joint.iter().filter(|j| j.strata.iter().all(|i| reaches(*i))).map(|j| j.number);
        let number: u64 = own.chain(shared).sum();
        let rates: Option<Vec<f64>> =
            step.via.iter().map(|c| channels.get(*c).and_then(|c| c.rate_per_minute)).collect();
        // A channel without a rate carries any number.
        let Some(rates) = rates.filter(|all| !all.is_empty()) else { continue };
        let minutes = legal_minutes(schedule, frame.timezone.is_some());
        // The first message leaves at once.
        let most = rates.iter().map(|rate| rate * minutes + 1.0).sum::<f64>();
        #[expect(clippy::cast_precision_loss, reason = "numbers of people are far below 2^53")]
        if number as f64 > most {
            let message = format!(
                "{number} invitations are to leave before close, and the rate lets {} through",
                most.floor()
            );
            cx.error("window-too-short", step.span, message).help =
                Some("raise the `rate` of the channel, widen `hours`, close later, or draw fewer".to_owned());
        }
    }
}

/// Returns how long messages may leave, in minutes; people in other time zones have their hours at other moments.
fn legal_minutes(schedule: &Schedule, zones: bool) -> f64 {
    let minutes = |from: DateTime, to: DateTime| (from.duration_until(to).as_secs_f64() / 60.0).max(0.0);
    if zones {
        return minutes(schedule.open, schedule.close);
    }
    let (mut day, mut sum) = (schedule.open.date(), 0.0);
    while day <= schedule.close.date() {
        let Ok(next) = day.tomorrow() else { break };
        if is_legal(schedule, day) {
            let (from, to) = match schedule.hours {
                Some((from, to)) => (day.to_datetime(from), day.to_datetime(to)),
                None => (day.to_datetime(Time::midnight()), next.to_datetime(Time::midnight())),
            };
            sum += minutes(from.max(schedule.open), to.min(schedule.close));
        }
        day = next;
    }
    sum
}

/// Tells whether messages may leave on a day.
#[must_use]
pub fn is_legal(schedule: &Schedule, day: Date) -> bool {
    let weekday = day.weekday().to_monday_zero_offset() < 5;
    !schedule.workdays || schedule.days_on.contains(&day) || (weekday && !schedule.days_off.contains(&day))
}
