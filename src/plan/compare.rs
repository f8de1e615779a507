//! What differs between a reviewed plan and the one of now, in words.

use std::collections::BTreeSet;

use crate::plan::effects::{costs, step};
use crate::plan::print::rows::{first_language, margin, moment};
use crate::plan::steps::timing_in_words;
use crate::plan::types::{Cell, Plan, PlanStep};
use crate::plan::words::grouped;

/// Returns the differences, empty when there are none.
///
/// Daily and event draws enter a plan as rules; their counts may differ while the hash is the same.
#[must_use]
pub fn compare(reviewed: &Plan, now: &Plan) -> Vec<String> {
    let mut all = Vec::new();
    head(reviewed, now, &mut all);
    list(reviewed, now, &mut all);
    strata(reviewed, now, &mut all);
    steps(reviewed, now, &mut all);
    all.extend(costs(reviewed, now));
    expected(reviewed, now, &mut all);
    rest(reviewed, now, &mut all);
    // Wording, scores and the like are in the hash alone.
    if all.is_empty() && reviewed.hash != now.hash {
        let short = |hash: &str| hash.chars().take(12).collect::<String>();
        let (a, b) = (short(&reviewed.hash), short(&now.hash));
        all.push(format!(
            "the wording of questions, cleaning, scores, analysis or privacy changed (hash {a}… → {b}…)"
        ));
    }
    all
}

fn change<T: PartialEq + ToString>(all: &mut Vec<String>, what: &str, a: &T, b: &T) {
    if a != b {
        all.push(format!("{what}: {} → {}", a.to_string(), b.to_string()));
    }
}

fn count(all: &mut Vec<String>, what: &str, a: u64, b: u64) {
    change(all, what, &grouped(a), &grouped(b));
}

fn head(a: &Plan, b: &Plan, all: &mut Vec<String>) {
    change(all, "campaign", &a.campaign, &b.campaign);
    change(all, "seed", &a.seed, &b.seed);
    change(all, "languages", &a.languages.join(", "), &b.languages.join(", "));
    change(all, "time zone", &a.timezone, &b.timezone);
    let words = |p: &Plan| p.title.get(first_language(p)).to_owned();
    change(all, "title", &words(a), &words(b));
    change(all, "privacy", &format!("{:?}", a.privacy), &format!("{:?}", b.privacy));
}

fn list(a: &Plan, b: &Plan, all: &mut Vec<String>) {
    change(all, "list", &a.frame.source, &b.frame.source);
    count(all, "rows of the list", a.frame.rows, b.frame.rows);
    count(all, "eligible people", a.frame.eligible, b.frame.eligible);
    for reason in &b.frame.excluded {
        let label = reason.label.get(first_language(b));
        let before = a.frame.excluded.iter().find(|c| c.label == reason.label).map_or(0, |c| c.count);
        count(all, &format!("left out, {label}"), before, reason.count);
    }
    count(all, "sharing an address", a.frame.once, b.frame.once);
    count(all, "in no stratum", a.unmatched, b.unmatched);
}

fn strata(a: &Plan, b: &Plan, all: &mut Vec<String>) {
    named(all, "stratum", a.strata.iter().map(|s| &*s.name), b.strata.iter().map(|s| &*s.name));
    for now in &b.strata {
        let Some(before) = a.strata.iter().find(|s| s.name == now.name) else { continue };
        change(all, &format!("stratum `{}`, sample", now.name), &before.sample, &now.sample);
    }
    let cells = |p: &Plan| p.strata.iter().flat_map(|s| s.cells.clone()).collect::<Vec<Cell>>();
    let before = cells(a);
    for now in cells(b) {
        if let Some(before) = before.iter().find(|c| c.name == now.name) {
            cell(before, &now, all);
        }
    }
}

fn cell(a: &Cell, b: &Cell, all: &mut Vec<String>) {
    let name = &b.name;
    let lines = all.len();
    if a.population != b.population {
        all.push(format!("`{name}`, eligible: {}", step(a.population, b.population)));
    }
    let away = |c: &Cell| c.unavailable.iter().map(|u| u.count).sum::<u64>();
    count(all, &format!("`{name}`, at rest, suppressed or without address"), away(a), away(b));
    count(all, &format!("`{name}`, drawn"), a.drawn, b.drawn);
    count(all, &format!("`{name}`, invitations"), a.invitations, b.invitations);
    change(all, &format!("`{name}`, margin"), &margin(a.margin), &margin(b.margin));
    if lines == all.len() && a.digest != b.digest {
        all.push(format!("`{name}`: the same numbers, but other people are drawn"));
    }
}

fn steps(a: &Plan, b: &Plan, all: &mut Vec<String>) {
    named(all, "step", a.steps.iter().map(|s| &*s.name), b.steps.iter().map(|s| &*s.name));
    for now in &b.steps {
        let Some(before) = a.steps.iter().find(|s| s.name == now.name) else { continue };
        let what = |part: &str| format!("step `{}`, {part}", now.name);
        change(all, &what("via"), &before.via.join(" else "), &now.via.join(" else "));
        change(all, &what("when"), &timing_in_words(&before.timing), &timing_in_words(&now.timing));
        change(all, &what("for"), &before.strata.join(", "), &now.strata.join(", "));
        count(all, &what("messages"), before.messages, now.messages);
        let span = |s: &PlanStep| format!("{} to {}", moment(s.first.as_deref()), moment(s.last.as_deref()));
        change(all, &what("dates"), &span(before), &span(now));
    }
}

/// What the whole comes to.
fn expected(a: &Plan, b: &Plan, all: &mut Vec<String>) {
    let completes = |p: &Plan| crate::frame::allocate::round_up(p.expected.completes.round());
    count(all, "completes expected", completes(a), completes(b));
    change(all, "margin over all", &margin(a.expected.margin), &margin(b.expected.margin));
    let (Some(a), Some(b)) = (&a.precision, &b.precision) else { return };
    for now in &b.groups {
        let Some(before) = a.groups.iter().find(|g| g.stratum == now.stratum) else { continue };
        for score in &now.scores {
            let Some(old) = before.scores.iter().find(|s| s.score == score.score) else { continue };
            let whose = now.stratum.as_ref().map_or_else(|| "over all".to_owned(), |s| format!("for `{s}`"));
            let points = |m: Option<f64>| m.map_or_else(|| "–".to_owned(), |m| format!("±{m} points"));
            let what = format!("margin of `{}` {whose}", score.score);
            change(all, &what, &points(old.figures.margin), &points(score.figures.margin));
        }
    }
}

fn rest(a: &Plan, b: &Plan, all: &mut Vec<String>) {
    if a.schedule != b.schedule {
        let lines = all.len();
        change(all, "opens", &a.schedule.open, &b.schedule.open);
        change(all, "closes", &a.schedule.close, &b.schedule.close);
        if lines == all.len() {
            all.push("hours or workdays of sending changed".to_owned());
        }
    }
    named(all, "channel", a.channels.iter().map(|c| &*c.name), b.channels.iter().map(|c| &*c.name));
    for now in &b.channels {
        if a.channels.iter().any(|c| c.name == now.name && c != now) {
            all.push(format!("channel `{}`: sender, wording or rate changed", now.name));
        }
    }
    count(all, "questions", a.questionnaire.questions, b.questionnaire.questions);
    count(all, "items", a.questionnaire.items, b.questionnaire.items);
}

fn named<'a>(
    all: &mut Vec<String>,
    what: &str,
    a: impl Iterator<Item = &'a str>,
    b: impl Iterator<Item = &'a str>,
) {
    let (a, b): (BTreeSet<&str>, BTreeSet<&str>) = (a.collect(), b.collect());
    all.extend(a.difference(&b).map(|name| format!("{what} `{name}` is gone")));
    all.extend(b.difference(&a).map(|name| format!("{what} `{name}` is new")));
}
