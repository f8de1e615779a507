//! The report as one HTML file that needs nothing else: styles and charts stand inside.

use crate::report::chart::charts;
use crate::report::data::ReportData;
use crate::report::view::{View, render};
use crate::report::words::words;

const TEMPLATE: &str = include_str!("../../templates/report/report.html");

/// Renders the report in a language; `others` are the same report in other languages (language, file).
pub fn html(
    data: &ReportData,
    language: &str,
    others: &[(String, String)],
) -> Result<String, minijinja::Error> {
    let words = words(language);
    let charts = charts(data, language, &words);
    let mut view = View::new(data, language, &charts);
    view.others = others.to_vec();
    render(TEMPLATE, "report.html", &view)
}
