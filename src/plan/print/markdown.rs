//! A plan as Markdown for a pull request: a page for everybody, and below it, folded, what a statistician looks at.

use std::fmt::Write as _;

use crate::plan::print::timeline::timeline;
use crate::plan::print::view::{ROWS, View};
use crate::plan::print::{cost, precision, short, steps, strata};
use crate::plan::say::say;
use crate::plan::types::Plan;
use crate::plan::words::title;

/// Renders the page.
#[must_use]
pub fn markdown(plan: &Plan) -> String {
    let view = View::page(plan);
    let w = view.words;
    let name = title(&plan.title, view.language(), &plan.campaign);
    let mut out = format!("# {}\n", say!(w, "plan_of", campaign = escape(name)));
    section(&mut out, "##", w.get("in_short"), &bullets(&short::short(&view)));
    if !plan.warnings.is_empty() {
        section(&mut out, "##", w.get("approve"), &bullets(&notes(&view)));
    }
    let people = strata::people(&view).markdown();
    let words = bullets(&[strata::list(&view), strata::people_in_words(&view)].concat());
    section(&mut out, "##", w.get("who"), &format!("{people}\n{words}"));
    if !plan.quotas.is_empty() {
        section(&mut out, "##", w.get("quotas"), &strata::quotas(&view).markdown());
    }
    section(&mut out, "##", w.get("when"), &when(&view));
    if let Some(known) = &plan.cost {
        let words = bullets(&cost::cost_in_words(&view, known));
        section(&mut out, "##", w.get("cost"), &format!("{}\n{words}", cost::cost(&view, known).markdown()));
    }
    section(&mut out, "##", w.get("questionnaire"), &format!("{}\n", steps::questionnaire(&view)));
    if let Some(known) = &plan.precision {
        let words = bullets(&precision::groups_in_words(&view, known));
        let table = precision::groups(&view, known).markdown();
        section(&mut out, "##", w.get("can_tell"), &format!("{table}\n{words}"));
    }
    record(&mut out, &view);
    out
}

/// Returns the notes: the first ones of very many.
fn notes(view: &View) -> Vec<String> {
    let all = &view.plan.warnings;
    let shown = if all.len() > ROWS + 1 { ROWS } else { all.len() };
    let mut lines: Vec<String> = all.iter().take(shown).map(|t| t.get(view.language()).to_owned()).collect();
    if shown < all.len() {
        lines.push(view.words.counted("more_notes", (all.len() - shown) as u64));
    }
    lines
}

fn when(view: &View) -> String {
    let chart = timeline(view);
    let chart =
        if chart.is_empty() { String::new() } else { format!("```text\n{}\n```\n\n", chart.join("\n")) };
    format!("{}\n\n{chart}{}", escape(&steps::schedule(view)), steps::steps(view).markdown())
}

/// Folds away what the draw can be checked with.
fn record(out: &mut String, view: &View) {
    let (plan, w) = (view.plan, view.words);
    let _ = write!(out, "\n<details>\n<summary>{}</summary>\n", w.get("for_the_record"));
    let identity = say!(w, "record", campaign = plan.campaign, hash = plan.hash, seed = plan.seed);
    let _ = write!(out, "\n{identity}\n\n{}\n", escape(&strata::expected(view)));
    section(out, "###", w.get("strata"), &strata::strata(view).markdown());
    if !plan.overlaps.is_empty() {
        let table = strata::overlaps(view).markdown();
        section(out, "###", w.get("overlaps"), &format!("{}\n\n{table}", w.get("overlaps_note")));
    }
    section(out, "###", w.get("channels"), &steps::channels(view).markdown());
    if let Some(known) = &plan.precision {
        let words = bullets(&precision::precision_in_words(view, known));
        let table = precision::precision(view, known).markdown();
        section(out, "###", w.get("can_tell"), &format!("{table}\n{words}"));
    }
    out.push_str("\n</details>\n");
}

fn section(out: &mut String, level: &str, heading: &str, body: &str) {
    let _ = write!(out, "\n{level} {heading}\n\n{body}");
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
