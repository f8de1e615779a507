//! How long a check takes: the binary from its start, and the analysis alone.
//!
//! Generates campaigns of about 300 lines, 1,000 and 5,000 questions, with branches, chains of
//! conditions, strata and scores, and prints for each the best of several runs: `canvass check` from
//! process start to end, the analysis in a process that runs already (as an editor has it after a
//! changed line), and the share of the logic. At the end, the largest memory that this process took.
//!
//! `cargo bench --bench check`; needs `target/release/canvass`, which `just bench` builds.
#![expect(clippy::print_stdout, reason = "a benchmark tells its figures")]

mod spec;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use canvass::model::logic::paths::longer_than;
use canvass::model::logic::verdicts;
use canvass::model::{Memory, analyse};

fn main() {
    let binary = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/release/canvass");
    let folder = std::env::temp_dir().join(format!("canvass-bench-{}", std::process::id()));
    let written = std::fs::create_dir_all(&folder).is_ok();
    for (questions, times) in [(45, 20), (1_000, 10), (5_000, 5)] {
        let text = spec::spec(questions);
        let lines = text.lines().count();
        let path = folder.join(format!("{questions}.survey"));
        let started = written && binary.exists() && std::fs::write(&path, &text).is_ok();
        let process = started.then(|| best(times, || drop(check(&binary, &path))));
        let files = Memory(BTreeMap::from([("main.survey".to_owned(), text)]));
        let analysis = analyse("main.survey", &files);
        let again = best(times, || drop(analyse("main.survey", &files)));
        let logic =
            analysis.checked.as_ref().map(|c| best(times, || drop((verdicts(c), longer_than(c, 300_000)))));
        let codes: BTreeMap<&str, usize> = analysis.diagnostics.iter().fold(BTreeMap::new(), |mut all, d| {
            *all.entry(d.code).or_default() += 1;
            all
        });
        println!(
            "{questions} questions, {lines} lines: check {}, analysis {}, witnesses and paths {}; findings {codes:?}",
            process.map_or_else(|| "–".to_owned(), milliseconds),
            milliseconds(again),
            logic.map_or_else(|| "–".to_owned(), milliseconds),
        );
    }
    drop(std::fs::remove_dir_all(&folder));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(peak) = status.lines().find(|l| l.starts_with("VmHWM")) {
        println!("largest memory: {}", peak.trim_start_matches("VmHWM:").trim());
    }
}

fn check(binary: &Path, spec: &Path) -> std::io::Result<std::process::ExitStatus> {
    Command::new(binary).arg("check").arg(spec).stdout(Stdio::null()).stderr(Stdio::null()).status()
}

/// The best of several runs, so that a busy machine disturbs less.
fn best(times: usize, mut run: impl FnMut()) -> Duration {
    let one = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..times).map(one).min().unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
