//! A plan in a few sentences, for those who decide and don't read tables; in the campaign's first language.

use crate::plan::print::view::{NOTHING, View, moment, points, whole};
use crate::plan::say::say;
use crate::plan::types::{Entry, PlanStep};
use crate::plan::words::{grouped, money, percent, rounded, title};

/// Returns the sentences.
pub fn short(view: &View) -> Vec<String> {
    let mut lines = vec![who(view)];
    if view.plan.expected.invitations > 0 {
        lines.extend([when(view), answers(view)]);
    }
    lines.extend(exactness(view));
    lines.extend(cost(view));
    lines.extend(notes(view));
    lines.into_iter().map(|line| view.words.sentence(line)).collect()
}

fn who(view: &View) -> String {
    let (plan, w) = (view.plan, &view.words);
    let population: u64 = plan.strata.iter().flat_map(|s| &s.cells).map(|c| c.population).sum();
    let words = say!(
        w,
        "short_who",
        invited = grouped(plan.expected.invitations),
        population = grouped(population),
        unit = view.unit(),
        strata = w.counted("n_strata", plan.strata.len() as u64),
        rows = grouped(plan.frame.rows),
    );
    match plan.unmatched {
        0 => words,
        n => words + &say!(w, "short_outside", n = grouped(n), unit = view.unit()),
    }
}

fn when(view: &View) -> String {
    let plan = view.plan;
    let sent = |s: &&PlanStep| s.messages > 0;
    let first = plan.steps.iter().filter(sent).filter_map(|s| s.first.as_deref()).min();
    let last = plan.steps.iter().filter(sent).filter_map(|s| s.last.as_deref()).max();
    let (first, last, close) = (moment(first), moment(last), moment(Some(&plan.schedule.close)));
    say!(view.words, "short_when", first = first, last = last, close = close, zone = plan.timezone)
}

fn answers(view: &View) -> String {
    let expected = &view.plan.expected;
    let rate = percent(rounded(expected.completes / expected.invitations.max(1) as f64, 3));
    say!(view.words, "short_answers", completes = whole(expected.completes), rate = rate)
}

/// Says how exact a share will be over all, and where it is least so.
fn exactness(view: &View) -> Option<String> {
    let (plan, w) = (view.plan, &view.words);
    let points = |m: f64| format!("±{}", points(m));
    let overall = plan.expected.margin.filter(|m| *m < NOTHING);
    let groups = || plan.precision.iter().flat_map(|p| &p.groups).filter(|g| g.stratum.is_some());
    let untold = groups().filter(|g| g.share.margin.is_none_or(|m| m >= NOTHING)).count();
    let untold = if untold > 0 { w.counted("short_untold", untold as u64) } else { String::new() };
    let Some(overall) = overall else {
        return plan.expected.margin.map(|_| say!(w, "short_inexact"));
    };
    let least = groups()
        .filter_map(|g| Some((g, g.share.margin.filter(|m| *m > overall && *m < NOTHING)?)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let least = least.and_then(|(group, m)| {
        let stratum = plan.strata.iter().find(|s| Some(&s.name) == group.stratum.as_ref())?;
        let name = title(&stratum.title, view.language(), &stratum.name);
        Some(say!(w, "short_least", name = name, margin = points(m)))
    });
    Some(say!(w, "short_exact", all = points(overall), least = least.unwrap_or_default() + &untold))
}

fn cost(view: &View) -> Option<String> {
    let (plan, w) = (view.plan, &view.words);
    let cost = plan.cost.as_ref().filter(|_| plan.expected.invitations > 0)?;
    let (total, currency) = (cost.total?, cost.currency.as_ref()?);
    let expected = money(currency, total.expected.unwrap_or(total.least));
    let most = total.most.filter(|most| Some(*most) != total.expected).map(|most| money(currency, most));
    Some(match most {
        Some(most) => say!(w, "short_cost_most", expected = expected, most = most),
        None => say!(w, "short_cost", expected = expected),
    })
}

fn notes(view: &View) -> Option<String> {
    let (plan, w) = (view.plan, &view.words);
    let comes = plan.strata.iter().any(|s| matches!(s.entry, Entry::Daily { .. } | Entry::Events { .. }));
    let mut notes = Vec::new();
    if comes {
        notes.push(say!(w, "short_not_counted"));
    }
    if !plan.warnings.is_empty() {
        notes.push(w.counted("short_read", plan.warnings.len() as u64));
    }
    (!notes.is_empty()).then(|| say!(w, "short_note", notes = notes.join(w.get("semicolon"))))
}
