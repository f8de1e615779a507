//! Completed responses per day.

use kuva::plot::BarPlot;
use kuva::render::plots::Plot;

use crate::report::chart::style::{BLUE, layout, svg};
use crate::report::data::ReportData;
use crate::report::words::Words;

/// Most days that are drawn one by one; longer campaigns are drawn by week.
const DAYS: usize = 45;

/// Draws when people answered.
#[must_use]
pub fn days(data: &ReportData, words: &Words) -> Option<String> {
    if data.days.len() < 2 {
        return None;
    }
    let width = data.days.len().div_ceil(DAYS).max(1);
    let width = if width > 1 { width.max(7) } else { 1 };
    let bars: Vec<(String, f64)> = data
        .days
        .chunks(width)
        .map(|chunk| {
            let sum: u64 = chunk.iter().map(|d| d.completed).sum();
            (chunk[0].date.strftime("%m-%d").to_string(), sum as f64)
        })
        .collect();
    let plot = BarPlot::new().with_bars(bars).with_color(BLUE);
    let plots = vec![Plot::Bar(plot)];
    let key = if width == 1 { "chart_days" } else { "chart_weeks" };
    let page = layout(&plots, 260.0).with_y_label(words[key].as_str()).with_x_tick_rotate(-45.0);
    Some(svg("days", plots, page))
}
