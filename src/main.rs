//! The `canvass` program: hands its arguments to the library and leaves with its exit code.

use std::process::ExitCode;

use canvass::cli::{Exit, main as run};

/// A bug is said as such, with its own exit code, instead of a bare panic.
#[expect(clippy::print_stderr, reason = "the last words of a program that failed")]
fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        eprintln!("canvass: this is a bug in Canvass, not in your spec: {info}");
    }));
    std::panic::catch_unwind(|| run(std::env::args_os())).unwrap_or(Exit::Bug).into()
}
