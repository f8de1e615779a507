//! Events before and after measures, summed by person: part by part of what [`happened`](super::happened) and
//! [`owners`](super::owners) wrote down.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rayon::prelude::*;

use crate::expr::{Value, truth};
use crate::frame::block::Reader;
use crate::frame::cuts::Cuts;
use crate::frame::design::{Design, Entering};
use crate::frame::keys::Keys;
use crate::frame::list::List;
use crate::frame::measured::{EventAsk, EventSums, PersonSums};
use crate::frame::membership::Question;
use crate::frame::random::Seeded;
use crate::frame::spill::{Bits, PARTS, spread, unpack};
use crate::frame::stream::Opened;
use crate::frame::stream::happened::{Happened, Happening, happenings, share};
use crate::frame::stream::owners::{Crowd, Owners};
use crate::frame::table::RowEnv;
use crate::frame::types::FrameError;
use crate::frame::windows::{Side, Windows};
use crate::model::Checked;

/// Bytes of events that are looked through at a time where there is no list.
const AT_ONCE: usize = 1 << 24;

/// What is known of the people of a list.
pub struct Known<'a> {
    checked: &'a Checked,
    design: &'a Design,
    reader: Reader<'a>,
    opened: &'a Opened,
    owners: Owners,
    used: &'a BTreeSet<usize>,
    /// The day of opening.
    day: Date,
}

/// What is summed.
struct Summing<'a> {
    happened: &'a Happened,
    zone: &'a TimeZone,
    asks: &'a [(&'a EventAsk, Windows)],
    known: Option<&'a Known<'a>>,
    /// Rows whose key an earlier one has.
    again: Bits,
    /// Keys of the rows that can be used.
    keys: Mutex<Keys>,
}

/// Sums by measure, and rows that can't be used.
type Sums = (Vec<EventSums>, u64);

/// Sums the events of measures by person; with them, how many rows can't be used.
pub fn figures(
    happened: &Happened,
    zone: &TimeZone,
    asks: &[(&EventAsk, Windows)],
    known: Option<&Known>,
) -> Result<Sums, FrameError> {
    let mut summing =
        Summing { happened, zone, asks, known, again: Bits::default(), keys: Mutex::new(Keys::default()) };
    let mut sums = summing.all()?;
    // Where keys come twice, it is known afterwards which rows count.
    let keys = std::mem::take(summing.keys.get_mut().unwrap_or_else(PoisonError::into_inner));
    let again = keys.repeated()?;
    drop(keys);
    if !again.is_empty() {
        summing.again = again;
        sums = summing.all()?;
    }
    for one in &mut sums.0 {
        one.people.sort_unstable_by(|a, b| {
            let counts = |p: &PersonSums| (p.before.0, p.after.0);
            let values = a.before.1.total_cmp(&b.before.1).then(a.after.1.total_cmp(&b.after.1));
            counts(a).cmp(&counts(b)).then(values)
        });
    }
    Ok(sums)
}

impl<'a> Known<'a> {
    /// Reads those of the list who may have events.
    pub fn read(
        (checked, design): (&'a Checked, &'a Design),
        (reader, list): (Reader<'a>, &List),
        (opened, happened): (&'a Opened, &Happened),
        used: &'a BTreeSet<usize>,
        day: Date,
    ) -> Result<Self, FrameError> {
        let owners = Owners::read(reader, list, (&opened.first, happened), used, false)?;
        Ok(Self { checked, design, reader, opened, owners, used, day })
    }

    fn is_eligible(&self, crowd: &Crowd, row: usize, day: Date) -> bool {
        // Cuts stand in the conditions already.
        let env = RowEnv { table: &crowd.table, row, day, cuts: &Cuts::default(), event: None };
        let excluded = self.opened.exclude.iter().any(|condition| truth(condition, &env).holds());
        !excluded && !self.opened.first.lost.has(u64::from(crowd.people[row].record))
    }

    /// Returns the stratum that takes an event: by its person alone, or by what it says itself.
    fn stratum(
        &self,
        crowd: &Crowd,
        row: usize,
        day: Date,
        event: Option<(usize, &[Value])>,
    ) -> Option<usize> {
        let Self { checked, design, .. } = self;
        let question = Question { checked, design, table: &crowd.table, cuts: &self.opened.first.cuts, day };
        let asked = |s: usize| match design.entering[s] {
            Entering::Events { source, .. } => event.is_some_and(|(own, _)| own == source),
            _ => event.is_none(),
        };
        let taken = question.taken(row, crowd.people[row].who(), event, false, asked)?;
        Some(taken.stratum)
    }
}

/// What a person is to measures.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Excluded, or behind another with the same address.
    NotEligible,
    /// Eligible, and taken by no stratum.
    Unmatched,
    /// Taken by a stratum.
    Taken(usize),
}

/// People of a share of a part, with what is found out about them once.
struct Met<'m> {
    crowd: Option<&'m Crowd<'m>>,
    /// Without a list: everybody who comes.
    rows: HashMap<String, usize>,
    /// What they are as of the day of opening.
    standing: HashMap<usize, Standing>,
    /// By measure and person.
    sums: Vec<HashMap<usize, PersonSums>>,
    missing: Vec<u64>,
    bad: u64,
    /// Fingerprints of keys, with their rows.
    prints: Vec<(u128, u64)>,
}

impl Summing<'_> {
    fn all(&self) -> Result<Sums, FrameError> {
        let nothing = || (vec![EventSums::default(); self.asks.len()], 0);
        let part = |mut all: Sums, part: usize| {
            self.part(part, &mut all)?;
            Ok(all)
        };
        let both = |mut a: Sums, b: Sums| {
            for (a, b) in a.0.iter_mut().zip(b.0) {
                a.people.extend(b.people);
                a.missing += b.missing;
            }
            a.1 += b.1;
            Ok(a)
        };
        (0..PARTS).into_par_iter().try_fold(nothing, part).try_reduce(nothing, both)
    }

    fn part(&self, part: usize, all: &mut Sums) -> Result<(), FrameError> {
        let size = self.happened.parts.size(part);
        let of = match self.known {
            Some(known) => known.owners.shares(part),
            None => size.div_ceil(AT_ONCE).max(1) as u64,
        };
        for index in (0..of).filter(|_| size > 0) {
            let own = |one: &Happening| of == 1 || share(spread(one.person.as_bytes()), of) == index;
            let bytes = self.known.map(|known| known.owners.share(part, (index, of))).transpose()?;
            let crowd = self.known.zip(bytes.as_deref());
            let crowd = crowd.map(|(known, bytes)| Crowd::new(bytes, known.reader, known.used, |_| true));
            let mut met = Met {
                crowd: crowd.as_ref(),
                rows: HashMap::new(),
                standing: HashMap::new(),
                sums: vec![HashMap::new(); self.asks.len()],
                missing: vec![0; self.asks.len()],
                bad: 0,
                prints: Vec::new(),
            };
            let mut result = Ok(());
            self.happened.parts.each(part, |piece| {
                happenings(piece).filter(own).for_each(|one| self.meet(&mut met, &one));
                let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
                let written = met.prints.drain(..).try_for_each(|(print, record)| keys.push(print, record));
                result = std::mem::replace(&mut result, Ok(())).and(written);
            })?;
            result?;
            for ((to, sums), missing) in all.0.iter_mut().zip(met.sums).zip(met.missing) {
                to.people.extend(sums.into_values());
                to.missing += missing;
            }
            all.1 += met.bad;
        }
        Ok(())
    }

    fn meet(&self, met: &mut Met, one: &Happening) {
        let row = match met.crowd {
            Some(crowd) => crowd.rows.get(one.person).copied(),
            None if one.person.trim().is_empty() => None,
            None => {
                let next = met.rows.len();
                Some(*met.rows.entry(one.person.to_owned()).or_insert(next))
            }
        };
        let (Some(row), Some(at)) = (row, one.at) else {
            met.bad += 1;
            return;
        };
        if self.again.has(u64::from(one.record)) {
            met.bad += 1;
            return;
        }
        met.prints.push((Seeded::new(0).person(one.key).identity, u64::from(one.record)));
        let day = Zoned::new(at, self.zone.clone()).date();
        if !self.asks.iter().any(|(_, windows)| windows.side(day).is_some()) {
            return;
        }
        let events = self.asks.first().map(|(ask, _)| &ask.events);
        let read = |(field, text): (&crate::model::checked::Field, &str)| {
            field.kind.read(text).unwrap_or(Value::Missing)
        };
        let values: Vec<Value> =
            events.iter().flat_map(|e| &e.fields).zip(unpack(one.cells)).map(read).collect();
        for (place, (ask, windows)) in self.asks.iter().enumerate() {
            let Some(side) = windows.side(day) else { continue };
            if !self.counts(met, (row, day), ask, &values) {
                continue;
            }
            let value = match ask.promise.figure.field().map(|field| values.get(field)) {
                None => 0.0,
                Some(Some(Value::Bool(yes))) => f64::from(u8::from(*yes)),
                Some(Some(Value::Number(x))) if x.is_finite() => *x,
                Some(_) => {
                    met.missing[place] += 1;
                    continue;
                }
            };
            let sums = met.sums[place].entry(row).or_default();
            let side = if side == Side::Before { &mut sums.before } else { &mut sums.after };
            side.0 += 1;
            side.1 += value;
        }
    }

    /// Tells whether an event is of those whom a measure is for.
    fn counts(&self, met: &mut Met, (row, day): (usize, Date), ask: &EventAsk, values: &[Value]) -> bool {
        let (Some(known), Some(crowd)) = (self.known, met.crowd) else { return true };
        let entering = ask.stratum.and_then(|s| known.design.entering.get(s));
        if let Some(Entering::Events { source, .. }) = entering {
            let event = Some((*source, values));
            return known.is_eligible(crowd, row, day)
                && known.stratum(crowd, row, day, event) == ask.stratum;
        }
        let standing = *met.standing.entry(row).or_insert_with(|| {
            if !known.is_eligible(crowd, row, known.day) {
                return Standing::NotEligible;
            }
            known.stratum(crowd, row, known.day, None).map_or(Standing::Unmatched, Standing::Taken)
        });
        match ask.stratum {
            None => standing != Standing::NotEligible,
            Some(stratum) => standing == Standing::Taken(stratum),
        }
    }
}
