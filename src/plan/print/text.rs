//! A plan as text for a terminal.

use std::fmt::Write as _;

use crate::plan::print::timeline::timeline;
use crate::plan::print::view::View;
use crate::plan::print::{cost, precision, short, steps, strata};
use crate::plan::say::say;
use crate::plan::types::Plan;
use crate::plan::words::title;

/// Renders all of the plan.
#[must_use]
pub fn text(plan: &Plan) -> String {
    let view = View::terminal(plan);
    let w = view.words;
    let mut out = say!(w, "plan_of", campaign = plan.campaign);
    let name = title(&plan.title, view.language(), "");
    if !name.is_empty() {
        let _ = write!(out, " – {name}");
    }
    let _ = writeln!(out, "\n  {} {}\n  {} {}", w.get("hash"), plan.hash, w.get("seed"), plan.seed);
    let mut section = |heading: &'static str, body: &str| {
        let _ = write!(out, "\n{}\n{body}", w.get(heading));
    };
    section("in_short", &indented(&short::short(&view)));
    section("list", &indented(&strata::list(&view)));
    section("strata", &strata::strata(&view).text());
    if !plan.overlaps.is_empty() {
        let note = format!("  {}\n", w.get("overlaps_note"));
        section("overlaps", &(note + &strata::overlaps(&view).text()));
    }
    if !plan.quotas.is_empty() {
        section("quotas", &strata::quotas(&view).text());
    }
    section("questionnaire", &indented(&[steps::questionnaire(&view)]));
    section("schedule", &indented(&[steps::schedule(&view)]));
    section("steps", &steps::steps(&view).text());
    let chart = timeline(&view);
    if !chart.is_empty() {
        section("time", &indented(&chart));
    }
    section("channels", &steps::channels(&view).text());
    if let Some(known) = &plan.cost {
        let words = indented(&cost::cost_in_words(&view, known));
        section("cost", &(cost::cost(&view, known).text() + &words));
    }
    section("expected", &indented(&[strata::expected(&view)]));
    if let Some(known) = &plan.precision {
        let words = [precision::precision_in_words(&view, known), precision::targets(&view, known)].concat();
        section("can_tell", &(precision::precision(&view, known).text() + &indented(&words)));
    }
    if !plan.warnings.is_empty() {
        let notes: Vec<String> = plan.warnings.iter().map(|t| t.get(view.language()).to_owned()).collect();
        section("approve", &indented(&notes));
    }
    out
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  {line}\n")).collect::<Vec<_>>().concat()
}
