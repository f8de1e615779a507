//! A plan as text for a terminal.

use std::fmt::Write as _;

use crate::plan::print::timeline::timeline;
use crate::plan::print::{rows, short};
use crate::plan::types::Plan;
use crate::plan::words::title;

/// Renders the plan.
#[must_use]
pub fn text(plan: &Plan) -> String {
    let mut out = format!("Plan of {}", plan.campaign);
    let name = title(&plan.title, rows::first_language(plan), "");
    if !name.is_empty() {
        let _ = write!(out, " – {name}");
    }
    let _ = writeln!(out, "\n  hash {}\n  seed {}", plan.hash, plan.seed);
    section(&mut out, short::heading(plan), &indented(&short::short(plan)));
    section(&mut out, "List", &indented(&rows::list(plan)));
    section(&mut out, "Strata", &rows::strata(plan).text());
    if !plan.overlaps.is_empty() {
        section(&mut out, "Overlaps (the earlier stratum takes the person)", &rows::overlaps(plan).text());
    }
    if !plan.quotas.is_empty() {
        section(&mut out, "Quotas", &rows::quotas(plan).text());
    }
    section(&mut out, "Questionnaire", &indented(&[rows::questionnaire(plan)]));
    section(&mut out, "Schedule", &indented(&[rows::schedule(plan)]));
    section(&mut out, "Steps", &rows::steps(plan).text());
    let chart = timeline(plan);
    if !chart.is_empty() {
        section(&mut out, "Time", &indented(&chart));
    }
    section(&mut out, "Channels", &rows::channels(plan).text());
    if let Some(cost) = &plan.cost {
        let words = indented(&rows::cost_in_words(cost));
        section(&mut out, "Cost", &(rows::cost(cost).text() + &words));
    }
    section(&mut out, "Expected", &indented(&[rows::expected(plan)]));
    if let Some(precision) = &plan.precision {
        let words = indented(&rows::precision_in_words(precision));
        section(&mut out, "What it can tell", &(rows::precision(precision).text() + &words));
    }
    if !plan.warnings.is_empty() {
        section(&mut out, "To know before you approve", &indented(&plan.warnings));
    }
    out
}

fn section(out: &mut String, heading: &str, body: &str) {
    let _ = write!(out, "\n{heading}\n{body}");
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  {line}\n")).collect::<Vec<_>>().concat()
}
