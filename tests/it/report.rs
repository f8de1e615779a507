//! Tests of `report`.

mod files;
mod simulate;
