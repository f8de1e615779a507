//! Finds texts among a few that are known, without hashing more than has to be.

use std::sync::Arc;

use crate::frame::list::Cell;

/// Words that are gone through one by one.
const FEW: usize = 6;

/// What of a text is compared first: how long it is, and its last eight bytes.
type Print = (u64, usize);

/// Known texts, in ascending order.
#[derive(Debug)]
pub struct Words {
    all: Vec<Arc<str>>,
    prints: Vec<Print>,
    /// Few words, which their prints tell whole.
    few: bool,
    /// Open addressing: one more than the place of the word, 0 where there is none.
    slots: Vec<u16>,
}

#[inline]
fn print(text: Cell) -> Print {
    (text.word(), text.len())
}

impl Words {
    /// Takes texts that are sorted and different.
    pub fn new(all: Vec<Arc<str>>) -> Self {
        let size = (all.len() * 4).next_power_of_two().max(8);
        let prints: Vec<Print> = all.iter().map(|word| print(Cell::of(word))).collect();
        let few = all.len() <= FEW && prints.iter().all(|print| print.1 <= 8);
        let mut words = Self { all, prints, few, slots: vec![0; size] };
        for place in 0..words.all.len() {
            let mut slot = words.slot(Cell::of(&words.all[place]));
            while words.slots[slot] != 0 {
                slot = (slot + 1) % size;
            }
            words.slots[slot] = u16::try_from(place + 1).unwrap_or(0);
        }
        words
    }

    /// Returns all texts.
    pub fn all(&self) -> &[Arc<str>] {
        &self.all
    }

    /// Returns the place of a word.
    #[inline]
    pub fn find(&self, text: Cell) -> Option<usize> {
        let print = print(text);
        if self.few {
            // Without a way out in between: nobody can foresee which it is.
            let mut found = usize::MAX;
            for (place, one) in self.prints.iter().enumerate() {
                found = if *one == print { place } else { found };
            }
            return Some(found).filter(|found| *found < usize::MAX);
        }
        let mut slot = self.slot(text);
        loop {
            let place = usize::from(self.slots[slot]).checked_sub(1)?;
            if self.prints[place] == print && (print.1 <= 8 || *self.all[place] == *text.text()) {
                return Some(place);
            }
            slot = (slot + 1) % self.slots.len();
        }
    }

    /// Returns the class of a text: at a word, or between two.
    #[inline]
    pub fn class(&self, text: Cell) -> u16 {
        match self.find(text) {
            Some(place) => u16::try_from(2 + 2 * place).unwrap_or(u16::MAX),
            None => self.between(text.text()),
        }
    }

    fn between(&self, text: &str) -> u16 {
        let below = self.all.partition_point(|word| **word < *text);
        u16::try_from(1 + 2 * below).unwrap_or(u16::MAX)
    }

    /// Hashes the first and the last bytes and the length (multiplication after Fibonacci; Knuth 1973, 6.4).
    #[inline]
    fn slot(&self, text: Cell) -> usize {
        let (last, length) = print(text);
        let first = text.first_word().unwrap_or(0).rotate_left(17);
        let hash = (last ^ first ^ length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        usize::try_from((hash ^ hash >> 29).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32).unwrap_or(0)
            & (self.slots.len() - 1)
    }
}
