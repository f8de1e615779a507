//! Whom to ask: the list, events, strata. What was drawn at launch stays drawn; who comes later may be another.

use super::questions::reworded;
use super::said::{Blank, Said, said};
use super::scores::named;
use super::{Changes, Effect};
use crate::expr::Expr;
use crate::frame::{Design, Entering};
use crate::model::Checked;
use crate::model::checked::{Choice, Events, Field, FieldKind, Frame, Sample, Stratum};
use crate::plan::say::{Words, each};
use crate::plan::words::sample;

/// Compares whom the campaign asks.
pub(super) fn compare(all: &mut Changes) {
    let entering = Design::new(all.before).map(|design| design.entering).unwrap_or_default();
    let at_launch = entering.iter().any(|entering| entering.at_launch());
    frame(all, at_launch);
    events(all);
    strata(all, &entering);
}

/// What a change of the rules does to people who are drawn once, and to those who come one by one.
fn effect(at_launch: bool) -> Effect {
    if at_launch { Effect::NotWhileRunning } else { Effect::BreaksTrend }
}

fn why(at_launch: bool) -> Said {
    if at_launch { said!("c_drawn_once") } else { said!("c_from_now_on") }
}

fn because(what: Said, at_launch: bool) -> Said {
    said!("c_why", what = what, why = why(at_launch))
}

fn frame(all: &mut Changes, at_launch: bool) {
    let (before, after) = (all.before, all.after);
    let (old, new) = match (&before.frame, &after.frame) {
        (Some(old), Some(new)) => (old, new),
        (None, None) => return,
        (Some(old), None) => {
            return all.note(Effect::NotWhileRunning, ("frame", &old.name), said!("c_frame_gone"));
        }
        (None, Some(new)) => {
            return all.note(Effect::NotWhileRunning, ("frame", &new.name), said!("c_frame_new"));
        }
    };
    let mark = all.found.len();
    let owner = ("frame", new.name.as_str());
    if old.name != new.name {
        all.note(Effect::Safe, owner, said!("c_called", name = &old.name));
    }
    if old.key != new.key {
        let what = said!("c_key", before = &old.key, after = &new.key);
        all.note(Effect::NotWhileRunning, owner, what);
    }
    for (part, a, b) in columns(old, new) {
        if a != b {
            let what = said!("c_from_to", part = part, before = Blank::maybe(a), after = Blank::maybe(b));
            let what = because(what, at_launch);
            all.note(effect(at_launch), owner, what);
        }
    }
    let conditions = |checked: &Checked, frame: &Frame| -> Vec<String> {
        frame.exclude.iter().map(|e| condition(checked, Some(&e.condition))).collect()
    };
    if conditions(before, old) != conditions(after, new) {
        all.note(effect(at_launch), owner, because(said!("c_excludes"), at_launch));
    } else if old.exclude.iter().zip(&new.exclude).any(|(a, b)| a.label != b.label) {
        all.note(Effect::Safe, owner, said!("c_exclude_labels"));
    }
    if old.rest != new.rest {
        all.note(effect(at_launch), owner, because(said!("c_rest"), at_launch));
    }
    if old.once_per != new.once_per {
        all.note(effect(at_launch), owner, because(said!("c_once"), at_launch));
    }
    fields(all, owner, (&old.fields, &new.fields), at_launch);
    if of_correlation(old) != of_correlation(new) {
        all.note(Effect::Safe, owner, said!("c_correlation"));
    }
    let plain =
        |frame: &Frame| Frame { exclude: Vec::new(), fields: Vec::new(), cluster: None, ..frame.clone() };
    all.otherwise(mark, plain(old) != plain(new), effect(at_launch), owner, said!("c_read"));
}

type Column<'a> = (Said, Option<&'a str>, Option<&'a str>);

fn columns<'a>(old: &'a Frame, new: &'a Frame) -> [Column<'a>; 8] {
    [
        (said!("c_source"), Some(&old.source), Some(&new.source)),
        (said!("c_email"), old.email.as_deref(), new.email.as_deref()),
        (said!("c_mobile"), old.mobile.as_deref(), new.mobile.as_deref()),
        (said!("c_name"), old.person_name.as_deref(), new.person_name.as_deref()),
        (said!("c_language"), old.language.as_deref(), new.language.as_deref()),
        (said!("c_timezone"), old.timezone.as_deref(), new.timezone.as_deref()),
        (said!("c_device"), old.device.as_deref(), new.device.as_deref()),
        (said!("c_cluster"), of_clusters(old), of_clusters(new)),
    ]
}

fn of_clusters(frame: &Frame) -> Option<&str> {
    frame.cluster.as_ref().map(|c| c.column.as_str())
}

fn of_correlation(frame: &Frame) -> Option<f64> {
    frame.cluster.as_ref().and_then(|c| c.correlation)
}

/// Columns travel with the person from the moment of the draw on.
fn fields(all: &mut Changes, owner: (&'static str, &str), (old, new): (&[Field], &[Field]), at_launch: bool) {
    for field in new {
        let name = &field.name;
        let Some(before) = old.iter().find(|f| f.name == *name) else {
            let (effect, what) = if at_launch {
                (Effect::NotWhileRunning, said!("c_column_new_drawn", column = name))
            } else {
                (Effect::Safe, said!("c_column_new", column = name))
            };
            all.note(effect, owner, what);
            continue;
        };
        if let Some(what) = reworded(said!("c_column_title", column = name), &before.title, &field.title) {
            all.note(Effect::Safe, owner, what);
        }
        let codes = |choices: &[Choice]| choices.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
        match (&before.kind, &field.kind) {
            (FieldKind::OneOf(a), FieldKind::OneOf(b)) => {
                let (a_codes, b_codes) = (codes(a), codes(b));
                if let Some(gone) = a_codes.iter().find(|code| !b_codes.contains(code)) {
                    let what = said!("c_column_code_gone", code = gone, column = name);
                    all.note(Effect::NotWhileRunning, owner, what);
                } else if a != b {
                    all.note(Effect::Safe, owner, said!("c_column_codes", column = name));
                }
            }
            (a, b) if a != b => {
                let what = said!("c_column_type", column = name);
                all.note(Effect::NotWhileRunning, owner, what);
            }
            _ => {}
        }
    }
    for field in old.iter().filter(|f| !new.iter().any(|n| n.name == f.name)) {
        all.note(Effect::Safe, owner, said!("c_column_gone", column = &field.name));
    }
}

fn events(all: &mut Changes) {
    let (before, after) = (all.before, all.after);
    for old in &before.events {
        let owner = ("events", old.name.as_str());
        let Some(new) = after.events.iter().find(|e| e.name == old.name) else {
            all.note(Effect::BreaksTrend, owner, said!("c_removed"));
            continue;
        };
        let mark = all.found.len();
        if (&old.key, &old.person, &old.at) != (&new.key, &new.person, &new.at) {
            let what = said!("c_events_key");
            all.note(Effect::NotWhileRunning, owner, what);
        }
        if old.source != new.source {
            let part = said!("c_source");
            let what = said!("c_from_to", part = part, before = &old.source, after = &new.source);
            let what = because(what, false);
            all.note(Effect::BreaksTrend, owner, what);
        }
        fields(all, owner, (&old.fields, &new.fields), false);
        let plain = |events: &Events| Events { fields: Vec::new(), ..events.clone() };
        let what = said!("c_read");
        all.otherwise(mark, plain(old) != plain(new), Effect::NotWhileRunning, owner, what);
    }
    for new in after.events.iter().filter(|n| !before.events.iter().any(|o| o.name == n.name)) {
        all.note(Effect::Safe, ("events", &new.name), said!("c_new"));
    }
}

fn strata(all: &mut Changes, entering: &[Entering]) {
    let (before, after) = (all.before, all.after);
    let mut moved = false;
    for (index, old) in before.strata.iter().enumerate() {
        let Some(at) = after.strata.iter().position(|s| s.name == old.name) else {
            let what = said!("c_stratum_gone");
            all.push(Effect::NotWhileRunning, ("stratum", &old.name), what, Some(old.span), None);
            continue;
        };
        let Some(new) = after.strata.get(at) else { continue };
        if at != index && before.strata.len() == after.strata.len() && !moved {
            moved = true;
            let what = said!("c_stratum_place");
            all.push(Effect::NotWhileRunning, ("stratum", &new.name), what, Some(old.span), Some(new.span));
        }
        stratum(all, old, new, entering.get(index).is_none_or(|entering| entering.at_launch()));
    }
    for new in after.strata.iter().filter(|n| !before.strata.iter().any(|o| o.name == n.name)) {
        let what = said!("c_stratum_new");
        all.push(Effect::NotWhileRunning, ("stratum", &new.name), what, None, Some(new.span));
    }
}

fn stratum(all: &mut Changes, old: &Stratum, new: &Stratum, at_launch: bool) {
    let (before, after) = (all.before, all.after);
    let mark = all.found.len();
    let languages = all.languages.clone();
    let mut tell = |effect: Effect, what: Said| {
        all.push(effect, ("stratum", &new.name), what, Some(old.span), Some(new.span));
    };
    if let Some(what) = reworded(said!("c_title"), &old.title, &new.title) {
        tell(Effect::Safe, what);
    }
    let rule = |checked: &Checked, s: &Stratum| (condition(checked, s.condition.as_ref()), s.as_of);
    if rule(before, old) != rule(after, new) {
        tell(effect(at_launch), because(said!("c_takes_others"), at_launch));
    }
    let words = |checked: &Checked, clause: Sample| sample(checked, clause, &Words::of("en"));
    let released = |number: u64| said!("c_released", n = number.to_string());
    match (old.sample, new.sample) {
        (a, b) if a == b && words(before, a) == words(after, b) => {}
        // All who may be released are drawn at launch, so that the number only says when to stop.
        (Sample::Completes { .. }, Sample::Completes { number, .. }) => tell(Effect::Safe, released(number)),
        (a, b) => {
            let told = |checked: &Checked, clause| each(&languages, |w| sample(checked, clause, w));
            let what = said!("c_sample", before = told(before, a), after = told(after, b));
            let why = if at_launch { said!("c_drawn_once") } else { said!("c_other_chances") };
            tell(Effect::NotWhileRunning, said!("c_why", what = what, why = why));
        }
    }
    if old.panel != new.panel {
        tell(Effect::NotWhileRunning, because(said!("c_panel"), true));
    }
    if old.coordination != new.coordination {
        tell(Effect::NotWhileRunning, because(said!("c_coordination"), true));
    }
    let parts = |checked: &Checked, s: &Stratum| -> Vec<(String, String)> {
        s.parts.iter().map(|p| (p.name.clone(), condition(checked, p.condition.as_ref()))).collect()
    };
    let shares = |s: &Stratum| s.parts.iter().map(|p| p.share).collect::<Vec<f64>>();
    if parts(before, old) != parts(after, new) {
        tell(Effect::NotWhileRunning, because(said!("c_split"), true));
    } else if shares(old) != shares(new) {
        if matches!(new.sample, Sample::Completes { .. }) {
            tell(Effect::Safe, said!("c_shares"));
        } else {
            tell(Effect::NotWhileRunning, because(said!("c_shares"), true));
        }
    } else if old.parts.iter().zip(&new.parts).any(|(a, b)| a.title != b.title) {
        tell(Effect::Safe, said!("c_part_titles"));
    }
    let plain = |s: &Stratum| Stratum { condition: None, parts: Vec::new(), span: new.span, ..s.clone() };
    let what = said!("c_drawn_otherwise");
    all.otherwise(mark, plain(old) != plain(new), Effect::NotWhileRunning, ("stratum", &new.name), what);
}

/// Writes a condition with names in the place of indices.
pub(super) fn condition(checked: &Checked, condition: Option<&Expr>) -> String {
    condition.map(|condition| named(checked, &format!("{condition:?}"))).unwrap_or_default()
}
