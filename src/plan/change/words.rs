//! Changes for people and for machines.

use std::fmt::Write as _;

use super::{Change, Effect, Place};
use crate::plan::say::Words;

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

/// Says what a difference does, in the words of a language.
fn effect(effect: Effect, w: &Words) -> &'static str {
    w.get(match effect {
        Effect::NotWhileRunning => "effect_not_while_running",
        Effect::BreaksData => "effect_breaks_data",
        Effect::BreaksTrend => "effect_breaks_trend",
        Effect::Safe => "effect_safe",
    })
}

/// Writes the changes as text, one line each, under what they do; what changed is said in the words of the spec.
#[must_use]
pub fn text(changes: &[Change], w: &Words) -> String {
    let mut text = format!("{}\n", w.get("spec_changes"));
    if changes.is_empty() {
        let _ = writeln!(text, "  {}", w.get("nothing_changed"));
    }
    for run in changes.chunk_by(|a, b| a.effect == b.effect) {
        let head = run.first().map_or("", |change| effect(change.effect, w));
        let _ = writeln!(text, "  {head}");
        for change in run {
            let _ = writeln!(text, "    {}", plain(change));
        }
    }
    text
}

/// Writes the changes as Markdown.
#[must_use]
pub fn markdown(changes: &[Change], w: &Words) -> String {
    let mut text = format!("## {}\n\n", w.get("spec_changes"));
    if changes.is_empty() {
        let _ = writeln!(text, "{}", w.get("nothing_changed"));
        return text;
    }
    let heads = ["spec_effect", "spec_what", "spec_before", "spec_now", "spec_why"].map(|key| w.get(key));
    let _ = writeln!(text, "| {} |\n|---|---|---|---|---|", heads.join(" | "));
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    for change in changes {
        let place = |place: &Option<Place>| place.as_ref().map(shown).unwrap_or_default();
        let _ = writeln!(
            text,
            "| {} | {} {} | {} | {} | {} |",
            effect(change.effect, w),
            cell(&change.about),
            cell(&change.what),
            cell(&place(&change.before)),
            cell(&place(&change.after)),
            cell(change.reason.as_deref().unwrap_or(""))
        );
    }
    text
}
