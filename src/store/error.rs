//! What can go wrong with the store, in words that say what to do.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why the store could not do it.
#[derive(Debug)]
pub enum StoreError {
    /// The address of the store is not understood.
    Address(String),
    /// Folder or file can't be written or read.
    Unwritable(PathBuf, String),
    /// The file is not a database, or a damaged one, or another program's.
    NotAStore(PathBuf, String),
    /// A newer Canvass made it: version found, version known.
    Newer(PathBuf, i64, i64),
    /// No space is left.
    Full(PathBuf),
    /// Another process holds it.
    Busy(PathBuf),
    /// The campaign was launched with another plan: name, hash in the store, hash asked for.
    OtherPlan(String, String, String),
    /// Another process took a change over since the campaign was read.
    ChangedMeanwhile(String),
    /// The secret is not the one that the links were made with.
    OtherSecret,
    /// Something that should be there is not.
    Missing(String),
    /// What is stored can't be read back.
    Corrupt(String),
    /// Anything else that the engine says.
    Engine(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(url) => {
                write!(f, "the store `{url}` is not understood; write `sqlite:PATH` in `canvass.yaml`")
            }
            Self::Unwritable(path, why) => write!(
                f,
                "the store `{}` can't be written ({why}); check that the folder exists and that you may write there",
                path.display()
            ),
            Self::NotAStore(path, why) => write!(
                f,
                "`{}` is no Canvass store ({why}); name another file in `canvass.yaml`, or restore it from a backup",
                path.display()
            ),
            Self::Newer(path, found, known) => write!(
                f,
                "the store `{}` was written by a newer Canvass (version {found}, this one knows {known}); update Canvass",
                path.display()
            ),
            Self::Full(path) => write!(
                f,
                "no space is left for the store `{}`; what was committed is safe: free some space and run the command again",
                path.display()
            ),
            Self::Busy(path) => write!(
                f,
                "the store `{}` is held by another process; wait until it ends, or end it",
                path.display()
            ),
            Self::OtherPlan(name, stored, asked) => write!(
                f,
                "campaign `{name}` was launched with plan {stored}, not {asked}; `canvass run SPEC` says which changes it can take over"
            ),
            Self::ChangedMeanwhile(name) => write!(
                f,
                "campaign `{name}` was changed by another process meanwhile; run the command again"
            ),
            Self::OtherSecret => f.write_str(
                "the secret is not the one that this store's links were made with; restore the old `secret` (or the file `secret` beside the store)",
            ),
            Self::Missing(what) => write!(f, "the store has no {what}"),
            Self::Corrupt(what) => write!(f, "the store can't be read back: {what}"),
            Self::Engine(what) => write!(f, "the store failed: {what}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::at(Path::new(""), &error)
    }
}

impl StoreError {
    /// Sorts an engine's error; `path` is the database file.
    #[must_use]
    pub(super) fn at(path: &Path, error: &sqlx::Error) -> Self {
        let path = path.to_path_buf();
        match error {
            sqlx::Error::Database(e) => {
                let code = e.code().and_then(|c| c.parse::<i64>().ok()).unwrap_or(0);
                // The low byte of an extended result code is the primary one (https://sqlite.org/rescode.html).
                match code & 0xff {
                    5 | 6 => Self::Busy(path),
                    8 | 14 | 23 => Self::Unwritable(path, e.message().to_owned()),
                    10 => Self::Unwritable(path, "the disk reports an error".to_owned()),
                    11 | 26 => Self::NotAStore(path, e.message().to_owned()),
                    13 => Self::Full(path),
                    _ => Self::Engine(e.message().to_owned()),
                }
            }
            sqlx::Error::PoolTimedOut => Self::Busy(path),
            sqlx::Error::Io(e) if e.kind() == std::io::ErrorKind::StorageFull => Self::Full(path),
            sqlx::Error::Io(e) => Self::Unwritable(path, e.to_string()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupt(error.to_string()),
            other => Self::Engine(other.to_string()),
        }
    }
}
