//! Where a spec's files come from: a folder, or the copy that the store keeps.
//!
//! What a spec names lies inside its repository: the folder of the nearest `canvass.yaml` above the spec; without
//! one, that of git; without both, the spec's own folder. Links are followed before it is judged, so that a spec
//! from elsewhere can't read what its author has no business with.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// Why a file can't be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It lies outside of the repository.
    Outside(String),
    /// It is larger than [`LARGEST`].
    TooLarge(u64),
    /// It is no UTF-8, from this byte on.
    NotText(usize),
    /// Anything else, in words.
    Other(String),
}

impl Unreadable {
    /// Returns the code of the finding.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Outside(_) => "outside",
            Self::TooLarge(_) => "file-size",
            Self::NotText(_) => "not-utf8",
            Self::Other(_) => "missing-file",
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Outside(_) => {
                "put the file into the repository and write its path relative to this one, with `/`"
            }
            Self::TooLarge(_) => {
                "keep in it only what the spec needs; customers and answers belong into files of their own"
            }
            Self::NotText(_) => "save it as UTF-8",
            Self::Other(_) => "correct the path, or add the file",
        }
    }
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Outside(why) | Self::Other(why) => f.write_str(why),
            Self::TooLarge(bytes) => write!(f, "it has {bytes} bytes, more than {} MB", LARGEST >> 20),
            Self::NotText(at) => write!(f, "it is not UTF-8 (byte {at})"),
        }
    }
}

/// Reads files by their path relative to the main spec's folder.
pub trait Files {
    /// Returns a file's text, or why it can't be had.
    fn read(&self, path: &str) -> Result<String, Unreadable>;

    /// Returns the text of the spec itself, which may be a link to anywhere: people named it, not another file.
    fn main(&self, path: &str) -> Result<String, Unreadable> {
        self.read(path)
    }

    /// Returns why a spec must not name this path, if it lies outside of the repository; the file itself is not
    /// opened, and need not be there.
    fn outside(&self, path: &str) -> Option<Unreadable> {
        absolute(path)
    }
}

/// Files of a folder.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<String, Unreadable> {
        match self.outside(path) {
            Some(refused) => Err(refused),
            None => self.main(path),
        }
    }

    fn main(&self, path: &str) -> Result<String, Unreadable> {
        let full = self.0.join(path);
        let size = std::fs::metadata(&full).map_err(|e| reason(&full, &e))?.len();
        if size > LARGEST {
            return Err(Unreadable::TooLarge(size));
        }
        let bytes = std::fs::read(&full).map_err(|e| reason(&full, &e))?;
        String::from_utf8(bytes).map_err(|e| Unreadable::NotText(e.utf8_error().valid_up_to()))
    }

    fn outside(&self, path: &str) -> Option<Unreadable> {
        if let Some(refused) = absolute(path) {
            return Some(refused);
        }
        let folder = if self.0.as_os_str().is_empty() { Path::new(".") } else { &self.0 };
        let folder = std::fs::canonicalize(folder).ok()?;
        let place = real(&folder, path);
        let root = repository(&folder);
        (!place.starts_with(&root)).then(|| {
            Unreadable::Outside(format!("`{path}` lies outside of the repository `{}`", root.display()))
        })
    }
}

/// Largest spec, template or holidays file, in bytes.
pub const LARGEST: u64 = 16 * 1024 * 1024;

/// Returns the folder that everything a spec names must lie in.
fn repository(folder: &Path) -> PathBuf {
    let above = |name: &str| folder.ancestors().find(|f| f.join(name).exists());
    above("canvass.yaml").or_else(|| above(".git")).unwrap_or(folder).to_path_buf()
}

/// Follows a path and its links as far as there is something; `..` behind that is taken by the word.
fn real(folder: &Path, path: &str) -> PathBuf {
    let mut place = folder.to_path_buf();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => _ = place.pop(),
            Component::Normal(name) => {
                let next = place.join(name);
                place = std::fs::canonicalize(&next).unwrap_or(next);
            }
            _ => {}
        }
    }
    place
}

/// Refuses absolute paths, of any system.
fn absolute(path: &str) -> Option<Unreadable> {
    let drive = path.as_bytes().get(1) == Some(&b':');
    (path.starts_with(['/', '\\', '~']) || drive)
        .then(|| Unreadable::Outside(format!("`{path}` is not a relative path")))
}

fn reason(path: &Path, error: &std::io::Error) -> Unreadable {
    Unreadable::Other(match error.kind() {
        std::io::ErrorKind::NotFound => format!("there is no file `{}`", path.display()),
        _ => error.to_string(),
    })
}

/// Files kept in memory: a launched campaign's copy, or a test's.
#[derive(Debug, Clone, Default)]
pub struct Memory(pub BTreeMap<String, String>);

impl Files for Memory {
    fn read(&self, path: &str) -> Result<String, Unreadable> {
        let absent =
            || absolute(path).unwrap_or_else(|| Unreadable::Other(format!("there is no file `{path}`")));
        self.0.get(path).cloned().ok_or_else(absent)
    }
}
