//! Mail over SMTP: relays, connections, and what their answers mean.

pub mod connection;
pub mod relay;
mod stream;

pub use self::connection::{Attempt, Connection};
pub use self::relay::{Protection, Relay, Timeouts};
