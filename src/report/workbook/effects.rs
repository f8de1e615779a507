//! Whether measures brought what they promised, as rows of the summary.

use crate::report::data::ReportData;
use crate::report::effects::Saying;
use crate::report::view::decimals;
use crate::report::words::Words;
use crate::report::workbook::sheet::{Cell, SHARE, Sheet, WHOLE};
use crate::score::compare::types::MeasureResult;

/// Adds the measures, where there are any.
pub fn effects(sheet: &mut Sheet, data: &ReportData, language: &str, words: &Words) {
    if data.effects.is_empty() {
        return;
    }
    let word = |key: &str| words.get(key).map_or(key, String::as_str).to_owned();
    sheet.row(Vec::new());
    sheet.row(vec![Cell::Heading(word("effects"))]);
    let heads =
        ["action", "improves", "group", "before", "now", "change_of", "low_end", "high_end", "verdict"];
    let heads: Vec<String> = heads.iter().map(|key| word(key)).collect();
    sheet.heads(&heads.iter().map(String::as_str).collect::<Vec<_>>());
    let saying = Saying { words, language };
    for effect in &data.effects {
        let places = data.scores.measures.iter().find(|m| m.name == effect.score).map_or(2, decimals);
        let line = saying.line(effect, places);
        let (form, change) = forms(effect, places);
        let notes = [Some(line.verdict), line.why.or(line.seen), line.days, line.left_out];
        sheet.row(vec![
            Cell::Words(line.title),
            Cell::Words(format!("{} {}", line.what, line.promised)),
            Cell::Words(line.stratum.unwrap_or_else(|| word("everyone"))),
            Cell::number(effect.contrast.other, form),
            Cell::number(effect.contrast.value, form),
            Cell::number(effect.contrast.difference, change),
            Cell::number(effect.contrast.low, change),
            Cell::number(effect.contrast.high, change),
            Cell::Words(notes.into_iter().flatten().collect::<Vec<_>>().join(&word("semicolon"))),
        ]);
    }
}

/// How a figure and its change are shown.
fn forms(effect: &MeasureResult, places: usize) -> (&'static str, &'static str) {
    let plain = if places == 2 { "0.00" } else { "0.0" };
    match &effect.events {
        None => (plain, plain),
        Some(events) if events.figure == "share" => (SHARE, SHARE),
        Some(events) if events.figure == "count" => (WHOLE, SHARE),
        Some(events) => ("0.00", if events.relative { SHARE } else { "0.00" }),
    }
}
