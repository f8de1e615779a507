//! Tests of `rehearse`.

mod mailbox;
mod pages;
mod people;
