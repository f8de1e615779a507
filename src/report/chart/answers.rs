//! How answers spread over the codes of each scale: one stacked bar per item.

use kuva::plot::BarPlot;
use kuva::render::plots::Plot;

use crate::report::chart::style::{label, layout, step, svg};
use crate::report::data::ReportData;
use crate::score::types::ItemResult;

/// Longest scale whose codes are shown one by one.
const CODES: usize = 7;

/// Draws the items of the scale that most items have.
#[must_use]
pub fn answers(data: &ReportData, language: &str) -> Option<String> {
    let scaled = |i: &&ItemResult| {
        matches!(i.kind, "scale" | "grid" | "csat" | "ces") && (2..=CODES).contains(&i.shares.len())
    };
    let items: Vec<&ItemResult> = data.scores.items.iter().filter(scaled).collect();
    let labels = |i: &ItemResult| -> Vec<(String, String)> {
        i.shares.iter().map(|s| (s.code.clone(), s.label.get(language).to_owned())).collect()
    };
    let same = |a: &&ItemResult| items.iter().filter(|b| labels(b) == labels(a)).count();
    // Of scales with equally many items the first one wins.
    let most = items.iter().map(same).max()?;
    let first = items.iter().find(|i| same(i) == most)?;
    let codes = labels(first);
    let shown: Vec<&&ItemResult> = items.iter().filter(|i| labels(i) == codes).collect();
    let mut plot = BarPlot::new().with_stacked().with_horizontal(true).with_width(0.72);
    // Kuva draws the first bar at the bottom.
    for item in shown.iter().rev() {
        let name = if item.row.is_empty() { &item.text } else { &item.row };
        let parts = item.shares.iter().enumerate();
        let parts = parts.map(|(k, s)| (s.share.value.unwrap_or(0.0) * 100.0, step(k, codes.len())));
        plot = plot.with_group(label(name.get(language), 22), parts.collect::<Vec<_>>());
    }
    let legend: Vec<String> = codes
        .iter()
        .map(|(code, text)| if text.is_empty() { code.clone() } else { label(text, 18) })
        .collect();
    plot = plot.with_legend(legend.iter().map(String::as_str).collect());
    let plots = vec![Plot::Bar(plot)];
    let page = layout(&plots, 110.0 + 32.0 * shown.len() as f64)
        .with_x_axis_min(0.0)
        .with_x_axis_max(100.0)
        .with_x_label("%")
        .with_legend_position(kuva::plot::LegendPosition::OutsideBottomColumns);
    Some(svg("answers", plots, page))
}
