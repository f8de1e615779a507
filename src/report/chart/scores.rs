//! Estimates with their intervals: all measures, and the first index by stratum.

use kuva::plot::ForestPlot;
use kuva::render::annotations::ReferenceLine;
use kuva::render::plots::Plot;

use crate::report::chart::style::{BLUE, GREY, layout, named, svg};
use crate::report::data::ReportData;
use crate::report::words::Words;
use crate::score::types::{Estimate, Group};

/// A row of the chart: label, estimate, whether it is the one that others add up to.
type Row<'a> = (String, &'a Estimate, bool);

/// Draws the measures on the reporting scale, overall.
#[must_use]
pub fn measures(data: &ReportData, language: &str, words: &Words) -> Option<String> {
    let (low, high) = data.scores.scale;
    let on_scale = |i: usize| {
        let m = &data.scores.measures[i];
        m.low == Some(low) && m.high == Some(high)
    };
    let order = ["index", "dimension", "kpi"];
    let mut rows: Vec<Row> = Vec::new();
    for kind in order {
        for (i, m) in data.scores.measures.iter().enumerate().filter(|(i, m)| m.kind == kind && on_scale(*i))
        {
            rows.push((
                named(m.title.get(language), &m.name),
                &data.scores.overall.estimates[i],
                kind == "index",
            ));
        }
    }
    forest("measures", &rows, data.scores.scale, goal(data), words)
}

/// Draws the first index (else the first measure) by stratum.
#[must_use]
pub fn strata(data: &ReportData, language: &str, words: &Words) -> Option<String> {
    let first = main_measure(data)?;
    if data.scores.strata.len() < 2 {
        return None;
    }
    let name = |g: &Group| named(g.title.get(language), &g.name);
    let mut rows: Vec<Row> =
        vec![(words["overall"].clone(), data.scores.overall.estimates.get(first)?, true)];
    for group in &data.scores.strata {
        rows.push((name(group), &group.estimates[first], false));
        let prefix = format!("{}.", group.name);
        for part in data.scores.parts.iter().filter(|p| p.name.starts_with(&prefix)) {
            rows.push((format!("· {}", name(part)), &part.estimates[first], false));
        }
    }
    let measure = &data.scores.measures[first];
    let ends = measure.low.zip(measure.high).unwrap_or(data.scores.scale);
    forest("strata", &rows, ends, goal(data), words)
}

/// Returns the first index, else the first measure.
#[must_use]
pub fn main_measure(data: &ReportData) -> Option<usize> {
    crate::score::findings::tables::main_measure(&data.scores)
}

/// Returns the goal of the main measure for everybody.
fn goal(data: &ReportData) -> Option<f64> {
    let main = &data.scores.measures[main_measure(data)?].name;
    data.scores.targets.iter().find(|t| t.score == *main && t.stratum.is_none()).map(|t| t.goal)
}

fn forest(name: &str, rows: &[Row], scale: (f64, f64), goal: Option<f64>, words: &Words) -> Option<String> {
    let shown: Vec<(&str, f64, f64, f64, bool)> = rows
        .iter()
        .filter_map(|(name, e, main)| {
            let value = e.value?;
            Some((name.as_str(), value, e.low.unwrap_or(value), e.high.unwrap_or(value), *main))
        })
        .collect();
    if shown.is_empty() {
        return None;
    }
    let mut plot = ForestPlot::new()
        .with_color(BLUE)
        .with_marker_size(6.0)
        .with_whisker_width(2.0)
        .with_show_null_line(false);
    for (row, value, low, high, main) in &shown {
        plot = plot.with_colored_row(*row, *value, *low, *high, if *main { BLUE } else { "#4f93a8" });
    }
    let (from, to) = window(&shown, scale, goal);
    let plots = vec![Plot::Forest(plot)];
    let mut page = layout(&plots, 70.0 + 34.0 * shown.len() as f64)
        .with_x_axis_min(from)
        .with_x_axis_max(to)
        .with_x_label(words["chart_interval"].as_str());
    if let Some(goal) = goal {
        let line = ReferenceLine::vertical(goal).with_color(GREY).with_label(words["goal"].as_str());
        page = page.with_reference_line(line);
    }
    Some(svg(name, plots, page))
}

/// The part of the scale that holds all intervals and the goal, on round numbers.
fn window(rows: &[(&str, f64, f64, f64, bool)], scale: (f64, f64), goal: Option<f64>) -> (f64, f64) {
    let step = (scale.1 - scale.0) / 20.0;
    let low = rows.iter().map(|r| r.2).chain(goal).fold(f64::INFINITY, f64::min);
    let high = rows.iter().map(|r| r.3).chain(goal).fold(f64::NEG_INFINITY, f64::max);
    let from = scale.0 + ((low - scale.0) / step - 0.5).floor() * step;
    let to = scale.0 + ((high - scale.0) / step + 0.5).ceil() * step;
    (from.max(scale.0), to.min(scale.1))
}
