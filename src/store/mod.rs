//! The ledger: what was planned, sent and answered, so that nothing is lost or done twice.
//!
//! Goes in: events of dispatch and collect. Comes out: state. `SQLite` today; one
//! suite of contract tests (`tests/it/store.rs`) says what any other engine must do.
//! Nothing here renders, sends or decides when: it keeps the promises that
//! survive a crash (one message per invitation and step; an intent before
//! anything leaves; what may have been sent is never queued again by itself).

mod earlier;
pub mod error;
mod fits;
mod launch;
pub mod ledger;
pub mod named;
mod open;
mod pooling;
mod quota;
mod read;
mod release;
mod replan;
mod responses;
mod row;
mod stream;
mod suppression;
pub mod token;
pub mod types;
mod versions;
mod whole;

pub use self::error::StoreError;
pub use self::fits::fits;
pub use self::launch::Arrival;
pub use self::open::{Durability, Store};
pub use self::quota::Claim;
pub use self::read::{CellCount, DrawnUnit, Linked, MessageCount};
pub use self::release::{NewMessage, Release};
pub use self::replan::Replanned;
pub use self::responses::Page;
pub use self::types::{
    AddressKind, Answer, Arrivals, ContactHistory, Invitation, Launched, MessageLine, MessageState,
    NewResponse, Response, ResponseState, SampleUnit, Saved, address_key,
};
pub use self::versions::{ResponseVersions, Takeover, Version, VersionCount};
