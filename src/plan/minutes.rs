//! How long the questionnaire takes: on its shortest and longest path, and for a middling respondent.
//!
//! All of it is worked out by `model::logic`, which the check uses too: one
//! estimate for the gate, the plan, and what invitations promise.

use crate::model::Checked;
use crate::model::logic::paths::{counts, lengths};
use crate::model::logic::walk::medians;
use crate::plan::types::{Minutes, PathCounts};
use crate::plan::words::rounded;

/// Estimates the minutes in every language of the campaign.
pub fn minutes(checked: &Checked, seed: u64) -> Vec<Minutes> {
    let lengths = lengths(checked);
    let one = |(language, median): (&String, i64)| {
        let own = || lengths.iter().filter(|l| l.language == *language);
        Minutes {
            language: language.clone(),
            shortest: in_minutes(own().map(|l| l.least).min().unwrap_or(0)),
            median: Some(in_minutes(median)),
            longest: in_minutes(own().map(|l| l.most).max().unwrap_or(0)),
        }
    };
    checked.campaign.languages.iter().zip(medians(checked, seed)).map(one).collect()
}

/// Counts the questions on the shortest and on the longest path.
pub fn path_counts(checked: &Checked) -> PathCounts {
    let (least, most, exact) = counts(checked);
    PathCounts { least, most, exact }
}

fn in_minutes(milliseconds: i64) -> f64 {
    rounded(milliseconds as f64 / 60_000.0, 1)
}
