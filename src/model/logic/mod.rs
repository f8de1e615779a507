//! Decides what conditions can and can't do, and says by which answers.
//!
//! Goes in: a [`crate::model::Checked`] campaign. Comes out: for every question and every
//! branch whether it can be reached, with the fewest answers that lead there or
//! the conditions that clash, and how long the shortest and the longest path
//! are. Nothing is sampled: conditions become decision diagrams over the finitely
//! many cells that a spec's constants cut its variables into. What can't be
//! looked into (arithmetic over free numbers, `within` as of the day of an
//! answer) may turn out either way: it never proves anything, so it never
//! accuses anybody. The logic may not read files, and knows the syntax only to
//! point at places.

mod clash;
mod diagram;
mod domain;
mod encode;
mod finding;
mod flow;
pub mod paths;
mod people;
mod shortest;
mod site;
mod space;
pub mod time;
pub mod walk;
mod witness;

pub use self::clash::{Part, Subject, clash};
pub(crate) use self::finding::check;
pub use self::flow::Logic;
pub use self::shortest::{Given, plain};
pub(crate) use self::site::Sites;
pub use self::witness::{Target, Verdict, Witness, asked_together, verdicts, witnesses};
