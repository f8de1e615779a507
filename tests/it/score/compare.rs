//! Reference cases of comparisons through the program itself: one spec or two, and what R printed for the same data.
//!
//! A case is a folder of `tests/fixtures/score/compare`: `after.survey`, `before.survey` where it compares two waves, and
//! `expected` with a line for each number, `PLACE IN THE REPORT = CASE PLACE IN R'S OUTPUT [x100]`, or for each word,
//! `PLACE is WORD`. `split FILE by COLUMN` makes a file of each value of a column (`FILE-VALUE.csv`), `column NAME by OTHER
//! VALUE NUMBER, …` adds a column to these. Nothing here knows a case; another one needs no line of Rust.
//! The numbers stand in `tests/fixtures/score/cases`, the data in `CANVASS_REFERENCE`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::cases::Case;
use crate::support::scratch::Scratch;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/score")
}

/// Follows a path such as `change.measures[name=csi].df` or `diff[0].est`.
fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    let mut here = value;
    for step in path.split('.') {
        let (name, inside) = step.split_once('[').map_or((step, None), |(n, rest)| (n, Some(rest)));
        here = &here[name];
        if let Some(wanted) = inside.map(|i| i.trim_end_matches(']')) {
            here = match wanted.split_once('=') {
                Some((key, value)) => {
                    let list = here.as_array().map_or(&[][..], Vec::as_slice);
                    list.iter().find(|x| x[key].as_str() == Some(value)).unwrap_or(&Value::Null)
                }
                None => &here[wanted.parse::<usize>().unwrap()],
            };
        }
    }
    here
}

/// Writes a file for each value of a column, with a further column where one is wanted.
fn split(home: &Path, file: &str, by: &str, more: Option<(&str, &str, BTreeMap<String, String>)>) {
    let mut reader = csv::Reader::from_path(home.join(file)).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let place = |name: &str| names.iter().position(|n| n == name).unwrap();
    let mut head = names.join(",");
    if let Some((name, ..)) = &more {
        write!(head, ",{name}").unwrap();
    }
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for row in reader.records().map(|r| r.unwrap()) {
        let text = files.entry(row[place(by)].to_owned()).or_insert_with(|| format!("{head}\n"));
        text.push_str(&row.iter().collect::<Vec<_>>().join(","));
        if let Some((_, of, values)) = &more {
            write!(text, ",{}", values[&row[place(of)]]).unwrap();
        }
        text.push('\n');
    }
    for (value, text) in files {
        let name = format!("{}-{value}.csv", file.trim_end_matches(".csv"));
        std::fs::write(home.join(name), text).unwrap();
    }
}

fn prepare(home: &Path, lines: &[&str]) {
    let column = lines.iter().find_map(|l| l.strip_prefix("column "));
    let more = column.map(|line| {
        let (name, rest) = line.split_once(" by ").unwrap();
        let (of, values) = rest.split_once(' ').unwrap();
        let pair = |v: &str| v.trim().split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        (name, of, values.split(',').map(pair).collect())
    });
    if let Some(line) = lines.iter().find_map(|l| l.strip_prefix("split ")) {
        let (file, by) = line.split_once(" by ").unwrap();
        split(home, file, by, more);
    }
}

fn report(home: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_canvass"))
        .current_dir(home)
        .args(["report", "after.survey", "--out", "out", "--formats", "json,html,markdown"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    serde_json::from_str(&std::fs::read_to_string(home.join("out/report.json")).unwrap()).unwrap()
}

fn run(folder: &Path, data: &Path, cases: &mut BTreeMap<String, Case>) {
    let home = Scratch::new("compare");
    for file in std::fs::read_dir(data).unwrap().map(|f| f.unwrap().path()).filter(|f| f.is_file()) {
        std::fs::copy(&file, home.join(file.file_name().unwrap())).unwrap();
    }
    for spec in ["before.survey", "after.survey"] {
        if folder.join(spec).is_file() {
            std::fs::copy(folder.join(spec), home.join(spec)).unwrap();
        }
    }
    std::fs::write(home.join("canvass.yaml"), "seed: 1\n").unwrap();
    let text = std::fs::read_to_string(folder.join("expected")).unwrap();
    let lines: Vec<&str> = text.lines().filter(|l| !l.starts_with('#')).collect();
    prepare(&home, &lines);
    let ours = report(&home);
    for line in lines {
        if let Some((place, word)) = line.split_once(" is ") {
            assert_eq!(at(&ours, place).as_str(), Some(word), "{}: {line}", folder.display());
        } else if let Some((place, theirs)) = line.split_once(" = ") {
            let words: Vec<&str> = theirs.split_whitespace().collect();
            let case = cases.entry(words[0].to_owned()).or_insert_with(|| {
                let file = fixtures().join(format!("cases/{}.json", words[0]));
                Case::new(&std::fs::read_to_string(file).unwrap())
            });
            let factor = if words.get(2) == Some(&"x100") { 100.0 } else { 1.0 };
            let theirs = at(&case.results, words[1]).as_f64().unwrap_or_else(|| panic!("R has no {line}"));
            case.check(place, at(&ours, place).as_f64(), &Value::from(theirs * factor));
        }
    }
}

#[test]
fn comparisons_of_the_program_agree_with_r() {
    let Some(folder) = std::env::var_os("CANVASS_REFERENCE").map(PathBuf::from) else {
        return eprintln!("not run: CANVASS_REFERENCE names no folder with the data of the cases");
    };
    let data = if folder.join("data").is_dir() { folder.join("data") } else { folder };
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(fixtures().join("compare")).unwrap().map(|f| f.unwrap().path()).collect();
    folders.sort();
    let mut cases = BTreeMap::new();
    folders.iter().for_each(|folder| run(folder, &data, &mut cases));
    cases.values().for_each(Case::settle);
}
