//! Tests of `score`: against another program's numbers, against sampling itself, and as a whole.

mod build;
mod cases;
mod coverage;
mod findings;
mod hiding;
mod program;
mod reference;
mod risk;
mod whole;

pub use self::build::{Builder, answers};
