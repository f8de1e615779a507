//! Tests of `score`: against another program's numbers, against sampling itself, and as a whole.

mod build;
mod cases;
mod compare;
mod coverage;
mod differences;
mod hiding;
mod reference;
mod whole;

pub use self::build::{Builder, answers};
