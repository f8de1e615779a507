//! A plan as Markdown for a pull request.

use std::fmt::Write as _;

use crate::plan::print::timeline::timeline;
use crate::plan::print::{rows, short};
use crate::plan::types::Plan;
use crate::plan::words::title;

/// Renders the plan.
#[must_use]
pub fn markdown(plan: &Plan) -> String {
    let language = rows::first_language(plan);
    let name = title(&plan.title, language, &plan.campaign);
    let mut out = format!("# Plan: {}\n\n", escape(name));
    let _ = writeln!(out, "Campaign `{}` · hash `{}` · seed {}", plan.campaign, plan.hash, plan.seed);
    section(&mut out, short::heading(plan), &bullets(&short::short(plan)));
    section(&mut out, "List", &bullets(&rows::list(plan)));
    section(
        &mut out,
        "Strata",
        &format!("{}\n\n{}", escape(&rows::expected(plan)), rows::strata(plan).markdown()),
    );
    if !plan.overlaps.is_empty() {
        section(&mut out, "Overlaps", "The earlier stratum takes the person.\n");
        out.push('\n');
        out.push_str(&rows::overlaps(plan).markdown());
    }
    if !plan.quotas.is_empty() {
        section(&mut out, "Quotas", &rows::quotas(plan).markdown());
    }
    section(
        &mut out,
        "Steps",
        &format!("{}\n\n{}", escape(&rows::schedule(plan)), rows::steps(plan).markdown()),
    );
    let chart = timeline(plan);
    if !chart.is_empty() {
        section(&mut out, "Time", &format!("```text\n{}\n```\n", chart.join("\n")));
    }
    section(&mut out, "Channels", &rows::channels(plan).markdown());
    if let Some(cost) = &plan.cost {
        let words = bullets(&rows::cost_in_words(cost));
        section(&mut out, "Cost", &format!("{}\n{words}", rows::cost(cost).markdown()));
    }
    section(&mut out, "Questionnaire", &format!("{}\n", rows::questionnaire(plan)));
    if let Some(precision) = &plan.precision {
        let words = bullets(&rows::precision_in_words(precision));
        section(&mut out, "What it can tell", &format!("{}\n{words}", rows::precision(precision).markdown()));
    }
    if !plan.warnings.is_empty() {
        section(&mut out, "To know before you approve", &bullets(&plan.warnings));
    }
    out
}

fn section(out: &mut String, heading: &str, body: &str) {
    let _ = write!(out, "\n## {heading}\n\n{body}");
}

fn bullets(lines: &[String]) -> String {
    lines.iter().map(|line| format!("- {}\n", escape(line))).collect::<Vec<_>>().concat()
}

/// Keeps texts of the spec from becoming mark-up; names in backticks stay as they are.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut code = false;
    for c in text.chars() {
        code ^= c == '`';
        if !code && matches!(c, '*' | '_' | '<' | '[' | ']' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
