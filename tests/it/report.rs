//! Tests of `report`.

mod files;
mod recomputed;
mod simulate;
