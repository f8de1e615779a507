//! What a changed plan does to people and costs: who enters and leaves the draw, which strata grow, how many messages.

use std::collections::{BTreeMap, BTreeSet};

use crate::frame::Person;
use crate::plan::cost::Cost;
use crate::plan::types::{Plan, PlanChannelKind};
use crate::plan::words::{counted, grouped, money};

/// Says who enters and who leaves the draw that is made at launch, over all and by stratum; both plans must be of the
/// same list.
#[must_use]
pub fn moves(before: (&Plan, &[Person]), after: (&Plan, &[Person])) -> Vec<String> {
    let (old, new) = (strata_of(before), strata_of(after));
    let keys = |all: &BTreeMap<&str, BTreeSet<&str>>| -> BTreeSet<String> {
        all.values().flatten().map(|k| (*k).to_owned()).collect()
    };
    let mut lines = Vec::new();
    let (a, b) = (keys(&old), keys(&new));
    if a == b && old == new {
        return lines;
    }
    lines.push(format!(
        "drawn: {}",
        words(a.difference(&b).count(), b.difference(&a).count(), a.intersection(&b).count())
    ));
    let none = BTreeSet::new();
    let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    for name in names {
        let (a, b) = (old.get(name).unwrap_or(&none), new.get(name).unwrap_or(&none));
        if a != b {
            let change = words(a.difference(b).count(), b.difference(a).count(), a.intersection(b).count());
            lines.push(format!("`{name}`, drawn: {change}"));
        }
    }
    lines
}

fn words(leave: usize, enter: usize, stay: usize) -> String {
    let people = |n: usize, one: &str, many: &str| counted(n as u64, one, many);
    format!(
        "{}, {}, {}",
        people(enter, "person enters", "people enter"),
        people(leave, "leaves", "leave"),
        people(stay, "stays", "stay")
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

/// Says how many messages more or fewer leave, by the kind of the first channel.
#[must_use]
pub fn costs(before: &Plan, after: &Plan) -> Vec<String> {
    let (a, b) = (messages(before), messages(after));
    let kinds: BTreeSet<&str> = a.keys().chain(b.keys()).copied().collect();
    let of = |all: &BTreeMap<&str, u64>, kind: &str| all.get(kind).copied().unwrap_or(0);
    let one = |kind: &str| {
        let (a, b) = (of(&a, kind), of(&b, kind));
        (a != b).then(|| format!("{kind}: {}", step(a, b)))
    };
    let mut lines: Vec<String> = kinds.into_iter().filter_map(one).collect();
    lines.extend(expected_money(before, after));
    lines
}

/// Says what becomes of the expected cost, where both plans know prices in one currency.
fn expected_money(before: &Plan, after: &Plan) -> Option<String> {
    let (a, b) = (before.cost.as_ref()?, after.cost.as_ref()?);
    let currency = a.currency.as_ref().filter(|c| b.currency.as_ref() == Some(c))?;
    let words = |cost: &Cost| {
        let total = cost.total?;
        let most = total.most.map_or_else(String::new, |most| format!(", up to {}", money(currency, most)));
        Some(format!("{}{most}", money(currency, total.expected.unwrap_or(total.least))))
    };
    let (a, b) = (words(a)?, words(b)?);
    (a != b).then(|| format!("cost expected: {a} → {b}"))
}

fn messages(plan: &Plan) -> BTreeMap<&'static str, u64> {
    let mut all = BTreeMap::new();
    for step in &plan.steps {
        let channel = step.via.first().and_then(|name| plan.channels.iter().find(|c| c.name == *name));
        let kind = match channel.map(|c| &c.kind) {
            Some(PlanChannelKind::Email { .. }) => "e-mails in all",
            Some(PlanChannelKind::Sms { .. }) => "short messages in all",
            Some(PlanChannelKind::Phone { .. }) => "calls in all",
            None => continue,
        };
        *all.entry(kind).or_default() += step.messages;
    }
    all
}

/// Writes a count before and after, with the difference.
pub fn step(a: u64, b: u64) -> String {
    let sign = if b > a { "+" } else { "−" };
    let share = if a > 0 {
        let percent = (b as f64 / a as f64 - 1.0) * 100.0;
        if percent.abs() >= 0.5 { format!(", {sign}{:.0}%", percent.abs()) } else { String::new() }
    } else {
        String::new()
    };
    format!("{} → {} ({sign}{}{share})", grouped(a), grouped(b), grouped(b.abs_diff(a)))
}
