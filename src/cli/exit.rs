//! Exit codes, a contract with the scripts of users.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All good.
    Good = 0,
    /// Wrong command line.
    Usage = 1,
    /// The spec has errors, a test failed, or a reviewed plan no longer fits.
    Spec = 2,
    /// Could not run: file, store, network.
    CouldNot = 3,
    /// Ran, but not all succeeded.
    Partly = 4,
    /// A bug in Canvass.
    Bug = 70,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
