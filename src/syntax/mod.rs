//! From the text of a file to its tree.
//!
//! Goes in: a [`SourceFile`](crate::source::SourceFile). Comes out:
//! [`Parsed`], always: a tree of everything that could be understood, and one
//! diagnostic for everything that could not. What the words mean is the model's
//! business; nothing here knows a setting or a question kind.

pub mod ast;
pub mod format;
mod moved;
mod parse;

pub use parse::{Known, MAX_FILE_BYTES, MAX_NESTING, MAX_OPERATORS, Parsed, parse, parse_again};
