//! Tests of `rehearse`.

mod campaign;
mod mailbox;
mod pages;
mod people;
mod world;
