//! Charts as SVG, drawn by kuva.
//!
//! Goes in: report data and a language. Comes out: SVG text that stands alone,
//! with labels in that language and a list of fonts that has Chinese in it. No
//! chart holds a number that the data do not.

mod answers;
mod days;
mod differences;
mod drivers;
mod scores;
mod style;
mod way;

pub use self::answers::answers;
pub use self::days::days;
pub use self::differences::{changes, groups};
pub use self::scores::{main_measure, measures, strata};
pub use self::way::way;

use crate::report::data::ReportData;
use crate::report::words::Words;

/// A chart with its name in file names and templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Name.
    pub name: &'static str,
    /// SVG.
    pub svg: String,
}

/// Draws all charts for which there are data.
#[must_use]
pub fn charts(data: &ReportData, language: &str, words: &Words) -> Vec<Chart> {
    let drawn = [
        ("measures", measures(data, language, words)),
        ("strata", strata(data, language, words)),
        ("changes", changes(data, language, words)),
        ("groups", groups(data, language, words)),
        ("answers", answers(data, language)),
        ("way", way(data, words)),
        ("days", days(data, words)),
    ];
    let of_drivers = drivers::NAMES.into_iter().zip(&data.findings.drivers);
    let of_drivers = of_drivers.map(|(name, finding)| (name, drivers::drivers(name, finding, words)));
    let drawn = drawn.into_iter().chain(of_drivers);
    drawn.filter_map(|(name, svg)| svg.map(|svg| Chart { name, svg })).collect()
}
