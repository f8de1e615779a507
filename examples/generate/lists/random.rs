//! Random numbers with a fixed seed: splitmix64 (Steele, Lea and Flood 2014).
//!
//! The bell curve is a sum of twelve uniform numbers and `exp` a short series,
//! because the functions of the platform's mathematics library may differ in the last bit.

/// A stream of random numbers.
pub struct Random(u64);

impl Random {
    /// Starts a stream.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Returns a number in 0..1, one excluded.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns a whole number in 0..n, n excluded.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.bits() % (n.max(1) as u64)).unwrap_or(0)
    }

    /// Returns a whole number between two bounds, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.bits() % width).unwrap_or(0)
    }

    /// Tells whether an event of this probability happens.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Returns a nearly normal number with mean 0 and standard deviation 1.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// Takes one of a list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// Takes one of a list by weights that need not add up to anything.
    pub fn weighted<T: Copy>(&mut self, list: &[(T, u32)]) -> T {
        let total = list.iter().map(|&(_, weight)| weight as usize).sum();
        let mut rest = self.below(total);
        for &(value, weight) in list {
            if rest < weight as usize {
                return value;
            }
            rest -= weight as usize;
        }
        list[0].0
    }
}

/// Returns e to the power x, from additions and multiplications alone.
pub fn exp(x: f64) -> f64 {
    let small = x / 64.0;
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1..=12 {
        term *= small / f64::from(n);
        sum += term;
    }
    for _ in 0..6 {
        sum *= sum;
    }
    sum
}

/// Returns a non-negative number rounded to a whole one.
#[expect(clippy::cast_possible_truncation, reason = "the values stay far below 2^53")]
pub fn whole(x: f64) -> i64 {
    (x.max(0.0) + 0.5) as i64
}
