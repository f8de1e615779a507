//! Tests of `report`.

mod files;
mod one_pass;
mod recomputed;
pub mod simulate;
