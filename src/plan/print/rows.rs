//! The tables of a plan, the same for terminal and pull request.

use std::fmt::Write as _;

use crate::plan::cost::{Between, Cost};
use crate::plan::precision::Precision;
use crate::plan::print::table::{Side, Table};
use crate::plan::steps::{entry_in_words, timing_in_words};
use crate::plan::types::{Cell, Entry, Plan, PlanChannelKind, PlanDraw, PlanRest, PlanStep};
use crate::plan::words::{counted, grouped, money, per_minute, percent, rounded, title};

use Side::{Left, Right};

/// Lists the cells of all strata.
pub fn strata(plan: &Plan) -> Table {
    let mut table = Table::new(&[
        ("cell", Left),
        ("title", Left),
        ("sample", Left),
        ("enters", Left),
        ("beside earlier draws", Left),
        ("eligible", Right),
        ("not available", Left),
        ("invited", Right),
        ("completes", Right),
        ("margin", Right),
        ("weight", Right),
    ]);
    let language = first_language(plan);
    for stratum in &plan.strata {
        for (i, cell) in stratum.cells.iter().enumerate() {
            let once = |text: String| if i == 0 { text } else { String::new() };
            table.row(vec![
                cell.name.clone(),
                title(&cell.title, language, "").to_owned(),
                once(stratum.sample.clone()),
                once(entry_in_words(stratum.entry)),
                once(beside(&stratum.draw)),
                grouped(cell.population),
                unavailable(cell, language),
                invited(cell, stratum.entry),
                completes(cell),
                margin(cell.margin),
                cell.base_weight.map_or_else(|| "–".to_owned(), |w| format!("{:.3}", rounded(w, 3))),
            ]);
        }
    }
    table.without_empty_columns()
}

fn unavailable(cell: &Cell, language: &str) -> String {
    let parts: Vec<String> =
        cell.unavailable.iter().map(|c| format!("{} {}", grouped(c.count), c.label.get(language))).collect();
    parts.join(", ")
}

/// For `completes`, more people may be released than are expected to be.
fn invited(cell: &Cell, entry: Entry) -> String {
    match entry {
        Entry::Completes { .. } if cell.drawn > cell.invitations => {
            format!("{} of {}", grouped(cell.invitations), grouped(cell.drawn))
        }
        _ => grouped(cell.invitations),
    }
}

fn completes(cell: &Cell) -> String {
    let expected = whole(cell.completes);
    match cell.wanted {
        Some(wanted) => format!("{expected} of {}", grouped(wanted)),
        None => expected,
    }
}

/// Writes an expectation as a whole number.
fn whole(x: f64) -> String {
    grouped(crate::frame::allocate::round_up(x.round()))
}

/// Writes a half-width.
pub fn margin(margin: Option<f64>) -> String {
    margin.map_or_else(|| "–".to_owned(), |m| format!("±{}", percent(m)))
}

/// Lists the steps.
pub fn steps(plan: &Plan) -> Table {
    let mut table = Table::new(&[
        ("step", Left),
        ("via", Left),
        ("when", Left),
        ("for", Left),
        ("messages", Right),
        ("first", Left),
        ("to those drawn at launch until", Left),
        ("last", Left),
    ]);
    for step in &plan.steps {
        table.row(vec![
            step.name.clone(),
            step.via.join(", else "),
            timing_in_words(&step.timing),
            if step.strata.is_empty() { "everybody".to_owned() } else { step.strata.join(", ") },
            grouped(step.messages),
            moment(step.first.as_deref()),
            step.launch_last.as_deref().map_or_else(String::new, |at| moment(Some(at))),
            last(step),
        ]);
    }
    table.without_empty_columns()
}

fn last(step: &PlanStep) -> String {
    if step.messages > 0 && step.last.is_none() {
        "after close".to_owned()
    } else {
        moment(step.last.as_deref())
    }
}

/// Writes an RFC 3339 moment shortly: `2026-01-05 09:00`.
pub fn moment(text: Option<&str>) -> String {
    text.map_or_else(|| "–".to_owned(), |t| t.chars().take(16).collect::<String>().replace('T', " "))
}

/// Lists what can be told of whom.
pub fn precision(precision: &Precision) -> Table {
    let mut table = Table::new(&[
        ("group", Left),
        ("completes", Right),
        ("of", Left),
        ("spread", Right),
        ("margin", Right),
        ("since the wave before", Right),
        ("beside the others", Right),
    ]);
    let points = |x: Option<f64>| x.map_or_else(String::new, |x| format!("{x}"));
    let shares = |x: Option<f64>| x.map_or_else(String::new, percent);
    for group in &precision.groups {
        table.row(vec![
            group.stratum.clone().unwrap_or_else(|| "all".to_owned()),
            whole(group.completes),
            "a share of one half".to_owned(),
            String::new(),
            margin(group.share.margin),
            shares(group.share.since),
            shares(group.share.beside),
        ]);
        for score in &group.scores {
            let mark = if score.supposed { " ?" } else { "" };
            table.row(vec![
                String::new(),
                String::new(),
                format!("{}, points", score.score),
                format!("{}{mark}", score.deviation),
                score.figures.margin.map_or_else(|| "–".to_owned(), |m| format!("±{m}")),
                points(score.figures.since),
                points(score.figures.beside),
            ]);
        }
    }
    table.without_empty_columns()
}

/// Says how the figures of [`precision`] are meant, in lines.
pub fn precision_in_words(precision: &Precision) -> Vec<String> {
    let mut lines = vec![format!(
        "margins are those of a 95 % interval; differences are found with {} power at the {} level",
        percent(precision.power),
        percent(precision.level)
    )];
    if let Some(wave) = precision.since.as_ref().filter(|_| precision.since_supposed) {
        lines.push(format!("the answers of {wave} are not known here: as many as now are supposed"));
    }
    if precision.groups.iter().flat_map(|g| &g.scores).any(|s| s.supposed) {
        lines.push("spread with ? is supposed: a quarter of the score’s scale".to_owned());
    }
    for t in &precision.targets {
        let whose = t.stratum.as_ref().map_or_else(String::new, |s| format!(" for {s}"));
        let sign = if t.at_least { "at least" } else { "at most" };
        let margin = t.margin.map_or_else(|| "no margin".to_owned(), |m| format!("±{m}"));
        let before = t.before.map_or_else(String::new, |x| format!(", {x} in the wave before"));
        lines.push(format!("target {}{whose}: {sign} {} ({margin}{before})", t.score, t.goal));
    }
    lines
}

/// Says how a draw lies beside earlier ones; empty where it looks at none.
fn beside(draw: &PlanDraw) -> String {
    let mut parts = Vec::new();
    if let Some(panel) = &draw.panel_of {
        parts.push(format!("panel of {panel}"));
    }
    if let Some(with) = &draw.with {
        parts.push(format!("with {with}, from {}", draw.start));
    }
    if !draw.apart_from.is_empty() {
        parts.push(format!("apart from {}, from {}", draw.apart_from.join(", "), draw.start));
    }
    parts.join("; ")
}

/// Lists the overlaps.
pub fn overlaps(plan: &Plan) -> Table {
    let mut table = Table::new(&[("takes", Left), ("would also match", Left), ("rows", Right)]);
    for overlap in &plan.overlaps {
        table.row(vec![overlap.takes.clone(), overlap.also.clone(), grouped(overlap.count)]);
    }
    table
}

/// Lists the channels.
pub fn channels(plan: &Plan) -> Table {
    let mut table = Table::new(&[("channel", Left), ("kind", Left), ("sender", Left), ("per minute", Right)]);
    for channel in &plan.channels {
        let (kind, sender) = match &channel.kind {
            PlanChannelKind::Email { from_address, .. } => ("e-mail", from_address.clone()),
            PlanChannelKind::Sms { signature, .. } => ("SMS", signature.get(first_language(plan)).to_owned()),
            PlanChannelKind::Phone { .. } => ("telephone", "interviewers’ list".to_owned()),
        };
        let rate = channel.rate_per_minute.map_or_else(|| "no limit".to_owned(), per_minute);
        table.row(vec![channel.name.clone(), kind.to_owned(), sender, rate]);
    }
    table
}

/// Lists the quotas.
pub fn quotas(plan: &Plan) -> Table {
    let mut table = Table::new(&[
        ("quota", Left),
        ("at most", Right),
        ("can be invited", Right),
        ("completes expected", Right),
        ("turned away", Right),
    ]);
    for quota in &plan.quotas {
        let up_to = if quota.people.is_none() { "up to " } else { "" };
        let away = (quota.completes - quota.number as f64).max(0.0);
        table.row(vec![
            quota.name.clone(),
            grouped(quota.number),
            quota.people.map_or_else(|| "answers decide".to_owned(), grouped),
            format!("{up_to}{}", whole(quota.completes)),
            format!("{up_to}{}", whole(away)),
        ]);
    }
    table
}

/// Lists what the messages cost, where something is charged for.
pub fn cost(cost: &Cost) -> Table {
    let mut table = Table::new(&[
        ("step", Left),
        ("channel", Left),
        ("messages", Right),
        ("segments each", Right),
        ("charged", Right),
        ("cost", Right),
    ]);
    let currency = cost.currency.as_deref().unwrap_or("");
    for line in &cost.lines {
        table.row(vec![
            line.step.clone(),
            if line.fallback { format!("else {}", line.channel) } else { line.channel.clone() },
            between(line.messages, grouped),
            line.each.map_or_else(String::new, |each| between(each, grouped)),
            between(line.charged, grouped),
            line.money.map_or_else(String::new, |m| between(m, |x| money(currency, x))),
        ]);
    }
    if let Some(total) = cost.total {
        let blank = String::new;
        table.row(vec![
            "all".to_owned(),
            blank(),
            blank(),
            blank(),
            blank(),
            between(total, |x| money(currency, x)),
        ]);
    }
    table.without_empty_columns()
}

/// Says how the figures of [`cost`] are meant, in lines.
pub fn cost_in_words(cost: &Cost) -> Vec<String> {
    let mut lines = vec![
        "in brackets: from the least (everybody answers before the first reminder) to the most (nobody does, and all who may be released are)"
            .to_owned(),
    ];
    if cost.lines.iter().any(|l| l.fallback) {
        lines.push(
            "how many need the second channel is known when it is sent; the sum expects nobody to".to_owned(),
        );
    }
    if cost.currency.is_none() {
        lines
            .push("prices are not known; write `prices: { sms: \"CNY 0.05\" }` into canvass.yaml".to_owned());
    }
    if let (Some(limit), Some(currency)) = (cost.limit, &cost.currency) {
        lines.push(format!("limit: {}", money(currency, limit)));
    }
    lines
}

/// Writes the expected with the least and the most.
fn between<T: Copy + PartialEq>(range: Between<T>, words: impl Fn(T) -> String) -> String {
    let least = words(range.least);
    match (range.expected.map(&words), range.most.map(&words)) {
        (Some(expected), Some(most)) if expected == least && expected == most => expected,
        (Some(expected), Some(most)) => format!("{expected} ({least} to {most})"),
        (Some(expected), None) => format!("{expected} or more"),
        (None, Some(most)) => format!("{least} to {most}"),
        (None, None) => format!("{least} or more"),
    }
}

/// Says who is in the list, in lines.
pub fn list(plan: &Plan) -> Vec<String> {
    let frame = &plan.frame;
    let language = first_language(plan);
    let mut lines = vec![format!(
        "{}: {} rows, {} unusable, {} cells counted as missing",
        frame.source,
        grouped(frame.rows),
        grouped(frame.bad_rows),
        grouped(frame.bad_cells)
    )];
    for count in &frame.excluded {
        lines.push(format!("left out: {} {}", grouped(count.count), count.label.get(language)));
    }
    if frame.once > 0 {
        lines.push(format!(
            "left out: {} sharing an address or a key with somebody else",
            grouped(frame.once)
        ));
    }
    lines.extend(frame.rest.map(rest));
    let unit = if unit_of(plan) == "events" { "events" } else { "of them" };
    lines.push(format!(
        "eligible: {}; {} {unit} in no stratum",
        grouped(frame.eligible),
        grouped(plan.unmatched)
    ));
    lines
}

fn rest(rest: PlanRest) -> String {
    let days = counted(rest.days.into(), "day", "days");
    if rest.delay {
        format!(
            "rest: whoever was invited by any campaign within {days} waits until then, and is at rest only if that is after close"
        )
    } else {
        format!(
            "rest: whoever was invited by any campaign within {days} before open is at rest and is not drawn"
        )
    }
}

/// Says how long it takes, in one line.
pub fn questionnaire(plan: &Plan) -> String {
    let asked = &plan.questionnaire;
    let minutes: Vec<String> = asked
        .minutes
        .iter()
        .map(|m| {
            let median = m.median.map_or_else(String::new, |median| format!(", median {median:.1}"));
            format!("{} {:.1} to {:.1} minutes{median}", m.language, m.shortest, m.longest)
        })
        .collect();
    let mut questions = counted(asked.questions, "question", "questions");
    if let Some(paths) = asked.paths.filter(|p| p.least != p.most) {
        let about = if paths.exact { "" } else { "at the outside " };
        questions = format!("{questions} ({about}{} to {} on a path)", paths.least, paths.most);
    }
    format!("{questions}, {}; {}", counted(asked.items, "item", "items"), minutes.join(", "))
}

/// Says when, in one line.
pub fn schedule(plan: &Plan) -> String {
    let schedule = &plan.schedule;
    let mut words =
        format!("{} to {} ({})", moment(Some(&schedule.open)), moment(Some(&schedule.close)), plan.timezone);
    if let Some((from, to)) = &schedule.hours {
        let _ = write!(words, "; messages {from} to {to} in the recipient’s time zone");
    }
    if schedule.workdays {
        words.push_str("; on workdays");
        for (days, name) in [(&schedule.days_off, "off"), (&schedule.days_on, "worked")] {
            if !days.is_empty() {
                let _ = write!(words, ", {name} {}", days.join(" "));
            }
        }
    }
    words
}

/// Says what may be expected, in one line.
pub fn expected(plan: &Plan) -> String {
    let expected = &plan.expected;
    format!(
        "{} invitations, {} messages, {} completes, margin {} (a share of one half, 95 %)",
        grouped(expected.invitations),
        grouped(expected.messages),
        whole(expected.completes),
        margin(expected.margin)
    )
}

/// Returns what is counted: people, or events where some invite.
pub fn unit_of(plan: &Plan) -> &'static str {
    let events = plan.strata.iter().any(|s| matches!(s.entry, Entry::Events { .. }));
    if events { "events" } else { "people" }
}

/// Returns the campaign's first language.
pub fn first_language(plan: &Plan) -> &str {
    plan.languages.first().map_or("en", String::as_str)
}
