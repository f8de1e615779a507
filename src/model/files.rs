//! Where a spec's files come from: a folder, or the copy that the store keeps.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Reads files by their path relative to the main spec's folder.
pub trait Files {
    /// Returns a file's text, or why it can't be had, in words.
    fn read(&self, path: &str) -> Result<String, String>;
}

/// Files of a folder.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<String, String> {
        let full = self.0.join(path);
        let size = std::fs::metadata(&full).map_err(|e| reason(&full, &e))?.len();
        if size > LARGEST {
            return Err(format!("it has {size} bytes; the limit is {LARGEST}"));
        }
        let bytes = std::fs::read(&full).map_err(|e| reason(&full, &e))?;
        String::from_utf8(bytes)
            .map_err(|e| format!("it is not UTF-8 (byte {}); save it as UTF-8", e.utf8_error().valid_up_to()))
    }
}

/// Largest spec, template or holidays file, in bytes.
pub const LARGEST: u64 = 16 * 1024 * 1024;

fn reason(path: &Path, error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => format!("there is no file `{}`", path.display()),
        _ => error.to_string(),
    }
}

/// Files kept in memory: a launched campaign's copy, or a test's.
#[derive(Debug, Clone, Default)]
pub struct Memory(pub BTreeMap<String, String>);

impl Files for Memory {
    fn read(&self, path: &str) -> Result<String, String> {
        self.0.get(path).cloned().ok_or_else(|| format!("there is no file `{path}`"))
    }
}
