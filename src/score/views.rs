//! Several views of the same people: what each score and each item is estimated from.
//!
//! A wave that is held person by person has a single view. Where answers were only counted, every measure has a view of
//! its own: units that stand for all people of one design group with the same answers to the few items that it looks
//! at. The first view holds everybody, by design groups, and decides who is in which group and what is hidden; every
//! other view holds the same people, divided otherwise. Names and numbers of people are therefore the same in all.

use crate::score::formula::{Sources, estimate_score};
use crate::score::linear::Linear;

/// All views of a wave.
#[derive(Clone, Copy)]
pub struct Views<'a> {
    /// Everybody.
    pub everybody: Sources<'a>,
    /// The others.
    pub further: &'a [View<'a>],
    /// Place of every score's view among the others; `None`, and those not listed, are estimated from the first.
    pub of_score: &'a [Option<usize>],
    /// The same of every item.
    pub of_item: &'a [Option<usize>],
}

/// A view other than the first.
pub struct View<'a> {
    /// What estimates are made from.
    pub sources: Sources<'a>,
    /// Its units that belong to each respondent unit of the first view.
    pub units: &'a [Vec<usize>],
}

/// The same people as units of every view, ascending: of the first, then of the others.
#[derive(Debug, Clone, Default)]
pub struct Members(Vec<Vec<usize>>);

impl Members {
    /// Makes members of a single view.
    #[must_use]
    pub fn one(units: Vec<usize>) -> Self {
        Self(vec![units])
    }

    /// Returns the units of the first view.
    #[must_use]
    pub fn first(&self) -> &[usize] {
        self.of(0)
    }

    /// Returns the units of a view, by the number that [`Views::score`] and [`Views::item`] tell.
    #[must_use]
    pub fn of(&self, view: usize) -> &[usize] {
        self.0.get(view).map_or(&[], Vec::as_slice)
    }
}

impl<'a> Views<'a> {
    /// Makes a single view that serves for everything.
    #[must_use]
    pub fn one(everybody: Sources<'a>) -> Self {
        Self { everybody, further: &[], of_score: &[], of_item: &[] }
    }

    /// Returns number and sources of the view from which a score is estimated.
    #[must_use]
    pub fn score(self, score: usize) -> (usize, Sources<'a>) {
        self.view(self.of_score.get(score).copied().flatten())
    }

    /// Returns number and sources of the view from which an item is described.
    #[must_use]
    pub fn item(self, item: usize) -> (usize, Sources<'a>) {
        self.view(self.of_item.get(item).copied().flatten())
    }

    fn view(self, place: Option<usize>) -> (usize, Sources<'a>) {
        let further = place.and_then(|at| self.further.get(at).map(|view| (at + 1, view.sources)));
        further.unwrap_or((0, self.everybody))
    }

    /// Counts the views, with the first.
    #[must_use]
    pub fn count(self) -> usize {
        self.further.len() + 1
    }

    /// Returns units of the first view as units of every view.
    #[must_use]
    pub fn members(self, first: Vec<usize>) -> Members {
        let of_view = |view: &View| {
            let mut units: Vec<usize> =
                first.iter().filter_map(|i| view.units.get(*i)).flatten().copied().collect();
            units.sort_unstable();
            units
        };
        let further: Vec<Vec<usize>> = self.further.iter().map(of_view).collect();
        Members(std::iter::once(first).chain(further).collect())
    }

    /// Returns everybody.
    #[must_use]
    pub fn all(self) -> Members {
        self.members((0..self.everybody.respondents.len()).collect())
    }

    /// Returns everybody who is not among the members.
    #[must_use]
    pub fn others(self, members: &Members) -> Members {
        let inside = |i: &usize| members.first().binary_search(i).is_ok();
        self.members((0..self.everybody.respondents.len()).filter(|i| !inside(i)).collect())
    }

    /// Counts people.
    #[must_use]
    pub fn people(self, members: &Members) -> u64 {
        self.everybody.design.people(members.first().iter().copied())
    }

    /// Estimates a score over the members.
    #[must_use]
    pub fn estimate(self, members: &Members, score: usize) -> Option<Linear> {
        let (view, sources) = self.score(score);
        estimate_score(sources, members.of(view), score)
    }
}
