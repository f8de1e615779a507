//! Room `syntax`.

pub mod ast;
