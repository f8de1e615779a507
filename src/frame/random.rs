//! The permanent random number of a person (Ohlsson 1995), so defined that anyone can recompute it.
//!
//! The first 13 hexadecimal digits of SHA-256 over UTF-8 `seed:key`, divided by
//! 2^52; ties by key. The key is the text as stored, untrimmed, the seed is
//! written in decimal. An event's number hashes `seed:key:event`, a cluster's `seed:VALUE`.

use std::borrow::Cow;

use sha2::block_api::compress256;
use sha2::{Digest, Sha256};

/// What a key hashes to: the random number as an integer below 2^52, and enough of the hash to tell keys apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashed {
    /// Random number times 2^52.
    pub number: u64,
    /// First 128 bits of the hash.
    pub identity: u128,
}

/// Hashes the key of a person.
#[must_use]
pub fn of_person(seed: u64, key: &str) -> Hashed {
    Seeded::new(seed).person(key)
}

/// Returns what the number of a person's cluster hashes behind the seed: the value, without one the key behind a blank,
/// with which no trimmed value begins, so that the person is a cluster alone.
#[must_use]
pub fn cluster_text<'a>(value: Option<&'a str>, key: &str) -> Cow<'a, str> {
    value.map_or_else(|| Cow::Owned(format!(" {key}")), Cow::Borrowed)
}

/// A seed, ready to hash one key after the other.
#[derive(Debug, Clone, Copy)]
pub struct Seeded {
    seed: u64,
    /// `seed:`, with room for a key.
    block: [u8; BLOCK],
    /// Bytes of `seed:`.
    used: usize,
}

/// Bytes of a block of SHA-256; the last eight hold the length of the text in bits (FIPS 180-4, 5.1.1).
const BLOCK: usize = 64;

/// Keys that are padded together.
const TOGETHER: usize = 32;

/// The state before the first block (FIPS 180-4, 5.3.3).
const START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

impl Seeded {
    /// Writes the seed down.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let text = format!("{seed}:");
        let mut block = [0; BLOCK];
        // At most twenty digits.
        block[..text.len()].copy_from_slice(text.as_bytes());
        Self { seed, block, used: text.len() }
    }

    /// Hashes the key of a person.
    #[must_use]
    pub fn person(&self, key: &str) -> Hashed {
        if !self.fits(key) {
            return self.long(key);
        }
        let mut block = self.block;
        self.pad(&mut block, key);
        compressed(&block)
    }

    /// Hashes keys, one after the other.
    ///
    /// Short keys are padded here and compressed once: what a hasher does besides takes as long again. Many are
    /// padded before the first is compressed, because nothing in between lets processors work on two at once.
    pub fn people(&self, keys: &[Option<&str>], mut each: impl FnMut(Option<Hashed>)) {
        let mut blocks = [self.block; TOGETHER];
        for keys in keys.chunks(TOGETHER) {
            for (block, key) in blocks.iter_mut().zip(keys) {
                self.pad(block, key.unwrap_or(""));
            }
            for (block, key) in blocks.iter().zip(keys) {
                each(key.map(|key| if self.fits(key) { compressed(block) } else { self.long(key) }));
            }
        }
    }

    /// Tells whether a key and its length find room in one block.
    fn fits(&self, key: &str) -> bool {
        self.used + key.len() < BLOCK - 8
    }

    /// Puts the seed and a key that fits into a block.
    #[inline]
    fn pad(&self, block: &mut [u8; BLOCK], key: &str) {
        let end = self.used + key.len();
        if self.fits(key) {
            *block = self.block;
            let bytes = key.as_bytes();
            match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
                // Two words that overlap: no call for a few bytes.
                (Some(first), Some(last)) if bytes.len() <= 16 => {
                    block[self.used..self.used + 8].copy_from_slice(first);
                    block[end - 8..end].copy_from_slice(last);
                }
                _ => block[self.used..end].copy_from_slice(bytes),
            }
            block[end] = 0x80;
            block[BLOCK - 8..].copy_from_slice(&(end as u64 * 8).to_be_bytes());
        }
    }

    fn long(&self, key: &str) -> Hashed {
        hash(&[self.seed.to_string().as_bytes(), key.as_bytes()])
    }
}

/// Hashes one padded block.
#[inline]
fn compressed(block: &[u8; BLOCK]) -> Hashed {
    let mut state = START;
    compress256(&mut state, std::slice::from_ref(block));
    of_identity(state.iter().take(4).fold(0, |all, word| all << 32 | u128::from(*word)))
}

/// Hashes the key of an event of a person.
#[must_use]
pub fn of_event(seed: u64, person: &str, event: &str) -> Hashed {
    hash(&[seed.to_string().as_bytes(), person.as_bytes(), event.as_bytes()])
}

/// Returns the random number as a fraction, exactly.
#[must_use]
pub fn fraction(number: u64) -> f64 {
    number as f64 / (1u64 << 52) as f64
}

/// Returns the random number times 2^52 that a fraction stands for.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..1, times 2^52")]
pub fn number(fraction: f64) -> u64 {
    (fraction.clamp(0.0, 1.0) * (1u64 << 52) as f64) as u64
}

/// Hashes a text into hexadecimal digits.
#[must_use]
pub fn text_digest(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

fn hash(parts: &[&[u8]]) -> Hashed {
    let mut hasher = Sha256::new();
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            hasher.update(b":");
        }
        hasher.update(part);
    }
    let mut first = [0; 16];
    first.copy_from_slice(&hasher.finalize()[..16]);
    of_identity(u128::from_be_bytes(first))
}

/// Returns the random number times 2^52 that a hash begins with.
#[must_use]
pub fn number_of(identity: u128) -> u64 {
    of_identity(identity).number
}

fn of_identity(identity: u128) -> Hashed {
    // 13 hexadecimal digits are 52 bits; the shift leaves no more, so the cast loses nothing.
    let number = (identity >> 76) as u64;
    Hashed { number, identity }
}

/// Writes bytes as hexadecimal digits.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(64), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}
