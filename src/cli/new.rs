//! `canvass new DIR`: a repository that checks, plans and rehearses at once.
//!
//! Goes in: the path of a folder that does not exist yet or is empty. Comes out:
//! the paths that were written. The files stand in `templates/new/` and are
//! compiled in; on any fault nothing is left behind.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::{Context, Exit};

/// Arguments of `new`.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// The folder to make
    dir: PathBuf,
}

/// Runs the command.
#[must_use]
pub fn run(args: &NewArgs, cx: &Context) -> Exit {
    match create(&args.dir) {
        Ok(files) => {
            for file in files {
                println!("{}", file.display());
            }
            let spec = args.dir.join("csat.survey");
            cx.say(&format!("next: canvass check {0}; canvass rehearse {0}", spec.display()));
            Exit::Good
        }
        Err(reason) => cx.fail(Exit::CouldNot, &reason),
    }
}

/// Path in the new repository, and content.
///
/// The ignore file is kept under another name, or it would be obeyed in this repository too.
const FILES: [(&str, &[u8]); 7] = [
    (".github/workflows/canvass.yml", include_bytes!("../../templates/new/.github/workflows/canvass.yml")),
    (".gitignore", include_bytes!("../../templates/new/gitignore")),
    ("README.md", include_bytes!("../../templates/new/README.md")),
    ("canvass.yaml", include_bytes!("../../templates/new/canvass.yaml")),
    ("csat.survey", include_bytes!("../../templates/new/csat.survey")),
    ("data/customers.csv", include_bytes!("../../templates/new/data/customers.csv")),
    ("data/holidays-2026.csv", include_bytes!("../../templates/new/data/holidays-2026.csv")),
];

/// Makes a campaign repository and returns the paths of its files.
///
/// # Errors
/// When `dir` is a file or a folder that is not empty, or when it can't be written; in words for people.
pub fn create(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let there = is_empty_folder(dir)?;
    let stage = if there { dir.join(STAGE) } else { sibling(dir)? };
    let result = write_all(&stage).and_then(|()| if there { unpack(&stage, dir) } else { put(&stage, dir) });
    if let Err(error) = result {
        // The first fault is the one to tell; what can't be removed stays.
        let _ = fs::remove_dir_all(&stage);
        return Err(format!("can't write to `{}`: {error}", dir.display()));
    }
    Ok(FILES.iter().map(|(path, _)| dir.join(path)).collect())
}

const STAGE: &str = ".canvass-new";

/// Tells whether `dir` is there; an error when it is there and not an empty folder.
fn is_empty_folder(dir: &Path) -> Result<bool, String> {
    match fs::read_dir(dir) {
        Ok(mut entries) => match entries.next() {
            None => Ok(true),
            Some(_) => {
                Err(format!("`{}` is not empty; name a folder that does not exist yet", dir.display()))
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(format!("`{}` is a file; name a folder that does not exist yet", dir.display()))
        }
        Err(error) => Err(format!("can't read `{}`: {error}", dir.display())),
    }
}

/// Returns a folder beside `dir`, so that one rename shows everything at once.
fn sibling(dir: &Path) -> Result<PathBuf, String> {
    let name = dir.file_name().ok_or_else(|| format!("`{}` does not name a folder", dir.display()))?;
    Ok(dir.with_file_name(format!("{STAGE}-{}", name.to_string_lossy())))
}

fn write_all(stage: &Path) -> io::Result<()> {
    if stage.exists() {
        fs::remove_dir_all(stage)?;
    }
    for (path, content) in FILES {
        let path = stage.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, content)?;
    }
    Ok(())
}

fn put(stage: &Path, dir: &Path) -> io::Result<()> {
    fs::rename(stage, dir)
}

/// Moves the staged entries up into a folder that was there before, and back out on a fault.
fn unpack(stage: &Path, dir: &Path) -> io::Result<()> {
    let names = fs::read_dir(stage)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    let mut moved = Vec::new();
    for name in names {
        if let Err(error) = fs::rename(stage.join(&name), dir.join(&name)) {
            for name in moved {
                let _ = fs::rename(dir.join(&name), stage.join(&name));
            }
            return Err(error);
        }
        moved.push(name);
    }
    fs::remove_dir(stage)
}
