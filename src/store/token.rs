//! Personal links: hard to guess, and not to be found in a dump of the store.
//!
//! A token is HMAC-SHA-256 (RFC 2104) of the invitation's random nonce under the
//! store's secret, cut to 128 bits, in Crockford's base 32. The table keeps only
//! the SHA-256 of the token: who reads the table without the secret can't make links.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Gives the random bytes of invitations and pseudonyms.
///
/// A real run asks the operating system; only a rehearsal seeds them.
pub trait Nonces: Send + Sync {
    /// Returns 16 fresh bytes, or why there are none.
    fn nonce(&self) -> Result<[u8; 16], String>;
}

/// Nonces of the operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNonces;

impl Nonces for SystemNonces {
    fn nonce(&self) -> Result<[u8; 16], String> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|e| format!("the system gave no random bytes: {e}"))?;
        Ok(bytes)
    }
}

/// Nonces of a rehearsal: the same seed gives the same ones, in order.
#[derive(Debug)]
pub struct SeededNonces {
    seed: u64,
    next: std::sync::atomic::AtomicU64,
}

impl SeededNonces {
    /// Starts a sequence.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, next: std::sync::atomic::AtomicU64::new(0) }
    }
}

impl Nonces for SeededNonces {
    fn nonce(&self) -> Result<[u8; 16], String> {
        let n = self.next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let digest = Sha256::digest(format!("rehearsal:{}:{n}", self.seed));
        Ok(cut(&digest))
    }
}

/// Returns HMAC-SHA-256 of the parts, each followed by a zero byte.
#[must_use]
pub fn keyed(secret: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes a key of any length, so this can't fail; an empty tag would only break links.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return [0; 32] };
    for part in parts {
        mac.update(part);
        mac.update(&[0]);
    }
    mac.finalize().into_bytes().into()
}

/// Returns the token of a personal link: 26 characters, 128 bits.
#[must_use]
pub fn token(secret: &[u8], nonce: &[u8; 16]) -> String {
    base32(&cut(&keyed(secret, &[b"token", nonce])))
}

/// Returns what the table keeps of a token; letter case and Crockford's look-alikes don't matter.
#[must_use]
pub fn token_hash(token: &str) -> [u8; 32] {
    let plain: String = token
        .trim()
        .chars()
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        })
        .collect();
    Sha256::digest(plain.as_bytes()).into()
}

/// Returns 16 bytes as 26 characters of Crockford's base 32 in lower case.
#[must_use]
pub fn base32(bytes: &[u8; 16]) -> String {
    let mut rest = u128::from_be_bytes(*bytes);
    let mut out = [b'0'; 26];
    for slot in out.iter_mut().rev() {
        let low = usize::try_from(rest & 31).unwrap_or(0);
        *slot = ALPHABET.get(low).copied().unwrap_or(b'0');
        rest >>= 5;
    }
    out.iter().map(|&b| char::from(b)).collect()
}

fn cut(digest: &[u8]) -> [u8; 16] {
    let mut out = [0; 16];
    out.iter_mut().zip(digest).for_each(|(o, d)| *o = *d);
    out
}
