//! The campaign's head, what respondents were promised, and what follows from answers.

use super::draw::condition;
use super::questions::reworded;
use super::said::{Blank, Said, said};
use super::{Changes, Effect};
use crate::model::Checked;
use crate::model::checked::{CaseRule, EventPromise, Given, Privacy, PrivacyMode, TestCase};
use crate::plan::say::each;
use crate::source::Span;

/// Compares the head.
pub(super) fn campaign(all: &mut Changes) {
    let (old, new) = (&all.before.campaign, &all.after.campaign);
    let owner = ("campaign", new.name.as_str());
    // Another campaign is another wave: its head is its own.
    if old.name != new.name {
        return;
    }
    let mark = all.found.len();
    if let Some(what) = reworded(said!("c_title"), &old.title, &new.title) {
        all.note(Effect::Safe, owner, what);
    }
    if old.timezone != new.timezone {
        let what = said!("c_zone", before = &old.timezone, after = &new.timezone);
        all.note(Effect::NotWhileRunning, owner, what);
    }
    for (part, a, b) in [
        (said!("c_owner"), &old.owner, &new.owner),
        (said!("c_rhythm"), &old.rhythm, &new.rhythm),
        (said!("c_follows"), &old.follows, &new.follows),
    ] {
        if a != b {
            let (before, after) = (Blank::maybe(a.as_deref()), Blank::maybe(b.as_deref()));
            all.note(Effect::Safe, owner, said!("c_from_to", part = part, before = before, after = after));
        }
    }
    if old.languages.first() != new.languages.first() {
        let what = said!("c_default_language");
        all.note(Effect::BreaksTrend, owner, what);
    } else if old.languages != new.languages && {
        let sorted = |all: &[String]| {
            let mut all = all.to_vec();
            all.sort();
            all
        };
        sorted(&old.languages) == sorted(&new.languages)
    } {
        all.note(Effect::Safe, owner, said!("c_languages_order"));
    }
    // Languages that came or went are told with the questions.
    let languages = old.languages.clone();
    let plain = crate::model::checked::Campaign { languages, title: old.title.clone(), ..new.clone() };
    all.otherwise(mark, plain != *old, Effect::BreaksTrend, owner, said!("c_head"));
}

/// Compares promises and consequences.
pub(super) fn compare(all: &mut Changes) {
    privacy(all);
    cases(all);
    actions(all);
    let (before, after) = (all.before, all.after);
    if before.report.formats != after.report.formats {
        let formats = |c: &Checked| Blank::names(&c.report.formats, "comma");
        let what = said!("c_formats", before = formats(before), after = formats(after));
        all.note(Effect::Safe, ("report", ""), what);
    }
    let quotes = |c: &Checked| -> Vec<(String, usize)> {
        let name = |i: usize| c.questionnaire.items.get(i).map_or(String::new(), |item| item.name.clone());
        c.report.quotes.iter().map(|(item, n)| (name(*item), *n)).collect()
    };
    if quotes(before) != quotes(after) {
        all.note(Effect::Safe, ("report", ""), said!("c_quotes"));
    }
    let tests = |c: &Checked| c.tests.iter().map(|t| shape(c, t)).collect::<Vec<_>>();
    if tests(before) != tests(after) {
        all.note(Effect::Safe, ("campaign", &after.campaign.name), said!("c_tests"));
    }
}

/// Returns a test without places.
fn shape(checked: &Checked, test: &TestCase) -> String {
    let nowhere = Span::default();
    let mut test = TestCase { span: nowhere, ..test.clone() };
    test.given = test.given.into_iter().map(|given| Given { span: nowhere, ..given }).collect();
    test.expect.iter_mut().for_each(|expected| expected.span = nowhere);
    super::scores::named(checked, &format!("{test:?}"))
}

fn mode(mode: PrivacyMode) -> Said {
    match mode {
        PrivacyMode::Identified => said!("identified"),
        PrivacyMode::Confidential => said!("confidential"),
        PrivacyMode::Anonymous => said!("anonymous"),
    }
}

fn privacy(all: &mut Changes) {
    const OWNER: (&str, &str) = ("privacy", "");
    let (old, new) = (&all.before.privacy, &all.after.privacy);
    let mark = all.found.len();
    if old.mode != new.mode {
        let what = said!("c_mode", before = mode(old.mode), after = mode(new.mode));
        all.note(Effect::NotWhileRunning, OWNER, what);
    }
    let languages = all.languages.clone();
    let days = |keep: Option<u32>| match keep {
        Some(days) => Blank::Each(each(&languages, |w| w.counted("n_days", u64::from(days)))),
        None => said!("c_without_end").into(),
    };
    let longer = match (old.keep_days, new.keep_days) {
        (Some(old), Some(new)) => new > old,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if old.keep_days != new.keep_days {
        let (before, after) = (days(old.keep_days), days(new.keep_days));
        if longer {
            all.note(Effect::NotWhileRunning, OWNER, said!("c_keeps_longer", before = before, after = after));
        } else {
            all.note(Effect::Safe, OWNER, said!("c_keeps", before = before, after = after));
        }
    }
    if let Some(what) = reworded(said!("c_consent"), &old.consent, &new.consent) {
        all.note(Effect::BreaksData, OWNER, said!("c_agreed", what = what));
    }
    let plain = |p: &Privacy| Privacy { consent: old.consent.clone(), ..p.clone() };
    let what = said!("c_promises");
    all.otherwise(mark, plain(old) != plain(new), Effect::NotWhileRunning, OWNER, what);
}

fn cases(all: &mut Changes) {
    let (before, after) = (all.before, all.after);
    let shape = |checked: &Checked, case: &CaseRule| {
        let when = condition(checked, Some(&case.condition));
        (
            when,
            CaseRule { condition: crate::expr::Expr::Constant(crate::expr::Value::Missing), ..case.clone() },
        )
    };
    for old in &before.cases {
        match after.cases.iter().find(|c| c.name == old.name) {
            None => all.note(Effect::Safe, ("case", &old.name), said!("c_removed")),
            Some(new) if shape(before, old) != shape(after, new) => {
                all.note(Effect::Safe, ("case", &new.name), said!("c_case_other"));
            }
            Some(_) => {}
        }
    }
    for new in after.cases.iter().filter(|n| !before.cases.iter().any(|o| o.name == n.name)) {
        all.note(Effect::Safe, ("case", &new.name), said!("c_new"));
    }
}

/// Returns a promised figure of events by the names of what it is made of.
fn figure(checked: &Checked, promise: EventPromise) -> (String, u64, bool) {
    let events = checked.events.get(promise.source);
    let field = promise.figure.field().and_then(|f| events?.fields.get(f)).map_or("", |f| f.name.as_str());
    let words = format!("{}({}.{field})", promise.figure.word(), events.map_or("", |e| e.name.as_str()));
    (words, promise.by.to_bits(), promise.relative)
}

fn actions(all: &mut Changes) {
    let (before, after) = (all.before, all.after);
    let shape = |checked: &Checked, action: &crate::model::checked::Action| {
        let stratum = action.stratum.and_then(|i| checked.strata.get(i)).map(|s| s.name.clone());
        let score = |i: usize| checked.scoring.as_ref().and_then(|s| s.scores.get(i)).map(|s| s.name.clone());
        let improves = action.score().map(|(i, by)| (score(i), by.to_bits()));
        let events = action.events().map(|promise| figure(checked, promise));
        (
            stratum,
            improves,
            events,
            crate::model::checked::Action { stratum: None, improves: None, ..action.clone() },
        )
    };
    for old in &before.actions {
        match after.actions.iter().find(|a| a.name == old.name) {
            None => all.note(Effect::Safe, ("action", &old.name), said!("c_removed")),
            Some(new) if shape(before, old) != shape(after, new) => {
                all.note(Effect::Safe, ("action", &new.name), said!("c_changed"));
            }
            Some(_) => {}
        }
    }
    for new in after.actions.iter().filter(|n| !before.actions.iter().any(|o| o.name == n.name)) {
        all.note(Effect::Safe, ("action", &new.name), said!("c_new"));
    }
}
