//! The logic of forms, without network and store.
//!
//! Goes in: a checked campaign, the answers so far, and who answers
//! ([`Respondent`]). Comes out: which questions are asked ([`asked()`]), in which
//! pages ([`pages()`]), what a page shows ([`FormData`]), and which answers a
//! posted page holds ([`parse()`]). Everything here is a pure function.

pub mod asked;
pub mod data;
pub mod pages;
pub mod parse;
pub mod pipe;
pub mod posted;
pub mod shuffle;
pub mod strings;
pub mod view;

pub use self::asked::{Respondent, asked};
pub use self::data::FormData;
pub use self::pages::{Page, next_page, pages, previous_page};
pub use self::parse::{Parsed, Problem, parse};
pub use self::posted::Posted;
pub use self::strings::Strings;
