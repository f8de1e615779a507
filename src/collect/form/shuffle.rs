//! A random order per respondent that is the same whenever the page is shown.
//!
//! Each entry is keyed by SHA-256 of the response's random name, the question
//! and the entry, so that no order is stored and entries move independently.

use sha2::{Digest, Sha256};

/// Returns the indices `0..names.len()` in the respondent's order; entries for which `last` holds keep the end.
#[must_use]
pub fn order(pseudonym: &str, question: &str, names: &[&str], last: impl Fn(usize) -> bool) -> Vec<usize> {
    let key = |i: usize| -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [pseudonym, question, names[i]] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.finalize().into()
    };
    let (end, mut free): (Vec<usize>, Vec<usize>) = (0..names.len()).partition(|&i| last(i));
    free.sort_by_cached_key(|&i| key(i));
    free.extend(end);
    free
}
