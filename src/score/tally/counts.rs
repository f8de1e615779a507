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

    fn write(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..piece.len()].copy_from_slice(piece);
            self.write_u64(u64::from_le_bytes(word) ^ piece.len() as u64);
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(26) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
}

/// A map by few words.
pub type Words<V> = HashMap<Box<[u64]>, V, BuildHasherDefault<Mix>>;

/// One view's counts.
#[derive(Debug, Clone)]
enum Counter<A> {
    /// In place: for each group a table of `size` counters.
    Dense { digits: Vec<(usize, usize)>, radices: Vec<usize>, size: usize, counts: Vec<A> },
    /// By group and words.
    Sparse { parts: Vec<Part>, counts: Words<A> },
    /// Number, sum and squares.
    Moments { part: Part, groups: Vec<Moments> },
}

/// All counts.
#[derive(Debug, Clone)]
pub struct Counts<A = u64> {
    views: Vec<Counter<A>>,
    /// People who did not answer, by group.
    silent: Vec<A>,
    /// Room for words of one person.
    key: Vec<u64>,
}

impl<A: Alike> Counts<A> {
    /// Makes empty counts.
    #[must_use]
    pub fn new(layout: &Layout, codes: &[Codes]) -> Self {
        let views = layout.views.iter().map(|v| Counter::new(v, codes));
        Self { views: views.collect(), silent: Vec::new(), key: Vec::new() }
    }

    /// Counts a person.
    #[inline]
    pub fn add(&mut self, person: &Person) {
        for view in &mut self.views {
            view.add(person, &mut self.key);
        }
    }

    /// Counts so many people in one view who have the same words.
    pub fn add_to(&mut self, view: usize, group: u32, words: &[u64], people: &A) {
        self.views[view].add_words(group, words, people);
    }

    /// Counts people who did not answer.
    pub fn add_silent(&mut self, group: u32, times: u64, weight: f64) {
        let group = group as usize;
        if self.silent.len() <= group {
            self.silent.resize_with(group + 1, A::default);
        }
        self.silent[group].add(times, weight);
    }

    /// Returns the people of a group who did not answer.
    #[must_use]
    pub fn silent(&self, group: usize) -> Option<&A> {
        self.silent.get(group)
    }

    /// Adds other counts, whose groups have other numbers here.
    pub fn join(&mut self, other: &Self, group: &[u32]) {
        for (here, there) in self.views.iter_mut().zip(&other.views) {
            here.join(there, group);
        }
        for (silent, place) in other.silent.iter().zip(group) {
            let place = *place as usize;
            if self.silent.len() <= place {
                self.silent.resize_with(place + 1, A::default);
            }
            self.silent[place].join(silent);
        }
    }

    /// Calls `f` with everything that a view counted: group, words and people; in an order that depends on nothing else.
    pub fn each(&self, view: usize, f: impl FnMut(u32, &[u64], &A)) {
        self.views[view].each(f);
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

impl<A: Alike> Counter<A> {
    fn new(view: &View, codes: &[Codes]) -> Self {
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
                let mut stride = 1;
                let digits = digits.into_iter().map(|(item, radix)| {
                    let own = (item, stride);
                    stride *= radix;
                    own
                });
                Self::Dense { digits: digits.collect(), radices, size, counts: Vec::new() }
            }
            _ => Self::Sparse { parts: parts.to_vec(), counts: Words::default() },
        }
    }

    #[inline]
    fn add(&mut self, person: &Person, key: &mut Vec<u64>) {
        let group = person.group as usize;
        match self {
            Self::Dense { digits, size, counts, .. } => {
                let digit = |(item, stride): &(usize, usize)| person.items[*item] as usize * stride;
                let at = group * *size + digits.iter().map(digit).sum::<usize>();
                match counts.get_mut(at) {
                    Some(count) => count.add(1, person.weight),
                    None => self.grow(group, at, &one(1, person.weight)),
                }
            }
            Self::Sparse { parts, counts } => {
                key.clear();
                key.push(u64::from(person.group));
                key.extend(parts.iter().map(|p| person.word(*p)));
                match counts.get_mut(key.as_slice()) {
                    Some(count) => count.add(1, person.weight),
                    None => {
                        counts.insert(key.as_slice().into(), one(1, person.weight));
                    }
                }
            }
            Self::Moments { part, groups } => {
                if groups.len() <= group {
                    groups.resize_with(group + 1, Moments::default);
                }
                add_word(&mut groups[group], person.word(*part), 1);
            }
        }
    }

    fn add_words(&mut self, group: u32, words: &[u64], people: &A) {
        match self {
            Self::Dense { digits, size, counts, .. } => {
                let digit = |(word, (_, stride)): (&u64, &(usize, usize))| *word as usize * stride;
                let at = group as usize * *size + words.iter().zip(digits.iter()).map(digit).sum::<usize>();
                match counts.get_mut(at) {
                    Some(count) => count.join(people),
                    None => self.grow(group as usize, at, people),
                }
            }
            Self::Sparse { counts, .. } => {
                let key = std::iter::once(u64::from(group)).chain(words.iter().copied());
                counts.entry(key.collect()).or_default().join(people);
            }
            Self::Moments { groups, .. } => {
                let group = group as usize;
                if groups.len() <= group {
                    groups.resize_with(group + 1, Moments::default);
                }
                let word = words.first().copied().unwrap_or(word::NONE);
                add_word(&mut groups[group], word, people.people());
            }
        }
    }

    /// Makes room for a new group, and counts there; a table that grows too large is hashed from now on.
    #[cold]
    fn grow(&mut self, group: usize, at: usize, people: &A) {
        let Self::Dense { digits, size, counts, .. } = self else { return };
        if (group + 1) * *size <= MOST {
            counts.resize(((group + 1) * *size).max(counts.len() * 2).min(MOST), A::default());
            counts[at].join(people);
            return;
        }
        let parts = digits.iter().map(|(item, _)| Part::Item(*item)).collect();
        let words = self.words_of(at % self.size());
        let mut sparse = Self::Sparse { parts, counts: Words::default() };
        self.each(|group, words, people| sparse.add_words(group, words, people));
        sparse.add_words(u32::try_from(group).unwrap_or(u32::MAX), &words, people);
        *self = sparse;
    }

    fn size(&self) -> usize {
        if let Self::Dense { size, .. } = self { *size } else { 1 }
    }

    /// Returns the words of a counter of a table.
    fn words_of(&self, mut at: usize) -> Vec<u64> {
        let Self::Dense { radices, .. } = self else { return Vec::new() };
        let word = |radix: &usize| {
            let digit = at % radix;
            at /= radix;
            digit as u64
        };
        radices.iter().map(word).collect()
    }

    fn join(&mut self, other: &Self, group: &[u32]) {
        if let (Self::Moments { groups, .. }, Self::Moments { groups: theirs, .. }) = (&mut *self, other) {
            for (moments, place) in theirs.iter().zip(group) {
                let place = *place as usize;
                if groups.len() <= place {
                    groups.resize_with(place + 1, Moments::default);
                }
                groups[place].join(moments);
            }
            return;
        }
        other.each(|from, words, people| self.add_words(group[from as usize], words, people));
    }

    fn each(&self, mut f: impl FnMut(u32, &[u64], &A)) {
        match self {
            Self::Dense { size, counts, .. } => {
                for (at, people) in counts.iter().enumerate().filter(|(_, n)| n.people() > 0) {
                    let group = u32::try_from(at / size).unwrap_or(u32::MAX);
                    f(group, &self.words_of(at % size), people);
                }
            }
            Self::Sparse { counts, .. } => {
                let mut all: Vec<(&[u64], &A)> = counts.iter().map(|(k, n)| (&**k, n)).collect();
                all.sort_unstable_by_key(|one| one.0);
                for (key, people) in all {
                    f(u32::try_from(key[0]).unwrap_or(u32::MAX), &key[1..], people);
                }
            }
            Self::Moments { .. } => {}
        }
    }
}

#[inline]
fn add_word(moments: &mut Moments, word: u64, times: u64) {
    match word::of_number(word) {
        Some(x) => moments.add(x, times),
        None => moments.without[(word as usize).min(2)] += times,
    }
}

fn one<A: Alike>(times: u64, weight: f64) -> A {
    let mut one = A::default();
    one.add(times, weight);
    one
}
