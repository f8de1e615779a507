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
    let mut all = [
        ("canvass, 5 strata", own(5), Vec::new()),
        ("polars, 5 strata", rival(include_str!("polars.py")), Vec::new()),
        ("duckdb, 5 strata", rival(include_str!("duckdb.py")), Vec::new()),
        ("canvass, 1,000 strata", own(1000), Vec::new()),
    ];
    // One after the other, three times: what else the machine does meets all alike.
    for _ in 0..3 {
        println!("load {}", fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
        for (name, command, runs) in &mut all {
            match measure(command) {
                Ok(run) => runs.push(run),
                Err(why) => println!("{name}: {why}"),
            }
        }
    }
    let first = median(&mut all[0].2).expect("a draw");
    for (name, _, runs) in &mut all {
        if let Some(run) = median(runs) {
            show(name, run, first);
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
    // User and system time, in hundredths; they stand behind the name, which is in brackets.
    let times = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let times = times.rsplit(')').next().unwrap_or("").split_whitespace().skip(11).take(2);
    let busy: f64 = times.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0;
    println!("{seconds} {} {busy}", peak / 1000.0);
}

/// Seconds, megabytes at most, seconds of processors.
type Run = [f64; 3];

/// Runs a process; it prints seconds, megabytes and seconds of processors.
fn measure(command: &mut Command) -> Result<Run, String> {
    let output = command.output().map_err(|e| e.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let figures: Vec<f64> = text.split_whitespace().filter_map(|f| f.parse().ok()).collect();
    <Run>::try_from(figures).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("did not run: {}", said.lines().last().unwrap_or("it said nothing"))
    })
}

/// Returns the run whose time is in the middle, with the largest memory of all.
fn median(runs: &mut [Run]) -> Option<Run> {
    runs.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let peak = runs.iter().map(|r| r[1]).fold(0.0, f64::max);
    runs.get(runs.len() / 2).map(|run| [run[0], peak, run[2]])
}

fn show(name: &str, run: Run, first: Run) {
    let [seconds, megabytes, busy] = run;
    println!(
        "{name:<24} {seconds:>7.2} s {megabytes:>7.0} MB {busy:>7.2} s of processors   {:>5.2} × the time, {:>5.2} × the memory",
        seconds / first[0],
        megabytes / first[1]
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
