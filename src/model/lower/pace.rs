//! Whether the invitations that a spec counts by number can leave in the time that it gives them.

use jiff::civil::{Date, DateTime, Time};

use crate::model::checked::{Channel, Frame, Joint, Sample, Schedule, Step, StepKind, Stratum, Timing};
use crate::model::lower::cx::Cx;

/// Reports invitations whose channels, all together and at their highest rates, can't carry them before close; warns
/// where only the first of their channels has a rate, since few are without an address for that.
///
/// Only explicit numbers are counted (of completes at least so many are invited): of shares the plan knows how many
/// they are.
pub fn check(
    cx: &mut Cx,
    schedule: &Schedule,
    channels: &[Channel],
    (strata, joint): (&[Stratum], &[Joint]),
    frame: &Frame,
) {
    let at_once = |s: &&Step| s.kind == StepKind::Invite && s.timing == Timing::AtRelease;
    let invites: Vec<&Step> = schedule.steps.iter().filter(at_once).collect();
    let minutes = legal_minutes(schedule, frame.timezone.is_some());
    let rate = |channel: &usize| channels.get(*channel).and_then(|c| c.rate_per_minute);
    // The first message leaves at once.
    let carried = |channels: &[usize]| {
        channels.iter().map(|c| rate(c).map(|rate| rate * minutes + 1.0)).sum::<Option<f64>>()
    };
    for (position, step) in invites.iter().enumerate() {
        let Some(first) = step.via.first() else { continue };
        // Invitations of other strata through the same channels wait in the same line; the last of them says so.
        if invites.iter().skip(position + 1).any(|s| s.via == step.via) {
            continue;
        }
        let of = |shares: &dyn Fn(&Step) -> bool| -> u64 {
            invites.iter().filter(|s| shares(s)).map(|s| invited(s, strata, joint)).sum()
        };
        match (carried(&step.via), carried(&[*first])) {
            (Some(most), _) => {
                let number = of(&|s| s.via.iter().all(|c| step.via.contains(c)));
                if exceeds(number, most) {
                    let message = format!(
                        "{number} invitations are to leave before close, and the rate lets {} through",
                        most.floor()
                    );
                    cx.error("window-too-short", step.span, message).help = Some(REMEDY.to_owned());
                }
            }
            (None, Some(most)) => {
                let number = of(&|s| s.via.first() == Some(first));
                if exceeds(number, most) {
                    let name = channels.get(*first).map_or("", |c| c.name.as_str());
                    let message = format!(
                        "{number} invitations are to leave before close, and the rate of `{name}` lets {} through",
                        most.floor()
                    );
                    cx.warning("window-too-short", step.span, message).help = Some(format!(
                        "{REMEDY}; the channels behind `else` are for people without an address for `{name}`"
                    ));
                }
            }
            (None, None) => {}
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of people are far below 2^53")]
fn exceeds(number: u64, most: f64) -> bool {
    number as f64 > most
}

const REMEDY: &str = "raise the `rate` of the channel, widen `hours`, close later, or draw fewer";

/// Returns how many people a step invites at least.
fn invited(step: &Step, strata: &[Stratum], joint: &[Joint]) -> u64 {
    let reaches = |stratum: usize| step.strata.is_empty() || step.strata.contains(&stratum);
    let own = strata.iter().enumerate().filter(|(i, _)| reaches(*i)).map(|(_, s)| match s.sample {
        Sample::Number(number) | Sample::Completes { number, .. } => number,
        _ => 0,
    });
    let shared = joint.iter().filter(|j| j.strata.iter().all(|i| reaches(*i))).map(|j| j.number);
    own.chain(shared).sum()
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
