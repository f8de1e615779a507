//! The page of a rule is its test: marked lines fire, all others don't.

use std::fs;
use std::path::Path;

use canvass::diagnostic::Severity;
use canvass::model::rule::{ALL, Rule};
use canvass::model::{Judgement, Switch};

use super::{MARKS, analyse_spec, findings, whole};

const HEADINGS: [&str; 7] = [
    "What it does",
    "Why is this bad?",
    "Example",
    "What it does not flag",
    "Use instead",
    "When to switch it off",
    "References",
];

/// A code block of a page: under which heading, in which languages, and its text.
struct Block<'a> {
    heading: &'a str,
    languages: &'a str,
    text: &'a str,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    for section in page.split("\n## ").skip(1) {
        let (heading, body) = section.split_once('\n').unwrap();
        for rest in body.split("```survey").skip(1) {
            let (info, rest) = rest.split_once('\n').unwrap();
            let languages = if info.trim().is_empty() { "en" } else { info.trim() };
            found.push(Block { heading, languages, text: rest.split("```").next().unwrap() });
        }
    }
    found
}

/// A rule that ships switched off is tried switched on; every page is read on the same day.
fn judgement(rule: &Rule) -> Judgement {
    let mut judgement =
        Judgement { now: Some("2026-03-02T09:00:00Z".parse().unwrap()), ..Judgement::default() };
    if !rule.on {
        judgement.switches.set(rule.name, Switch::On).unwrap();
    }
    judgement
}

fn faults_of(rule: &Rule, block: &Block) -> Vec<String> {
    let spec = whole(block.text, block.languages);
    let found = findings(&analyse_spec(&spec, &judgement(rule)));
    let marked: Vec<usize> = spec
        .lines()
        .enumerate()
        .filter(|(_, l)| MARKS.iter().any(|m| l.trim_end().ends_with(m)))
        .map(|(i, _)| i + 1)
        .collect();
    let mut faults = Vec::new();
    let mut fired: Vec<usize> = found.iter().filter(|(code, ..)| *code == rule.name).map(|f| f.1).collect();
    fired.sort_unstable();
    fired.dedup();
    if fired != marked {
        faults.push(format!("fires on lines {fired:?} instead of {marked:?}"));
    }
    let errors: Vec<&str> =
        canvass::model::rule::ALL.iter().filter(|r| r.severity == Severity::Error).map(|r| r.name).collect();
    let strange = found.iter().filter(|(code, ..)| {
        let of_rules = canvass::model::rule::find(code).is_some() && !errors.contains(code);
        *code != rule.name && (!of_rules || block.heading == "Use instead")
    });
    faults.extend(strange.map(|f| format!("gives {f:?}")));
    match block.heading {
        "Example" if marked.is_empty() => faults.push("has no marked line".to_owned()),
        "Example" => {}
        _ if !marked.is_empty() => faults.push("has a marked line outside of the example".to_owned()),
        _ => {}
    }
    faults
        .into_iter()
        .map(|fault| format!("{}, “{}”: {fault}\n{}", rule.name, block.heading, block.text))
        .collect()
}

#[test]
fn every_page_does_what_it_says() {
    let mut faults = Vec::new();
    for rule in ALL {
        let title = rule.page.lines().next().unwrap();
        assert_eq!(title, format!("# {}", rule.name));
        let headings: Vec<&str> = rule.page.lines().filter_map(|l| l.strip_prefix("## ")).collect();
        assert_eq!(headings, HEADINGS, "{}", rule.name);
        let blocks = blocks(rule.page);
        for heading in ["Example", "What it does not flag", "Use instead"] {
            assert!(blocks.iter().any(|b| b.heading == heading), "{}: no code under “{heading}”", rule.name);
        }
        faults.extend(blocks.iter().flat_map(|block| faults_of(rule, block)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// A rule is a file, a page and a line of the registry; none is left over.
#[test]
fn files_pages_and_registry_hold_together() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<&str> = ALL.iter().map(|r| r.name).collect();
    names.sort_unstable();
    let stems = |folder: &str, end: &str| {
        let entries = fs::read_dir(root.join(folder)).unwrap().map(|e| e.unwrap().path());
        let mut stems: Vec<String> = entries
            .filter(|p| p.extension().is_some_and(|e| e == end))
            .map(|p| p.file_stem().unwrap().to_string_lossy().replace('_', "-"))
            .collect();
        stems.sort();
        stems
    };
    let mut pages = stems("docs/rules", "md");
    pages.retain(|name| name != "README");
    assert_eq!(pages, names, "docs/rules");
    let files = stems("src/model/rule", "rs");
    for name in &names {
        let text =
            fs::read_to_string(root.join(format!("src/model/rule/{}.rs", name.replace('-', "_")))).unwrap();
        assert!(text.contains(&format!("\"{name}\"")), "the file of `{name}` holds another rule");
    }
    for file in files {
        let text =
            fs::read_to_string(root.join(format!("src/model/rule/{}.rs", file.replace('-', "_")))).unwrap();
        let is_rule = text.contains("pub const RULE: Rule");
        assert_eq!(is_rule, names.contains(&file.as_str()), "{file} is not in the registry");
    }
}

/// The table of docs/rules/README.md lists every rule as it ships.
#[test]
fn the_table_of_rules_is_complete() {
    let mut rules: Vec<&&Rule> = ALL.iter().collect();
    rules.sort_by_key(|r| r.name);
    let row = |rule: &&&Rule| {
        let severity = if rule.severity == Severity::Error { "error" } else { "warning" };
        format!("| [{0}]({0}.md) | {severity} | {1} |", rule.name, if rule.on { "on" } else { "off" })
    };
    let wanted: Vec<String> = rules.iter().map(row).collect();
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules/README.md")).unwrap();
    // Further columns may follow.
    let rows: Vec<&str> = page.lines().filter(|l| l.starts_with("| [")).collect();
    let same =
        rows.len() == wanted.len() && rows.iter().zip(&wanted).all(|(row, wanted)| row.starts_with(wanted));
    assert!(same, "docs/rules/README.md should list:\n{}", wanted.join("\n"));
}
