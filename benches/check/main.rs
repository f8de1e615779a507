//! How long a check takes: the binary from its start, and the analysis alone.
//!
//! Generates campaigns of about 300 lines, 1,000 and 5,000 questions, with branches, chains of
//! conditions, strata and scores, and prints for each the best of several runs: `canvass check` from
//! process start to end with its largest memory, the analysis in a process that runs already, the same
//! after a changed line by an analyser that remembers the last one (as an editor has it), and the share
//! of the logic.
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
use canvass::model::{Analyser, Judgement, Memory, analyse};

fn main() {
    let binary = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/release/canvass");
    let folder = std::env::temp_dir().join(format!("canvass-bench-{}", std::process::id()));
    let written = std::fs::create_dir_all(&folder).is_ok();
    for (questions, times) in [(45, 20), (1_000, 10), (5_000, 5)] {
        let text = spec::spec(questions);
        let lines = text.lines().count();
        let path = folder.join(format!("{questions}.survey"));
        let started = written && binary.exists() && std::fs::write(&path, &text).is_ok();
        let process = started
            .then(|| (best(times, || drop(check(&binary, &path))), peak(&binary, &path).unwrap_or_default()));
        let files = Memory(BTreeMap::from([("main.survey".to_owned(), text)]));
        let analysis = analyse("main.survey", &files);
        let whole = best(times, || drop(analyse("main.survey", &files)));
        let changed = after_changed_line(times, &files.0["main.survey"]);
        let logic =
            analysis.checked.as_ref().map(|c| best(times, || drop((verdicts(c), longer_than(c, 300_000)))));
        let codes: BTreeMap<&str, usize> = analysis.diagnostics.iter().fold(BTreeMap::new(), |mut all, d| {
            *all.entry(d.code).or_default() += 1;
            all
        });
        println!(
            "{questions} questions, {lines} lines: check {}, analysis {}, again after a one-line change {}, \
             witnesses and paths {}; findings {codes:?}",
            process.map_or_else(
                || "–".to_owned(),
                |(time, memory)| format!("{} and {memory}", milliseconds(time))
            ),
            milliseconds(whole),
            milliseconds(changed),
            logic.map_or_else(|| "–".to_owned(), milliseconds),
        );
    }
    drop(std::fs::remove_dir_all(&folder));
}

/// The best of several analyses, each of them after another line in the middle has changed.
fn after_changed_line(times: u32, text: &str) -> Duration {
    let mut analyser = Analyser::default();
    let mut with = |version: u32| {
        let middle = text[..text.len() / 2].rfind("您对话题").unwrap_or_default();
        let changed = format!("{}第 {version} 次，{}", &text[..middle], &text[middle..]);
        let files = Memory(BTreeMap::from([("main.survey".to_owned(), changed)]));
        let start = Instant::now();
        drop(analyser.analyse("main.survey", &files, &Judgement::default()));
        start.elapsed()
    };
    with(0);
    (1..=times).map(with).min().unwrap_or_default()
}

/// The largest memory of a check, as the system counts it; only where there is `/usr/bin/time`.
fn peak(binary: &Path, spec: &Path) -> Option<String> {
    let mut command = Command::new("/usr/bin/time");
    let output = command.args(["-f", "%M"]).arg(binary).arg("check").arg(spec).output().ok()?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let kilobytes: f64 = told.lines().next_back()?.trim().parse().ok()?;
    Some(format!("{:.0} MB", kilobytes / 1024.0))
}

fn check(binary: &Path, spec: &Path) -> std::io::Result<std::process::ExitStatus> {
    Command::new(binary).arg("check").arg(spec).stdout(Stdio::null()).stderr(Stdio::null()).status()
}

/// The best of several runs, so that a busy machine disturbs less.
fn best(times: u32, mut run: impl FnMut()) -> Duration {
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
