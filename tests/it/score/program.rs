//! Reference cases through the program itself: a spec with `responses`, and what R printed for the same data.
//!
//! A case is two files in `tests/fixtures/score/program`: `NAME.survey`, and `NAME.expected` with a line for each
//! estimate, `PLACE IN THE REPORT = CASE | PLACE IN R'S OUTPUT [| fields]`. Nothing here knows a case; another one
//! needs no line of Rust. The numbers stand in `tests/fixtures/score/cases`, the data in `CANVASS_REFERENCE`.
//!
//! Places in the report: `overall | SCORE`, `stratum | NAME | SCORE`, `segment | VARIABLE | GROUP | SCORE`,
//! `item | NAME | mean`, `driver | OUTCOME [| DRIVER] | FIELD`, and `weights | FIELD`. Places in R's output: `rows[var=api00]`, `a/b`, `list[0]`. Fields: names
//! of R's columns, without them all that a report has; `x100` multiplies R's number, `1e-7` is a tolerance of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use canvass::exchange::responses;
use canvass::model::{Folder, analyse};
use canvass::report::{build_collected, build_counted, json};
use serde_json::Value;

use super::cases::Case;
use super::one_pass::alike;
use crate::support::scratch::Scratch;

/// R's columns and the report's fields that they are compared with.
const COLUMNS: [(&str, &str); 16] = [
    ("est", "value"),
    ("ratio", "value"),
    ("nps", "value"),
    ("se", "standard_error"),
    ("df", "df"),
    ("df_domain", "df"),
    ("t_low", "low"),
    ("t_high", "high"),
    ("low", "low"),
    ("high", "high"),
    ("td_low", "low"),
    ("td_high", "high"),
    ("deff", "design_effect"),
    ("deff_wr", "design_effect_replace"),
    ("n", "n"),
    ("neff", "n_effective"),
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/score")
}

/// Makes the reports of a spec beside the reference data: from answers one by one, and counted in one pass.
fn reports(spec: &Path, data: &Path) -> [Value; 2] {
    let home = Scratch::new("program");
    for file in std::fs::read_dir(data).unwrap().map(|f| f.unwrap().path()) {
        if file.is_file() {
            std::fs::copy(&file, home.0.join(file.file_name().unwrap())).unwrap();
        }
    }
    for file in std::fs::read_dir(spec.parent().unwrap()).unwrap().map(|f| f.unwrap().path()) {
        if file.extension().is_some_and(|e| e == "csv") {
            std::fs::copy(&file, home.0.join(file.file_name().unwrap())).unwrap();
        }
    }
    std::fs::copy(spec, home.0.join("case.survey")).unwrap();
    let analysis = analyse("case.survey", &Folder(home.0.clone()));
    let faults: Vec<String> =
        analysis.diagnostics.iter().map(|d| format!("{}: {}", d.code, d.message)).collect();
    let Some(checked) = analysis.checked else { panic!("{}: {faults:?}", spec.display()) };
    let collected = responses::read(&checked, &home.0).unwrap().unwrap();
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let counted = responses::count(&checked, &home.0).unwrap().unwrap().unwrap();
    let both =
        [build_collected(&checked, &collected, now), build_counted(&checked, &counted, (None, &[]), now)];
    both.map(|data| serde_json::from_str(&json(&data)).unwrap())
}

/// Finds an estimate in the report.
fn place<'a>(report: &'a Value, words: &[&str]) -> &'a Value {
    let scores = &report["scores"];
    let measure = |name: &str| {
        let measures = scores["measures"].as_array().unwrap();
        measures.iter().position(|m| m["name"] == name).unwrap_or_else(|| panic!("no score {name}"))
    };
    let named = |list: &'a Value, name: &str| {
        list.as_array().unwrap().iter().find(|g| g["name"] == name).unwrap_or_else(|| panic!("no {name}"))
    };
    match words {
        ["overall", score] => &scores["overall"]["estimates"][measure(score)],
        ["stratum", name, score] => &named(&scores["strata"], name)["estimates"][measure(score)],
        ["segment", by, name, score] => {
            &named(&named(&scores["segments"], by)["groups"], name)["estimates"][measure(score)]
        }
        ["item", name, field] => &named(&scores["items"], name)[*field],
        ["driver", outcome, rest @ ..] => {
            let found = report["findings"]["drivers"].as_array().unwrap();
            let found = found.iter().find(|f| f["outcome"] == *outcome).unwrap();
            match rest {
                [field] => &found[*field],
                [driver, field] => &named(&found["drivers"], driver)[*field],
                other => panic!("no such place: {other:?}"),
            }
        }
        ["weights", field] => &scores["weights"][*field],
        other => panic!("no such place: {other:?}"),
    }
}

/// Finds a value in what R printed: `a/b`, `list[0]`, `rows[var=api00,group=1]`.
fn theirs<'a>(results: &'a Value, path: &str) -> &'a Value {
    let mut at = results;
    for step in path.split('/') {
        let (name, pick) = step.split_once('[').map_or((step, None), |(n, p)| (n, p.strip_suffix(']')));
        if !name.is_empty() {
            at = &at[name];
        }
        let Some(pick) = pick else { continue };
        at = match pick.parse::<usize>() {
            Ok(i) => &at[i],
            Err(_) => {
                let wanted: Vec<(&str, &str)> = pick.split(',').map(|w| w.split_once('=').unwrap()).collect();
                let is = |row: &&Value| {
                    wanted.iter().all(|(k, v)| match &row[*k] {
                        Value::String(text) => text == v,
                        other => {
                            let shown = other.to_string();
                            shown == *v
                        }
                    })
                };
                at.as_array().unwrap().iter().find(is).unwrap_or_else(|| panic!("no row {pick}"))
            }
        };
    }
    assert!(!at.is_null(), "R printed nothing at {path}");
    at
}

fn compare(case: &mut Case, what: &str, ours: &Value, theirs: &Value, options: &str) {
    let factor = if options.split_whitespace().any(|o| o == "x100") { 100.0 } else { 1.0 };
    let tolerance =
        options.split_whitespace().find_map(|o| o.parse::<f64>().ok()).unwrap_or(case.tolerance());
    let named = |o: &&str| *o != "x100" && o.parse::<f64>().is_err();
    let fields: Vec<&str> = options.split_whitespace().filter(named).collect();
    let scaled = |field: &str, x: &Value| match x.as_f64() {
        Some(x) if ["value", "standard_error", "low", "high"].contains(&field) => Value::from(x * factor),
        _ => x.clone(),
    };
    if theirs.is_number() {
        let ours = if ours.is_number() { ours } else { &ours["value"] };
        case.check_within(tolerance, what, ours.as_f64(), &scaled("value", theirs));
        return;
    }
    let domain = theirs.get("td_low").is_some();
    for (column, field) in COLUMNS {
        // Where R gives both, the domain's own degrees of freedom are ours.
        let other = domain && ["t_low", "t_high", "df"].contains(&column);
        if other || !(fields.is_empty() || fields.contains(&column)) {
            continue;
        }
        let clipped = ours["clipped"] == true && ["low", "high"].contains(&field);
        if let Some(value) = theirs.get(column).filter(|_| !clipped) {
            case.check_within(
                tolerance,
                &format!("{what}, {column}"),
                ours[field].as_f64(),
                &scaled(field, value),
            );
        }
    }
}

#[test]
fn program_cases_agree_with_r() {
    let Some(folder) = std::env::var_os("CANVASS_REFERENCE").map(PathBuf::from) else {
        eprintln!("not run: CANVASS_REFERENCE names no folder with the data of the cases");
        return;
    };
    let data = if folder.join("data").is_dir() { folder.join("data") } else { folder };
    let mut specs: Vec<PathBuf> =
        std::fs::read_dir(fixtures().join("program")).unwrap().map(|f| f.unwrap().path()).collect();
    specs.retain(|p| p.extension().is_some_and(|e| e == "survey"));
    specs.sort();
    let mut faults = Vec::new();
    println!("{:<28} {:>8} {:>12}", "case", "numbers", "largest");
    for spec in specs {
        let [report, counted] = reports(&spec, &data);
        let name = spec.file_stem().unwrap().to_string_lossy().into_owned();
        faults.extend(alike(&name, &report["scores"], &counted["scores"]));
        let mut cases: BTreeMap<String, Case> = BTreeMap::new();
        let expected = std::fs::read_to_string(spec.with_extension("expected")).unwrap();
        for line in expected.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let (left, right) = line.split_once(" = ").unwrap_or_else(|| panic!("no ` = ` in {line}"));
            let words: Vec<&str> = left.split('|').map(str::trim).collect();
            let right: Vec<&str> = right.split('|').map(str::trim).collect();
            let case = cases.entry(right[0].to_owned()).or_insert_with(|| {
                let path = fixtures().join("cases").join(format!("{}.json", right[0]));
                Case::new(&std::fs::read_to_string(path).unwrap())
            });
            let results = case.results.clone();
            let value = theirs(&results, right[1]);
            let options = right.get(2).copied().unwrap_or("");
            compare(case, left, place(&report, &words), value, options);
            if words[0] != "driver" {
                compare(case, &format!("{left}, counted"), place(&counted, &words), value, options);
            }
        }
        for case in cases.into_values() {
            println!("{name:<28} {:>8} {:>12.1e}", case.compared(), case.largest());
            faults.extend(case.faults().iter().map(|f| format!("{name}: {f}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
