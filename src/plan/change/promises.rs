//! The campaign's head, what respondents were promised, and what follows from answers.

use super::draw::condition;
use super::questions::reworded;
use super::{Changes, Effect};
use crate::model::Checked;
use crate::model::checked::{CaseRule, Given, Privacy, TestCase};
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
    if let Some(what) = reworded("title", &old.title, &new.title) {
        all.note(Effect::Safe, owner, what);
    }
    if old.timezone != new.timezone {
        let what = format!(
            "time zone: {} → {}; days and hours were promised in the old one",
            old.timezone, new.timezone
        );
        all.note(Effect::NotWhileRunning, owner, what);
    }
    let words = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    for (what, a, b) in [
        ("owner", &old.owner, &new.owner),
        ("rhythm", &old.rhythm, &new.rhythm),
        ("the wave before", &old.follows, &new.follows),
    ] {
        if a != b {
            all.note(Effect::Safe, owner, format!("{what}: {} → {}", words(a), words(b)));
        }
    }
    if old.languages.first() != new.languages.first() {
        let what = "has another default language; people without one of their own are asked in it";
        all.note(Effect::BreaksTrend, owner, what);
    } else if old.languages != new.languages && {
        let sorted = |all: &[String]| {
            let mut all = all.to_vec();
            all.sort();
            all
        };
        sorted(&old.languages) == sorted(&new.languages)
    } {
        all.note(Effect::Safe, owner, "names its languages in another order");
    }
    // Languages that came or went are told with the questions.
    let languages = old.languages.clone();
    let plain = crate::model::checked::Campaign { languages, title: old.title.clone(), ..new.clone() };
    all.otherwise(mark, plain != *old, Effect::BreaksTrend, owner, "has another head");
}

/// Compares promises and consequences.
pub(super) fn compare(all: &mut Changes) {
    privacy(all);
    cases(all);
    actions(all);
    let (before, after) = (all.before, all.after);
    if before.report.formats != after.report.formats {
        let formats = |c: &Checked| c.report.formats.join(", ");
        let what = format!("formats: {} → {}", formats(before), formats(after));
        all.note(Effect::Safe, ("report", ""), what);
    }
    let quotes = |c: &Checked| -> Vec<(String, usize)> {
        let name = |i: usize| c.questionnaire.items.get(i).map_or(String::new(), |item| item.name.clone());
        c.report.quotes.iter().map(|(item, n)| (name(*item), *n)).collect()
    };
    if quotes(before) != quotes(after) {
        all.note(Effect::Safe, ("report", ""), "quotes other answers");
    }
    let tests = |c: &Checked| c.tests.iter().map(|t| shape(c, t)).collect::<Vec<_>>();
    if tests(before) != tests(after) {
        all.note(Effect::Safe, ("campaign", &after.campaign.name), "has other tests");
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

fn privacy(all: &mut Changes) {
    const OWNER: (&str, &str) = ("privacy", "");
    let (old, new) = (&all.before.privacy, &all.after.privacy);
    let mark = all.found.len();
    if old.mode != new.mode {
        let mode = |p: &Privacy| format!("{:?}", p.mode).to_lowercase();
        let what = format!("mode: {} → {}; people were promised the old one", mode(old), mode(new));
        all.note(Effect::NotWhileRunning, OWNER, what);
    }
    let days =
        |keep: Option<u32>| keep.map_or_else(|| "without end".to_owned(), |days| format!("{days} days"));
    let longer = match (old.keep_days, new.keep_days) {
        (Some(old), Some(new)) => new > old,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if old.keep_days != new.keep_days {
        let (effect, why) = if longer {
            (Effect::NotWhileRunning, "; people were promised the shorter time")
        } else {
            (Effect::Safe, "")
        };
        let what = format!("keeps for: {} → {}{why}", days(old.keep_days), days(new.keep_days));
        all.note(effect, OWNER, what);
    }
    if let Some(what) = reworded("consent", &old.consent, &new.consent) {
        let what = format!("{what}; who answered agreed to the old words");
        all.note(Effect::BreaksData, OWNER, what);
    }
    let plain = |p: &Privacy| Privacy { consent: old.consent.clone(), ..p.clone() };
    let what = "promises something else";
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
            None => all.note(Effect::Safe, ("case", &old.name), "was removed"),
            Some(new) if shape(before, old) != shape(after, new) => {
                all.note(Effect::Safe, ("case", &new.name), "is raised or followed up in another way");
            }
            Some(_) => {}
        }
    }
    for new in after.cases.iter().filter(|n| !before.cases.iter().any(|o| o.name == n.name)) {
        all.note(Effect::Safe, ("case", &new.name), "is new");
    }
}

fn actions(all: &mut Changes) {
    let (before, after) = (all.before, all.after);
    let shape = |checked: &Checked, action: &crate::model::checked::Action| {
        let stratum = action.stratum.and_then(|i| checked.strata.get(i)).map(|s| s.name.clone());
        let score = |i: usize| checked.scoring.as_ref().and_then(|s| s.scores.get(i)).map(|s| s.name.clone());
        let improves = action.improves.map(|(i, by)| (score(i), by.to_bits()));
        (stratum, improves, crate::model::checked::Action { stratum: None, improves: None, ..action.clone() })
    };
    for old in &before.actions {
        match after.actions.iter().find(|a| a.name == old.name) {
            None => all.note(Effect::Safe, ("action", &old.name), "was removed"),
            Some(new) if shape(before, old) != shape(after, new) => {
                all.note(Effect::Safe, ("action", &new.name), "changed");
            }
            Some(_) => {}
        }
    }
    for new in after.actions.iter().filter(|n| !before.actions.iter().any(|o| o.name == n.name)) {
        all.note(Effect::Safe, ("action", &new.name), "is new");
    }
}
