//! What was wrong with a list whose rows are looked through in another order: the first of the file are kept.

use crate::frame::types::{Problem, Problems};

/// Where a complaint stands: row of the list, place among those of the row.
type Place = (u32, usize);

/// Complaints in any order.
#[derive(Default)]
pub struct Faults {
    first: Vec<(Place, u64, (String, String))>,
    /// The last one that can still be among the first.
    last: Option<Place>,
    /// How many there are.
    pub count: u64,
}

impl Faults {
    /// Adds one: its place, the line of the file, column and message.
    pub fn push(&mut self, place: Place, line: u64, fault: impl FnOnce() -> (String, String)) {
        self.count += 1;
        if self.last.is_some_and(|last| place > last) {
            return;
        }
        self.first.push((place, line, fault()));
        if self.first.len() >= 2 * Problems::KEPT {
            self.settle();
            self.last = self.first.last().map(|one| one.0);
        }
    }

    fn settle(&mut self) {
        self.first.sort_unstable_by_key(|one| one.0);
        self.first.truncate(Problems::KEPT);
    }

    /// Adds all of another one.
    pub fn append(&mut self, other: Self) {
        self.count += other.count - other.first.len() as u64;
        for (place, line, fault) in other.first {
            self.push(place, line, || fault);
        }
    }

    /// Returns them in the order of the file.
    pub fn finish(mut self, file: &str) -> Problems {
        self.settle();
        let one = |(_, row, (column, message))| Problem { file: file.to_owned(), row, column, message };
        Problems { first: self.first.into_iter().map(one).collect(), count: self.count, notes: Vec::new() }
    }
}
