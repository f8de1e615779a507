//! A rehearsal's report, recomputed by a program that shares no code with it.
//!
//! The quarterly campaign is rehearsed over a shorter list; `tests/independent/recompute.py` (Python's standard
//! library alone) then goes through every number of its `report.json`, from the list, the drawn keys and the raw
//! answers alone.

use std::path::Path;
use std::process::Command;

use crate::cli::canvass;
use crate::support::scratch::Scratch;

const SEED: &str = "20260105";
const SPEC: &str = "quarterly-index.survey";
/// Every tenth person: enough for several hundred completes, few enough for a test.
const EVERY: usize = 10;

/// Puts the campaign with a part of its list into a folder.
fn shorter(home: &Scratch) {
    let campaign = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/quarterly-index");
    home.write(SPEC, std::fs::read(campaign.join(SPEC)).unwrap());
    home.write("canvass.yaml", format!("seed: {SEED}\n"));
    for entry in std::fs::read_dir(campaign.join("data")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let every = if name == "customers.csv" { EVERY } else { 1 };
        // From the header on, which stays the first line.
        let lines: String = text.split_inclusive('\n').step_by(every).collect();
        home.write(&format!("data/{name}"), lines);
    }
}

fn run(home: &Scratch, args: &[&str]) -> Vec<u8> {
    let output = canvass(home).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn another_program_agrees_on_every_number_of_a_rehearsal() {
    let home = Scratch::new("recomputed");
    shorter(&home);
    run(&home, &["rehearse", SPEC, "--out", "report", "--quiet"]);
    run(&home, &["plan", SPEC, "--draw", "draw.csv", "--quiet"]);
    home.write(
        "canvass.yaml",
        format!(
            "seed: {SEED}\nprofiles:\n  dev:\n    store: \"sqlite:.canvass/rehearsal/csat_2026q1/rehearsal.db\"\n"
        ),
    );
    run(&home, &["export", SPEC, "--format", "json", "--out", "raw.json"]);
    let output = Command::new("python3")
        .current_dir(&home.0)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent/recompute.py"))
        .args(["--customers", "data/customers.csv", "--draw", "draw.csv", "--raw", "raw.json"])
        .args(["--report", "report/report.json", "--seed", SEED])
        .output()
        .expect("python3 recomputes the report; install it");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(" 0 faults"), "{said}");
    assert!(compared(&said) > 1400, "few numbers were compared: {said}");
}

/// Reads how many numbers were compared: the line says `1992 numbers of the report, …`.
fn compared(said: &str) -> u32 {
    let line = said.lines().find(|l| l.contains(" 0 faults")).unwrap_or_default();
    line.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}
