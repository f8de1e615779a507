//! Does the 95 % interval of a rehearsal's report cover the truth?
//!
//! Rehearses a small campaign under many seeds, each from spec to report through SMTP and
//! HTTP, and counts how often the interval of the index, as the report gives it, covers what
//! everybody on the list would have answered; beside it, how often the plain mean's interval does.
//!
//! `cargo bench --bench coverage [-- SEEDS [FIRST]]`; ends with an error when the coverage is not to be believed.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark tells its figures")]

mod list;

use std::path::Path;
use std::process::ExitCode;

use canvass::model::{Checked, Folder, analyse};
use canvass::rehearse::engine::{Task, rehearse};
use canvass::rehearse::progress::Silent;
use canvass::store::{Durability, Store};
use serde_json::Value;
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::list::{Customer, csv, customers, truth};

/// What coverage must lie between: 200 trials of 95 % leave this band less than once in a hundred times.
const BELIEVABLE: std::ops::RangeInclusive<f64> = 0.91..=0.99;

/// One seed's figures.
struct Trial {
    truth: f64,
    value: f64,
    low: f64,
    high: f64,
    plain: f64,
    half_width: f64,
    answers: usize,
}

fn main() -> ExitCode {
    // Cargo hands `--bench` through.
    let mut numbers = std::env::args().skip(1).filter_map(|a| a.parse::<u64>().ok());
    let seeds = numbers.next().unwrap_or(200);
    let first = numbers.next().unwrap_or(1);
    match run(first..first.saturating_add(seeds)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(seeds: std::ops::Range<u64>) -> Result<bool, String> {
    let base = std::env::temp_dir().join(format!("canvass-coverage-{}", std::process::id()));
    std::fs::create_dir_all(&base).map_err(|e| e.to_string())?;
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/coverage/coverage.survey");
    std::fs::copy(&spec, base.join("coverage.survey")).map_err(|e| format!("{}: {e}", spec.display()))?;
    let people = customers();
    std::fs::write(base.join("customers.csv"), csv(&people)).map_err(|e| e.to_string())?;
    let checked = analyse("coverage.survey", &Folder(base.clone())).checked.ok_or("the spec has errors")?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())?;
    let mut trials = Vec::new();
    println!("seed,truth,value,low,high,plain,plain_low,plain_high,answers");
    for seed in seeds {
        let trial = runtime.block_on(one(&checked, &people, &base, seed))?;
        let Trial { truth, value, low, high, plain, half_width, answers } = &trial;
        println!(
            "{seed},{truth:.4},{value:.4},{low:.4},{high:.4},{plain:.4},{:.4},{:.4},{answers}",
            plain - half_width,
            plain + half_width,
        );
        trials.push(trial);
    }
    let _ = std::fs::remove_dir_all(&base);
    Ok(tell(&trials))
}

async fn one(checked: &Checked, people: &[Customer], base: &Path, seed: u64) -> Result<Trial, String> {
    let home = base.join("home");
    let _ = std::fs::remove_dir_all(&home);
    let out = home.join("report");
    let task =
        Task { checked, folder: base, database: None, seed, home: &home, out: &out, progress: &Silent };
    let done = Box::pin(rehearse(task)).await.map_err(|e| e.to_string())?;
    if let Some(words) = done.troubles.first() {
        return Err(format!("seed {seed}: {words}"));
    }
    let text = std::fs::read_to_string(out.join("report.json")).map_err(|e| e.to_string())?;
    let json: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let (value, low, high) = index_of(&json).ok_or("report.json holds no index `csi` with an interval")?;
    let plain = plain_indices(&done.store).await?;
    let (mean, half_width) = plain_interval(&plain);
    Ok(Trial { truth: truth(people, seed), value, low, high, plain: mean, half_width, answers: plain.len() })
}

/// Reads the overall estimate of the index, as readers of the report do.
fn index_of(json: &Value) -> Option<(f64, f64, f64)> {
    let scores = json.get("scores")?;
    let at = scores["measures"].as_array()?.iter().position(|m| m["name"] == "csi")?;
    let estimate = scores["overall"]["estimates"].get(at)?;
    let number = |key: &str| estimate.get(key).and_then(Value::as_f64);
    Some((number("value")?, number("low")?, number("high")?))
}

/// The index of each completed response, worked out here by hand, as somebody with a spreadsheet would.
async fn plain_indices(store: &Path) -> Result<Vec<f64>, String> {
    let url = format!("sqlite:{}", store.display());
    let store = Store::open(&url, Durability::Relaxed).await.map_err(|e| e.to_string())?;
    let responses = store.responses("coverage").await.map_err(|e| e.to_string())?;
    store.close().await;
    let index = |answers: &std::collections::BTreeMap<String, canvass::store::Answer>| {
        let mean = |items: &[&str]| {
            let codes = items.iter().filter_map(|i| match answers.get(*i) {
                Some(canvass::store::Answer::Number(code)) => Some((code - 1.0) * 25.0),
                _ => None,
            });
            let codes: Vec<f64> = codes.collect();
            (!codes.is_empty()).then(|| codes.iter().sum::<f64>() / codes.len() as f64)
        };
        match (mean(&["reliable", "useful", "easy"]), mean(&["polite", "fast"])) {
            (Some(quality), Some(support)) => Some(0.6 * quality + 0.4 * support),
            (quality, _) => quality,
        }
    };
    Ok(responses.iter().filter(|r| r.completed_at.is_some()).filter_map(|r| index(&r.answers)).collect())
}

/// The mean and the half-width of its 95 % interval, as if it were a simple random sample.
fn plain_interval(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
    let t = StudentsT::new(0.0, 1.0, n - 1.0).map_or(1.96, |t| t.inverse_cdf(0.975));
    (mean, t * (variance / n).sqrt())
}

fn tell(trials: &[Trial]) -> bool {
    let share = |covers: &dyn Fn(&Trial) -> bool| {
        trials.iter().filter(|t| covers(t)).count() as f64 / trials.len() as f64
    };
    let mean = |of: &dyn Fn(&Trial) -> f64| trials.iter().map(of).sum::<f64>() / trials.len() as f64;
    let weighted = share(&|t| (t.low..=t.high).contains(&t.truth));
    let plain = share(&|t| (t.plain - t.truth).abs() <= t.half_width);
    let width = mean(&|t| (t.high - t.low) / 2.0);
    let (bias, plain_bias) = (mean(&|t| t.value - t.truth), mean(&|t| t.plain - t.truth));
    println!();
    println!("{} seeds, {:.0} answers each on average", trials.len(), mean(&|t| t.answers as f64));
    println!(
        "with the report's weights: {:.1} % covered, off by {bias:+.2} on average, ±{width:.2}",
        100.0 * weighted
    );
    println!(
        "without weights:           {:.1} % covered, off by {plain_bias:+.2} on average, ±{:.2}",
        100.0 * plain,
        mean(&|t| t.half_width)
    );
    let fine = BELIEVABLE.contains(&weighted) && plain < weighted - 0.1;
    if !fine && trials.len() >= 100 {
        println!(
            "not to be believed: 95 % intervals should cover in 91 to 99 %, and the plain mean's clearly less"
        );
    }
    fine || trials.len() < 100
}
