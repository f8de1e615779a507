//! Processes that print seconds, megabytes at most and seconds of processors, run in turn and compared.

use std::fs;
use std::process::Command;
use std::time::Instant;

/// Seconds, megabytes at most, seconds of processors.
pub type Run = [f64; 3];

/// Runs a process that prints its figures.
pub fn measure(command: &mut Command) -> Result<Run, String> {
    let output = command.output().map_err(|e| e.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let figures: Vec<f64> = text.split_whitespace().filter_map(|f| f.parse().ok()).collect();
    <Run>::try_from(figures).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("did not run: {}", said.lines().last().unwrap_or("it said nothing"))
    })
}

/// Returns the run whose time is in the middle, with the largest memory of all.
pub fn median(runs: &mut [Run]) -> Option<Run> {
    runs.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let peak = runs.iter().map(|r| r[1]).fold(0.0, f64::max);
    runs.get(runs.len() / 2).map(|run| [run[0], peak, run[2]])
}

/// Prints a run beside the first.
pub fn show(name: &str, run: Run, first: Run) {
    let [seconds, megabytes, busy] = run;
    println!(
        "{name:<24} {seconds:>7.2} s {megabytes:>7.0} MB {busy:>7.2} s of processors   {:>5.2} × the time, {:>5.2} × the memory",
        seconds / first[0],
        megabytes / first[1]
    );
}

/// Runs commands one after the other, three times, so that what else the machine does meets all alike.
pub fn in_turn(all: &mut [(&str, Command)]) {
    let mut runs: Vec<Vec<Run>> = all.iter().map(|_| Vec::new()).collect();
    for _ in 0..3 {
        println!("load {}", fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
        for ((name, command), runs) in all.iter_mut().zip(&mut runs) {
            match measure(command) {
                Ok(run) => runs.push(run),
                Err(why) => println!("{name}: {why}"),
            }
        }
    }
    let first = median(&mut runs[0]).expect("a first run");
    for ((name, _), runs) in all.iter().zip(&mut runs) {
        if let Some(run) = median(runs) {
            show(name, run, first);
        }
    }
}

/// Prints this process's own figures since `start`.
pub fn own(start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    let peak: f64 = peak.trim().trim_end_matches(" kB").trim().parse().unwrap_or(0.0);
    // User and system time, in hundredths; they stand behind the name, which is in brackets.
    let times = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let times = times.rsplit(')').next().unwrap_or("").split_whitespace().skip(11).take(2);
    let busy: f64 = times.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0;
    println!("{seconds} {} {busy}", peak / 1000.0);
}
