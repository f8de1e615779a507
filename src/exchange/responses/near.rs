//! Numbers of groups that were met lately, found without hashing every byte: most groups' cells are a few words long,
//! and few groups hold most people.

use std::hash::Hasher;

use crate::score::tally::counts::Mix;

/// Words that are looked at.
const WORDS: usize = 6;
/// Bytes of a word.
const WIDTH: usize = 8;
/// Places; a power of two.
const PLACES: usize = 1 << 12;

/// Texts of 8 to 48 bytes, each in one place, with the number of their group.
pub struct Near(Vec<Place>);

#[derive(Clone)]
struct Place {
    words: [u64; WORDS],
    /// Bytes; none in an empty place.
    bytes: u32,
    group: u32,
}

/// A text as words.
#[derive(Clone, Copy)]
pub struct Key {
    words: [u64; WORDS],
    bytes: u32,
    place: usize,
}

/// Returns the place of a hash among so many, a power of two: the highest bits depend on all others.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a few bits are left")]
pub fn place_of(mix: &Mix, places: usize) -> usize {
    (mix.finish() >> (u64::BITS - places.ilog2())) as usize
}

impl Default for Near {
    fn default() -> Self {
        Self(vec![Place { words: [0; WORDS], bytes: 0, group: 0 }; PLACES])
    }
}

impl Key {
    /// Writes a text as words; nothing where it is too short or too long.
    ///
    /// Words beyond the end are the last eight bytes once more, so that no text needs a loop of its own: with the
    /// number of bytes they tell texts apart.
    #[inline]
    pub fn of(text: &[u8]) -> Option<Self> {
        let last = text.len().checked_sub(WIDTH)?;
        if text.len() > WORDS * WIDTH {
            return None;
        }
        let mut words = [0; WORDS];
        let mut mix = Mix::default();
        for (i, word) in words.iter_mut().enumerate() {
            let from = (i * WIDTH).min(last);
            *word = u64::from_le_bytes(*text.get(from..)?.first_chunk()?);
            mix.write_u64(*word);
        }
        let bytes = u32::try_from(text.len()).ok()?;
        Some(Self { words, bytes, place: place_of(&mix, PLACES) })
    }
}

impl Near {
    /// Returns the number of a group that was met.
    #[inline]
    pub fn get(&self, key: &Key) -> Option<u32> {
        let place = self.0.get(key.place)?;
        let differ = place.words.iter().zip(&key.words).fold(0, |all, (a, b)| all | (a ^ b));
        (place.bytes == key.bytes && differ == 0).then_some(place.group)
    }

    /// Remembers a group, in place of another.
    pub fn put(&mut self, key: &Key, group: u32) {
        self.0[key.place] = Place { words: key.words, bytes: key.bytes, group };
    }
}
