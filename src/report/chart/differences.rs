//! Differences with their intervals about zero: scores since the wave before, and groups against all others.
//!
//! What was not tested is not drawn. Differences that are shown beyond chance stand out by colour.

use kuva::plot::ForestPlot;
use kuva::render::annotations::ReferenceLine;
use kuva::render::plots::Plot;

use crate::report::chart::main_measure;
use crate::report::chart::style::{BLUE, GREY, RED, label, layout, named, svg};
use crate::report::data::ReportData;
use crate::report::words::Words;
use crate::score::compare::types::{Contrast, Outcome};

/// A row: label and comparison.
type Row<'a> = (String, &'a Contrast);

/// Draws the changes of all scores on the reporting scale.
#[must_use]
pub fn changes(data: &ReportData, language: &str, words: &Words) -> Option<String> {
    let (low, high) = data.scores.scale;
    let change = data.change.as_ref()?;
    let on_scale = |name: &str| {
        let measure = data.scores.measures.iter().find(|m| m.name == name);
        measure.is_some_and(|m| m.low == Some(low) && m.high == Some(high))
    };
    let rows: Vec<Row> = change
        .measures
        .iter()
        .filter(|c| on_scale(&c.name))
        .map(|c| (named(c.title.get(language), &c.name), &c.contrast))
        .collect();
    forest("changes", &rows, words["chart_changes"].as_str())
}

/// Draws the first index (else the first measure) of every group of the segments by one variable.
#[must_use]
pub fn groups(data: &ReportData, language: &str, words: &Words) -> Option<String> {
    let main = main_measure(data)?;
    let mut rows: Vec<Row> = Vec::new();
    for segment in data.scores.comparisons.iter().filter(|s| !s.name.contains(" by ")) {
        for group in &segment.groups {
            if let Some(contrast) = group.contrasts.get(main) {
                rows.push((named(group.title.get(language), &group.name), contrast));
            }
        }
    }
    let title = data.scores.measures[main].title.get(language);
    forest("groups", &rows, &format!("{title} · {}", words["chart_groups"]))
}

fn forest(name: &str, rows: &[Row], axis: &str) -> Option<String> {
    let shown: Vec<(&str, f64, f64, f64, &str)> = rows
        .iter()
        .filter_map(|(name, c)| {
            let colour = match c.outcome {
                Outcome::Higher => BLUE,
                Outcome::Lower => RED,
                _ => GREY,
            };
            Some((name.as_str(), c.difference?, c.low?, c.high?, colour))
        })
        .collect();
    if shown.is_empty() {
        return None;
    }
    let mut plot = ForestPlot::new()
        .with_color(GREY)
        .with_marker_size(6.0)
        .with_whisker_width(2.0)
        .with_show_null_line(false);
    for (row, value, low, high, colour) in &shown {
        plot = plot.with_colored_row(*row, *value, *low, *high, *colour);
    }
    let widest = shown.iter().flat_map(|r| [r.2.abs(), r.3.abs()]).fold(0.0, f64::max);
    let end = round_up(widest * 1.05);
    let plots = vec![Plot::Forest(plot)];
    let page = layout(&plots, 70.0 + 34.0 * shown.len() as f64)
        .with_x_axis_min(-end)
        .with_x_axis_max(end)
        .with_x_label(label(axis, 80))
        .with_reference_line(ReferenceLine::vertical(0.0).with_color(GREY));
    Some(svg(name, plots, page))
}

/// The next of 1, 2, 5, 10, 20, …
fn round_up(x: f64) -> f64 {
    if !(x > 0.0 && x.is_finite()) {
        return 1.0;
    }
    let unit = 10_f64.powf(x.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    steps.iter().map(|s| s * unit).find(|end| *end >= x).unwrap_or(10.0 * unit)
}
