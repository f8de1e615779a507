//! Whom to ask: the list, events, strata. What was drawn at launch stays drawn; who comes later may be another.

use super::questions::reworded;
use super::scores::named;
use super::{Changes, Effect};
use crate::expr::Expr;
use crate::frame::{Design, Entering};
use crate::model::Checked;
use crate::model::checked::{Choice, Events, Field, FieldKind, Frame, Sample, Stratum};
use crate::plan::say::Words;
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

fn why(at_launch: bool) -> &'static str {
    if at_launch { "the draw was made once, at launch" } else { "holds for people who come from now on" }
}

fn frame(all: &mut Changes, at_launch: bool) {
    let (before, after) = (all.before, all.after);
    let (old, new) = match (&before.frame, &after.frame) {
        (Some(old), Some(new)) => (old, new),
        (None, None) => return,
        (Some(old), None) => {
            return all.note(
                Effect::NotWhileRunning,
                ("frame", &old.name),
                "was removed; people came from it",
            );
        }
        (None, Some(new)) => {
            return all.note(
                Effect::NotWhileRunning,
                ("frame", &new.name),
                "is new; nobody was drawn from it",
            );
        }
    };
    let mark = all.found.len();
    let owner = ("frame", new.name.as_str());
    if old.name != new.name {
        all.note(Effect::Safe, owner, format!("was called `{}`", old.name));
    }
    if old.key != new.key {
        let what = format!("key: {} → {}; people are known by the old one", old.key, new.key);
        all.note(Effect::NotWhileRunning, owner, what);
    }
    for (what, a, b) in columns(old, new) {
        if a != b {
            let words = |text: Option<&str>| text.unwrap_or("none").to_owned();
            let what = format!("{what}: {} → {}; {}", words(a), words(b), why(at_launch));
            all.note(effect(at_launch), owner, what);
        }
    }
    let conditions = |checked: &Checked, frame: &Frame| -> Vec<String> {
        frame.exclude.iter().map(|e| condition(checked, Some(&e.condition))).collect()
    };
    if conditions(before, old) != conditions(after, new) {
        all.note(effect(at_launch), owner, format!("excludes other people; {}", why(at_launch)));
    } else if old.exclude.iter().zip(&new.exclude).any(|(a, b)| a.label != b.label) {
        all.note(Effect::Safe, owner, "names the reasons of exclusion in other words");
    }
    if old.rest != new.rest {
        all.note(effect(at_launch), owner, format!("has another rest; {}", why(at_launch)));
    }
    if old.once_per != new.once_per {
        all.note(effect(at_launch), owner, format!("has another `once`; {}", why(at_launch)));
    }
    fields(all, owner, (&old.fields, &new.fields), at_launch);
    if of_correlation(old) != of_correlation(new) {
        all.note(Effect::Safe, owner, "supposes another correlation within clusters, for the plan's margins");
    }
    let plain =
        |frame: &Frame| Frame { exclude: Vec::new(), fields: Vec::new(), cluster: None, ..frame.clone() };
    all.otherwise(mark, plain(old) != plain(new), effect(at_launch), owner, "is read in another way");
}

type Column<'a> = (&'static str, Option<&'a str>, Option<&'a str>);

fn columns<'a>(old: &'a Frame, new: &'a Frame) -> [Column<'a>; 8] {
    [
        ("source", Some(&old.source), Some(&new.source)),
        ("email", old.email.as_deref(), new.email.as_deref()),
        ("mobile", old.mobile.as_deref(), new.mobile.as_deref()),
        ("name", old.person_name.as_deref(), new.person_name.as_deref()),
        ("language", old.language.as_deref(), new.language.as_deref()),
        ("timezone", old.timezone.as_deref(), new.timezone.as_deref()),
        ("device", old.device.as_deref(), new.device.as_deref()),
        ("cluster", of_clusters(old), of_clusters(new)),
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
            let (effect, why) = if at_launch {
                (Effect::NotWhileRunning, "the people who were drawn don't carry it")
            } else {
                (Effect::Safe, "people who come from now on carry it")
            };
            all.note(effect, owner, format!("column `{name}` is new; {why}"));
            continue;
        };
        if let Some(what) = reworded(&format!("title of column `{name}`"), &before.title, &field.title) {
            all.note(Effect::Safe, owner, what);
        }
        let codes = |choices: &[Choice]| choices.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
        match (&before.kind, &field.kind) {
            (FieldKind::OneOf(a), FieldKind::OneOf(b)) => {
                let (a_codes, b_codes) = (codes(a), codes(b));
                if let Some(gone) = a_codes.iter().find(|code| !b_codes.contains(code)) {
                    let what = format!("code `{gone}` of column `{name}` was removed; people carry it");
                    all.note(Effect::NotWhileRunning, owner, what);
                } else if a != b {
                    all.note(
                        Effect::Safe,
                        owner,
                        format!("column `{name}` has other codes or labels besides"),
                    );
                }
            }
            (a, b) if a != b => {
                let what = format!("column `{name}` has another type; people carry the old one");
                all.note(Effect::NotWhileRunning, owner, what);
            }
            _ => {}
        }
    }
    for field in old.iter().filter(|f| !new.iter().any(|n| n.name == f.name)) {
        all.note(Effect::Safe, owner, format!("column `{}` is no longer used", field.name));
    }
}

fn events(all: &mut Changes) {
    let (before, after) = (all.before, all.after);
    for old in &before.events {
        let owner = ("events", old.name.as_str());
        let Some(new) = after.events.iter().find(|e| e.name == old.name) else {
            all.note(Effect::BreaksTrend, owner, "was removed");
            continue;
        };
        let mark = all.found.len();
        if (&old.key, &old.person, &old.at) != (&new.key, &new.person, &new.at) {
            let what = "has another key, person or time; events are known by the old ones";
            all.note(Effect::NotWhileRunning, owner, what);
        }
        if old.source != new.source {
            let what = format!("source: {} → {}; {}", old.source, new.source, why(false));
            all.note(Effect::BreaksTrend, owner, what);
        }
        fields(all, owner, (&old.fields, &new.fields), false);
        let plain = |events: &Events| Events { fields: Vec::new(), ..events.clone() };
        let what = "is read in another way";
        all.otherwise(mark, plain(old) != plain(new), Effect::NotWhileRunning, owner, what);
    }
    for new in after.events.iter().filter(|n| !before.events.iter().any(|o| o.name == n.name)) {
        all.note(Effect::Safe, ("events", &new.name), "is new");
    }
}

fn strata(all: &mut Changes, entering: &[Entering]) {
    let (before, after) = (all.before, all.after);
    let mut moved = false;
    for (index, old) in before.strata.iter().enumerate() {
        let Some(at) = after.strata.iter().position(|s| s.name == old.name) else {
            let what = "was removed; people were drawn or counted in it";
            all.push(Effect::NotWhileRunning, ("stratum", &old.name), what, Some(old.span), None);
            continue;
        };
        let Some(new) = after.strata.get(at) else { continue };
        if at != index && before.strata.len() == after.strata.len() && !moved {
            moved = true;
            let what = "stands in another place; the first stratum that matches takes the person";
            all.push(Effect::NotWhileRunning, ("stratum", &new.name), what, Some(old.span), Some(new.span));
        }
        stratum(all, old, new, entering.get(index).is_none_or(|entering| entering.at_launch()));
    }
    for new in after.strata.iter().filter(|n| !before.strata.iter().any(|o| o.name == n.name)) {
        let what = "is new; people were divided among strata at launch";
        all.push(Effect::NotWhileRunning, ("stratum", &new.name), what, None, Some(new.span));
    }
}

fn stratum(all: &mut Changes, old: &Stratum, new: &Stratum, at_launch: bool) {
    let (before, after) = (all.before, all.after);
    let mark = all.found.len();
    let mut tell = |effect: Effect, what: String| {
        all.push(effect, ("stratum", &new.name), what, Some(old.span), Some(new.span));
    };
    if let Some(what) = reworded("title", &old.title, &new.title) {
        tell(Effect::Safe, what);
    }
    let rule = |checked: &Checked, s: &Stratum| (condition(checked, s.condition.as_ref()), s.as_of);
    if rule(before, old) != rule(after, new) {
        tell(effect(at_launch), format!("takes other people; {}", why(at_launch)));
    }
    let words = |checked: &Checked, clause: Sample| sample(checked, clause, &Words::of("en"));
    let released = |number: u64| format!("people are released in draw order until {number} have answered");
    match (old.sample, new.sample) {
        (a, b) if a == b && words(before, a) == words(after, b) => {}
        // All who may be released are drawn at launch, so that the number only says when to stop.
        (Sample::Completes { .. }, Sample::Completes { number, .. }) => tell(Effect::Safe, released(number)),
        (a, b) => {
            let why = if at_launch {
                "the draw was made once, at launch"
            } else {
                "people who come before and after would have other chances under one weight"
            };
            let (a, b) = (words(before, a), words(after, b));
            tell(Effect::NotWhileRunning, format!("sample: {a} → {b}; {why}"));
        }
    }
    if old.panel != new.panel {
        tell(
            Effect::NotWhileRunning,
            "takes the people of another panel; the draw was made once, at launch".to_owned(),
        );
    }
    if old.coordination != new.coordination {
        let what = "is drawn beside other campaigns; the draw was made once, at launch";
        tell(Effect::NotWhileRunning, what.to_owned());
    }
    let parts = |checked: &Checked, s: &Stratum| -> Vec<(String, String)> {
        s.parts.iter().map(|p| (p.name.clone(), condition(checked, p.condition.as_ref()))).collect()
    };
    let shares = |s: &Stratum| s.parts.iter().map(|p| p.share).collect::<Vec<f64>>();
    if parts(before, old) != parts(after, new) {
        tell(Effect::NotWhileRunning, format!("is split in another way; {}", why(true)));
    } else if shares(old) != shares(new) {
        let completes = matches!(new.sample, Sample::Completes { .. });
        let effect = if completes { Effect::Safe } else { Effect::NotWhileRunning };
        tell(
            effect,
            format!(
                "has other shares of its parts{}",
                if completes { "" } else { "; they were drawn at launch" }
            ),
        );
    } else if old.parts.iter().zip(&new.parts).any(|(a, b)| a.title != b.title) {
        tell(Effect::Safe, "has other titles of its parts".to_owned());
    }
    let plain = |s: &Stratum| Stratum { condition: None, parts: Vec::new(), span: new.span, ..s.clone() };
    let what = "is drawn in another way";
    all.otherwise(mark, plain(old) != plain(new), Effect::NotWhileRunning, ("stratum", &new.name), what);
}

/// Writes a condition with names in the place of indices.
pub(super) fn condition(checked: &Checked, condition: Option<&Expr>) -> String {
    condition.map(|condition| named(checked, &format!("{condition:?}"))).unwrap_or_default()
}
