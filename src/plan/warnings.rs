//! What a reviewer should know, in words.

use crate::frame::allocate::{deviation, margin, margin_of_mean};
use crate::frame::{Design, FrameSummary};
use crate::model::Checked;
use crate::model::checked::{Frame, OncePer, Sample, SwitchedOff};
use crate::plan::expect::{CONFIDENCE, Reckoned, fallback_response};
use crate::plan::words::{counted, grouped, percent, rounded, score_name};

/// Collects what the list and the sample clauses give rise to.
pub fn warnings(
    checked: &Checked,
    design: &Design,
    summary: &FrameSummary,
    reckoned: &[Reckoned],
) -> Vec<String> {
    let mut all = Vec::new();
    list(checked, summary, &mut all);
    uncovered(summary, &mut all);
    strata(checked, design, summary, &mut all);
    for (cell, (known, reckoned)) in design.cells.iter().zip(summary.cells.iter().zip(reckoned)) {
        // A census asks for nobody in particular; the table shows who can't be reached.
        if checked.strata[cell.stratum].sample == Sample::All {
            continue;
        }
        shortage(&cell.name, known.population, reckoned, points(checked, cell.stratum, summary), &mut all);
    }
    assumed(checked, design, reckoned, &mut all);
    hopeful(checked, design, reckoned, &mut all);
    rest(checked, &mut all);
    for clause in &checked.not_carried_out {
        all.push(format!("not carried out by this version: {}", clause.clause));
    }
    all.extend(checked.switched_off.iter().map(switched_off));
    all
}

/// Says which rule was switched off where, and why.
fn switched_off(off: &SwitchedOff) -> String {
    let place = off.owner.as_deref().unwrap_or("canvass.yaml");
    let silenced = counted(off.findings as u64, "finding", "findings");
    format!("rule `{}` is switched off in {place} ({silenced}): {}", off.rule, off.reason)
}

fn list(checked: &Checked, summary: &FrameSummary, all: &mut Vec<String>) {
    let source = checked.frame.as_ref().map_or("", |f| f.source.as_str());
    bad(source, summary.bad_rows, summary.bad_cells, all);
    for events in &summary.events {
        let source = checked.events.iter().find(|e| e.name == events.name).map_or("", |e| e.source.as_str());
        bad(source, events.bad_rows, events.bad_cells, all);
    }
    if summary.once > 0 {
        let people = counted(summary.once, "person is", "people are");
        let same = shared(checked.frame.as_ref());
        all.push(format!(
            "{people} left out because somebody with a smaller random number has the same {same}"
        ));
    }
}

/// Says how many people no figure will speak for.
fn uncovered(summary: &FrameSummary, all: &mut Vec<String>) {
    if summary.unmatched == 0 || !summary.events.is_empty() {
        return;
    }
    let people = counted(summary.unmatched, "eligible person is", "eligible people are");
    let share = percent(rounded(summary.unmatched as f64 / summary.eligible.max(1) as f64, 3));
    all.push(format!("{people} in no stratum ({share}): nobody asks them, and no figure speaks for them"));
}

/// Returns what only one invitation goes to.
pub fn shared(frame: Option<&Frame>) -> &str {
    match frame.and_then(|f| f.once_per) {
        Some(OncePer::Field(i)) => frame.and_then(|f| f.fields.get(i)).map_or("column", |f| f.name.as_str()),
        _ => "address",
    }
}

fn bad(source: &str, rows: u64, cells: u64, all: &mut Vec<String>) {
    let mut parts = Vec::new();
    if rows > 0 {
        parts.push(format!("{} can't be used", counted(rows, "row", "rows")));
    }
    if cells > 0 {
        parts.push(format!("{} as missing", counted(cells, "cell counts", "cells count")));
    }
    if !parts.is_empty() {
        all.push(format!("{source}: {}", parts.join(", ")));
    }
}

fn strata(checked: &Checked, design: &Design, summary: &FrameSummary, all: &mut Vec<String>) {
    for (index, stratum) in checked.strata.iter().enumerate() {
        let cells = design.cells_of(index).filter_map(|c| summary.cells.get(c));
        let population: u64 = cells.map(|c| c.population).sum();
        let lost = summary.unparted.get(index).copied().unwrap_or(0);
        if population + lost == 0 {
            all.push(format!("stratum `{}`: nobody is in it", stratum.name));
        }
        if lost > 0 {
            let people = counted(lost, "person falls", "people fall");
            all.push(format!(
                "stratum `{}`: {people} into none of its parts and can't be drawn",
                stratum.name
            ));
        }
    }
}

/// Names the completes and the margin still to be had where the list holds too few.
fn shortage(
    name: &str,
    population: u64,
    reckoned: &Reckoned,
    points: Option<(f64, f64, &str)>,
    all: &mut Vec<String>,
) {
    let size = reckoned.size;
    if size.ideal <= size.invitations {
        return;
    }
    let completes = size.invitations as f64 * reckoned.response;
    let margin = margin(completes, CONFIDENCE, population);
    let margin = match points {
        Some((deviation, confidence, score)) => margin_of_mean(deviation, completes, confidence, population)
            .map(|m| format!(", a margin of ±{} points on {score}", rounded(m, 2))),
        None => margin.map(|m| format!(", a margin of ±{}", percent(rounded(m, 4)))),
    };
    let margin = margin.unwrap_or_default();
    let wanted = size.wanted.map_or_else(String::new, |w| format!(" of {}", grouped(w)));
    all.push(format!(
        "`{name}`: {} would be needed, {} can be invited; about {}{wanted} completes can still be had{margin}",
        counted(size.ideal, "invitation", "invitations"),
        grouped(size.invitations),
        grouped(crate::frame::allocate::round_up(completes.floor())),
    ));
}

/// Returns spread, confidence and score of a sample for a margin in points.
fn points<'a>(checked: &'a Checked, stratum: usize, summary: &FrameSummary) -> Option<(f64, f64, &'a str)> {
    let stratum = checked.strata.get(stratum)?;
    let Sample::Points { confidence, score, spread, .. } = stratum.sample else { return None };
    let deviation = deviation(checked, stratum, score, spread, summary.before.as_ref()).ok()?;
    Some((deviation, confidence, score_name(checked, score)))
}

fn assumed(checked: &Checked, design: &Design, reckoned: &[Reckoned], all: &mut Vec<String>) {
    let mut names: Vec<String> = Vec::new();
    for (cell, reckoned) in design.cells.iter().zip(reckoned) {
        let name = format!("`{}`", checked.strata[cell.stratum].name);
        if reckoned.assumed && !names.contains(&name) {
            names.push(name);
        }
    }
    if !names.is_empty() {
        let rate = percent(fallback_response(checked));
        let verb = if names.len() == 1 { "states" } else { "state" };
        all.push(format!("{} {verb} no expected response; {rate} is assumed", names.join(", ")));
    }
}

/// A margin whose sample supposes that everybody answers will not be met.
fn hopeful(checked: &Checked, design: &Design, reckoned: &[Reckoned], all: &mut Vec<String>) {
    for (cell, reckoned) in design.cells.iter().zip(reckoned) {
        let sample = checked.strata.get(cell.stratum).map(|s| s.sample);
        let for_a_margin = matches!(sample, Some(Sample::Margin { .. } | Sample::Points { .. }));
        let completes =
            crate::frame::allocate::round_up((reckoned.size.invitations as f64 * reckoned.response).round());
        if for_a_margin && reckoned.assumed && completes < reckoned.size.ideal {
            all.push(format!(
                "`{}`: the margin takes {}, and {} give about {}; write `expecting …% response` behind it, so that more are invited",
                cell.name,
                counted(reckoned.size.ideal, "answer", "answers"),
                counted(reckoned.size.invitations, "invitation", "invitations"),
                grouped(completes)
            ));
        }
    }
}

/// A rest longer than the distance to the wave before takes out whoever was drawn in it.
fn rest(checked: &Checked, all: &mut Vec<String>) {
    let rest = checked.frame.as_ref().and_then(|f| f.rest);
    // How many wait, and how long, is known when they are invited.
    if rest.is_some_and(|r| r.delay) {
        all.push(
            "`rest … delay`: whoever still rests at open is invited later than the dates of the steps say"
                .to_owned(),
        );
    }
    let distance = match checked.campaign.rhythm.as_deref() {
        Some("quarterly") => 90,
        Some("half_yearly") => 181,
        Some("yearly") => 365,
        _ => return,
    };
    if let (Some(rest), Some(follows)) = (rest, &checked.campaign.follows)
        && rest.days > distance
    {
        let days = rest.days;
        let then = if rest.delay {
            "whoever was invited then waits, or is left out when that lasts beyond close"
        } else {
            "nobody who was invited then can be drawn"
        };
        all.push(format!(
            "a rest of {days} days is longer than the distance to `{follows}` (about {distance} days): {then}"
        ));
    }
}
