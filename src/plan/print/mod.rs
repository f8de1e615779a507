//! A plan for people: text for the terminal, Markdown for a pull request.

pub mod calendar;
mod cost;
pub mod markdown;
mod precision;
mod short;
mod steps;
pub(crate) mod strata;
pub mod table;
pub mod text;
pub mod timeline;
pub(crate) mod view;
