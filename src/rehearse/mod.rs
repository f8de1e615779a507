//! Rehearsal: the whole campaign on a clock that jumps, with simulated respondents.
//!
//! Goes in: a checked spec, its folder, a seed. Comes out: the very report that
//! `report` would write, and every message as a file. In between stand the real
//! plan, the real dispatch over SMTP to a built-in [`mailbox`], and the real forms
//! over HTTP; simulated people ([`respondent`]) know only the `.eml` files and
//! what the served pages say.
//!
//! It may not take a short cut between spec and report: whoever breaks the link
//! in a message template gets a report without answers.

pub mod agenda;
pub mod behaviour;
pub mod chance;
pub mod client;
pub mod crowd;
pub mod engine;
pub mod failure;
pub mod fill;
pub mod letter;
mod list;
pub mod mailbox;
pub mod outcome;
pub mod page;
pub mod phrases;
pub mod population;
pub mod progress;
pub mod respondent;
pub mod sms;
pub mod smtp;
pub mod traits;
