//! Sums of floating-point numbers without rounding, so that their order does not matter.
//!
//! A double is a whole number of 53 bits times a power of two. It is added to one of the counters that stand 32 powers
//! apart, wide enough for 2⁴² of them; only the finished sum is rounded. Whoever adds the same numbers in other
//! groups, threads or machines gets the same sum to the last bit (a “small superaccumulator”: Neal 2015,
//! arXiv:1505.05571).

/// Powers of two between two counters.
const APART: u32 = 32;

/// An exact sum of any doubles: exponents from −1074 to 971, and room for what is carried.
pub type Exact = Sum<67, 1074>;

/// A sum of doubles with exponents from −`BELOW`; exact but for bits below 2⁻`BELOW`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum<const COUNTERS: usize, const BELOW: u32>(Box<[i128; COUNTERS]>);

impl<const COUNTERS: usize, const BELOW: u32> Default for Sum<COUNTERS, BELOW> {
    fn default() -> Self {
        Self(Box::new([0; COUNTERS]))
    }
}

impl<const COUNTERS: usize, const BELOW: u32> Sum<COUNTERS, BELOW> {
    /// Adds a finite number.
    #[inline]
    pub fn add(&mut self, x: f64) {
        self.add_times(x, 1);
    }

    /// Adds a finite number so many times.
    #[inline]
    pub fn add_times(&mut self, x: f64, times: u64) {
        debug_assert!(x.is_finite());
        let bits = x.to_bits();
        let exponent = (bits >> 52 & 0x7ff) as u32;
        let fraction = i128::from(bits & ((1 << 52) - 1));
        // Numbers below 2⁻¹⁰²² have no leading one, and the exponent of those next to them.
        let (whole, power) = if exponent == 0 { (fraction, 0) } else { (fraction | 1 << 52, exponent - 1) };
        let whole = if bits >> 63 == 1 { -whole } else { whole };
        // The whole number counts units of 2^(power − 1074); what is below the lowest counter is cut off.
        let Some(power) = (power + BELOW).checked_sub(1074) else {
            let lost = 1074 - BELOW - power;
            self.0[0] += if lost < 64 { whole >> lost } else { 0 } * i128::from(times);
            return;
        };
        let counter = ((power / APART) as usize).min(COUNTERS - 1);
        self.0[counter] += (whole << (power % APART)) * i128::from(times);
    }

    /// Adds another sum.
    pub fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0.iter()).for_each(|(a, b)| *a += b);
    }

    /// Returns the sum, rounded once.
    #[must_use]
    pub fn value(&self) -> f64 {
        // Every counter is brought into 0..2³²; what is above goes up, and past the highest at last.
        let mut digits = vec![0_i128; COUNTERS + 1];
        let mut carry = 0_i128;
        for (digit, counter) in digits.iter_mut().zip(self.0.iter()) {
            let all = counter + carry;
            carry = all >> APART;
            *digit = all - (carry << APART);
        }
        // A negative sum is the mirror of a positive one, so that no digits cancel.
        if carry < 0 {
            let mut mirror = Self::default();
            mirror.0.iter_mut().zip(self.0.iter()).for_each(|(m, c)| *m = -c);
            return -mirror.value();
        }
        digits[COUNTERS] = carry;
        let Some(top) = digits.iter().rposition(|d| *d != 0) else { return 0.0 };
        let low = top.saturating_sub(2);
        let mut head: i128 = 0;
        for place in (low..=top).rev() {
            head = (head << APART) + digits[place];
        }
        // One more bit stands for everything below, so that a half is rounded the right way.
        let sticky = digits[..low].iter().any(|d| *d != 0);
        let head = head << 1 | i128::from(sticky);
        let power = i32::try_from(low * APART as usize).unwrap_or(0) - BELOW.cast_signed() - 1;
        // In two steps, as the power alone may be too small for a double.
        head as f64 * 2_f64.powi(power / 2) * 2_f64.powi(power - power / 2)
    }
}
