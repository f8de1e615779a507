//! A plan for people: text for the terminal, Markdown for a pull request.

pub mod calendar;
pub mod markdown;
pub(crate) mod rows;
mod short;
pub mod table;
pub mod text;
pub mod timeline;
