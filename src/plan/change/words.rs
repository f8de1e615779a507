//! Changes for people and for machines.

use std::fmt::Write as _;

use super::{Change, ENGLISH, Effect, Place};
use crate::plan::say::{Words, say};

/// Says what a difference does, as a verb or an adverb; in English, for the terminal.
#[must_use]
pub fn effect_in_words(of: Effect) -> &'static str {
    effect(of, &Words::of(ENGLISH))
}

fn shown(place: &Place) -> String {
    format!("{}:{}:{}", place.file, place.line, place.column)
}

fn places(change: &Change, w: &Words) -> String {
    match (&change.before, &change.after) {
        (Some(a), Some(b)) if a == b => say!(w, "c_at", place = shown(a)),
        (Some(a), Some(b)) => say!(w, "c_moved", before = shown(a), after = shown(b)),
        (Some(a), None) => say!(w, "c_was", place = shown(a)),
        (None, Some(b)) => say!(w, "c_at", place = shown(b)),
        (None, None) => String::new(),
    }
}

/// Writes one change with what it does, in English: for a list that is not sorted by it.
#[must_use]
pub fn line(change: &Change) -> String {
    format!("{}: {}", effect_in_words(change.effect), plain(change, ENGLISH))
}

/// Says what changed and how: “question `overall` is new”.
#[must_use]
pub fn sentence(change: &Change, language: &str) -> String {
    let (about, what) = (change.about.get(language), change.what.get(language));
    say!(Words::of(language), "c_line", about = about, what = what)
}

fn plain(change: &Change, language: &str) -> String {
    let w = Words::of(language);
    let reason = change.reason.as_ref().map(|reason| say!(w, "c_reason", reason = reason));
    sentence(change, language) + &places(change, &w) + &reason.unwrap_or_default()
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

/// Writes the changes as text, one line each, under what they do.
#[must_use]
pub fn text(changes: &[Change], language: &str) -> String {
    let w = Words::of(language);
    let mut text = format!("{}\n", w.get("spec_changes"));
    if changes.is_empty() {
        let _ = writeln!(text, "  {}", w.get("nothing_changed"));
    }
    for run in changes.chunk_by(|a, b| a.effect == b.effect) {
        let head = run.first().map_or("", |change| effect(change.effect, &w));
        let _ = writeln!(text, "  {head}");
        for change in run {
            let _ = writeln!(text, "    {}", plain(change, language));
        }
    }
    text
}

/// Writes the changes as Markdown.
#[must_use]
pub fn markdown(changes: &[Change], language: &str) -> String {
    let w = Words::of(language);
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
            "| {} | {} | {} | {} | {} |",
            effect(change.effect, &w),
            cell(&sentence(change, language)),
            cell(&place(&change.before)),
            cell(&place(&change.after)),
            cell(change.reason.as_deref().unwrap_or(""))
        );
    }
    text
}
