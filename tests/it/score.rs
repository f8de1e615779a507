//! Tests of `score`: against another program's numbers, against sampling itself, and as a whole.

mod build;
mod cases;
mod clusters;
mod compare;
mod counted;
mod coverage;
mod degenerate;
mod differences;
mod findings;
mod hiding;
mod live;
mod measured;
mod method;
pub mod one_pass;
mod program;
mod quantiles;
mod reference;
mod risk;
mod whole;

pub use self::build::{Builder, answers};
