//! Twelve means by region with strata weights and standard errors from ten million answers, beside hand-written queries
//! of Polars and `DuckDB` for the same numbers where `python3` finds them; and raking of a million respondents.
//!
//! `cargo bench --bench count -- 1000000` takes a million. Every run is a process of its own, so that its peak of memory
//! is its own; times are medians of three from opening the file to the last number. Ours has besides them what a report
//! holds anyway: every answer's share, design effects, and comparisons of each region with the others.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a measurement: it prints, and asks the system for the time"
)]

#[path = "../dice.rs"]
mod dice;
#[path = "../measure.rs"]
mod measure;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use canvass::exchange::responses;
use canvass::model::{Folder, analyse};
use canvass::report::build_counted;
use canvass::score::method::margin::Margin;
use canvass::score::method::rake::{Stop, rake};

use dice::Dice;

const ITEMS: usize = 12;
const REGIONS: [&str; 6] = ["east", "west", "north", "south", "centre", "islands"];
const STRATA: usize = 10;

fn main() {
    let mut args = std::env::args().skip(1).filter(|a| a != "--bench");
    let first = args.next();
    if first.as_deref() == Some("count") {
        count(Path::new(&args.next().expect("a folder")));
        return;
    }
    let rows: u64 = first.map_or(10_000_000, |n| n.parse().expect("a number of rows"));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("count");
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("answers.csv");
    write(&file, rows).expect("room for the answers");
    fs::write(folder.join("answers.survey"), spec()).expect("a spec");
    println!("{rows} rows, {} MB", fs::metadata(&file).expect("the answers").len() / 1_000_000);

    let mut own = Command::new(std::env::current_exe().expect("this program"));
    own.arg("count").arg(&folder);
    let rival = |script: &str| {
        let mut command = Command::new("python3");
        command.args(["-c", &format!("{script}{}", include_str!("finish.py"))]).arg(&file);
        command
    };
    measure::in_turn(&mut [
        ("canvass", own),
        ("polars", rival(include_str!("polars.py"))),
        ("duckdb", rival(include_str!("duckdb.py"))),
    ]);
    fs::remove_file(&file).expect("the answers");
    raking(1_000_000);
}

/// Counts once; prints seconds and megabytes, and the first mean on standard error.
fn count(folder: &Path) {
    let start = Instant::now();
    let files = Folder(folder.to_path_buf());
    let checked = analyse("answers.survey", &files).checked.expect("a spec without errors");
    let tally = responses::count(&checked, folder).expect("the answers").expect("answers").expect("counts");
    let data = build_counted(&checked, &tally, (None, &[]), jiff::Timestamp::UNIX_EPOCH);
    let east = &data.scores.segments[0].groups[0].estimates[0];
    assert!(east.standard_error.is_some());
    eprintln!("{:?} {:?}", east.value, east.standard_error);
    measure::own(start);
}

fn spec() -> String {
    let mut text = include_str!("answers.survey").to_owned();
    for i in 1..=ITEMS {
        let _ = writeln!(text, "  question q{i} : sat {{ text \"How satisfied are you with part {i}?\" }}");
    }
    text.push_str("}\nscore 0..100 {\n");
    for i in 1..=ITEMS {
        let _ = writeln!(text, "  kpi m{i} = mean(q{i})");
    }
    text.push_str("}\nanalysis { segment by region; hide groups below 1 }\nprivacy { keep 400 days }\n");
    text
}

/// Writes made-up answers, the same ones every time.
fn write(path: &Path, rows: u64) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let items: Vec<String> = (1..=ITEMS).map(|i| format!("q{i}")).collect();
    writeln!(out, "stratum,weight,population,region,{}", items.join(","))?;
    let mut dice = Dice(7);
    for _ in 0..rows {
        let stratum = dice.below(STRATA);
        let region = REGIONS[dice.below(REGIONS.len())];
        let weight = 4 + stratum * stratum;
        write!(out, "s{stratum},{weight}.25,{},{region}", rows * (5 + stratum as u64))?;
        for i in 0..ITEMS {
            // One in fifty is missing; strata and items differ.
            match dice.below(50) {
                0 => write!(out, ",")?,
                x => write!(out, ",{}", 1 + (x + stratum + i) % 5)?,
            }
        }
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Rakes so many respondents on five margins.
fn raking(people: usize) {
    let mut dice = Dice(11);
    let weights: Vec<f64> = (0..people).map(|_| 1.0 + dice.below(9) as f64).collect();
    let sizes = [2, 5, 8, 12, 30];
    let margin = |size: &usize| {
        let category: Vec<usize> = (0..people).map(|_| dice.below(*size).max(dice.below(*size))).collect();
        let total: f64 = weights.iter().sum();
        // A population in which all values are about equally frequent, which the respondents are not.
        let parts: Vec<f64> = (0..*size).map(|i| 1.0 + i as f64 / *size as f64).collect();
        let whole: f64 = parts.iter().sum();
        let targets = parts.iter().map(|p| total * p / whole).collect();
        Margin { name: format!("of {size}"), category, targets }
    };
    let margins: Vec<Margin> = sizes.iter().map(margin).collect();
    let mut times: Vec<f64> = (0..3)
        .map(|_| {
            let start = Instant::now();
            let raked = rake(&weights, &margins, Stop::default()).expect("margins that can be met");
            assert!(raked.converged(), "margins are met");
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("raking {people} respondents on 5 margins: {:.2} s", times[1]);
}
