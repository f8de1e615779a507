//! Why a campaign can't be carried out.

use std::fmt;

use crate::dispatch::DispatchError;
use crate::frame::FrameError;
use crate::store::StoreError;

/// What went wrong.
#[derive(Debug)]
pub enum RunError {
    /// The store.
    Store(StoreError),
    /// The lists.
    Frame(FrameError),
    /// Sending.
    Dispatch(DispatchError),
    /// Anything else, in words.
    Words(String),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(e) => e.fmt(f),
            Self::Frame(e) => e.fmt(f),
            Self::Dispatch(e) => e.fmt(f),
            Self::Words(e) => f.write_str(e),
        }
    }
}

impl std::error::Error for RunError {}

impl From<StoreError> for RunError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<FrameError> for RunError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

impl From<DispatchError> for RunError {
    fn from(error: DispatchError) -> Self {
        Self::Dispatch(error)
    }
}
