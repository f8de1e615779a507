//! One pass over a file of finished answers, on all cores, in memory that does not grow with the number of people.
//!
//! Every core counts the rows of its blocks by groups of its own; at the end groups that mean the same are put
//! together. Whether a key comes twice is found out on disk; where one does, the file is read once more without the
//! later rows.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

use jiff::civil::Date;

use crate::exchange::responses::design::{
    NO_DAY, NO_KEY, NO_WEIGHT, REPEATED, WIDTH, field, strange, unreadable, weight,
};
use crate::exchange::responses::near::{Key, Near};
use crate::exchange::responses::person::{Reader, RowEnv, STRANGE, Texts};
use crate::exchange::responses::portion::{GROUPS, Portion, together};
use crate::expr::truth;
use crate::frame::{Bits, FrameError, Keys, Row, Rows, Sheet};
use crate::score::strata::Problems;
use crate::score::tally::Tally;
use crate::score::tally::counts::Person;
use crate::score::tally::gathered::Counted;
use crate::score::tally::layout::Unsuitable;
use crate::score::tally::moments::{Alike, Weighing};
use crate::score::tally::scorer::{Scored, Scorer};
use crate::score::tally::word;

/// Counts the rows of a file.
///
/// A block with more different weights than [`WEIGHTS`] is not counted by weights: then people of a group may differ
/// in theirs, and what their weights add up to is counted with them.
pub fn count(reader: &Reader, sheet: &Sheet) -> Result<Result<Tally, Unsuitable>, FrameError> {
    let checked = reader.checked;
    if let Some(counted) = all::<u64>(reader, sheet)? {
        return Ok(Ok(Tally::new(checked, reader.layout.clone(), counted)));
    }
    if checked.analysis.trim.is_some() {
        return Ok(Err(Unsuitable::Trimmed));
    }
    let counted = all::<Weighing>(reader, sheet)?;
    Ok(counted.map(|counted| Tally::new(checked, reader.layout.clone(), counted)).ok_or(Unsuitable::Trimmed))
}

/// Different weights in a block from which on nearly everybody has one of their own.
const WEIGHTS: usize = 256;
/// Rows of a block whose weights are looked at.
const LOOKED_AT: usize = 2048;
/// Counts the rows of a file; nothing where weights differ too much for these counts.
fn all<A: Alike>(reader: &Reader, sheet: &Sheet) -> Result<Option<Counted<A>>, FrameError> {
    let none = Bits::default();
    let mut keys = Keys::default();
    let mut bases = Vec::new();
    let counted = once::<A>(reader, sheet, Without { repeated: &none, bases: &[] }, |base, prints| {
        bases.push(base);
        for (print, record) in prints.iter().zip(base..).filter(|(print, _)| **print != 0) {
            keys.push(*print, record)?;
        }
        Ok(())
    })?;
    let Some(counted) = counted else { return Ok(None) };
    let repeated = keys.repeated()?;
    if repeated.is_empty() {
        return Ok(Some(counted));
    }
    once::<A>(reader, sheet, Without { repeated: &repeated, bases: &bases }, |_, _| Ok(()))
}

/// Rows that are left out, with the first row of every block.
#[derive(Clone, Copy)]
struct Without<'a> {
    repeated: &'a Bits,
    bases: &'a [u64],
}

fn once<A: Alike>(
    reader: &Reader,
    sheet: &Sheet,
    without: Without,
    mut keys: impl FnMut(u64, &[u128]) -> Result<(), FrameError>,
) -> Result<Option<Counted<A>>, FrameError> {
    let mut problems = Problems::default();
    let mut loose = false;
    let by_weight = !A::LOOSE && reader.columns.weight.is_some();
    let mut first: HashMap<Box<[u8]>, u64> = HashMap::new();
    let mut read = 0;
    let cores = sheet.scan(
        || Core::<A>::new(reader),
        |core, block, rows| core.block(rows, without.bases.get(block).map(|base| (without.repeated, *base))),
        |block: Block, base| {
            // Groups are counted in the order of the file, whichever core met them first.
            loose = block.loose || (by_weight && first.len() > GROUPS);
            if loose {
                return Ok(ControlFlow::Break(()));
            }
            for (what, (times, line)) in block.problems.0 {
                problems.add(what, times, base.line + line);
            }
            for (raw, line) in block.groups {
                first.entry(raw).or_insert(base.line + line);
            }
            read += block.rows;
            keys(base.record, &block.keys).map(|()| ControlFlow::Continue(()))
        },
    )?;
    let portions = || cores.into_iter().map(|core| core.portion).collect();
    Ok((!loose).then(|| together(reader, portions(), &first, read, problems)))
}

/// What came of a block.
struct Block {
    rows: u64,
    /// Fingerprints of keys; 0 where a row has none or does not count.
    keys: Vec<u128>,
    /// Problems, by line of the block.
    problems: Problems,
    /// Groups that the core had not met before, with their first line.
    groups: Vec<(Box<[u8]>, u64)>,
    /// Weights differ too much to count by them.
    loose: bool,
}

/// What one core counts.
struct Core<'a, A> {
    reader: &'a Reader<'a>,
    portion: Portion<A>,
    group_columns: Vec<usize>,
    /// First and last of them, where they stand side by side.
    side_by_side: Option<(usize, usize)>,
    raw: Vec<u8>,
    near: Near,
    texts: Vec<Texts>,
    items: Vec<u64>,
    scorer: Scorer,
    scored: Scored,
    /// Text and date of the row before.
    day: Option<(String, Option<Date>)>,
}

impl<'a, A: Alike> Core<'a, A> {
    fn new(reader: &'a Reader<'a>) -> Self {
        Self {
            reader,
            portion: Portion::new(reader),
            group_columns: reader.group_columns(A::LOOSE),
            side_by_side: side_by_side(reader.group_columns(A::LOOSE)),
            raw: Vec::new(),
            near: Near::default(),
            texts: reader.columns.items.iter().map(|_| Texts::default()).collect(),
            items: vec![word::NONE; reader.codes.len()],
            scorer: Scorer::new(reader.checked),
            scored: Scored::default(),
            day: None,
        }
    }

    fn block(&mut self, rows: &Rows, without: Option<(&Bits, u64)>) -> Block {
        let mut block = Block {
            rows: rows.len() as u64,
            keys: Vec::new(),
            problems: Problems::default(),
            groups: Vec::new(),
            loose: !A::LOOSE && self.weights_differ(rows),
        };
        if block.loose {
            return block;
        }
        for (row, record) in rows.iter().zip(without.map_or(0, |w| w.1)..) {
            let repeats = without.is_some_and(|(repeated, _)| repeated.has(record));
            self.row(row, repeats, &mut block);
        }
        block
    }

    /// Tells whether people of a block have too many different weights.
    fn weights_differ(&self, rows: &Rows) -> bool {
        let Some(place) = self.reader.columns.weight else { return false };
        let mut seen: HashSet<&str> = HashSet::new();
        let mut last = "";
        (0..rows.len().min(LOOKED_AT)).any(|row| {
            let weight = rows.get(row).get(place).unwrap_or("");
            let other = weight != last;
            last = weight;
            other && seen.insert(weight) && seen.len() > WEIGHTS
        })
    }

    fn row(&mut self, row: Row, repeats: bool, block: &mut Block) {
        let reader = self.reader;
        let columns = reader.columns;
        let line = row.line;
        if row.len() != columns.width {
            block.problems.tell(line, WIDTH.to_owned());
            block.keys.push(0);
            return;
        }
        if let Some(place) = columns.key {
            let key = row.get(place).unwrap_or("").trim();
            block.keys.push(if key.is_empty() { 0 } else { fingerprint(key) });
            if key.is_empty() || repeats {
                block.problems.tell(line, if repeats { REPEATED } else { NO_KEY }.to_owned());
                return;
            }
        }
        let mut own = 1.0;
        if A::LOOSE {
            let text = columns.weight.and_then(|place| row.get(place)).unwrap_or("").trim();
            let Some(weight) = weight(columns, text) else {
                block.problems.tell(line, NO_WEIGHT.to_owned());
                return;
            };
            own = weight;
        }
        let group = self.group(row, block);
        let info = &mut self.portion.groups[group as usize];
        info.rows += 1;
        let Ok(place) = &info.place else { return };
        let responded = place.responded;
        let day = self.day(row, block);
        for &i in &reader.single {
            let text = row.get(columns.fields[i]).unwrap_or("").trim();
            if field(&reader.spec.fields[i], &reader.spec.sources[i], text).is_err() {
                block.problems.tell(line, unreadable(&reader.spec.fields[i]));
            }
        }
        if !responded {
            self.portion.counts.add_silent(group, 1, own);
            return;
        }
        for (at, (item, place, _)) in columns.items.iter().enumerate() {
            let word = self.texts[at].word(reader, at, row.cell(*place));
            self.items[*item] = word;
            if word == STRANGE {
                self.items[*item] = word::NONE;
                let name = &reader.checked.questionnaire.items[*item].name;
                block.problems.tell(line, strange(name));
            }
        }
        if reader.scored {
            let items = &self.items;
            self.scorer.score(day, |i| reader.code(i, items[i]), &mut self.scored);
        }
        if reader.judges() && !self.judge(row, group, day) {
            return;
        }
        if columns.at.is_some() {
            self.portion.judged.on(day);
        }
        let within = self.scorer.within(day);
        let person = Person { group, items: &self.items, scored: &self.scored, within, weight: own };
        self.portion.counts.add(&person);
    }

    /// Returns the number of a row's group.
    fn group(&mut self, row: Row, block: &mut Block) -> u32 {
        // Columns side by side are looked at as they stand; equal groups in other words are put together at the end.
        if let Some((first, last)) = self.side_by_side
            && let Some(raw) = row.span(first, last)
        {
            let Some(key) = Key::of(raw) else { return self.numbered(raw, row, block) };
            return self.near.get(&key).unwrap_or_else(|| {
                let group = self.numbered(raw, row, block);
                self.near.put(&key, group);
                group
            });
        }
        let mut raw = std::mem::take(&mut self.raw);
        raw.clear();
        for place in &self.group_columns {
            raw.extend_from_slice(row.get(*place).unwrap_or("").as_bytes());
            raw.push(0x1f);
        }
        let group = self.numbered(&raw, row, block);
        self.raw = raw;
        group
    }

    fn numbered(&mut self, raw: &[u8], row: Row, block: &mut Block) -> u32 {
        if let Some(group) = self.portion.known.get(raw) {
            return *group;
        }
        let group = u32::try_from(self.portion.groups.len()).unwrap_or(u32::MAX);
        self.portion.groups.push(self.reader.group(A::LOOSE, |place| row.get(place).unwrap_or("")));
        self.portion.known.insert(raw.into(), group);
        block.groups.push((raw.into(), row.line));
        group
    }

    /// Returns the day of a row.
    fn day(&mut self, row: Row, block: &mut Block) -> Date {
        let Some(place) = self.reader.columns.at else { return self.reader.epoch };
        let text = row.get(place).unwrap_or("").trim();
        let text = text.get(..10).unwrap_or(text);
        if self.day.as_ref().is_none_or(|(known, _)| known != text) {
            self.day = Some((text.to_owned(), text.parse().ok()));
        }
        self.day.as_ref().and_then(|d| d.1).unwrap_or_else(|| {
            block.problems.tell(row.line, NO_DAY.to_owned());
            self.reader.epoch
        })
    }

    /// Applies the rules; tells whether the response is kept.
    fn judge(&mut self, row: Row, group: u32, day: Date) -> bool {
        let reader = self.reader;
        let Ok(place) = &self.portion.groups[group as usize].place else { return false };
        let stratum = place.stratum.as_str();
        let env = RowEnv { reader, row, items: &self.items, scored: &self.scored, stratum, day };
        let mut raised = false;
        for (rule, count) in reader.checked.cases.iter().zip(&mut self.portion.judged.cases) {
            if truth(&rule.condition, &env).holds() {
                *count += 1;
                raised = true;
            }
        }
        self.portion.judged.with_case += u64::from(raised);
        let mut marked = false;
        for (rule, count) in reader.checked.clean.iter().zip(&mut self.portion.judged.rules) {
            if truth(&rule.condition, &env).holds() {
                *count += 1;
                marked |= !rule.drop;
                if rule.drop {
                    return false;
                }
            }
        }
        self.portion.judged.flagged += u64::from(marked);
        let unasked = |(item, condition): &&(usize, &crate::expr::Expr)| {
            self.items[*item] == word::NONE && !truth(condition, &env).holds()
        };
        let unasked: Vec<usize> = reader.asked.iter().filter(unasked).map(|(item, _)| *item).collect();
        for item in unasked {
            self.items[item] = word::NOT_ASKED;
        }
        true
    }
}

/// Returns 128 bits that tell keys apart.
fn fingerprint(key: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, key).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(1) << 64 | half(2) | 1
}

/// Returns the first and the last of columns that stand side by side.
fn side_by_side(mut columns: Vec<usize>) -> Option<(usize, usize)> {
    columns.sort_unstable();
    columns.dedup();
    let (first, last) = (*columns.first()?, *columns.last()?);
    (last - first + 1 == columns.len()).then_some((first, last))
}
