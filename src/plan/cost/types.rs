//! The cost of a campaign as it stands in the plan.

use serde::{Deserialize, Serialize};

use crate::plan::say::{Words, say};
use crate::plan::words::money;

/// What providers charge; it stands in the settings, not in the spec.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prices {
    /// Currency of all prices; `None` when none is known.
    pub currency: Option<String>,
    /// Of a segment of a short message.
    pub sms: Option<f64>,
    /// Of an e-mail.
    pub email: Option<f64>,
    /// Of a call.
    pub call: Option<f64>,
    /// What a campaign may cost at most.
    pub limit: Option<f64>,
    /// What links begin with, where it is a public address.
    pub base: Option<String>,
}

/// What a campaign's messages cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Currency; absent where prices are not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// By step and channel.
    pub lines: Vec<CostLine>,
    /// All together; absent where prices are not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Between<f64>>,
    /// What the campaign may cost at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
}

/// The messages of one step through one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CostLine {
    /// Step.
    pub step: String,
    /// Channel.
    pub channel: String,
    /// For those whom the channels before it don't reach: who lacks their address, and where a message does not arrive.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fallback: bool,
    /// Messages.
    pub messages: Between<u64>,
    /// Segments of a short message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<Between<u64>>,
    /// What is charged: segments of short messages, else messages.
    pub charged: Between<u64>,
    /// What that costs, where the price is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<Between<f64>>,
}

/// From the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Between<T> {
    /// At least.
    pub least: T,
    /// Expected; absent where nobody knows.
    pub expected: Option<T>,
    /// At most; absent where there is no end.
    pub most: Option<T>,
}

impl<T: Copy> Between<T> {
    /// Makes a number that is certain.
    pub fn exactly(value: T) -> Self {
        Self { least: value, expected: Some(value), most: Some(value) }
    }

    /// Changes all three.
    pub fn map<U>(self, f: impl Fn(T) -> U) -> Between<U> {
        Between { least: f(self.least), expected: self.expected.map(&f), most: self.most.map(&f) }
    }
}

impl Between<u64> {
    /// Multiplies, each with its own.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        let both = |a: Option<u64>, b: Option<u64>| a.zip(b).map(|(a, b)| a.saturating_mul(b));
        Self {
            least: self.least.saturating_mul(other.least),
            expected: both(self.expected, other.expected),
            most: both(self.most, other.most),
        }
    }
}

impl Cost {
    /// Says that more is expected to be spent than may be; such a plan is not launched.
    #[must_use]
    pub fn above_limit(&self, words: &Words) -> Option<String> {
        let (limit, total, currency) = (self.limit?, self.total?, self.currency.as_ref()?);
        let expected = total.expected.unwrap_or(total.least);
        let amount = |x: f64| money(currency, x);
        (expected > limit)
            .then(|| say!(words, "above_limit", expected = amount(expected), limit = amount(limit)))
    }

    /// Says that the campaign may cost more than it may, though that is not expected.
    #[must_use]
    pub fn perhaps_above_limit(&self, words: &Words) -> Option<String> {
        let (limit, total, currency) = (self.limit?, self.total?, self.currency.as_ref()?);
        let expected = total.expected.unwrap_or(total.least);
        let most = total.most.filter(|most| *most > limit && expected <= limit)?;
        let amount = |x: f64| money(currency, x);
        Some(say!(
            words,
            "perhaps_above_limit",
            most = amount(most),
            limit = amount(limit),
            expected = amount(expected),
        ))
    }
}
