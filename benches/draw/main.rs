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

mod list;

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

    let one = |spec: &str, name: &str| {
        let path = folder.join(name);
        fs::write(&path, spec).expect("a spec");
        let me = std::env::current_exe().expect("this program");
        let mut command = Command::new(me);
        command.arg("draw").arg(&path);
        measure(command).expect("a draw")
    };
    let own = one(&spec(5), "five.survey");
    show("canvass, 5 strata", own, own);
    show("canvass, 1,000 strata", one(&spec(1000), "thousand.survey"), own);
    for (name, script) in [("polars", include_str!("polars.py")), ("duckdb", include_str!("duckdb.py"))] {
        let mut command = Command::new("python3");
        command.args(["-c", script]).arg(&list);
        match measure(command) {
            Some(figures) => show(&format!("{name}, 5 strata"), figures, own),
            None => println!("{name:<24} not found by python3"),
        }
    }
    fs::remove_file(&list).expect("the list");
}

/// Draws once; prints seconds and megabytes.
fn draw(path: &Path) {
    let folder = path.parent().expect("a folder");
    let name = path.file_name().expect("a name").to_string_lossy();
    let start = Instant::now();
    let checked = analyse(&name, &Folder(folder.to_path_buf())).checked.expect("a spec without errors");
    let reading = frame::read(&checked, folder, 42, &History::default()).expect("a draw");
    let seconds = start.elapsed().as_secs_f64();
    assert!(!reading.drawn.is_empty());
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    let peak: f64 = peak.trim().trim_end_matches(" kB").trim().parse().unwrap_or(0.0);
    println!("{seconds} {}", peak / 1000.0);
}

/// Runs a process three times; it prints seconds and megabytes.
fn measure(mut command: Command) -> Option<(f64, f64)> {
    let mut runs = Vec::new();
    for _ in 0..3 {
        let output = command.output().ok().filter(|o| o.status.success())?;
        let text = String::from_utf8(output.stdout).ok()?;
        let mut figures = text.split_whitespace().map(|f| f.parse::<f64>().ok());
        runs.push((figures.next()??, figures.next()??));
    }
    runs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let peak = runs.iter().map(|r| r.1).fold(0.0, f64::max);
    Some((runs[1].0, peak))
}

fn show(name: &str, (seconds, megabytes): (f64, f64), own: (f64, f64)) {
    println!(
        "{name:<24} {seconds:>7.2} s {megabytes:>7.0} MB   {:>5.2} × the time, {:>5.2} × the memory",
        seconds / own.0,
        megabytes / own.1
    );
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
