//! Answers that were counted in one pass instead of kept.
//!
//! Goes in: how many people of every design group gave which answers, one table a measure. Comes out: the same
//! [`Scores`](crate::score::Scores) as from the answers one by one. May not hold more than there are distinct answers.

pub mod estimate;

pub use self::estimate::{Row, Table, Tallied, scores_of};
