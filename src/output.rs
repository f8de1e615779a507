//! Files that are whole or not there.
//!
//! Goes in: a path and bytes. Comes out: the file with exactly these bytes; after a fault or a crash,
//! what stood there before. Devices and pipes (`/dev/stdout`, `/dev/null`, a FIFO) are written to and never
//! replaced.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a file as a whole.
///
/// A new file is made beside the target, forced to the disk and renamed over it. Links are followed, so that
/// a linked file stays a link, and the permissions of a file that is replaced are kept.
///
/// # Errors
///
/// Whatever the file system says: no such folder, no right, no room. Nothing half written is left.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let before = match fs::metadata(path) {
        // Below `/dev` a file is what somebody redirected to, and still being written.
        Ok(found) if found.is_file() && !path.starts_with("/dev") => Some(found),
        Ok(found) if found.is_dir() => return Err(io::Error::from(io::ErrorKind::IsADirectory)),
        // A rename would put a file in the place of the device, for everybody on the machine.
        Ok(_) => return through(path, bytes),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => return Err(e),
    };
    let target = if before.is_some() { fs::canonicalize(path)? } else { path.to_path_buf() };
    let draft = beside(&target)?;
    let done = File::create(&draft)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| before.map_or(Ok(()), |b| fs::set_permissions(&draft, b.permissions())))
        .and_then(|()| fs::rename(&draft, &target));
    if done.is_err() {
        let _ = fs::remove_file(&draft);
    }
    done
}

fn through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut open = OpenOptions::new().write(true).open(path)?;
    open.write_all(bytes)?;
    open.flush()
}

/// Returns the draft's name; the process' number keeps two writers of one file apart.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    Ok(path.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id())))
}
