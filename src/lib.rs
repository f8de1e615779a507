//! Canvass: survey campaigns as code.
//!
//! A campaign is one text file; this crate checks it, plans it, carries it out,
//! scores the answers and renders the report. The modules below stand in the
//! order in which data flows; `docs/architecture.md` draws them, and
//! `tests/it/house.rs` holds who may import whom.

pub mod clock;
pub mod output;
pub mod source;

pub mod diagnostic;
pub mod syntax;
pub mod trial;

pub mod expr;
pub mod model;
pub mod settings;

pub mod frame;
pub mod plan;

pub mod store;

pub mod collect;
pub mod dispatch;

pub mod exchange;
pub mod report;
pub mod score;

pub mod runner;

pub mod rehearse;

pub mod cli;
