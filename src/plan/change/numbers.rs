//! How numbers come about beside the scores: weights, groups, hiding, targets, benchmarks, quotas.

use super::draw::condition;
use super::said::{Blank, said};
use super::{Changes, Effect};
use crate::model::Checked;
use crate::model::checked::{Analysis, Grouping, Quota, Scoring, Screen};

/// Compares everything that turns answers into printed figures and is not a score.
pub(super) fn compare(all: &mut Changes) {
    analysis(all);
    goals(all);
    admission(all);
    if all.before.responses != all.after.responses {
        all.note(Effect::BreaksTrend, ("responses", ""), said!("c_responses_read"));
    }
}

fn groups(checked: &Checked, groups: &[Grouping]) -> Vec<String> {
    groups.iter().map(|group| group.name(checked.fields()).to_owned()).collect()
}

fn analysis(all: &mut Changes) {
    const OWNER: (&str, &str) = ("analysis", "");
    let (before, after) = (all.before, all.after);
    let (old, new) = (&before.analysis, &after.analysis);
    let mark = all.found.len();
    let by = |names: &[String]| Blank::names(names, "comma");
    let (a, b) = (groups(before, &old.nonresponse), groups(after, &new.nonresponse));
    if a != b {
        let what = said!("c_nonresponse", before = by(&a), after = by(&b));
        all.note(Effect::BreaksTrend, OWNER, what);
    }
    let crossed = |checked: &Checked, all: &[Vec<Grouping>]| -> Vec<Vec<String>> {
        all.iter().map(|by| groups(checked, by)).collect()
    };
    let segments = |all: &[Vec<String>]| match all {
        [] => Blank::names(&[], "comma"),
        all => Blank::Several(all.iter().map(|by| Blank::names(by, "c_by")).collect(), "comma"),
    };
    let (a, b) = (crossed(before, &old.segments), crossed(after, &new.segments));
    if a != b {
        let what = said!("c_segments", before = segments(&a), after = segments(&b));
        all.note(Effect::Safe, OWNER, what);
    }
    let (below, now) = (old.hide_below.to_string(), new.hide_below.to_string());
    if new.hide_below > old.hide_below {
        let what = said!("c_hides_more", before = below, after = now);
        all.note(Effect::Safe, OWNER, what);
    } else if new.hide_below < old.hide_below {
        let what = said!("c_hides_fewer", before = below, after = now);
        all.note(Effect::NotWhileRunning, OWNER, what);
    }
    if old.finite_correction != new.finite_correction {
        let what = if new.finite_correction { said!("c_finite") } else { said!("c_not_finite") };
        all.note(Effect::BreaksTrend, OWNER, what);
    }
    let plain = |a: &Analysis| Analysis { nonresponse: Vec::new(), segments: Vec::new(), ..a.clone() };
    let what = said!("c_analysis_other");
    all.otherwise(mark, plain(old) != plain(new), Effect::BreaksTrend, OWNER, what);
}

fn goals(all: &mut Changes) {
    let (before, after) = (all.before, all.after);
    let goals = |checked: &Checked| -> (Vec<String>, Vec<String>) {
        let Some(scoring) = &checked.scoring else { return Default::default() };
        (targets(checked, scoring), benchmarks(scoring))
    };
    let (old, new) = (goals(before), goals(after));
    for (kind, old, new) in [(said!("c_target"), old.0, new.0), (said!("c_benchmark"), old.1, new.1)] {
        for gone in old.iter().filter(|goal| !new.contains(goal)) {
            all.note(Effect::Safe, ("score", ""), said!("c_goal_gone", kind = kind.clone(), goal = gone));
        }
        for came in new.iter().filter(|goal| !old.contains(goal)) {
            all.note(Effect::Safe, ("score", ""), said!("c_goal_new", kind = kind.clone(), goal = came));
        }
    }
}

fn targets(checked: &Checked, scoring: &Scoring) -> Vec<String> {
    let name = |i: usize| scoring.scores.get(i).map_or("", |s| s.name.as_str());
    let one = |t: &crate::model::checked::Target| {
        let stratum = t.stratum.and_then(|i| checked.strata.get(i)).map(|s| format!(" for {}", s.name));
        let by = t.by.map(|day| format!(" by {day}")).unwrap_or_default();
        let sign = if t.at_least { ">=" } else { "<=" };
        format!("{}{} {sign} {}{by}", name(t.score), stratum.unwrap_or_default(), t.value)
    };
    scoring.targets.iter().map(one).collect()
}

fn benchmarks(scoring: &Scoring) -> Vec<String> {
    let name = |i: usize| scoring.scores.get(i).map_or("", |s| s.name.as_str());
    let label = |b: &crate::model::checked::Benchmark| {
        b.label.0.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" / ")
    };
    scoring.benchmarks.iter().map(|b| format!("{} {} {}", name(b.score), b.value, label(b))).collect()
}

/// Quotas and screens decide who may answer to the end.
fn admission(all: &mut Changes) {
    let (before, after) = (all.before, all.after);
    let quota = |checked: &Checked, q: &Quota| {
        format!("{} {} {}", q.name, q.number, condition(checked, Some(&q.condition)))
    };
    let screen = |checked: &Checked, s: &Screen| condition(checked, Some(&s.condition));
    let quotas = |c: &Checked| c.quotas.iter().map(|q| quota(c, q)).collect::<Vec<_>>();
    let screens = |c: &Checked| c.screens.iter().map(|s| screen(c, s)).collect::<Vec<_>>();
    if quotas(before) != quotas(after) {
        all.note(Effect::BreaksTrend, ("campaign", &after.campaign.name), said!("c_quotas"));
    }
    if screens(before) != screens(after) {
        all.note(Effect::BreaksTrend, ("campaign", &after.campaign.name), said!("c_screens"));
    }
}
