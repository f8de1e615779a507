//! All tests of the crate, in one binary, so that there is one link step.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::zombie_processes,
    clippy::manual_is_multiple_of,
    reason = "a test that can't go on stops; clippy's own exception covers `#[test]` functions only, not their helpers"
)]

mod again;
mod cli;
mod codes;
mod collect;
mod database;
mod diagnostic;
mod dispatch;
mod export;
mod expr;
mod house;
mod logic;
mod model;
mod new;
mod output;
mod pages;
mod plan;
mod rehearse;
mod report;
mod rules;
mod runner;
mod score;
mod specs;
mod store;
mod support;
mod syntax;
mod trial;
