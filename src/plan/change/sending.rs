//! How people are reached and when: channels, the period, the hours, the steps.

use std::collections::BTreeSet;

use super::questions::reworded;
use super::said::{Blank, Said, said};
use super::{Changes, Effect};
use crate::model::Checked;
use crate::model::checked::{Channel, ChannelKind, Schedule, SpecFile, Step, StepKind, Text, Timing};
use crate::plan::parts::contact;
use crate::plan::say::each;

/// Compares how and when messages leave.
pub(super) fn compare(all: &mut Changes) {
    channels(all);
    match (&all.before.schedule, &all.after.schedule) {
        (Some(old), Some(new)) => schedule(all, old, new),
        (None, None) => {}
        _ => {
            all.note(Effect::NotWhileRunning, ("schedule", ""), said!("c_schedule_came_or_went"));
        }
    }
}

fn channels(all: &mut Changes) {
    let (before, after) = (all.before, all.after);
    for old in &before.channels {
        let owner = ("channel", old.name.as_str());
        let Some(new) = after.channels.iter().find(|c| c.name == old.name) else {
            match old.kind {
                ChannelKind::Link { .. } => {
                    all.note(Effect::NotWhileRunning, owner, said!("c_link_gone"));
                }
                _ => all.note(Effect::Safe, owner, said!("c_channel_gone")),
            }
            continue;
        };
        let mark = all.found.len();
        channel(all, old, new);
        let what = said!("c_channel_other");
        all.otherwise(mark, plain(before, old) != plain(after, new), Effect::Safe, owner, what);
    }
    for new in after.channels.iter().filter(|n| !before.channels.iter().any(|o| o.name == n.name)) {
        all.note(Effect::Safe, ("channel", &new.name), said!("c_new"));
    }
}

/// Returns a channel without what depends on the places of other things.
fn plain(checked: &Checked, channel: &Channel) -> (Channel, Option<String>) {
    let mut plain = channel.clone();
    let mut tap = None;
    if let ChannelKind::Email { one_tap, .. } = &mut plain.kind {
        tap = one_tap.take().and_then(|q| checked.questionnaire.questions.get(q)).map(|q| q.name.clone());
    }
    (plain, tap)
}

fn channel(all: &mut Changes, old: &Channel, new: &Channel) {
    let owner = ("channel", new.name.as_str());
    let mut found: Vec<(Effect, Said)> = Vec::new();
    let unsent = |what: Said| (Effect::Safe, said!("c_unsent", what = what));
    let mut text = |part: Said, a: &Text, b: &Text| {
        found.extend(reworded(part, a, b).map(unsent));
    };
    match (&old.kind, &new.kind) {
        (
            ChannelKind::Email { from_name, from_address, subject, body, .. },
            ChannelKind::Email { from_name: name, from_address: address, subject: words, body: file, .. },
        ) => {
            text(said!("c_sender"), from_name, name);
            text(said!("c_subject"), subject, words);
            if from_address != address {
                found.push(unsent(said!("c_sender_address", before = from_address, after = address)));
            }
            let inside = |file: &Option<SpecFile>| file.as_ref().map(|file| file.text.clone());
            if inside(body) != inside(file) {
                found.push(unsent(said!("c_body")));
            }
            let (a, b) = (plain(all.before, old).1, plain(all.after, new).1);
            if a != b {
                found.push((Effect::BreaksTrend, said!("c_one_tap")));
            }
        }
        (
            ChannelKind::Sms { signature, body, link },
            ChannelKind::Sms { signature: name, body: words, link: now },
        ) => {
            text(said!("c_signature"), signature, name);
            text(said!("c_wording"), body, words);
            if link != now {
                let what = said!("c_link_kind");
                found.push((Effect::NotWhileRunning, what));
            }
        }
        (ChannelKind::Phone { script }, ChannelKind::Phone { script: words }) => {
            text(said!("c_script"), script, words);
        }
        (ChannelKind::Link { slug }, ChannelKind::Link { slug: now }) if slug != now => {
            let what = said!("c_address", before = slug, after = now);
            found.push((Effect::NotWhileRunning, what));
        }
        (a, b) if std::mem::discriminant(a) != std::mem::discriminant(b) => {
            let what = said!("c_channel_kind");
            found.push((Effect::NotWhileRunning, what));
        }
        _ => {}
    }
    if old.rate_per_minute != new.rate_per_minute {
        found.push((Effect::Safe, said!("c_rate")));
    }
    for (effect, what) in found {
        all.note(effect, owner, what);
    }
}

fn schedule(all: &mut Changes, old: &Schedule, new: &Schedule) {
    const OWNER: (&str, &str) = ("schedule", "");
    let mark = all.found.len();
    if old.open != new.open {
        let what = said!("c_opens", before = old.open.to_string(), after = new.open.to_string());
        all.note(Effect::NotWhileRunning, OWNER, what);
    }
    let (close, now) = (old.close.to_string(), new.close.to_string());
    if new.close > old.close {
        all.note(Effect::Safe, OWNER, said!("c_closes_later", before = close, after = now));
    } else if new.close < old.close {
        let what = said!("c_closes_earlier", before = close, after = now);
        all.note(Effect::BreaksTrend, OWNER, what);
    }
    if (old.hours, old.workdays) != (new.hours, new.workdays) {
        all.note(Effect::Safe, OWNER, said!("c_hours"));
    }
    if (&old.days_off, &old.days_on) != (&new.days_off, &new.days_on) {
        all.note(Effect::Safe, OWNER, said!("c_days_off"));
    }
    for step in &old.steps {
        match new.steps.iter().find(|s| s.name == step.name) {
            Some(now) => compare_step(all, step, now),
            None if step.kind == StepKind::Remind => {
                let what = said!("c_reminder_gone", step = &step.name);
                all.push(Effect::Safe, OWNER, what, Some(step.span), None);
            }
            None => {
                let what = said!("c_invitation_gone", step = &step.name);
                all.push(Effect::NotWhileRunning, OWNER, what, Some(step.span), None);
            }
        }
    }
    for step in new.steps.iter().filter(|n| !old.steps.iter().any(|o| o.name == n.name)) {
        let (effect, what) = match step.kind {
            StepKind::Remind => (Effect::Safe, said!("c_reminder_new", step = &step.name)),
            StepKind::Invite => (Effect::NotWhileRunning, said!("c_invitation_new", step = &step.name)),
        };
        all.push(effect, OWNER, what, None, Some(step.span));
    }
    let plain = |s: &Schedule| Schedule { steps: Vec::new(), ..s.clone() };
    all.otherwise(mark, plain(old) != plain(new), Effect::NotWhileRunning, OWNER, said!("c_schedule_other"));
}

fn compare_step(all: &mut Changes, old: &Step, new: &Step) {
    let (before, after) = (all.before, all.after);
    let mut found: Vec<(Effect, Said)> = Vec::new();
    let invites = old.kind == StepKind::Invite;
    let fixed = if invites { Effect::NotWhileRunning } else { Effect::Safe };
    if old.kind != new.kind {
        found.push((Effect::NotWhileRunning, said!("c_step_kind")));
    }
    let languages = all.languages.clone();
    let count = |days: u32| each(&languages, |w| w.counted("n_days", u64::from(days)));
    let events = |checked: &Checked, index: usize| checked.events.get(index).map(|e| e.name.clone());
    match (old.timing, new.timing) {
        (Timing::AtRelease, Timing::AtRelease) => {}
        (Timing::AfterInvite { days }, Timing::AfterInvite { days: now }) => {
            if days != now {
                let what = said!("c_after_invite", before = count(days), after = count(now));
                found.push((Effect::Safe, what));
            }
        }
        (
            Timing::AfterEvent { events: source, hours, within_hours },
            Timing::AfterEvent { events: now, hours: then, within_hours: within },
        ) => {
            if events(before, source) != events(after, now) {
                found.push((Effect::NotWhileRunning, said!("c_other_events")));
            } else if (hours, within_hours) != (then, within) {
                let range = |from: u32, to: u32| format!("{from}–{to}");
                let (before, after) = (range(hours, within_hours), range(then, within));
                let what = said!("c_after_event", before = before, after = after);
                found.push((Effect::Safe, what));
            }
        }
        _ => found.push((fixed, said!("c_step_moment"))),
    }
    let names = |checked: &Checked, step: &Step| -> Vec<String> {
        step.via.iter().filter_map(|&c| checked.channels.get(c)).map(|c| c.name.clone()).collect()
    };
    let contacts = |checked: &Checked, step: &Step| -> BTreeSet<_> {
        step.via.iter().filter_map(|&c| checked.channels.get(c)).map(contact).collect()
    };
    let (a, b) = (names(before, old), names(after, new));
    if a != b {
        let other = invites && contacts(before, old) != contacts(after, new);
        let (before, after) = (Blank::names(&a, "c_else"), Blank::names(&b, "c_else"));
        found.push(if other {
            (Effect::NotWhileRunning, said!("c_via_other", before = before, after = after))
        } else {
            (Effect::Safe, said!("c_via", before = before, after = after))
        });
    }
    let strata = |checked: &Checked, step: &Step| -> Vec<String> {
        step.strata.iter().filter_map(|&s| checked.strata.get(s)).map(|s| s.name.clone()).collect()
    };
    if strata(before, old) != strata(after, new) {
        found.push((fixed, said!("c_step_strata")));
    }
    for (effect, what) in found {
        let what = said!("c_step", step = &new.name, what = what);
        all.push(effect, ("schedule", ""), what, Some(old.span), Some(new.span));
    }
}
