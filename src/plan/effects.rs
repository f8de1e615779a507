//! What a changed plan does to people and costs: who enters and leaves the draw, which strata grow, how many messages.

use std::collections::{BTreeMap, BTreeSet};

use crate::frame::Person;
use crate::plan::cost::Cost;
use crate::plan::say::{Words, say};
use crate::plan::types::{Plan, PlanChannelKind};
use crate::plan::words::{grouped, money};

/// Says who enters and who leaves the draw that is made at launch, over all and by stratum; both plans must be of the
/// same list.
#[must_use]
pub fn moves(before: (&Plan, &[Person]), after: (&Plan, &[Person])) -> Vec<String> {
    let w = Words::first(&after.0.languages);
    let (old, new) = (strata_of(before), strata_of(after));
    let keys = |all: &BTreeMap<&str, BTreeSet<&str>>| -> BTreeSet<String> {
        all.values().flatten().map(|k| (*k).to_owned()).collect()
    };
    let mut lines = Vec::new();
    let (a, b) = (keys(&old), keys(&new));
    if a == b && old == new {
        return lines;
    }
    let all = words(&w, a.difference(&b).count(), b.difference(&a).count(), a.intersection(&b).count());
    lines.push(say!(w, "moves_all", moves = all));
    let none = BTreeSet::new();
    let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    for name in names {
        let (a, b) = (old.get(name).unwrap_or(&none), new.get(name).unwrap_or(&none));
        if a != b {
            let (leave, enter) = (a.difference(b).count(), b.difference(a).count());
            let moves = words(&w, leave, enter, a.intersection(b).count());
            lines.push(say!(w, "moves_of", name = name, moves = moves));
        }
    }
    lines
}

fn words(w: &Words, leave: usize, enter: usize, stay: usize) -> String {
    say!(
        w,
        "moves",
        enter = w.counted("n_enter", enter as u64),
        leave = w.counted("n_leave", leave as u64),
        stay = w.counted("n_stay", stay as u64),
    )
}

fn strata_of<'a>((plan, people): (&'a Plan, &'a [Person])) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let cells: BTreeMap<u32, &str> =
        plan.strata.iter().flat_map(|s| s.cells.iter().map(|c| (c.index, s.name.as_str()))).collect();
    let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for person in people {
        let Some(stratum) = cells.get(&person.cell) else { continue };
        all.entry(stratum).or_default().insert(&person.key);
    }
    all
}

/// Says how many messages more or fewer leave, by the kind of the channel that is tried first.
#[must_use]
pub fn costs(before: &Plan, after: &Plan, w: &Words) -> Vec<String> {
    let (a, b) = (messages(before), messages(after));
    let kinds: BTreeSet<&'static str> = a.keys().chain(b.keys()).copied().collect();
    let of = |all: &BTreeMap<&'static str, u64>, kind: &'static str| all.get(kind).copied().unwrap_or(0);
    let one = |kind: &'static str| {
        let (a, b) = (of(&a, kind), of(&b, kind));
        (a != b).then(|| format!("{}{}{}", w.get(kind), w.get("colon"), step(a, b, w)))
    };
    let mut lines: Vec<String> = kinds.into_iter().filter_map(one).collect();
    lines.extend(expected_money(before, after, w));
    lines
}

/// Says what becomes of the expected cost, where both plans know prices in one currency.
fn expected_money(before: &Plan, after: &Plan, w: &Words) -> Option<String> {
    let (a, b) = (before.cost.as_ref()?, after.cost.as_ref()?);
    let currency = a.currency.as_ref().filter(|c| b.currency.as_ref() == Some(c))?;
    let words = |cost: &Cost| {
        let total = cost.total?;
        let expected = money(currency, total.expected.unwrap_or(total.least));
        Some(match total.most {
            Some(most) => say!(w, "up_to_money", expected = expected, most = money(currency, most)),
            None => expected,
        })
    };
    let (a, b) = (words(a)?, words(b)?);
    (a != b).then(|| say!(w, "from_to", what = w.get("d_cost"), a = a, b = b))
}

fn messages(plan: &Plan) -> BTreeMap<&'static str, u64> {
    let mut all = BTreeMap::new();
    for step in &plan.steps {
        // Where the contacts were not counted, all go through the first channel.
        let first = [step.messages];
        let through = if step.through.is_empty() { &first[..] } else { &step.through };
        for (name, messages) in step.via.iter().zip(through) {
            let channel = plan.channels.iter().find(|c| c.name == *name);
            let kind = match channel.map(|c| &c.kind) {
                Some(PlanChannelKind::Email { .. }) => "all_email",
                Some(PlanChannelKind::Sms { .. }) => "all_sms",
                Some(PlanChannelKind::Phone { .. }) => "all_phone",
                None => continue,
            };
            *all.entry(kind).or_default() += messages;
        }
    }
    all
}

/// Writes a count before and after, with the difference.
pub fn step(a: u64, b: u64, w: &Words) -> String {
    let sign = if b > a { "+" } else { "−" };
    let percent = if a > 0 { (b as f64 / a as f64 - 1.0).abs() * 100.0 } else { 0.0 };
    let number = grouped(b.abs_diff(a));
    let difference = if percent >= 0.5 {
        format!("{sign}{number}{}{sign}{percent:.0}%", w.get("comma"))
    } else {
        format!("{sign}{number}")
    };
    say!(w, "grows", a = grouped(a), b = grouped(b), difference = difference)
}
