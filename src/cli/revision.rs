//! A spec as it stood in git.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::{Context, Exit};
use crate::model::files::Unreadable;
use crate::model::{Checked, Files, analyse};

/// Files of a folder at a revision.
struct Revision<'a> {
    folder: PathBuf,
    name: &'a str,
}

impl Files for Revision<'_> {
    fn read(&self, path: &str) -> Result<String, Unreadable> {
        let bytes = git(&self.folder, &["show", &format!("{}:./{path}", self.name)]);
        String::from_utf8(bytes.map_err(Unreadable::Other)?)
            .map_err(|e| Unreadable::NotText(e.utf8_error().valid_up_to()))
    }
}

/// Analyses a spec as it stood at a revision; lists are never read from git.
pub fn checked_at(spec: &Path, folder: &Path, revision: &str, cx: &Context) -> Result<Checked, Exit> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder }.to_path_buf();
    // A name that begins with a hyphen would be an option of git.
    let known = !revision.starts_with('-')
        && git(&folder, &["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")]).is_ok();
    if !known {
        let words = format!("`{revision}` is neither a plan file nor a git revision");
        return Err(cx.fail(Exit::CouldNot, &words));
    }
    let name = spec.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    analyse(&name, &Revision { folder, name: revision }).checked.ok_or_else(|| {
        let words =
            format!("`{name}` is missing or has errors at `{revision}`, so there is no plan to compare with");
        cx.fail(Exit::CouldNot, &words)
    })
}

fn git(folder: &Path, args: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).output();
    let output = output.map_err(|e| format!("git can't be run: {e}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}
