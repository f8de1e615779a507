//! `canvass new`: a whole repository or nothing.

use std::fs;
use std::path::{Path, PathBuf};

use canvass::cli::new::create;

/// An empty folder of this test's own, below the build's folder.
fn empty(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("new-{name}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const WHOLE: [&str; 6] = [".github", ".gitignore", "README.md", "canvass.yaml", "csat.survey", "data"];

#[test]
fn makes_a_folder_that_was_not_there() {
    let home = empty("absent");
    let dir = home.join("deep/surveys");
    let written = create(&dir).unwrap();
    assert_eq!(entries(&dir), WHOLE);
    assert!(written.iter().all(|path| path.starts_with(&dir) && path.is_file()));
    assert_eq!(entries(&home.join("deep")), ["surveys"], "nothing is left beside it");
    assert_eq!(fs::read_to_string(dir.join("data/customers.csv")).unwrap().lines().count(), 301);
}

#[test]
fn fills_an_empty_folder() {
    let dir = empty("empty");
    create(&dir).unwrap();
    assert_eq!(entries(&dir), WHOLE);
}

#[test]
fn leaves_a_folder_with_files_alone() {
    let dir = empty("full");
    fs::write(dir.join("notes.txt"), "mine").unwrap();
    let error = create(&dir).unwrap_err();
    assert!(error.contains("is not empty"), "{error}");
    assert_eq!(entries(&dir), ["notes.txt"]);
}

#[test]
fn says_so_when_the_name_is_a_file() {
    let home = empty("file");
    let file = home.join("surveys");
    fs::write(&file, "").unwrap();
    let error = create(&file).unwrap_err();
    assert!(error.contains("is a file"), "{error}");
    let error = create(&file.join("below")).unwrap_err();
    assert!(error.contains("surveys"), "{error}");
    assert_eq!(entries(&home), ["surveys"]);
}

/// The repository's own list of files must not miss one that stands in the template.
#[test]
fn carries_every_file_of_the_template() {
    let dir = empty("every");
    let written = create(&dir).unwrap().len();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/new")];
    let mut there = 0;
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { there += 1 }
        }
    }
    assert_eq!(written, there);
}
