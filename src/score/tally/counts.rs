//! Counts of people who are alike, group by group and view by view: statistics that merge.
//!
//! Whole numbers and exact sums only, so that counting in blocks, on any number of cores or inside a database gives
//! the same to the last bit.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::score::tally::layout::{Codes, DENSE, Layout, Part, View};
use crate::score::tally::moments::{Alike, Moments};
use crate::score::tally::scorer::Scored;
use crate::score::tally::word;

/// A table in place has at most so many counters over all groups; what goes beyond is hashed.
const MOST: usize = 1 << 22;

/// One person on the way into the counts.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Group.
    pub group: u32,
    /// A word for every item.
    pub items: &'a [u64],
    /// Scores, where any view has them.
    pub scored: &'a Scored,
    /// The day lies in a period with other weights.
    pub within: bool,
    /// Weight; looked at where weights differ within groups.
    pub weight: f64,
}

impl Person<'_> {
    #[inline]
    fn word(&self, part: Part) -> u64 {
        let of = |scores: &[Option<f64>], i: usize| {
            scores.get(i).copied().flatten().map_or(word::NONE, word::number)
        };
        match part {
            Part::Item(i) => self.items[i],
            Part::Score(i) => of(&self.scored.scores, i),
            Part::Usual(i) => of(&self.scored.usual, i),
            Part::Within => word::FIRST + u64::from(self.within),
        }
    }
}

/// Hashes a few words; nobody chooses them to collide, and order never depends on it.
#[derive(Default)]
pub struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.write_u64(u64::from_le_bytes(word) ^ rest.len() as u64);
        }
    }

    #[inline]
    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(26) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    #[inline]
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
}

/// A map by few words.
pub type Words<V> = HashMap<Box<[u64]>, V, BuildHasherDefault<Mix>>;

/// A view that is counted in place.
#[derive(Debug, Clone)]
struct Table {
    /// Where its counters begin within those of a group.
    first: usize,
    /// Items, each with how far apart the counters of its words are.
    digits: Vec<(usize, usize)>,
    /// How many words each item has.
    radices: Vec<usize>,
    /// Counters of a group.
    size: usize,
}

/// How a view is counted.
#[derive(Debug, Clone)]
enum Counter<A> {
    /// In place.
    Dense(Table),
    /// By group and words.
    Sparse { parts: Vec<Part>, counts: Words<A> },
    /// Number, sum and squares.
    Moments { part: Part, groups: Vec<Moments> },
}

/// All counts.
#[derive(Debug, Clone)]
pub struct Counts<A = u64> {
    views: Vec<Counter<A>>,
    /// Counters of all tables in place, group after group.
    dense: Vec<A>,
    /// Counters of one group; none where no view is counted in place any more.
    stride: usize,
    /// Items that make up a table alone, with its first counter.
    single: Vec<(usize, usize)>,
    /// Other views.
    others: Vec<usize>,
    /// People who did not answer, by group.
    silent: Vec<A>,
    /// Room for words of one person.
    key: Vec<u64>,
}

impl<A: Alike> Counts<A> {
    /// Makes empty counts.
    #[must_use]
    pub fn new(layout: &Layout, codes: &[Codes]) -> Self {
        let mut stride = 0;
        let views = layout.views.iter().map(|v| Counter::new(v, codes, &mut stride)).collect();
        let mut counts = Self {
            views,
            dense: Vec::new(),
            stride,
            single: Vec::new(),
            others: Vec::new(),
            silent: Vec::new(),
            key: Vec::new(),
        };
        counts.divide();
        counts
    }

    /// Finds the views that are a single item in place.
    fn divide(&mut self) {
        self.single.clear();
        self.others.clear();
        for (place, view) in self.views.iter().enumerate() {
            match view {
                Counter::Dense(table) if table.digits.len() == 1 => {
                    self.single.push((table.digits[0].0, table.first));
                }
                _ => self.others.push(place),
            }
        }
    }

    /// Counts a person.
    #[inline]
    pub fn add(&mut self, person: &Person) {
        let mut base = person.group as usize * self.stride;
        if base + self.stride > self.dense.len() {
            self.grow(person.group as usize);
            base = person.group as usize * self.stride;
        }
        let own = self.dense.get_mut(base..base + self.stride).unwrap_or_default();
        for &(item, first) in &self.single {
            own[first + digit(person.items[item])].add(1, person.weight);
        }
        for &view in &self.others {
            match &mut self.views[view] {
                Counter::Dense(table) => {
                    let word = |item: &usize| person.items[*item];
                    own[table.place(table.digits.iter().map(|(item, _)| word(item)))].add(1, person.weight);
                }
                other => other.add(person, &mut self.key),
            }
        }
    }

    /// Makes room for a group in the tables; those that grow too large are hashed from now on.
    #[cold]
    fn grow(&mut self, group: usize) {
        let wanted = (group + 1) * self.stride;
        if wanted <= MOST {
            self.dense.resize(wanted.max((self.dense.len() * 2).min(MOST)), A::default());
            return;
        }
        for place in 0..self.views.len() {
            let Counter::Dense(table) = &self.views[place] else { continue };
            let parts = table.digits.iter().map(|(item, _)| Part::Item(*item)).collect();
            let mut sparse = Counter::Sparse { parts, counts: Words::default() };
            self.each(place, |group, words, people| sparse.add_words(group, words, people));
            self.views[place] = sparse;
        }
        self.dense = Vec::new();
        self.stride = 0;
        self.divide();
    }

    /// Counts people in one view who have the same words.
    pub fn add_to(&mut self, view: usize, group: u32, words: &[u64], people: &A) {
        if matches!(self.views[view], Counter::Dense(_))
            && (group as usize + 1) * self.stride > self.dense.len()
        {
            self.grow(group as usize);
        }
        match &mut self.views[view] {
            Counter::Dense(table) => {
                let place = group as usize * self.stride + table.place(words.iter().copied());
                self.dense[place].join(people);
            }
            other => other.add_words(group, words, people),
        }
    }

    /// Counts people who did not answer.
    pub fn add_silent(&mut self, group: u32, times: u64, weight: f64) {
        silent(&mut self.silent, group as usize).add(times, weight);
    }

    /// Returns the people of a group who did not answer.
    #[must_use]
    pub fn silent(&self, group: usize) -> Option<&A> {
        self.silent.get(group)
    }

    /// Adds other counts, whose groups have other numbers here.
    pub fn join(&mut self, other: &Self, group: &[u32]) {
        for place in 0..self.views.len() {
            if let (Counter::Moments { groups, .. }, Counter::Moments { groups: theirs, .. }) =
                (&mut self.views[place], &other.views[place])
            {
                for (moments, place) in theirs.iter().zip(group) {
                    of_group(groups, *place as usize).join(moments);
                }
                continue;
            }
            other.each(place, |from, words, people| self.add_to(place, group[from as usize], words, people));
        }
        for (people, place) in other.silent.iter().zip(group) {
            silent(&mut self.silent, *place as usize).join(people);
        }
    }

    /// Calls `f` with everything that a view counted: group, words and people; in an order that depends on nothing else.
    pub fn each(&self, view: usize, mut f: impl FnMut(u32, &[u64], &A)) {
        match &self.views[view] {
            Counter::Dense(table) if self.stride > 0 => {
                for (group, own) in self.dense.chunks(self.stride).enumerate() {
                    let group = u32::try_from(group).unwrap_or(u32::MAX);
                    let counters = own.iter().skip(table.first).take(table.size).enumerate();
                    for (place, people) in counters.filter(|(_, people)| people.people() > 0) {
                        f(group, &table.words(place), people);
                    }
                }
            }
            Counter::Sparse { counts, .. } => {
                let mut all: Vec<(&[u64], &A)> = counts.iter().map(|(k, n)| (&**k, n)).collect();
                all.sort_unstable_by_key(|one| one.0);
                for (key, people) in all {
                    f(u32::try_from(key[0]).unwrap_or(u32::MAX), &key[1..], people);
                }
            }
            Counter::Dense(_) | Counter::Moments { .. } => {}
        }
    }

    /// Returns number, sum and squares of a view that has them, group by group.
    #[must_use]
    pub fn moments(&self, view: usize) -> Option<&[Moments]> {
        match &self.views[view] {
            Counter::Moments { groups, .. } => Some(groups),
            _ => None,
        }
    }
}

impl Table {
    /// Returns the counter of some words, within those of a group.
    #[inline]
    fn place(&self, words: impl Iterator<Item = u64>) -> usize {
        let digits = self.digits.iter().zip(words);
        self.first + digits.map(|((_, apart), word)| digit(word) * apart).sum::<usize>()
    }

    /// Returns the words of a counter.
    fn words(&self, mut place: usize) -> Vec<u64> {
        let word = |radix: &usize| {
            let digit = place % radix;
            place /= radix;
            digit as u64
        };
        self.radices.iter().map(word).collect()
    }
}

impl<A: Alike> Counter<A> {
    fn new(view: &View, codes: &[Codes], stride: &mut usize) -> Self {
        let parts = match view {
            View::Moments(part) if !A::LOOSE => return Self::Moments { part: *part, groups: Vec::new() },
            View::Moments(part) => std::slice::from_ref(part),
            View::Counts(parts) => parts,
        };
        let radix = |part: &Part| match part {
            Part::Item(i) => codes[*i].radix().map(|r| (*i, r)),
            _ => None,
        };
        let digits: Option<Vec<(usize, usize)>> = parts.iter().map(radix).collect();
        let size = digits.iter().flatten().fold(1_usize, |all, (_, r)| all.saturating_mul(*r));
        match digits {
            Some(digits) if size <= DENSE => {
                let radices: Vec<usize> = digits.iter().map(|d| d.1).collect();
                let mut apart = 1;
                let digits = digits.into_iter().map(|(item, radix)| {
                    let own = (item, apart);
                    apart *= radix;
                    own
                });
                let first = *stride;
                *stride += size;
                Self::Dense(Table { first, digits: digits.collect(), radices, size })
            }
            _ => Self::Sparse { parts: parts.to_vec(), counts: Words::default() },
        }
    }

    /// Counts a person of a view that is not counted in place.
    #[inline]
    fn add(&mut self, person: &Person, key: &mut Vec<u64>) {
        match self {
            Self::Sparse { parts, counts } => {
                key.clear();
                key.push(u64::from(person.group));
                key.extend(parts.iter().map(|p| person.word(*p)));
                match counts.get_mut(key.as_slice()) {
                    Some(count) => count.add(1, person.weight),
                    None => {
                        let mut one = A::default();
                        one.add(1, person.weight);
                        counts.insert(key.as_slice().into(), one);
                    }
                }
            }
            Self::Moments { part, groups } => {
                add_word(of_group(groups, person.group as usize), person.word(*part), 1);
            }
            Self::Dense(_) => {}
        }
    }

    fn add_words(&mut self, group: u32, words: &[u64], people: &A) {
        match self {
            Self::Sparse { counts, .. } => {
                let key = std::iter::once(u64::from(group)).chain(words.iter().copied());
                counts.entry(key.collect()).or_default().join(people);
            }
            Self::Moments { groups, .. } => {
                let word = words.first().copied().unwrap_or(word::NONE);
                add_word(of_group(groups, group as usize), word, people.people());
            }
            Self::Dense(_) => {}
        }
    }
}

fn of_group(groups: &mut Vec<Moments>, group: usize) -> &mut Moments {
    if groups.len() <= group {
        groups.resize_with(group + 1, Moments::default);
    }
    &mut groups[group]
}

fn silent<A: Alike>(groups: &mut Vec<A>, group: usize) -> &mut A {
    if groups.len() <= group {
        groups.resize_with(group + 1, A::default);
    }
    &mut groups[group]
}

#[inline]
fn add_word(moments: &mut Moments, word: u64, times: u64) {
    match word::of_number(word) {
        Some(x) => moments.add(x, times),
        None => moments.without[digit(word).min(2)] += times,
    }
}

/// Returns the word of one of few answers as a place.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "one of at most a few thousand")]
fn digit(word: u64) -> usize {
    word as usize
}
