//! Files are written whole, and what is not a file is never replaced by one.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::process::Command;

use canvass::output::write;

use crate::support::scratch::Scratch;

#[test]
fn a_pipe_is_written_to_and_stays_a_pipe() {
    let scratch = Scratch::new("output-pipe");
    let pipe = scratch.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read(pipe).unwrap()
    });
    write(&pipe, b"plan").unwrap();
    assert_eq!(reader.join().unwrap(), b"plan");
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
}

#[test]
fn a_linked_file_is_written_and_the_link_stays() {
    let scratch = Scratch::new("output-link");
    let (file, link) = (scratch.join("file"), scratch.join("link"));
    fs::write(&file, "before").unwrap();
    symlink(&file, &link).unwrap();
    write(&link, b"after").unwrap();
    assert_eq!(fs::read(&file).unwrap(), b"after");
    assert!(fs::symlink_metadata(&link).unwrap().file_type().is_symlink());
}

#[test]
fn permissions_are_kept() {
    let scratch = Scratch::new("output-mode");
    let file = scratch.join("file");
    fs::write(&file, "before").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    write(&file, b"after").unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_can_not_be_written_leaves_nothing_behind() {
    let scratch = Scratch::new("output-fault");
    let folder = scratch.join("folder");
    fs::create_dir(&folder).unwrap();
    assert!(write(&folder, b"x").is_err());
    assert!(write(&scratch.join("missing/file"), b"x").is_err());
    assert_eq!(fs::read_dir(&scratch).unwrap().count(), 1);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}
