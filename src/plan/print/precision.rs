//! What can be told of whom.

use crate::plan::precision::{Precision, PrecisionGroup, PrecisionScore};
use crate::plan::print::table::Side::{Left, Right};
use crate::plan::print::table::Table;
use crate::plan::print::view::{NOTHING, ROWS, View, in_points, margin, points, whole};
use crate::plan::say::say;
use crate::plan::types::PlanStratum;
use crate::plan::words::{percent, title};

/// Scores with a column of their own on a page.
const SCORES: usize = 3;

/// Lists what can be told, with spreads and the smallest differences of every score.
pub fn precision(view: &View, precision: &Precision) -> Table {
    let w = &view.words;
    let mut table = view.table(&[
        ("group", Left),
        ("completes", Right),
        ("of", Left),
        ("spread", Right),
        ("margin", Right),
        ("since_before", Right),
        ("beside_others", Right),
    ]);
    let points = |x: Option<f64>| x.map_or_else(String::new, |x| format!("{x}"));
    let shares = |x: Option<f64>| x.map_or_else(String::new, percent);
    for group in shown(view, precision) {
        table.row(vec![
            group.stratum.clone().unwrap_or_else(|| w.get("all").to_owned()),
            whole(group.completes),
            w.get("share_half").to_owned(),
            String::new(),
            margin(group.share.margin),
            shares(group.share.since),
            shares(group.share.beside),
        ]);
        for score in &group.scores {
            let mark = if score.supposed { " ?" } else { "" };
            table.row(vec![
                String::new(),
                String::new(),
                say!(w, "points_of", score = score.score),
                format!("{}{mark}", score.deviation),
                of_score(score),
                points(score.figures.since),
                points(score.figures.beside),
            ]);
        }
    }
    table.without_empty_columns()
}

fn of_score(score: &PrecisionScore) -> String {
    score.figures.margin.map_or_else(|| "–".to_owned(), |m| format!("±{m:.2}"))
}

/// Lists what can be told for those who decide: one row a group.
pub fn groups(view: &View, precision: &Precision) -> Table {
    let w = &view.words;
    let scores: Vec<&PrecisionScore> =
        precision.groups.first().iter().flat_map(|g| &g.scores).take(SCORES).collect();
    let mut header = vec![
        (w.get("group").to_owned(), Left),
        (w.get("answers").to_owned(), Right),
        (w.get("exact_to").to_owned(), Right),
    ];
    header.extend(
        scores
            .iter()
            .map(|s| (say!(w, "score_to", score = title(&s.title, view.language(), &s.score)), Right)),
    );
    header.push((w.get("since_page").to_owned(), Right));
    header.push((w.get("beside_page").to_owned(), Right));
    let header: Vec<(&str, _)> = header.iter().map(|(name, side)| (name.as_str(), *side)).collect();
    let mut table = Table::new(&header);
    let shares = |x: Option<f64>| x.map_or_else(String::new, |x| format!("{:.1}", points(x)));
    for group in shown(view, precision) {
        let known = stratum(view, group);
        let mut row = vec![
            known.map_or_else(|| w.get("all").to_owned(), |s| view.stratum(s)),
            whole(group.completes),
            in_points(group.share.margin),
        ];
        row.extend(scores.iter().map(|score| {
            let own = group.scores.iter().find(|s| s.score == score.score);
            own.map_or_else(|| "–".to_owned(), of_score)
        }));
        row.push(shares(group.share.since));
        row.push(shares(group.share.beside));
        table.row(row);
    }
    table.without_empty_columns()
}

fn stratum<'a>(view: &View<'a>, group: &PrecisionGroup) -> Option<&'a PlanStratum> {
    view.plan.strata.iter().find(|s| Some(&s.name) == group.stratum.as_ref())
}

/// Returns the groups that are listed: on a page the whole and the largest ones.
fn shown<'p>(view: &View, precision: &'p Precision) -> Vec<&'p PrecisionGroup> {
    let mut all: Vec<(usize, u64, &PrecisionGroup)> = Vec::new();
    let sizes: std::collections::BTreeMap<&str, u64> = view
        .plan
        .strata
        .iter()
        .map(|s| (s.name.as_str(), s.cells.iter().map(|c| c.population).sum()))
        .collect();
    for (i, group) in precision.groups.iter().enumerate() {
        let size = group.stratum.as_ref().map_or(u64::MAX, |s| sizes.get(s.as_str()).copied().unwrap_or(0));
        all.push((i, size, group));
    }
    if view.page && all.len() > ROWS + 1 {
        all.sort_by_key(|(i, size, _)| (std::cmp::Reverse(*size), *i));
        all.truncate(ROWS);
        all.sort_by_key(|(i, ..)| *i);
    }
    all.into_iter().map(|(.., group)| group).collect()
}

/// Says how the figures of [`groups`] are meant, and what that means for the targets.
pub fn groups_in_words(view: &View, precision: &Precision) -> Vec<String> {
    let power = percent(precision.power);
    let all = precision.groups.first().and_then(|g| g.share.margin).filter(|m| *m < NOTHING);
    // A share is told least exactly at one half; the reader's example keeps to that half-width.
    let (low, high) = all.map_or((0.0, 0.0), |m| (points(0.7 - m).max(0.0), points(0.7 + m).min(100.0)));
    let read = all.map(|_| say!(view.words, "page_margins", low = low, high = high, power = power));
    read.into_iter().chain(targets(view, precision)).collect()
}

/// Says how the figures of [`precision`] are meant, in lines.
pub fn precision_in_words(view: &View, precision: &Precision) -> Vec<String> {
    let w = &view.words;
    let (power, level) = (percent(precision.power), percent(precision.level));
    let mut lines = vec![say!(w, "margins_note", power = power, level = level)];
    if let Some(wave) = precision.since.as_ref().filter(|_| precision.since_supposed) {
        lines.push(say!(w, "since_supposed", wave = wave));
    }
    if precision.groups.iter().flat_map(|g| &g.scores).any(|s| s.supposed) {
        lines.push(say!(w, "spread_supposed"));
    }
    lines
}

/// Lists the targets, in lines.
pub fn targets(view: &View, precision: &Precision) -> Vec<String> {
    let w = &view.words;
    let one = |t: &crate::plan::precision::PrecisionTarget| {
        let named = |s: &String| if view.page { view.strata(std::slice::from_ref(s)) } else { s.clone() };
        let whose = t.stratum.as_ref().map(|s| say!(w, "target_for", stratum = named(s)));
        let sign = w.get(if t.at_least { "at_least_sign" } else { "at_most_sign" });
        let margin = t.margin.map_or_else(|| w.get("no_margin").to_owned(), |m| format!("±{m:.2}"));
        let before = t.before.map(|x| say!(w, "in_wave_before", value = x));
        say!(
            w,
            "target_line",
            score = if view.page { title(&t.title, view.language(), &t.score) } else { &t.score },
            whose = whose.unwrap_or_default(),
            sign = sign,
            goal = t.goal,
            margin = margin,
            before = before.unwrap_or_default(),
        )
    };
    precision.targets.iter().map(one).collect()
}
