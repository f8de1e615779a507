//! What becomes of one event: is its person eligible on its day, and which stratum takes it.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::expr::{Value, truth};
use crate::frame::cuts::Cuts;
use crate::frame::design::{Entering, Unavailable};
use crate::frame::layout::unfit;
use crate::frame::list::Rows;
use crate::frame::membership::{Question, Taken};
use crate::frame::pick;
use crate::frame::random::{fraction, of_event};
use crate::frame::spill::unpack;
use crate::frame::stream::happened::Happening;
use crate::frame::stream::meet::{Meeting, Pass, Review};
use crate::frame::stream::owners::Crowd;
use crate::frame::table::{Row, RowEnv};

/// An event of somebody eligible.
pub struct Met<'m> {
    /// Key of the event.
    pub key: &'m str,
    /// When.
    pub at: Timestamp,
    /// Whose.
    pub row: &'m Row,
    /// The person's row of the list, as [`Met::cells`] reads it.
    packed: &'m [u8],
    /// The event's own columns.
    pub values: &'m [Value],
    /// The texts that they were read from.
    texts: &'m [u8],
    /// The stratum that takes it.
    pub taken: Option<Hit>,
}

/// What a stratum makes of an event.
pub struct Hit {
    /// Which stratum.
    pub taken: Taken,
    /// Random number times 2^52.
    pub number: u64,
    /// Why the person can't be invited.
    pub obstacle: Option<Unavailable>,
    /// Drawn and reachable.
    pub drawn: bool,
}

impl Met<'_> {
    /// Returns the texts of the event's own columns.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        unpack(self.texts)
    }

    /// Returns the person's row of the list.
    pub fn cells(&self) -> Rows {
        pick::unpack(self.packed)
    }
}

impl Meeting<'_> {
    /// Asks for an event of the period which stratum takes it.
    pub(super) fn ask(
        &self,
        pass: &Pass,
        crowd: &Crowd,
        (one, row, values): (&Happening, usize, &[Value]),
        (at, day): (Timestamp, Date),
        each: &mut dyn FnMut(&Met),
    ) {
        let person = &crowd.people[row];
        if self.excluded(crowd, row, day) || pass.first.lost.has(u64::from(person.record)) {
            return;
        }
        let Self { checked, design, source, .. } = self;
        let question = Question { checked, design, table: &crowd.table, cuts: &pass.first.cuts, day };
        let asked =
            |s: usize| matches!(design.entering[s], Entering::Events { source: own, .. } if own == *source);
        let taken = question.taken(row, person.who(), Some((*source, values)), true, asked);
        let hit = |taken: Taken| {
            let Entering::Events { share, .. } = design.entering[taken.stratum] else { return None };
            let number = of_event(self.reader.seed, &person.key, one.key).number;
            let obstacle = person.obstacle(design.reach[taken.stratum]);
            let drawn = fraction(number) < share && obstacle.is_none();
            Some(Hit { taken, number, obstacle, drawn })
        };
        let taken = taken.and_then(hit);
        let (packed, texts) = (crowd.cells[row], one.cells);
        each(&Met { key: one.key, at, row: person, packed, values, texts, taken });
    }

    fn excluded(&self, crowd: &Crowd, row: usize, day: Date) -> bool {
        // Cuts stand in the conditions already.
        let env = RowEnv { table: &crowd.table, row, day, cuts: &Cuts::default(), event: None };
        self.opened.exclude.iter().any(|condition| truth(condition, &env).holds())
    }

    /// Reads the event's own columns.
    pub(super) fn values(&self, one: &Happening, review: &mut Review) -> Vec<Value> {
        let mut values = Vec::with_capacity(self.events.fields.len());
        for (field, text) in self.events.fields.iter().zip(unpack(one.cells)) {
            values.push(field.kind.read(text).unwrap_or_else(|expected| {
                review.bad_cells += 1;
                let fault = || (field.name.clone(), unfit(expected));
                review.faults.push((one.record, 1 + values.len()), one.line, fault);
                Value::Missing
            }));
        }
        values
    }
}
