//! All tests of the crate, in one binary, so that there is one link step.

mod cli;
mod collect;
mod diagnostic;
mod dispatch;
mod expr;
mod house;
mod model;
mod new;
mod plan;
mod rehearse;
mod report;
mod score;
mod specs;
mod store;
mod syntax;
