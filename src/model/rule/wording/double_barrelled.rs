//! Two things asked at once (Krosnick & Presser 2010; Willis & Lessler 1999, step 4c).
//!
//! Only where one answer must stand for both: scales, rows of grids, yes or no, and
//! choices whose options judge. Where the answer judges or agrees, any two words
//! joined by “and” and any two objects of 对……满意 count; elsewhere both sides must
//! be on the lists of [`super::lexicon`]. Pairs that mean one thing, opposites, and
//! relations between two things are let through.

use super::prompt::{Answer, Language};
use super::stem::Stem;
use super::{Hit, double_barrelled_en, double_barrelled_zh};

/// Returns the first conjunction that joins two things to be judged.
#[must_use]
pub fn find(stem: &Stem) -> Vec<Hit> {
    if stem.prompt.answer == Answer::Instrument || !stem.prompt.is_closed() {
        return Vec::new();
    }
    let found = match stem.prompt.language {
        Language::English => double_barrelled_en::find(stem),
        Language::Chinese => double_barrelled_zh::find(stem),
    };
    found.into_iter().collect()
}
