//! How numbers come about beside the scores: weights, groups, hiding, targets, benchmarks, quotas.

use super::draw::condition;
use super::{Changes, Effect};
use crate::model::Checked;
use crate::model::checked::{Analysis, Grouping, Quota, Scoring, Screen};

/// Compares everything that turns answers into printed figures and is not a score.
pub(super) fn compare(all: &mut Changes) {
    analysis(all);
    goals(all);
    admission(all);
    if all.before.responses != all.after.responses {
        all.note(Effect::BreaksTrend, ("responses", ""), "reads answers from elsewhere in another way");
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
    let list = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let (a, b) = (groups(before, &old.nonresponse), groups(after, &new.nonresponse));
    if a != b {
        let what = format!("weights for non-response: by {} → by {}", list(&a), list(&b));
        all.note(Effect::BreaksTrend, OWNER, what);
    }
    let crossed = |checked: &Checked, all: &[Vec<Grouping>]| -> Vec<String> {
        all.iter().map(|by| groups(checked, by).join(" by ")).collect()
    };
    let (a, b) = (crossed(before, &old.segments), crossed(after, &new.segments));
    if a != b {
        all.note(Effect::Safe, OWNER, format!("segments: {} → {}", list(&a), list(&b)));
    }
    if new.hide_below > old.hide_below {
        let what = format!("hides more groups: below {} → below {}", old.hide_below, new.hide_below);
        all.note(Effect::Safe, OWNER, what);
    } else if new.hide_below < old.hide_below {
        let what = format!(
            "hides fewer groups: below {} → below {}; people answered under the old promise",
            old.hide_below, new.hide_below
        );
        all.note(Effect::NotWhileRunning, OWNER, what);
    }
    if old.finite_correction != new.finite_correction {
        let now = if new.finite_correction { "with" } else { "without" };
        all.note(Effect::BreaksTrend, OWNER, format!("judges targets {now} finite population correction"));
    }
    let plain = |a: &Analysis| Analysis { nonresponse: Vec::new(), segments: Vec::new(), ..a.clone() };
    let what = "computes figures in another way";
    all.otherwise(mark, plain(old) != plain(new), Effect::BreaksTrend, OWNER, what);
}

fn goals(all: &mut Changes) {
    let (before, after) = (all.before, all.after);
    let goals = |checked: &Checked| -> (Vec<String>, Vec<String>) {
        let Some(scoring) = &checked.scoring else { return Default::default() };
        (targets(checked, scoring), benchmarks(scoring))
    };
    let (old, new) = (goals(before), goals(after));
    for (what, old, new) in [("target", old.0, new.0), ("benchmark", old.1, new.1)] {
        for gone in old.iter().filter(|goal| !new.contains(goal)) {
            all.note(Effect::Safe, ("score", ""), format!("{what} was removed: {gone}"));
        }
        for came in new.iter().filter(|goal| !old.contains(goal)) {
            all.note(Effect::Safe, ("score", ""), format!("{what} is new: {came}"));
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
        all.note(Effect::BreaksTrend, ("campaign", &after.campaign.name), "has other quotas");
    }
    if screens(before) != screens(after) {
        all.note(Effect::BreaksTrend, ("campaign", &after.campaign.name), "screens other people out");
    }
}
