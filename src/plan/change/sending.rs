//! How people are reached and when: channels, the period, the hours, the steps.

use std::collections::BTreeSet;

use super::questions::reworded;
use super::{Changes, Effect};
use crate::model::Checked;
use crate::model::checked::{Channel, ChannelKind, Schedule, SpecFile, Step, StepKind, Text, Timing};
use crate::plan::parts::contact;

/// Compares how and when messages leave.
pub(super) fn compare(all: &mut Changes) {
    channels(all);
    match (&all.before.schedule, &all.after.schedule) {
        (Some(old), Some(new)) => schedule(all, old, new),
        (None, None) => {}
        _ => {
            all.note(
                Effect::NotWhileRunning,
                ("schedule", ""),
                "came or went; it says when people are asked",
            );
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
                    all.note(Effect::NotWhileRunning, owner, "was removed; people hold its address");
                }
                _ => all.note(Effect::Safe, owner, "was removed; nothing more leaves through it"),
            }
            continue;
        };
        let mark = all.found.len();
        channel(all, old, new);
        let what = "has other settings; messages not yet sent follow them";
        all.otherwise(mark, plain(before, old) != plain(after, new), Effect::Safe, owner, what);
    }
    for new in after.channels.iter().filter(|n| !before.channels.iter().any(|o| o.name == n.name)) {
        all.note(Effect::Safe, ("channel", &new.name), "is new");
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
    let mut found: Vec<(Effect, String)> = Vec::new();
    let mut text = |what: &str, a: &Text, b: &Text| {
        let unsent = |what: String| (Effect::Safe, format!("{what}; messages not yet sent have it"));
        found.extend(reworded(what, a, b).map(unsent));
    };
    match (&old.kind, &new.kind) {
        (
            ChannelKind::Email { from_name, from_address, subject, body, .. },
            ChannelKind::Email { from_name: name, from_address: address, subject: words, body: file, .. },
        ) => {
            text("sender", from_name, name);
            text("subject", subject, words);
            if from_address != address {
                let what =
                    format!("sender's address: {from_address} → {address}; messages not yet sent have it");
                found.push((Effect::Safe, what));
            }
            let inside = |file: &Option<SpecFile>| file.as_ref().map(|file| file.text.clone());
            if inside(body) != inside(file) {
                found.push((Effect::Safe, "has another body; messages not yet sent have it".to_owned()));
            }
            let (a, b) = (plain(all.before, old).1, plain(all.after, new).1);
            if a != b {
                found.push((Effect::BreaksTrend, "asks another question in the message itself".to_owned()));
            }
        }
        (
            ChannelKind::Sms { signature, body, link },
            ChannelKind::Sms { signature: name, body: words, link: now },
        ) => {
            text("signature", signature, name);
            text("wording", body, words);
            if link != now {
                let what = "has another kind of link; people hold the old one".to_owned();
                found.push((Effect::NotWhileRunning, what));
            }
        }
        (ChannelKind::Phone { script }, ChannelKind::Phone { script: words }) => {
            text("script", script, words);
        }
        (ChannelKind::Link { slug }, ChannelKind::Link { slug: now }) if slug != now => {
            let what = format!("address: {slug} → {now}; people hold the old one");
            found.push((Effect::NotWhileRunning, what));
        }
        (a, b) if std::mem::discriminant(a) != std::mem::discriminant(b) => {
            let what = "is of another kind; messages were planned for the old one".to_owned();
            found.push((Effect::NotWhileRunning, what));
        }
        _ => {}
    }
    if old.rate_per_minute != new.rate_per_minute {
        found.push((Effect::Safe, "sends at another rate".to_owned()));
    }
    for (effect, what) in found {
        all.note(effect, owner, what);
    }
}

fn schedule(all: &mut Changes, old: &Schedule, new: &Schedule) {
    const OWNER: (&str, &str) = ("schedule", "");
    let mark = all.found.len();
    if old.open != new.open {
        let what = format!("opens: {} → {}; people were drawn as of the old day", old.open, new.open);
        all.note(Effect::NotWhileRunning, OWNER, what);
    }
    if new.close > old.close {
        all.note(Effect::Safe, OWNER, format!("closes later: {} → {}", old.close, new.close));
    } else if new.close < old.close {
        let what = format!("closes earlier: {} → {}; who answers late is missing", old.close, new.close);
        all.note(Effect::BreaksTrend, OWNER, what);
    }
    if (old.hours, old.workdays) != (new.hours, new.workdays) {
        all.note(Effect::Safe, OWNER, "sends at other hours");
    }
    if (&old.days_off, &old.days_on) != (&new.days_off, &new.days_on) {
        all.note(Effect::Safe, OWNER, "has other days off");
    }
    for step in &old.steps {
        match new.steps.iter().find(|s| s.name == step.name) {
            Some(now) => compare_step(all, step, now),
            None if step.kind == StepKind::Remind => {
                let what = format!("`{}` was removed; who has not got it yet gets none", step.name);
                all.push(Effect::Safe, OWNER, what, Some(step.span), None);
            }
            None => {
                let what = format!("`{}` was removed; people were drawn for it", step.name);
                all.push(Effect::NotWhileRunning, OWNER, what, Some(step.span), None);
            }
        }
    }
    for step in new.steps.iter().filter(|n| !old.steps.iter().any(|o| o.name == n.name)) {
        let (effect, why) = match step.kind {
            StepKind::Remind => (Effect::Safe, "who was invited and has not answered gets it"),
            StepKind::Invite => (Effect::NotWhileRunning, "nobody was drawn for it"),
        };
        all.push(effect, OWNER, format!("`{}` is new; {why}", step.name), None, Some(step.span));
    }
    let plain = |s: &Schedule| Schedule { steps: Vec::new(), ..s.clone() };
    all.otherwise(mark, plain(old) != plain(new), Effect::NotWhileRunning, OWNER, "differs in another way");
}

fn compare_step(all: &mut Changes, old: &Step, new: &Step) {
    let (before, after) = (all.before, all.after);
    let mut found: Vec<(Effect, String)> = Vec::new();
    let invites = old.kind == StepKind::Invite;
    let fixed = if invites { Effect::NotWhileRunning } else { Effect::Safe };
    if old.kind != new.kind {
        found.push((Effect::NotWhileRunning, "is another kind of step".to_owned()));
    }
    let events = |checked: &Checked, index: usize| checked.events.get(index).map(|e| e.name.clone());
    match (old.timing, new.timing) {
        (Timing::AtRelease, Timing::AtRelease) => {}
        (Timing::AfterInvite { days }, Timing::AfterInvite { days: now }) => {
            if days != now {
                let what = format!("after {days} days → after {now} days, for who has not got it yet");
                found.push((Effect::Safe, what));
            }
        }
        (
            Timing::AfterEvent { events: source, hours, within_hours },
            Timing::AfterEvent { events: now, hours: then, within_hours: within },
        ) => {
            if events(before, source) != events(after, now) {
                found.push((Effect::NotWhileRunning, "follows other events".to_owned()));
            } else if (hours, within_hours) != (then, within) {
                let what =
                    format!("{hours} to {within_hours} hours → {then} to {within} hours after the event");
                found.push((Effect::Safe, what));
            }
        }
        _ => found.push((fixed, "is due at another kind of moment".to_owned())),
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
        let effect = if other { Effect::NotWhileRunning } else { Effect::Safe };
        let why = if other {
            "; who could be reached was decided at launch"
        } else {
            ", for messages not yet sent"
        };
        found.push((effect, format!("via {} → via {}{why}", a.join(" else "), b.join(" else "))));
    }
    let strata = |checked: &Checked, step: &Step| -> Vec<String> {
        step.strata.iter().filter_map(|&s| checked.strata.get(s)).map(|s| s.name.clone()).collect()
    };
    if strata(before, old) != strata(after, new) {
        found.push((fixed, "goes to other strata".to_owned()));
    }
    for (effect, what) in found {
        let what = format!("`{}` {what}", new.name);
        all.push(effect, ("schedule", ""), what, Some(old.span), Some(new.span));
    }
}
