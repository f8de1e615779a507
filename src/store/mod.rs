//! The ledger: what was planned, sent and answered, so that nothing is lost or done twice.
//!
//! Goes in: events of dispatch and collect. Comes out: state. `SQLite` today; one
//! suite of contract tests (`tests/it/store.rs`) says what any other engine must do.

pub mod types;
