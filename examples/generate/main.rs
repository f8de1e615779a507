//! Writes the made-up customer lists, tickets and holiday files of `specs/` and `templates/new/`.
//!
//! Run it from the top of the repository: `cargo run --example generate`. It takes no
//! arguments and no clock: the seeds stand in [`lists`], so the files come out the
//! same on every machine, and a test compares them with the committed ones.

mod lists;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut out = io::stdout().lock();
    for (path, text) in lists::all() {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, &text)?;
        writeln!(out, "{} ({} lines)", path.display(), text.lines().count())?;
    }
    Ok(())
}
