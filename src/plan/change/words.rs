//! Changes for people and for machines.

use std::fmt::Write as _;

use super::{Change, Effect, Place};

/// Says what a difference does, as a verb or an adverb.
#[must_use]
pub fn effect_in_words(effect: Effect) -> &'static str {
    match effect {
        Effect::NotWhileRunning => "not while running",
        Effect::BreaksData => "breaks the data",
        Effect::BreaksTrend => "breaks the trend",
        Effect::Safe => "safe",
    }
}

fn shown(place: &Place) -> String {
    format!("{}:{}:{}", place.file, place.line, place.column)
}

fn places(change: &Change) -> String {
    match (&change.before, &change.after) {
        (Some(a), Some(b)) if a == b => format!(" ({})", shown(a)),
        (Some(a), Some(b)) => format!(" ({} → {})", shown(a), shown(b)),
        (Some(a), None) => format!(" (was {})", shown(a)),
        (None, Some(b)) => format!(" ({})", shown(b)),
        (None, None) => String::new(),
    }
}

/// Writes one change with what it does: for a list that is not sorted by it.
#[must_use]
pub fn line(change: &Change) -> String {
    format!("{}: {}", effect_in_words(change.effect), plain(change))
}

fn plain(change: &Change) -> String {
    let reason =
        change.reason.as_ref().map(|reason| format!("; the spec says why: {reason}")).unwrap_or_default();
    format!("{} {}{}{reason}", change.about, change.what, places(change))
}

/// Writes the changes as text, one line each, under what they do.
#[must_use]
pub fn text(changes: &[Change]) -> String {
    let mut text = String::from("Changes of the spec\n");
    if changes.is_empty() {
        text.push_str("  nothing changed\n");
    }
    for run in changes.chunk_by(|a, b| a.effect == b.effect) {
        let head = run.first().map_or("", |change| effect_in_words(change.effect));
        let _ = writeln!(text, "  {head}");
        for change in run {
            let _ = writeln!(text, "    {}", plain(change));
        }
    }
    text
}

/// Writes the changes as Markdown.
#[must_use]
pub fn markdown(changes: &[Change]) -> String {
    let mut text = String::from("## Changes of the spec\n\n");
    if changes.is_empty() {
        text.push_str("Nothing changed.\n");
        return text;
    }
    text.push_str("| effect | what | before | now | why |\n|---|---|---|---|---|\n");
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    for change in changes {
        let place = |place: &Option<Place>| place.as_ref().map(shown).unwrap_or_default();
        let _ = writeln!(
            text,
            "| {} | {} {} | {} | {} | {} |",
            effect_in_words(change.effect),
            cell(&change.about),
            cell(&change.what),
            cell(&place(&change.before)),
            cell(&place(&change.after)),
            cell(change.reason.as_deref().unwrap_or(""))
        );
    }
    text
}
