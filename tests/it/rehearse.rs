//! Tests of `rehearse`.

mod campaign;
mod mailbox;
mod pages;
mod people;
mod recomputed;
mod world;
