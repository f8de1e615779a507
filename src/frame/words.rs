//! Finds texts among a few that are known, without hashing more than has to be.

use std::sync::Arc;

/// Words that are gone through one by one.
const FEW: usize = 6;

/// Known texts, in ascending order.
#[derive(Debug)]
pub struct Words {
    all: Vec<Arc<str>>,
    /// Open addressing: one more than the place of the word, 0 where there is none.
    slots: Vec<u16>,
}

impl Words {
    /// Takes texts that are sorted and different.
    pub fn new(all: Vec<Arc<str>>) -> Self {
        let size = (all.len() * 4).next_power_of_two().max(8);
        let mut words = Self { all, slots: vec![0; size] };
        for place in 0..words.all.len() {
            let mut slot = words.slot(&words.all[place]);
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
    pub fn find(&self, text: &str) -> Option<usize> {
        if self.all.len() <= FEW {
            return self.all.iter().position(|word| **word == *text);
        }
        let mut slot = self.slot(text);
        loop {
            let place = usize::from(self.slots[slot]).checked_sub(1)?;
            if *self.all[place] == *text {
                return Some(place);
            }
            slot = (slot + 1) % self.slots.len();
        }
    }

    /// Returns the class of a text: at a word, or between two.
    #[inline]
    pub fn class(&self, text: &str) -> u16 {
        match self.find(text) {
            Some(place) => u16::try_from(2 + 2 * place).unwrap_or(u16::MAX),
            None => self.between(text),
        }
    }

    fn between(&self, text: &str) -> u16 {
        let below = self.all.partition_point(|word| **word < *text);
        u16::try_from(1 + 2 * below).unwrap_or(u16::MAX)
    }

    /// FNV-1a (Fowler, Noll & Vo 1991) of the first bytes and the length.
    #[inline]
    fn slot(&self, text: &str) -> usize {
        let start = text.len() as u64 ^ 0xcbf2_9ce4_8422_2325;
        let hash = text
            .bytes()
            .take(16)
            .fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        usize::try_from(hash >> 20).unwrap_or(0) & (self.slots.len() - 1)
    }
}
