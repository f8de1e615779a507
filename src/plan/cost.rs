//! How many messages leave through each channel, as how many charged ones, and what that costs.
//!
//! Goes in: a plan whose steps are known, and prices. Comes out: per step and channel the least, the expected and the
//! most. The least is what goes out if everybody invited answers before the first reminder, and the most if nobody ever
//! does and all who may be released are; of people and events that come later, those count that the list shows now. Which of a
//! step's channels reaches somebody is known only when it is sent: the later ones may get nobody or everybody. Short
//! messages are charged by segments ([`crate::model::segments`]); the text is written out with short, usual and long names.

mod text;
mod types;

pub use self::types::{Between, Cost, CostLine, Prices};

use crate::plan::cost::text::segments_of;
use crate::plan::say::{Words, each};
use crate::plan::types::{Cell, Entry, Plan, PlanChannel, PlanChannelKind, PlanStep, PlanStratum};
use crate::plan::words::rounded;
use crate::plan::{ContactKind, StepKind};

/// Puts the cost into a plan; short messages are counted even when nothing says what they cost.
#[must_use]
pub fn priced(mut plan: Plan, prices: &Prices) -> Plan {
    let lines: Vec<CostLine> = plan.steps.iter().flat_map(|step| lines(&plan, step, prices)).collect();
    plan.cost = (!lines.is_empty()).then(|| Cost {
        currency: prices.currency.clone(),
        total: prices.currency.as_ref().map(|_| total(&plan, &lines)),
        limit: prices.limit,
        lines,
    });
    let above = |cost: &Cost, w: &Words| cost.above_limit(w).or_else(|| cost.perhaps_above_limit(w));
    if let Some(cost) = plan.cost.as_ref().filter(|c| above(c, &Words::of("en")).is_some()) {
        plan.warnings.push(each(&plan.languages, |w| above(cost, w).unwrap_or_default()));
    }
    plan
}

fn lines(plan: &Plan, step: &PlanStep, prices: &Prices) -> Vec<CostLine> {
    let messages = messages(plan, step);
    let one = |(place, name): (usize, &String)| {
        let channel = plan.channels.iter().find(|c| c.name == *name)?;
        let price = match channel.kind {
            PlanChannelKind::Email { .. } => Some(prices.email?),
            PlanChannelKind::Sms { .. } => prices.sms,
            PlanChannelKind::Phone { .. } => Some(prices.call?),
        };
        Some(line(plan, step, (place, channel), messages, price, prices))
    };
    step.via.iter().enumerate().filter_map(one).collect()
}

fn line(
    plan: &Plan,
    step: &PlanStep,
    (place, channel): (usize, &PlanChannel),
    messages: Between<u64>,
    price: Option<f64>,
    prices: &Prices,
) -> CostLine {
    let messages = share(step, place, messages);
    let each = segments_of(plan, step, channel, prices.base.as_deref());
    let charged = messages.times(each.unwrap_or(Between::exactly(1)));
    let money = |n: u64, price: f64| rounded(n as f64 * price, 2);
    CostLine {
        step: step.name.clone(),
        channel: channel.name.clone(),
        fallback: place > 0,
        messages,
        each,
        charged,
        money: price.map(|price| charged.map(|n| money(n, price))),
    }
}

/// Returns how many of a step's messages leave through one of its channels. Those whom the first can't reach, the list
/// tells; a message that does not arrive may be followed by one through the next, and that may be all of them.
fn share(step: &PlanStep, place: usize, all: Between<u64>) -> Between<u64> {
    if step.via.len() == 1 {
        return all;
    }
    let Some(own) = step.through.get(place).copied() else {
        return Between { least: 0, expected: all.expected.filter(|_| place == 0), most: all.most };
    };
    let part = |n: u64| {
        let whole = n as f64 * own as f64 / step.messages.max(1) as f64;
        crate::frame::allocate::round_up(whole.round())
    };
    // Later channels take up what the ones before them could not deliver.
    let most = if place == 0 { all.most.map(part) } else { all.most };
    Between { least: part(all.least), expected: Some(own), most }
}

/// Returns how many messages a step sends, through whatever channel.
fn messages(plan: &Plan, step: &PlanStep) -> Between<u64> {
    let (mut least, mut most) = (0, Some(0_u64));
    for stratum in plan.strata.iter().filter(|s| concerns(plan, step, s)) {
        for cell in &stratum.cells {
            let (few, many) = match stratum.entry {
                // Of those who come later, only those are counted whom the list shows now, as in the rest of the plan.
                Entry::AtOnce | Entry::Daily { .. } | Entry::Events { .. } => {
                    (cell.invitations, cell.invitations)
                }
                // The first batch is all that is expected to be needed.
                Entry::Completes { .. } => (cell.invitations, cell.drawn),
            };
            least += reachable(plan, step, cell, few);
            most = most.map(|most| most.saturating_add(reachable(plan, step, cell, many)));
        }
    }
    let least = if step.kind == StepKind::Invite { least } else { 0 };
    Between { least: least.min(step.messages), expected: Some(step.messages), most }
}

/// Returns how many of so many people of a cell a step's channels can reach, as the list tells.
fn reachable(plan: &Plan, step: &PlanStep, cell: &Cell, people: u64) -> u64 {
    let away: u64 = cell.unavailable.iter().map(|c| c.count).sum();
    let available = cell.population.saturating_sub(away);
    let Some(contacts) = cell.contacts.filter(|_| available > 0) else { return people };
    let channel = |name: &String| plan.channels.iter().find(|c| c.name == *name);
    let needs: Vec<ContactKind> = step.via.iter().filter_map(channel).map(|c| c.kind.contact()).collect();
    let reached: u64 = contacts.by(&needs).iter().sum();
    let part = people as f64 * reached as f64 / available as f64;
    crate::frame::allocate::round_up(part.round()).min(people)
}

/// Tells whether a step is for a stratum; of several invitations the first one is.
fn concerns(plan: &Plan, step: &PlanStep, stratum: &PlanStratum) -> bool {
    let names = |s: &PlanStep| s.strata.is_empty() || s.strata.contains(&stratum.name);
    let first = || plan.steps.iter().find(|s| s.kind == StepKind::Invite && names(s));
    names(step) && (step.kind != StepKind::Invite || first().is_some_and(|s| s.name == step.name))
}

/// Adds the money of all steps up. Everybody is reached once, at the least through the cheapest channel of a step and at
/// the most through the dearest.
fn total(plan: &Plan, lines: &[CostLine]) -> Between<f64> {
    let mut total = Between { least: 0.0, expected: Some(0.0), most: Some(0.0) };
    for step in &plan.steps {
        let own = || lines.iter().filter(|l| l.step == step.name).filter_map(|l| Some((l, l.money?)));
        if !step.through.is_empty() {
            total.least += own().map(|(_, m)| m.least).sum::<f64>();
        } else if own().count() == step.via.len() {
            // A channel that nothing is charged for may reach everybody.
            let cheapest = own().map(|(l, m)| per_message(l, m)).fold(f64::INFINITY, f64::min);
            let least = messages(plan, step).least as f64;
            total.least += if cheapest.is_finite() { cheapest * least } else { 0.0 };
        }
        let expected: f64 = own().filter_map(|(_, m)| m.expected).sum();
        total.expected = total.expected.map(|sum| sum + expected);
        let dearest = own().try_fold(0.0_f64, |most, (_, m)| Some(most.max(m.most?)));
        total.most = total.most.zip(dearest).map(|(a, b)| a + b);
    }
    total.map(|x| rounded(x, 2))
}

/// What one message costs at the least.
fn per_message(line: &CostLine, money: Between<f64>) -> f64 {
    let segments = line.each.map_or(1, |each| each.least) as f64;
    match (money.most, line.charged.most) {
        (Some(most), Some(charged)) if charged > 0 => most / charged as f64 * segments,
        _ => 0.0,
    }
}
