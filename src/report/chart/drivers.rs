//! Drivers: their share of R² against how well they are done.
//!
//! Points carry the numbers of the table, which don't collide; kuva moves them apart where points lie close.

use kuva::plot::scatter::ScatterPlot;
use kuva::render::annotations::ReferenceLine;
use kuva::render::plots::Plot;

use crate::report::chart::style::{BLUE, GREY, RED, layout, svg};
use crate::report::words::Words;
use crate::score::findings::DriverFinding;
use crate::score::findings::drivers::Quadrant;

/// Names of the charts, one a `drivers` clause; further clauses have their table only.
pub const NAMES: [&str; 4] = ["drivers_1", "drivers_2", "drivers_3", "drivers_4"];

/// Draws a clause whose shares may be read as an order.
#[must_use]
pub fn drivers(name: &str, finding: &DriverFinding, words: &Words) -> Option<String> {
    let line = finding.performance_line.filter(|_| finding.ranked)?;
    let points: Vec<(f64, f64)> =
        finding.drivers.iter().filter_map(|d| Some((100.0 * d.share?, d.performance?))).collect();
    if points.len() < 2 || points.len() != finding.drivers.len() {
        return None;
    }
    let even = 100.0 / points.len() as f64;
    let colours: Vec<&str> = finding
        .drivers
        .iter()
        .map(|d| if d.quadrant == Some(Quadrant::Improve) { RED } else { BLUE })
        .collect();
    let numbers: Vec<String> = (1..=points.len()).map(|k| k.to_string()).collect();
    let (left, right) = around(points.iter().map(|p| p.0).chain([even]), (0.0, 100.0));
    let (low, high) = around(points.iter().map(|p| p.1).chain([line]), (0.0, 100.0));
    let plot = ScatterPlot::new()
        .with_data(points)
        .with_colors(colours)
        .with_size(4.5)
        .with_labels(numbers)
        .with_repel_labels();
    let plots = vec![Plot::Scatter(plot)];
    let page = layout(&plots, 380.0)
        .with_x_axis_min(left)
        .with_x_axis_max(right)
        .with_y_axis_min(low)
        .with_y_axis_max(high)
        .with_x_label(words["chart_share"].as_str())
        .with_y_label(words["performance"].as_str())
        .with_reference_line(ReferenceLine::vertical(even).with_color(GREY))
        .with_reference_line(ReferenceLine::horizontal(line).with_color(GREY));
    Some(svg(name, plots, page))
}

/// Round ends with room around the values.
fn around(values: impl Iterator<Item = f64>, (least, most): (f64, f64)) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
    let step = if high - low > 20.0 { 10.0 } else { 5.0 };
    (((low / step - 0.4).floor() * step).max(least), ((high / step + 0.4).ceil() * step).min(most))
}
