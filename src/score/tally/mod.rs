//! One pass over answers into statistics that merge, and estimates from them.
//!
//! Goes in: answers one after the other, or counts of answers that a database made. Comes out: the same
//! [`Scores`](crate::score::Scores) as from people kept one by one. People who belong to the same group of the design
//! and are alike in the few values that an item or a score looks at are counted together; memory grows with the number
//! of groups and of different answers, not with the number of people.

pub mod counting;
pub mod counts;
pub mod estimate;
pub mod exact;
pub mod gathered;
pub mod launched;
pub mod layout;
pub mod moments;
pub mod scorer;
pub mod tables;
pub mod word;

pub use self::estimate::{Row, Table, Tallied, scores_and, scores_of, views_and};
pub use self::gathered::Tally;
