//! The report as Markdown for a pull request; charts are files beside it.

use crate::report::chart::{Chart, charts};
use crate::report::data::ReportData;
use crate::report::view::{View, render};
use crate::report::words::words;

const TEMPLATE: &str = include_str!("../../templates/report/report.md");

/// A Markdown report with its charts: path relative to the report, and SVG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markdown {
    /// The text.
    pub text: String,
    /// Charts that it shows.
    pub charts: Vec<(String, String)>,
}

/// Renders the report in a language; `suffix` keeps the charts of several languages apart.
pub fn markdown(
    data: &ReportData,
    language: &str,
    suffix: &str,
    others: &[(String, String)],
) -> Result<Markdown, minijinja::Error> {
    let charts = charts(data, language, &words(language));
    let file = |c: &Chart| format!("charts/{}{suffix}.svg", c.name);
    let mut view = View::new(data, language, &charts);
    view.charts = charts.iter().map(|c| (c.name, file(c))).collect();
    view.others = others.to_vec();
    let text = squeeze(&render(TEMPLATE, "report.md", &view)?);
    let charts = charts.iter().map(|c| (file(c), c.svg.clone())).collect();
    Ok(Markdown { text, charts })
}

/// Leaves at most one blank line, so that templates may be written with air.
fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = true;
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && blank) {
            out.push_str(line);
            out.push('\n');
        }
        blank = line.is_empty();
    }
    out
}
