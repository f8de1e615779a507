//! Tests of the exports: what another program reads, and what it computes from it.

mod campaigns;
mod clusters;
mod forms;
#[cfg(feature = "parquet")]
mod parquet;
pub mod run;
mod shapes;
