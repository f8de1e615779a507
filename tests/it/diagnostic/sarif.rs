//! SARIF 2.1.0 as its schema has it, by a validator of another make; and what the standard demands beyond the schema:
//! URI references, rules that are named once, results that name their rule (OASIS, SARIF 2.1.0, §3.13–3.58).

use canvass::diagnostic::{Diagnostic, render_sarif};
use canvass::source::{SourceMap, Span};
use serde_json::{Map, Value};

use crate::support::scratch::Scratch;

/// Checks an object's properties: all of `must` and nothing but `must` and `may`.
#[track_caller]
fn object<'a>(value: &'a Value, must: &[&str], may: &[&str]) -> &'a Map<String, Value> {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    must.iter().for_each(|key| assert!(object.contains_key(*key), "`{key}` is missing in {value}"));
    object.keys().for_each(|key| {
        assert!(
            must.contains(&key.as_str()) || may.contains(&key.as_str()),
            "`{key}` is too much in {value}"
        );
    });
    object
}

#[track_caller]
fn message(value: &Value) {
    assert!(!object(value, &["text"], &[])["text"].as_str().unwrap().is_empty());
}

#[track_caller]
fn region(value: &Value) {
    let region = object(value, &["startLine", "startColumn", "endLine", "endColumn"], &[]);
    let number = |key: &str| region[key].as_u64().unwrap();
    let (start, end) =
        ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
    assert!(start.0 >= 1 && start.1 >= 1 && end.1 >= 1 && start <= end, "{value}");
}

/// A relative URI reference has none of these characters.
#[track_caller]
fn artifact(value: &Value) {
    let uri = object(value, &["uri"], &[])["uri"].as_str().unwrap();
    assert!(uri.is_ascii() && !uri.contains([' ', '"', '<', '>', '\\', '^', '`', '{', '|', '}']), "{uri}");
    assert!(!uri.starts_with('/') && !uri.split('/').next().unwrap().contains(':'), "{uri}");
}

#[track_caller]
fn physical(value: &Value) {
    let place = object(value, &["artifactLocation", "region"], &[]);
    artifact(&place["artifactLocation"]);
    region(&place["region"]);
}

#[track_caller]
fn valid(sarif: &str) {
    let log: Value = serde_json::from_str(sarif).unwrap();
    let log = object(&log, &["version", "runs"], &["$schema"]);
    assert_eq!(log["version"], "2.1.0");
    for run in log["runs"].as_array().unwrap() {
        let run = object(run, &["tool"], &["results", "columnKind"]);
        assert!(["utf16CodeUnits", "unicodeCodePoints"].contains(&run["columnKind"].as_str().unwrap()));
        let driver =
            object(&object(&run["tool"], &["driver"], &[])["driver"], &["name"], &["version", "rules"]);
        let rules = driver["rules"].as_array().unwrap();
        let ids: Vec<&str> =
            rules.iter().map(|rule| object(rule, &["id"], &[])["id"].as_str().unwrap()).collect();
        assert_eq!(
            ids.iter().collect::<std::collections::BTreeSet<_>>().len(),
            ids.len(),
            "rules are unique"
        );
        for result in run["results"].as_array().unwrap() {
            let may = ["ruleId", "ruleIndex", "level", "locations", "relatedLocations", "fixes"];
            let result = object(result, &["message"], &may);
            message(&result["message"]);
            assert!(["none", "note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
            let index = usize::try_from(result["ruleIndex"].as_i64().unwrap()).unwrap();
            assert_eq!(result["ruleId"], ids[index]);
            for location in result["locations"].as_array().unwrap() {
                physical(&object(location, &[], &["physicalLocation"])["physicalLocation"]);
            }
            let related =
                result.get("relatedLocations").and_then(Value::as_array).cloned().unwrap_or_default();
            for (id, location) in related.iter().enumerate() {
                let location = object(location, &[], &["id", "physicalLocation", "message"]);
                assert_eq!(location["id"], id);
                physical(&location["physicalLocation"]);
                message(&location["message"]);
            }
            for fix in result.get("fixes").and_then(Value::as_array).cloned().unwrap_or_default() {
                for change in object(&fix, &["artifactChanges"], &[])["artifactChanges"].as_array().unwrap() {
                    let change = object(change, &["artifactLocation", "replacements"], &[]);
                    artifact(&change["artifactLocation"]);
                    let replacements = change["replacements"].as_array().unwrap();
                    assert!(!replacements.is_empty());
                    for replacement in replacements {
                        let replacement = object(replacement, &["deletedRegion"], &["insertedContent"]);
                        region(&replacement["deletedRegion"]);
                        object(&replacement["insertedContent"], &["text"], &[]);
                    }
                }
            }
        }
    }
}

/// The findings of all broken files, and paths that are no URIs as they stand.
#[test]
fn sarif_is_what_the_schema_demands() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/syntax/broken");
    let mut sources = SourceMap::default();
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let text = std::fs::read_to_string(&entry).unwrap();
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        let id = sources.add(format!("问卷 {{1}}/{name}"), text.as_str());
        all.extend(canvass::syntax::parse(sources.get(id).unwrap()).diagnostics);
    }
    let odd = sources.add("a:b|c.survey", "x\r\n满意 y\n");
    all.push(
        Diagnostic::error("x", Span::new(odd, 3, 9), "two")
            .label(Span::new(odd, 3, 3), "here")
            .fix(Span::new(odd, 0, 0), ""),
    );
    assert!(
        all.len() > 60 && all.iter().any(|d| d.fix.is_some()) && all.iter().any(|d| !d.labels.is_empty())
    );
    let logs = [render_sarif(&all, &sources), render_sarif(&[], &sources), of_the_command()];
    logs.iter().for_each(|log| valid(log));
    against_the_schema(&logs);
    // A validator that finds nothing in anything would prove nothing.
    let broken = logs[0].replacen("\"startLine\": ", "\"startLine\": -", 1);
    assert_ne!(broken, logs[0]);
    assert!(violations(&[broken]).is_err_and(|told| told.contains("startLine")));
}

/// What `canvass check --format sarif` prints of whole campaigns, errors and warnings among them.
fn of_the_command() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_canvass"));
    let paths = ["rules/badly", "model/base.survey", "syntax/broken", "trial"];
    let output =
        command.args(["check", "--format", "sarif"]).args(paths).current_dir(folder).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn against_the_schema(logs: &[String]) {
    let told = violations(logs);
    assert!(told.is_ok(), "{told:?}");
}

/// Asks a validator of another make; the schema is that of the standard.
fn violations(logs: &[String]) -> Result<String, String> {
    let root = env!("CARGO_MANIFEST_DIR");
    let folder = Scratch::new("sarif");
    let path = |position: usize| folder.0.join(format!("{position}.sarif"));
    logs.iter().enumerate().for_each(|(position, log)| std::fs::write(path(position), log).unwrap());
    let has = |python: &&str| {
        let output = std::process::Command::new(python).args(["-c", "import jsonschema"]).output();
        output.is_ok_and(|output| output.status.success())
    };
    let python = ["/usr/bin/python3", "python3"].into_iter().find(has);
    let output = std::process::Command::new(python.expect("python3-jsonschema; `sh tests/run.sh` brings it"))
        .arg(format!("{root}/tests/independent/valid.py"))
        .arg(format!("{root}/tests/fixtures/sarif/sarif-schema-2.1.0.json"))
        .args((0..logs.len()).map(path))
        .output()
        .unwrap();
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(told) } else { Err(told) }
}
