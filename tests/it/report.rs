//! Tests of `report`.

mod files;
mod recomputed;
pub mod simulate;
