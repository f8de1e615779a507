//! Tests of the exports: what another program reads, and what it computes from it.

mod campaigns;
mod run;
mod shapes;
