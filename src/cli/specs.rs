//! The specs that a command is to look at: files, and folders with what lies below them.

use std::path::{Path, PathBuf};

use crate::cli::{Context, Exit};

/// Returns the specs below the paths, the current folder when there is none; says so when there are no specs.
pub fn find(paths: &[PathBuf], cx: &Context) -> Result<Vec<PathBuf>, Exit> {
    let here = [PathBuf::from(".")];
    let roots = if paths.is_empty() { &here[..] } else { paths };
    let mut specs = Vec::new();
    for root in roots {
        below(root, &mut specs)
            .map_err(|reason| cx.fail(Exit::CouldNot, &format!("`{}`: {reason}", root.display())))?;
    }
    // A file named twice, or beside its folder, is one.
    let mut seen = std::collections::BTreeSet::new();
    specs.retain(|spec| seen.insert(std::fs::canonicalize(spec).unwrap_or_else(|_| spec.clone())));
    if specs.is_empty() {
        let words = "there is no file ending in `.survey` here; name one, or make a repository with `canvass new DIR`";
        return Err(cx.fail(Exit::CouldNot, words));
    }
    Ok(specs)
}

/// Returns the name that people know a file by, with `/`.
#[must_use]
pub fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}

/// Collects specs below a path, sorted; hidden folders and `target` are passed over.
pub fn below(path: &Path, specs: &mut Vec<PathBuf>) -> Result<(), String> {
    if path.is_file() {
        specs.push(path.to_path_buf());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        _ => e.to_string(),
    })?;
    let mut entries: Vec<PathBuf> = entries.filter_map(Result::ok).map(|e| e.path()).collect();
    entries.sort();
    for entry in entries {
        let name = entry.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        // A link to a folder may lead back up.
        let folder = entry.is_dir() && !entry.is_symlink();
        if folder && !name.starts_with('.') && name != "target" {
            below(&entry, specs)?;
        } else if entry.extension().is_some_and(|e| e == "survey") && entry.is_file() {
            specs.push(entry);
        }
    }
    Ok(())
}
