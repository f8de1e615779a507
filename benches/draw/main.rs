//! Draws from ten million customers, beside the best queries of Polars and `DuckDB` where `python3` finds them.
//!
//! `cargo bench --bench draw -- 1000000` takes a million. Every run is a process of its own, so that its peak of memory
//! is its own; times are medians of three and have all in them: reading, keys checked for uniqueness, every declared cell
//! checked, the exact cut, the draw, and (but for the rivals) the drawn people filled in.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement: it prints, and asks the system for the time"
)]

#[path = "../dice.rs"]
mod dice;
mod list;
#[path = "../measure.rs"]
mod measure;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use canvass::frame::{self, History};
use canvass::model::{Folder, analyse};

fn main() {
    let mut args = std::env::args().skip(1).filter(|a| a != "--bench");
    let first = args.next();
    if first.as_deref() == Some("draw") {
        draw(Path::new(&args.next().expect("a spec")));
        return;
    }
    let rows: u64 = first.map_or(10_000_000, |n| n.parse().expect("a number of rows"));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("draw");
    fs::create_dir_all(&folder).expect("a folder");
    let list = folder.join("customers.csv");
    list::write(&list, rows).expect("room for the list");
    println!("{rows} rows, {} MB", fs::metadata(&list).expect("the list").len() / 1_000_000);

    let me = std::env::current_exe().expect("this program");
    let own = |strata: usize| {
        let path = folder.join(format!("{strata}.survey"));
        fs::write(&path, spec(strata)).expect("a spec");
        let mut command = Command::new(&me);
        command.arg("draw").arg(path);
        command
    };
    let rival = |script: &str| {
        let mut command = Command::new("python3");
        command.args(["-c", script]).arg(&list);
        command
    };
    measure::in_turn(&mut [
        ("canvass, 5 strata", own(5)),
        ("polars, 5 strata", rival(include_str!("polars.py"))),
        ("duckdb, 5 strata", rival(include_str!("duckdb.py"))),
        ("canvass, 1,000 strata", own(1000)),
    ]);
    fs::remove_file(&list).expect("the list");
}

/// Draws once; prints seconds and megabytes.
fn draw(path: &Path) {
    let folder = path.parent().expect("a folder");
    let name = path.file_name().expect("a name").to_string_lossy();
    let start = Instant::now();
    let checked = analyse(&name, &Folder(folder.to_path_buf())).checked.expect("a spec without errors");
    let reading = frame::read(&checked, folder, 42, &History::default()).expect("a draw");
    assert!(!reading.drawn.is_empty());
    measure::own(start);
}

/// A campaign with so many strata, the first of them the top fifth.
fn spec(strata: usize) -> String {
    let mut text = include_str!("draw.survey").to_owned();
    text.push_str("stratum top \"Top\" { where spend in top 20%; sample 1000 }\n");
    if strata == 5 {
        for region in ["east", "west", "north"] {
            let _ = writeln!(
                text,
                "stratum {region}_ \"{region}\" {{ where region = {region} and last_seen within 6 months; sample 1000 }}"
            );
        }
    } else {
        for i in 0..strata - 2 {
            let region = ["east", "west", "north", "south"][i % 4];
            let _ = writeln!(
                text,
                "stratum s{i} \"s{i}\" {{ where region = {region} and tier = \"t{}\"; sample 10 }}",
                i / 4
            );
        }
    }
    text.push_str("stratum others \"Others\" { sample 1000 }\n");
    text
}
