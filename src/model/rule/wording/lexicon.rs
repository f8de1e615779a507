//! Closed lists of words: what questionnaires ask to be judged, and the words that judge it.
//!
//! One line a field (service, product, work, health, government). A list is a
//! text of words between blanks, so that it reads and sorts easily.

pub mod chinese;
pub mod english;

/// Tells whether a list holds a word.
#[must_use]
pub fn has(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|w| w == word)
}
