//! Who was asked and who answered, as far as weights look at them.
//!
//! Goes in: drawn people in the order of the draw, and kept answers with whose they are. Comes out: how many of each
//! group of the adjustment were asked, and those who answered or did not. People stand one by one, or counted where they
//! are alike: weights are the same either way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::Checked;
use crate::score::clusters;
use crate::score::study::StudyCell;
use crate::score::weights::adjusting_fields;
use crate::store::named::Named;
use crate::store::types::{Response, SampleUnit};

/// Values of the variables that divide cells into classes.
pub type Key = Arc<[String]>;

/// People who are alike in all that weights look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alike {
    /// Position of their cell.
    pub cell: usize,
    /// Place of their cluster in the draw; nothing where the link of the answer is gone, as if these were one cluster.
    pub cluster: Option<u64>,
    /// Their group of the adjustment.
    pub key: Key,
    /// How many they are.
    pub count: u64,
}

/// Who was asked, and who answered.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Kept answers, in the order of the design's units.
    pub kept: Vec<Alike>,
    /// Where whole clusters are drawn: invited people without a kept answer.
    pub silent: Vec<Alike>,
    /// Invited people by position of the cell and group.
    pub invited: BTreeMap<(usize, Key), u64>,
    /// Invited clusters by position of the cell.
    pub clusters: Vec<u64>,
    /// People by position of the cell: drawn, and of these invited.
    pub drawn: Vec<(u64, u64)>,
}

/// Goes through those who were asked.
pub struct Asking<'a> {
    cells: &'a [StudyCell],
    fields: Vec<&'a str>,
    clustered: bool,
    keys: BTreeSet<Key>,
    seen: BTreeSet<(usize, Option<u64>)>,
    /// Answers whose link is gone: these people stand among those who did not answer, too.
    gone: BTreeMap<(usize, Key), u64>,
    asked: Asked,
}

impl<'a> Asking<'a> {
    /// Begins with nobody.
    #[must_use]
    pub fn new(checked: &'a Checked, cells: &'a [StudyCell]) -> Self {
        let asked =
            Asked { clusters: vec![0; cells.len()], drawn: vec![(0, 0); cells.len()], ..Asked::default() };
        Self {
            cells,
            fields: adjusting_fields(checked).0,
            clustered: clusters::drawn(cells),
            keys: BTreeSet::new(),
            seen: BTreeSet::new(),
            gone: BTreeMap::new(),
            asked,
        }
    }

    /// Tells whether whole clusters are drawn, so that whose answers are kept must be known of everybody who was asked.
    #[must_use]
    pub fn is_clustered(&self) -> bool {
        self.clustered
    }

    fn position(&self, index: Option<u32>) -> Option<usize> {
        self.cells.binary_search_by_key(&index?, |c| c.index).ok()
    }

    fn key(&mut self, values: &Named<String>) -> Key {
        let key: Vec<String> =
            self.fields.iter().map(|f| values.get(f).cloned().unwrap_or_default()).collect();
        if let Some(known) = self.keys.get(key.as_slice()) {
            return known.clone();
        }
        let key: Key = key.into();
        self.keys.insert(key.clone());
        key
    }

    /// Notes a kept answer with the drawn person whose it is, if that is known; returns where it belongs.
    ///
    /// All answers come before anybody of [`Asking::unit`].
    pub fn answer(&mut self, response: &Response, drawn: Option<&SampleUnit>) -> Option<Alike> {
        let cell = self.position(response.cell)?;
        let key = self.key(drawn.map_or(&response.fields, |u| &u.fields));
        let cluster = drawn.and_then(|u| u.cluster);
        if self.clustered && cluster.is_none() {
            *self.gone.entry((cell, key.clone())).or_default() += 1;
        }
        Some(Alike { cell, cluster, key, count: 1 })
    }

    /// Notes a drawn person, in the order of the draw; `kept` where there is a kept answer of this person.
    ///
    /// Returns an invited person without one, where that matters.
    pub fn unit(&mut self, unit: &SampleUnit, kept: bool) -> Option<Alike> {
        let cell = self.position(Some(unit.cell))?;
        self.asked.drawn[cell].0 += 1;
        if !unit.released {
            return None;
        }
        self.asked.drawn[cell].1 += 1;
        let key = self.key(&unit.fields);
        *self.asked.invited.entry((cell, key.clone())).or_default() += 1;
        if !self.clustered {
            return None;
        }
        self.asked.clusters[cell] += u64::from(self.seen.insert((cell, unit.cluster)));
        if kept {
            return None;
        }
        match self.gone.get_mut(&(cell, key.clone())) {
            Some(left) if *left > 0 => {
                *left -= 1;
                None
            }
            _ => Some(Alike { cell, cluster: unit.cluster, key, count: 1 }),
        }
    }

    /// Puts together who was asked: kept answers in the order of their units, and invited people without one.
    #[must_use]
    pub fn done(self, kept: Vec<Alike>, silent: Vec<Alike>) -> Asked {
        Asked { kept, silent, ..self.asked }
    }
}

impl Asked {
    /// Goes through a whole campaign, person by person; `linked` are the drawn people by their responses.
    #[must_use]
    pub fn of(
        checked: &Checked,
        cells: &[StudyCell],
        sample: &[SampleUnit],
        kept: &[&Response],
        linked: &BTreeMap<i64, &SampleUnit>,
    ) -> Self {
        let mut asking = Asking::new(checked, cells);
        let people = kept.iter().filter_map(|r| asking.answer(r, linked.get(&r.id).copied())).collect();
        let keeps: BTreeSet<i64> =
            if asking.is_clustered() { kept.iter().map(|r| r.id).collect() } else { BTreeSet::new() };
        let is_kept = |u: &SampleUnit| u.response.is_some_and(|id| keeps.contains(&id));
        let silent = sample.iter().filter_map(|u| asking.unit(u, is_kept(u))).collect();
        asking.done(people, silent)
    }
}
