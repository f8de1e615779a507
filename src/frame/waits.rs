//! Who of those drawn rests at open and waits until the rest ends (`rest … delay`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::frame::summary::FrameSummary;
use crate::frame::types::Person;

/// People who wait.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// How many of those who are drawn at launch (for `completes`: of all who may be released).
    pub people: u64,
    /// When the first rest among them ends, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// When the last one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// Counts by cell who of the drawn people waits; `ends` says until when, by key. Arrivals and events are looked at as
/// they come.
pub fn count_waiting(summary: &mut FrameSummary, drawn: &[Person], ends: &BTreeMap<String, Timestamp>) {
    let mut found: Vec<(u64, Option<(Timestamp, Timestamp)>)> = vec![(0, None); summary.cells.len()];
    for person in drawn {
        let cell = usize::try_from(person.cell).ok().and_then(|cell| found.get_mut(cell));
        if let (Some((people, span)), Some(&end)) = (cell, ends.get(&person.key)) {
            *people += 1;
            let (from, until) = span.unwrap_or((end, end));
            *span = Some((from.min(end), until.max(end)));
        }
    }
    for (cell, (people, span)) in summary.cells.iter_mut().zip(found) {
        if cell.digest.is_some() {
            let (from, until) = span.map(|(from, until)| (from.to_string(), until.to_string())).unzip();
            cell.waiting = Some(Waiting { people, from, until });
        }
    }
}
