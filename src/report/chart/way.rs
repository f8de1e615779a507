//! From the invitation to the follow-up, as a Sankey diagram.

use kuva::plot::SankeyPlot;
use kuva::render::plots::Plot;

use crate::report::chart::style::{BLUE, GREY, RED, label, layout, svg};
use crate::report::data::ReportData;
use crate::report::view::count;
use crate::report::words::Words;

/// Draws where people went.
#[must_use]
pub fn way(data: &ReportData, words: &Words) -> Option<String> {
    let way = data.way;
    if way.invited == 0 {
        return None;
    }
    // Someone whose message is in doubt may have started all the same.
    let accepted = way.accepted.max(way.started).min(way.invited);
    let name = |key: &str, n: u64| format!("{} {}", label(&words[key], 14), count(n));
    let invited = name("invited", way.invited);
    let taken = name("accepted", accepted);
    let started = name("started", way.started);
    let completed = name("completed", way.completed);
    let steps = [
        (&invited, &taken, accepted, BLUE),
        (&invited, &name("not_accepted", way.invited - accepted), way.invited - accepted, RED),
        (&taken, &started, way.started, BLUE),
        (&taken, &name("no_answer", accepted - way.started), accepted - way.started, GREY),
        (&started, &completed, way.completed, BLUE),
        (&started, &name("broke_off", way.started - way.completed), way.started - way.completed, GREY),
        (&completed, &name("with_case", way.with_case), way.with_case, RED),
        (
            &completed,
            &name("without_case", way.completed.saturating_sub(way.with_case)),
            way.completed.saturating_sub(way.with_case),
            BLUE,
        ),
    ];
    let mut plot = SankeyPlot::new().with_node_width(14.0).with_node_gap(18.0).with_link_opacity(0.35);
    plot = plot.with_node_color(invited.clone(), BLUE);
    for (from, to, count, colour) in steps {
        if count > 0 {
            plot = plot.with_node_color(to.clone(), colour).with_link(from.clone(), to.clone(), count as f64);
        }
    }
    let plots = vec![Plot::Sankey(plot)];
    let page = layout(&plots, 300.0);
    Some(svg("way", plots, page))
}
