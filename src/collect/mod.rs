//! Forms: what a respondent sees, and what becomes of what they send.
//!
//! [`form`] is pure: a checked campaign and the answers so far go in, pages,
//! parsed answers and errors come out. [`page`] turns documented structs into
//! HTML. [`server`] is the only part that listens and stores. No part of a page
//! needs a script, and reading a page never changes anything, because mail
//! scanners follow every link that they find.

pub mod form;
pub mod page;
pub mod server;
mod used;

pub use self::used::used_fields;
