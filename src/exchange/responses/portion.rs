//! What one counter of many counted, by groups of its own; at the end groups that mean the same are put together.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::exchange::responses::design::unreadable;
use crate::exchange::responses::person::{GroupInfo, Reader};
use crate::score::strata::Problems;
use crate::score::tally::counts::{Counts, Mix};
use crate::score::tally::gathered::{Counted, Group, Judged};
use crate::score::tally::moments::Alike;

/// Groups from which on nearly everybody has a weight of their own, and counting by weights saves nothing.
pub const GROUPS: usize = 1 << 17;

/// Counts by groups.
pub struct Portion<A = u64> {
    /// Counts of everybody who answered.
    pub counts: Counts<A>,
    /// Numbers of groups by the bytes of their cells.
    pub known: HashMap<Box<[u8]>, u32, BuildHasherDefault<Mix>>,
    /// The groups.
    pub groups: Vec<GroupInfo>,
    /// What rules found.
    pub judged: Judged,
}

impl<A: Alike> Portion<A> {
    /// Begins with nothing.
    pub fn new(reader: &Reader) -> Self {
        Self {
            counts: Counts::new(reader.layout, &reader.codes),
            known: HashMap::default(),
            groups: Vec::new(),
            judged: Judged::new(reader.checked),
        }
    }
}

/// Puts portions together, in an order that does not depend on who counted what; `first` are the lines of the groups.
pub fn together<A: Alike>(
    reader: &Reader,
    portions: Vec<Portion<A>>,
    first: &HashMap<Box<[u8]>, u64>,
    read: u64,
    mut problems: Problems,
) -> Counted<A> {
    let mut raw: Vec<(&[u8], u64)> = first.iter().map(|(raw, line)| (&**raw, *line)).collect();
    raw.sort_unstable();
    let place: HashMap<&[u8], usize> = raw.iter().map(|r| r.0).zip(0..).collect();
    let mut groups: Vec<Option<GroupInfo>> = vec![None; raw.len()];
    let mut counts = Counts::new(reader.layout, &reader.codes);
    let mut judged = Judged::new(reader.checked);
    for portion in portions {
        let mut map = vec![0; portion.groups.len()];
        for (raw, own) in &portion.known {
            let here = place[&**raw];
            map[*own as usize] = u32::try_from(here).unwrap_or(u32::MAX);
            let info = &portion.groups[*own as usize];
            match &mut groups[here] {
                Some(known) => known.rows += info.rows,
                none => *none = Some(info.clone()),
            }
        }
        counts.join(&portion.counts, &map);
        judged.join(&portion.judged);
    }
    let mut usable = Vec::new();
    for (group, (_, first)) in groups.into_iter().flatten().zip(raw) {
        let GroupInfo { place, fields, unreadable: faulty, rows } = group;
        for field in &faulty {
            if place.is_ok() {
                problems.add(unreadable(&reader.spec.fields[*field]), rows, first);
            }
        }
        usable.push(match place {
            Ok(place) => Some(Group { place, fields, rows, first }),
            Err(what) => {
                problems.add(what.to_owned(), rows, first);
                None
            }
        });
    }
    Counted { counts, groups: usable, read, problems, judged }
}
