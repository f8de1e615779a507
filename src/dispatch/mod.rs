//! Sends what is due: mail over SMTP, short messages over HTTP, calls as a list.
//!
//! Goes in: a [`crate::plan::Plan`], the store, a clock, what a profile gives to send
//! with. Comes out: messages that left, and results in the ledger. It never looks
//! back at the model, never decides who is asked, and never sends again what may
//! have arrived. RFC 5321 (SMTP), 5322 (mail), 8058 (one-click refusal).

mod calls;
mod flight;
pub mod gateway;
mod lane;
pub mod message;
mod pace;
mod progress;
pub mod release;
pub mod reply;
mod senders;
pub mod smtp;
mod summary;
mod turn;
mod verdict;

pub use self::calls::list_path;
pub use self::gateway::Gateway;
pub use self::pace::{Pace, Stop};
pub use self::progress::{Progress, Silent};
pub use self::release::{Releasing, message_for, release_of};
pub use self::senders::Senders;
pub use self::smtp::{Protection, Relay};
pub use self::summary::{DispatchError, TurnSummary};
pub use self::turn::{Turn, dispatch_due, is_failure};
