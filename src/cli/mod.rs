//! The command line: reads arguments, calls the rooms, prints, and leaves with an exit code.
//!
//! One file a command. Data goes to standard output, talk and progress to
//! standard error. Exit codes are a contract: see [`Exit`].
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this room talks to people")]

mod context;
pub mod exit;
pub mod new;

pub use self::context::Context;
pub use self::exit::Exit;
