//! Analyses of one spec, again and again: after every change, as an editor needs it.
//!
//! Goes in: the spec as it is now. Comes out: exactly what [`analyse_with`](super::analyse_with)
//! gives. What did not change since the last time is known by its text, never by when or where it
//! was changed, so nothing can be out of date.

use crate::model::files::Files;
use crate::model::logic::paths::LastLongest;
use crate::model::rule::worded::Wordings;
use crate::model::{Analysis, Judgement, load, of_loaded};
use crate::syntax::{Known, parse_again};

/// Remembers of the last analysis what the next one needs.
#[derive(Debug, Default)]
pub struct Analyser {
    declarations: Known,
    wordings: Wordings,
    longest: LastLongest,
}

impl Analyser {
    /// Analyses the spec `main` as [`analyse_with`](super::analyse_with) does, sooner where little has changed.
    pub fn analyse(&mut self, main: &str, files: &dyn Files, judgement: &Judgement) -> Analysis {
        let loaded = load::load(main, files, &mut |file| parse_again(file, &mut self.declarations));
        self.declarations.turn();
        of_loaded(loaded, files, judgement, Some((&mut self.wordings, &self.longest)))
    }
}
