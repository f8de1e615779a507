//! Comparisons: groups with the rest, waves with one another, and what a measure brought.
//!
//! Goes in: prepared [`Wave`](crate::score::wave::Wave)s, and what can't be compared. Comes out: differences with their
//! errors, tests adjusted for their number, sizes in words, and for every test that was not made, why. A
//! hidden estimate is never tested, and no test rests on people who are not part of a published figure. May
//! not read files or know a person's key: who answered twice comes in as numbers.

pub mod contrast;
pub mod events;
pub mod measures;
pub mod people;
pub mod segments;
pub mod size;
pub mod tables;
pub mod types;
pub mod waves;
pub mod weights;

pub use self::people::Pair;
pub use self::types::{
    Contrast, Family, ItemTable, Magnitude, Outcome, People, Reason, SegmentComparison, WaveChange,
};
