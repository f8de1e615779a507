//! What differs between a reviewed plan and the one of now, in words.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::checked::PrivacyMode;
use crate::plan::effects::{costs, step};
use crate::plan::print::strata::reached_by;
use crate::plan::print::view::{View, first_language, margin, moment, step_in_words, timing};
use crate::plan::say::{Words, say};
use crate::plan::types::{Cell, Plan, PlanChannel, PlanStep, PlanStratum};
use crate::plan::words::{grouped, pace};

/// Returns the differences in the campaign's first language, empty when there are none.
///
/// Daily and event draws enter a plan as rules; their counts may differ while the hash is the same.
#[must_use]
pub fn compare(reviewed: &Plan, now: &Plan) -> Vec<String> {
    let mut all = Differences { lines: Vec::new(), words: Words::first(&now.languages) };
    head(reviewed, now, &mut all);
    list(reviewed, now, &mut all);
    strata(reviewed, now, &mut all);
    steps(reviewed, now, &mut all);
    all.lines.extend(costs(reviewed, now, &all.words));
    expected(reviewed, now, &mut all);
    rest(reviewed, now, &mut all);
    // Wording, scores and the like are in the hash alone.
    if all.lines.is_empty() && reviewed.hash != now.hash {
        let short = |hash: &str| hash.chars().take(12).collect::<String>();
        all.lines.push(say!(all.words, "d_wording", a = short(&reviewed.hash), b = short(&now.hash)));
    }
    all.lines
}

struct Differences {
    lines: Vec<String>,
    words: Words,
}

impl Differences {
    /// Says what became of something, if it changed.
    fn change<T: PartialEq + ToString>(&mut self, what: &str, a: &T, b: &T) {
        if a != b {
            self.lines.push(say!(self.words, "from_to", what = what, a = a.to_string(), b = b.to_string()));
        }
    }

    fn count(&mut self, what: &str, a: u64, b: u64) {
        self.change(what, &grouped(a), &grouped(b));
    }

    /// Names a part of something.
    fn of(&self, key: &'static str, name: &str) -> String {
        self.words.fill(key, &[("name", name.to_owned())])
    }
}

fn head(a: &Plan, b: &Plan, all: &mut Differences) {
    let w = all.words;
    all.change(w.get("d_campaign"), &a.campaign, &b.campaign);
    all.change(w.get("d_seed"), &a.seed, &b.seed);
    all.change(w.get("d_languages"), &a.languages.join(", "), &b.languages.join(", "));
    all.change(w.get("d_zone"), &a.timezone, &b.timezone);
    let title = |p: &Plan| p.title.get(first_language(p)).to_owned();
    all.change(w.get("d_title"), &title(a), &title(b));
    let privacy = |p: &Plan| {
        w.get(match p.privacy {
            PrivacyMode::Identified => "identified",
            PrivacyMode::Confidential => "confidential",
            PrivacyMode::Anonymous => "anonymous",
        })
    };
    all.change(w.get("d_privacy"), &privacy(a), &privacy(b));
}

fn list(a: &Plan, b: &Plan, all: &mut Differences) {
    let w = all.words;
    all.change(w.get("d_list"), &a.frame.source, &b.frame.source);
    all.count(w.get("d_rows"), a.frame.rows, b.frame.rows);
    all.count(w.get("d_eligible"), a.frame.eligible, b.frame.eligible);
    for reason in &b.frame.excluded {
        let label = reason.label.get(first_language(b));
        let before = a.frame.excluded.iter().find(|c| c.label == reason.label).map_or(0, |c| c.count);
        all.count(&say!(w, "d_excluded", label = label), before, reason.count);
    }
    all.count(w.get("d_once"), a.frame.once, b.frame.once);
    all.count(w.get("d_outside"), a.unmatched, b.unmatched);
}

fn strata(a: &Plan, b: &Plan, all: &mut Differences) {
    named(all, "d_stratum", a.strata.iter().map(|s| &*s.name), b.strata.iter().map(|s| &*s.name));
    let strata: BTreeMap<&str, &PlanStratum> = a.strata.iter().map(|s| (&*s.name, s)).collect();
    for now in &b.strata {
        let Some(before) = strata.get(&*now.name) else { continue };
        let sample = |s: &PlanStratum| s.sample.get(first_language(b)).to_owned();
        all.change(&all.of("d_sample", &now.name), &sample(before), &sample(now));
    }
    let w = all.words;
    let reached =
        |p: &Plan, s: &PlanStratum, c: &Cell| reached_by(&View { words: w, ..View::terminal(p) }, s, c);
    let mut cells: BTreeMap<&str, (&PlanStratum, &Cell)> = BTreeMap::new();
    for stratum in &a.strata {
        cells.extend(stratum.cells.iter().map(|c| (&*c.name, (stratum, c))));
    }
    for now in &b.strata {
        for own in &now.cells {
            let Some((before, earlier)) = cells.get(&*own.name) else { continue };
            cell(earlier, own, all);
            // An earlier plan may not have counted it.
            if earlier.contacts.is_some() {
                let (a, b) = (reached(a, before, earlier), reached(b, now, own));
                all.change(&all.of("d_reached", &own.name), &a, &b);
            }
        }
    }
}

fn cell(a: &Cell, b: &Cell, all: &mut Differences) {
    let w = all.words;
    let lines = all.lines.len();
    if a.population != b.population {
        let (what, step) = (all.of("d_population", &b.name), step(a.population, b.population, &w));
        // Both figures stand in the step.
        all.lines.push(format!("{what}{}{step}", w.get("colon")));
    }
    let away = |c: &Cell| c.unavailable.iter().map(|u| u.count).sum::<u64>();
    all.count(&all.of("d_away", &b.name), away(a), away(b));
    if let (Some(a), Some(other)) = (a.clusters, b.clusters) {
        all.count(&all.of("d_clusters", &b.name), a.count.population, other.count.population);
        all.count(&all.of("d_clusters_drawn", &b.name), a.count.drawn, other.count.drawn);
    }
    all.count(&all.of("d_drawn", &b.name), a.drawn, b.drawn);
    all.count(&all.of("d_invitations", &b.name), a.invitations, b.invitations);
    if let (Some(a), Some(other)) = (&a.waiting, &b.waiting) {
        all.count(&all.of("d_waiting", &b.name), a.people, other.people);
    }
    all.change(&all.of("d_margin", &b.name), &margin(a.margin), &margin(b.margin));
    if lines == all.lines.len() && a.digest != b.digest {
        all.lines.push(all.of("d_others", &b.name));
    }
}

fn steps(a: &Plan, b: &Plan, all: &mut Differences) {
    let w = all.words;
    named(all, "d_step", a.steps.iter().map(|s| &*s.name), b.steps.iter().map(|s| &*s.name));
    for now in &b.steps {
        let Some(before) = a.steps.iter().find(|s| s.name == now.name) else { continue };
        let name = step_in_words(now.kind, &now.name, &w);
        let via = |s: &PlanStep, p: &Plan| View { words: w, ..View::terminal(p) }.via(s);
        all.change(&all.of("d_via", &name), &via(before, a), &via(now, b));
        all.change(&all.of("d_when", &name), &timing(&before.timing, &w), &timing(&now.timing, &w));
        all.change(&all.of("d_for", &name), &w.names(&before.strata), &w.names(&now.strata));
        all.count(&all.of("d_messages", &name), before.messages, now.messages);
        let span = |s: &PlanStep| {
            say!(w, "range", least = moment(s.first.as_deref()), most = moment(s.last.as_deref()))
        };
        all.change(&all.of("d_dates", &name), &span(before), &span(now));
    }
}

/// What the whole comes to.
fn expected(a: &Plan, b: &Plan, all: &mut Differences) {
    let w = all.words;
    let completes = |p: &Plan| crate::frame::allocate::round_up(p.expected.completes.round());
    all.count(w.get("d_completes"), completes(a), completes(b));
    all.change(w.get("d_margin_all"), &margin(a.expected.margin), &margin(b.expected.margin));
    let (Some(a), Some(b)) = (&a.precision, &b.precision) else { return };
    for now in &b.groups {
        let Some(before) = a.groups.iter().find(|g| g.stratum == now.stratum) else { continue };
        for score in &now.scores {
            let Some(old) = before.scores.iter().find(|s| s.score == score.score) else { continue };
            let whose = now.stratum.as_ref().map(|s| all.of("for_stratum", s));
            let whose = whose.unwrap_or_else(|| w.get("over_all").to_owned());
            let points = |m: Option<f64>| m.map_or_else(|| "–".to_owned(), |m| say!(w, "n_points", n = m));
            let what = say!(w, "d_score", score = score.score, whose = whose);
            all.change(&what, &points(old.figures.margin), &points(score.figures.margin));
        }
    }
}

fn rest(a: &Plan, b: &Plan, all: &mut Differences) {
    let w = all.words;
    if a.schedule != b.schedule {
        let lines = all.lines.len();
        all.change(w.get("d_opens"), &a.schedule.open, &b.schedule.open);
        all.change(w.get("d_closes"), &a.schedule.close, &b.schedule.close);
        if lines == all.lines.len() {
            all.lines.push(w.get("d_hours").to_owned());
        }
    }
    let w = all.words;
    named(all, "d_channel", a.channels.iter().map(|c| &*c.name), b.channels.iter().map(|c| &*c.name));
    for now in &b.channels {
        let Some(before) = a.channels.iter().find(|c| c.name == now.name) else { continue };
        let rate =
            |c: &PlanChannel| c.rate_per_minute.map_or_else(|| w.get("no_limit").to_owned(), |r| pace(r, &w));
        all.change(&all.of("d_rate", &now.name), &rate(before), &rate(now));
        if before.kind != now.kind {
            all.lines.push(all.of("d_sender", &now.name));
        }
    }
    all.count(w.get("d_questions"), a.questionnaire.questions, b.questionnaire.questions);
    all.count(w.get("d_items"), a.questionnaire.items, b.questionnaire.items);
}

fn named<'a>(
    all: &mut Differences,
    what: &'static str,
    a: impl Iterator<Item = &'a str>,
    b: impl Iterator<Item = &'a str>,
) {
    let w = all.words;
    let (a, b): (BTreeSet<&str>, BTreeSet<&str>) = (a.collect(), b.collect());
    let line = |key: &'static str, name: &str| {
        w.fill(key, &[("what", w.get(what).to_owned()), ("name", name.to_owned())])
    };
    all.lines.extend(a.difference(&b).map(|name| line("d_gone", name)));
    all.lines.extend(b.difference(&a).map(|name| line("d_new", name)));
}
