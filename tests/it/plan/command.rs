//! `canvass plan` from outside: files, exit codes, what stands where.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::support::{Place, SPEC, list};

fn place() -> Place {
    let rows: Vec<String> = (0..40).map(|i| format!("k{i},k{i}@example.com,2025-01-01,{i},{i}")).collect();
    let place = Place::new(&SPEC.replace("sample all // rest", "sample 10"), &list(&rows));
    place.write("canvass.yaml", b"seed: 20260105\n");
    place
}

fn canvass(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_canvass")).args(args).current_dir(folder).env_clear().output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_plan_from_the_summary_equals_the_plan_from_the_list() {
    let place = place();
    for format in ["text", "yaml", "json", "markdown"] {
        let from_list = canvass(
            place.folder(),
            &["plan", "wave.survey", "--format", format, "--write-summary", "frame.json"],
        );
        assert!(from_list.status.success(), "{}", err(&from_list));
        fs::rename(place.folder().join("customers.csv"), place.folder().join("away.csv")).unwrap();
        let from_summary =
            canvass(place.folder(), &["plan", "wave.survey", "--format", format, "--summary", "frame.json"]);
        fs::rename(place.folder().join("away.csv"), place.folder().join("customers.csv")).unwrap();
        assert_eq!(from_summary.status.code(), Some(0), "{}", err(&from_summary));
        assert_eq!(out(&from_summary), out(&from_list));
    }
}

#[test]
fn a_summary_of_other_clauses_or_another_seed_is_refused() {
    let place = place();
    canvass(place.folder(), &["plan", "wave.survey", "--write-summary", "frame.json"]);
    let spec = fs::read_to_string(place.folder().join("wave.survey")).unwrap();
    // The wording of a question does not matter to the list …
    place.write("wave.survey", spec.replace("How satisfied", "How happy").as_bytes());
    let fine = canvass(place.folder(), &["plan", "wave.survey", "--summary", "frame.json"]);
    assert_eq!(fine.status.code(), Some(0), "{}", err(&fine));
    // … a stratum does.
    place.write("wave.survey", spec.replace("top 40%", "top 30%").as_bytes());
    let stale = canvass(place.folder(), &["plan", "wave.survey", "--summary", "frame.json"]);
    assert_eq!(stale.status.code(), Some(2));
    assert!(err(&stale).contains("--write-summary frame.json"), "{}", err(&stale));
    place.write("wave.survey", spec.as_bytes());
    let seed = canvass(place.folder(), &["--seed", "7", "plan", "wave.survey", "--summary", "frame.json"]);
    assert_eq!(seed.status.code(), Some(2));
    assert!(err(&seed).contains("seed 20260105, not 7"), "{}", err(&seed));
}

#[test]
fn the_draw_can_be_recomputed_from_the_file() {
    let place = place();
    fs::create_dir(place.folder().join(".git")).unwrap();
    let output = canvass(place.folder(), &["plan", "wave.survey", "--draw", "drawn.csv"]);
    assert!(output.status.success());
    assert!(err(&output).contains("don't commit it"), "{}", err(&output));
    let text = fs::read_to_string(place.folder().join("drawn.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("cell,position,key,u"));
    let rest: Vec<Vec<&str>> =
        lines.map(|l| l.split(',').collect::<Vec<_>>()).filter(|l| l[0] == "rest").collect();
    assert_eq!(rest.len(), 10);
    for (i, line) in rest.iter().enumerate() {
        assert_eq!(line[1], i.to_string());
        let u =
            canvass::frame::random::fraction(canvass::frame::random::of_person(20_260_105, line[2]).number);
        assert!((line[3].parse::<f64>().unwrap() - u).abs() < f64::EPSILON);
    }
}

#[test]
fn changes_against_an_earlier_plan_come_first() {
    let place = place();
    let made = canvass(place.folder(), &["plan", "wave.survey", "--format", "yaml", "--out", "plan.yaml"]);
    assert!(made.status.success() && made.stdout.is_empty());
    let same = canvass(place.folder(), &["plan", "wave.survey", "--against", "plan.yaml"]);
    assert!(
        out(&same).starts_with("Changes against the earlier plan\n  nothing changed\n"),
        "{}",
        out(&same)
    );
    let spec = fs::read_to_string(place.folder().join("wave.survey")).unwrap();
    place.write("wave.survey", spec.replace("sample 10", "sample 12").as_bytes());
    let changed =
        canvass(place.folder(), &["plan", "wave.survey", "--against", "plan.yaml", "--format", "markdown"]);
    assert!(out(&changed).contains("- `rest`, drawn: 10 → 12\n"), "{}", out(&changed));
    let foreign = canvass(place.folder(), &["plan", "wave.survey", "--against", "customers.csv"]);
    assert_eq!(foreign.status.code(), Some(3));
}

#[test]
fn what_can_not_be_read_or_written_is_exit_3_and_leaves_nothing_half_written() {
    let place = place();
    let unwritable = canvass(place.folder(), &["plan", "wave.survey", "--out", "no/such/folder/plan.txt"]);
    assert_eq!(unwritable.status.code(), Some(3));
    assert!(err(&unwritable).contains("no/such/folder/plan.txt"), "{}", err(&unwritable));
    place.write("customers.csv", b"key,email\n");
    let columns = canvass(place.folder(), &["plan", "wave.survey", "--out", "plan.txt"]);
    assert_eq!(columns.status.code(), Some(3));
    assert!(!place.folder().join("plan.txt").exists());
    assert!(err(&columns).contains("has no column `signed_up`"), "{}", err(&columns));
    let nothing = canvass(place.folder(), &["plan", "nothing.survey"]);
    assert_eq!(nothing.status.code(), Some(3));
}

#[test]
fn too_large_a_number_is_an_error_of_the_spec() {
    let place = place();
    let spec = fs::read_to_string(place.folder().join("wave.survey")).unwrap();
    place.write("wave.survey", spec.replace("sample 10", "sample 1000").as_bytes());
    let output = canvass(place.folder(), &["plan", "wave.survey"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("asks for 1000 invitations, but only"), "{}", err(&output));
}

#[test]
fn without_a_seed_there_is_no_draw() {
    let place = place();
    fs::remove_file(place.folder().join("canvass.yaml")).unwrap();
    let output = canvass(place.folder(), &["plan", "wave.survey"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(err(&output).contains("write `seed: 20260105`"), "{}", err(&output));
    assert!(canvass(place.folder(), &["plan", "wave.survey", "--seed", "5"]).status.success());
}

#[test]
fn problems_of_the_list_are_shown_and_written() {
    let place = place();
    let mut rows: Vec<String> = (0..30).map(|i| format!("k{i},broken {i},2025-01-01,{i},{i}")).collect();
    rows.push("k40,k40@example.com,2025-01-01,1,1".to_owned());
    rows.extend((50..60).map(|i| format!("k{i},k{i}@example.com,2025-01-01,{i},{i}")));
    place.write("customers.csv", list(&rows).as_bytes());
    let output = canvass(place.folder(), &["plan", "wave.survey", "--problems", "problems.csv"]);
    assert!(output.status.success(), "{}", err(&output));
    let shown = err(&output);
    assert_eq!(shown.lines().filter(|l| l.starts_with("warning: customers.csv:")).count(), 20);
    assert!(shown.contains("… and 10 more"), "{shown}");
    assert!(!shown.contains("broken"), "{shown}");
    let written = fs::read_to_string(place.folder().join("problems.csv")).unwrap();
    assert_eq!(written.lines().count(), 31);
    assert!(written.contains("\ncustomers.csv,2,email,not an e-mail address"), "{written}");
}

#[test]
fn the_spec_of_a_git_revision_can_be_compared_with() {
    let place = place();
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(place.folder()).args(["-c", "user.name=A", "-c", "user.email=a@example.com"]);
        assert!(command.args(args).output().unwrap().status.success(), "{args:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "wave.survey"]);
    git(&["commit", "-q", "-m", "first"]);
    let spec = fs::read_to_string(place.folder().join("wave.survey")).unwrap();
    place.write("wave.survey", spec.replace("sample 10", "sample 12").as_bytes());
    let plan = |revision: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_canvass"));
        command.args(["plan", "wave.survey", "--against", revision]).current_dir(place.folder()).env_clear();
        command.env("PATH", std::env::var("PATH").unwrap()).output().unwrap()
    };
    let changed = plan("HEAD");
    assert!(out(&changed).contains("  `rest`, drawn: 10 → 12\n"), "{}{}", out(&changed), err(&changed));
    let nothing = plan("v9");
    assert_eq!(nothing.status.code(), Some(3));
    assert!(err(&nothing).contains("neither a plan file nor a git revision"), "{}", err(&nothing));
}
