//! Why a rehearsal could not be done.

use std::fmt;

/// Kinds of failure; each has its exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The spec asks for what can't be: nothing to send, or a list that does not fit.
    Spec(String),
    /// A file, the store or the network.
    CouldNot(String),
}

impl Failure {
    /// Makes a failure out of something that could not be done, and why.
    pub fn could_not(what: &str, why: impl fmt::Display) -> Self {
        Self::CouldNot(format!("{what}: {why}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(words) | Self::CouldNot(words) => f.write_str(words),
        }
    }
}

impl std::error::Error for Failure {}
