//! Where commands write: files that are never half written, and standard output.

use std::io::Write;
use std::path::Path;

use crate::cli::{Context, Exit};

/// Quotes a cell where CSV wants it.
#[must_use]
pub fn csv_cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Tells whether a path lies within a git work tree.
pub fn inside_git(path: &Path) -> bool {
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    full.ancestors().skip(1).any(|folder| folder.join(".git").exists())
}

/// Writes a file as a whole, or says why it can't be written.
pub fn write(path: &Path, bytes: &[u8], cx: &Context) -> Result<(), Exit> {
    crate::output::write(path, bytes)
        .map_err(|e| cx.fail(Exit::CouldNot, &format!("`{}` can't be written: {e}", path.display())))
}

/// Prints; a closed pipe is the reader's right.
pub fn print(text: &str, cx: &Context) -> Result<(), Exit> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(cx.fail(Exit::CouldNot, &format!("standard output: {e}")))
        }
        _ => Ok(()),
    }
}
