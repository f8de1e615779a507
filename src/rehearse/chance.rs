//! Chance that can be repeated: numbers out of a seed, a person and a purpose.
//!
//! Goes in: seed, person, the name of what is being decided. Comes out: a number
//! that depends on nothing else, so that it doesn't matter in which order
//! decisions are taken, and a question added to a spec leaves all other answers
//! as they were. SHA-256 stands in for a random function (Bellare and Rogaway
//! 1993); it has nothing to do with the draw's numbers or the links' tokens.

use sha2::{Digest, Sha256};

/// Chance of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chance {
    root: [u8; 32],
}

impl Chance {
    /// Makes the chance of a person under a seed.
    #[must_use]
    pub fn new(seed: u64, person: &str) -> Self {
        let root = Sha256::new()
            .chain_update(b"canvass rehearsal\0")
            .chain_update(seed.to_be_bytes())
            .chain_update(person.as_bytes())
            .finalize();
        Self { root: root.into() }
    }

    fn word(&self, purpose: &str) -> u64 {
        let digest = Sha256::new().chain_update(self.root).chain_update(purpose.as_bytes()).finalize();
        digest.iter().take(8).fold(0, |word, &byte| word << 8 | u64::from(byte))
    }

    /// Returns a number in [0, 1), evenly spread.
    #[must_use]
    pub fn uniform(&self, purpose: &str) -> f64 {
        // 53 bits are what a double holds exactly.
        (self.word(purpose) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Decides something that has this probability.
    #[must_use]
    pub fn happens(&self, purpose: &str, probability: f64) -> bool {
        self.uniform(purpose) < probability
    }

    /// Picks one of `count` positions, evenly; 0 when there is none.
    #[must_use]
    pub fn pick(&self, purpose: &str, count: usize) -> usize {
        let count = count.max(1) as u64;
        usize::try_from(self.word(purpose) % count).unwrap_or(0)
    }

    /// Returns a number around 0 with standard deviation 1, close to a normal one.
    ///
    /// The sum of twelve uniforms (Irwin–Hall): additions alone, so that every platform gives the same bits.
    #[must_use]
    pub fn normal(&self, purpose: &str) -> f64 {
        let digest = Sha256::new().chain_update(self.root).chain_update(purpose.as_bytes()).finalize();
        let pairs = digest.chunks_exact(2).take(12).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        pairs.map(|pair| (f64::from(pair) + 0.5) / 65536.0).sum::<f64>() - 6.0
    }

    /// Returns a skewed positive number with this median: `median · factor^normal`, limited to ±2.5 deviations.
    #[must_use]
    pub fn skewed(&self, purpose: &str, median: f64, factor: f64) -> f64 {
        median * power(factor, self.normal(purpose).clamp(-2.5, 2.5))
    }
}

/// Raises a positive base to a power, in 1/64 steps of multiplications and square roots.
///
/// `powf` differs between platforms in the last bit; `*`, `/` and `sqrt` are exact by IEEE 754.
fn power(base: f64, exponent: f64) -> f64 {
    let root = (0..6).fold(base, |x, _| x.sqrt());
    let (mut result, mut rest) = (1.0, (exponent.abs() * 64.0).round());
    while rest >= 1.0 {
        result *= root;
        rest -= 1.0;
    }
    if exponent < 0.0 { 1.0 / result } else { result }
}
