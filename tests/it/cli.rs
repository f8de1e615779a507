//! The program as its users meet it: exit codes, streams, words; in an empty home with a fixed clock.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::scratch::Scratch;

/// The program with nothing of this machine's environment but a path to temporary files.
pub fn canvass(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_canvass"));
    command
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("PATH", "/usr/bin:/bin")
        .env("COLUMNS", "100");
    command
}

fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = canvass(folder).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

const GOOD: &str = include_str!("../fixtures/model/base.survey");

#[test]
fn exit_codes_are_a_contract() {
    let home = Scratch::new("exit");
    home.write("good.survey", GOOD);
    home.write("broken.survey", GOOD.replace("weighted(one, two)", "weighted(one)"));
    home.write("warning.survey", format!("{GOOD}analysis {{\n  trim 0.3..3\n}}\n"));
    assert_eq!(run(&home.0, &["check", "good.survey"]).0, 0);
    assert_eq!(run(&home.0, &["chekc"]).0, 1);
    assert_eq!(run(&home.0, &[]).0, 1);
    assert_eq!(run(&home.0, &["--help"]).0, 0);
    assert_eq!(run(&home.0, &["check", "broken.survey"]).0, 2);
    assert_eq!(run(&home.0, &["check", "warning.survey"]).0, 0);
    assert_eq!(run(&home.0, &["check", "warning.survey", "--deny", "warnings"]).0, 2);
    assert_eq!(run(&home.0, &["check", "nowhere.survey"]).0, 3);
    assert_eq!(run(&home.0, &["check", "."]).0, 2);
}

/// What decides who is asked or what is promised can be checked, and is not left out in silence.
#[test]
fn a_campaign_that_can_not_be_planned_is_checked_and_refused() {
    let home = Scratch::new("not-planned");
    home.write("anonymous.survey", format!("{GOOD}privacy {{ anonymous }}\n"));
    let (code, _, stderr) = run(&home.0, &["check", "anonymous.survey"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("warning[not-planned]"), "{stderr}");
    let (code, stdout, stderr) = run(&home.0, &["plan", "anonymous.survey"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("can't plan or run `base`"), "{stderr}");
}

#[test]
fn a_spec_that_is_not_utf8_says_so() {
    let home = Scratch::new("utf8");
    home.write("bad.survey", b"campaign a {\n title \"\xff\"\n}");
    let (code, stdout, stderr) = run(&home.0, &["check", "bad.survey"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("not UTF-8"), "{stderr}");
}

#[test]
fn new_makes_a_repository_that_checks_and_refuses_a_folder_in_use() {
    let home = Scratch::new("new");
    let (code, stdout, _) = run(&home.0, &["new", "shop"]);
    assert_eq!(code, 0);
    assert!(stdout.lines().any(|l| l == "shop/csat.survey"));
    let (code, stdout, stderr) = run(&home.0, &["check", "shop", "--deny", "warnings"]);
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    let (code, _, stderr) = run(&home.0, &["new", "shop"]);
    assert_eq!(code, 3);
    assert!(stderr.contains("not empty"));
}

/// Every code that the sources can give has a section, and no section is left over.
#[test]
fn every_diagnostic_is_explained() {
    let mut given = std::collections::BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry
                .components()
                .any(|c| ["model", "syntax"].iter().any(|room| c.as_os_str() == *room))
            {
                given.extend(codes_in(&std::fs::read_to_string(entry).unwrap()));
            }
        }
    }
    let explained: std::collections::BTreeSet<String> =
        canvass::cli::explain::codes().map(str::to_owned).collect();
    assert_eq!(given, explained);
}

/// Finds the first argument of `error(…)` and `warning(…)` where it is a literal.
fn codes_in(source: &str) -> Vec<String> {
    let calls = ["error(", "warning(", "Diagnostic::error("];
    // The one place that chooses between two codes.
    if source.contains("let code = if") {
        return vec!["double-equals".to_owned(), "operator".to_owned()]
            .into_iter()
            .chain(plain(source, &calls))
            .collect();
    }
    plain(source, &calls)
}

fn plain(source: &str, calls: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for call in calls {
        for rest in source.split(call).skip(1) {
            let rest = rest.trim_start();
            let Some(literal) = rest.strip_prefix('"').and_then(|r| r.split_once('"')) else { continue };
            let follows = literal.1.trim_start().starts_with(',');
            if follows && literal.0.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
                found.push(literal.0.to_owned());
            }
        }
    }
    found
}

/// One canonical form: written in place, or only told, or from standard input to standard output.
#[test]
fn fmt_writes_tells_and_refuses() {
    use std::io::Write as _;
    let home = Scratch::new("fmt");
    let odd = "campaign   c {\r\n languages zh\r\n\r\n\r\n}\r\n";
    let path = home.write("specs/odd.survey", odd);
    home.write("specs/broken.survey", "campaign c {\n");
    home.write("specs/.hidden/odd.survey", odd);
    let (code, stdout, _) = run(&home.0, &["fmt", "--check", "specs/odd.survey"]);
    assert_eq!((code, stdout.as_str()), (2, "specs/odd.survey\n"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), odd);
    let (code, _, stderr) = run(&home.0, &["fmt", "specs"]);
    assert_eq!(code, 2);
    assert!(
        stderr.contains("this `{` is never closed")
            && stderr.contains("`specs/broken.survey` was left as it is"),
        "{stderr}"
    );
    assert_eq!(std::fs::read_to_string(home.0.join("specs/broken.survey")).unwrap(), "campaign c {\n");
    let canonical = "campaign c {\n  languages zh\n}\n";
    assert_eq!(std::fs::read_to_string(&path).unwrap(), canonical);
    assert_eq!(std::fs::read_to_string(home.0.join("specs/.hidden/odd.survey")).unwrap(), odd);
    assert_eq!(run(&home.0, &["fmt", "--check", "specs/odd.survey"]).0, 0);
    assert_eq!(run(&home.0, &["fmt", "nowhere"]).0, 3);
    let mut child = canvass(&home.0)
        .args(["fmt", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(odd.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stdout), (Some(0), canonical.as_bytes().to_vec()));
}
