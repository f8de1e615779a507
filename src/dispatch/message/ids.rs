//! Names of messages that stay the same over all attempts.
//!
//! Servers that drop duplicates, mail programs and our own reconciliation see
//! one identity however often a message is tried (RFC 5322 §3.6.4).

use crate::store::token::{base32, keyed};

/// Returns the id of a message: of campaign, person, occasion, step and channel, under the store's secret.
#[must_use]
pub fn message_key(
    secret: &[u8],
    campaign: &str,
    key: &str,
    occasion: &str,
    step: &str,
    channel: &str,
) -> String {
    let parts = ["message", campaign, key, occasion, step, channel].map(str::as_bytes);
    let digest = keyed(secret, &parts);
    let mut short = [0; 16];
    short.iter_mut().zip(digest).for_each(|(s, d)| *s = d);
    base32(&short)
}

/// Returns the `Message-ID` header, under the sender's domain.
#[must_use]
pub fn message_id(key: &str, from_address: &str) -> String {
    format!("<{key}@{}>", domain_of(from_address))
}

/// Returns the domain of an address; `localhost` when it has none.
#[must_use]
pub fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
}
