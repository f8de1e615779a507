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

/// Writes beside the target and renames, so that nothing is ever half written.
pub fn write(path: &Path, bytes: &[u8], cx: &Context) -> Result<(), Exit> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let part = path.with_file_name(format!(".{name}.part"));
    let written = std::fs::File::create(&part)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&part, path));
    written.map_err(|e| {
        let _ = std::fs::remove_file(&part);
        cx.fail(Exit::CouldNot, &format!("`{}` can't be written: {e}", path.display()))
    })
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
