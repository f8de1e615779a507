//! The report as JSON: every number, unrounded.

use crate::report::data::ReportData;

/// Renders `report.json`.
#[must_use]
pub fn json(data: &ReportData) -> String {
    // Only maps with keys that are no strings can fail, and there are none.
    let mut text = serde_json::to_string_pretty(data).unwrap_or_default();
    text.push('\n');
    text
}
