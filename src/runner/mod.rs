//! Carries a campaign out: launch, arrivals, batches, and one turn after the other.
//!
//! Goes in: a checked spec, its plan, the lists, the store, what a profile gives to
//! send with. Comes out: a launched campaign and turns that bring it forward. A run
//! and a rehearsal differ in nothing but the clock and what stands behind the
//! senders. Nothing here decides who is drawn or how a message is sent.

mod batches;
mod error;
mod intake;
mod launch;
pub mod outfit;
mod replan;
mod take_over;
mod turns;

pub use self::error::RunError;
pub use self::launch::{empty_summary, history, invitation, launch, launched_model};
pub use self::take_over::{Standing, Wanted, judge, take_over};
pub use self::turns::{Parts, Runner};
