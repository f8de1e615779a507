//! The specs of the repository: their data is what the generator makes.

use std::fs;
use std::path::{Path, PathBuf};

use canvass::model::{Folder, Judgement, Memory, analyse, analyse_with};

#[path = "../../examples/generate/lists/mod.rs"]
mod lists;

/// The four campaigns and the one that `canvass new` writes.
fn specs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = fs::read_dir(root.join("specs")).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = folders.filter(|path| path.is_dir()).collect();
    folders.push(root.join("templates/new"));
    let files =
        folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let mut specs: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e == "survey")).collect();
    specs.sort();
    specs
}

#[test]
fn every_spec_checks_without_a_word() {
    let specs = specs();
    assert_eq!(specs.len(), 5);
    for spec in specs {
        let folder = Folder(spec.parent().unwrap().to_owned());
        let analysis = analyse(&spec.file_name().unwrap().to_string_lossy(), &folder);
        let found: Vec<String> =
            analysis.diagnostics.iter().map(|d| format!("{}: {}", d.code, d.message)).collect();
        assert!(found.is_empty(), "{}: {found:?}", spec.display());
        assert_eq!(analysis.checked.unwrap().not_carried_out, vec![]);
    }
}

/// The specs are checked without a clock above; with one, years later, only days that have passed are mentioned.
#[test]
fn time_makes_measures_late_and_nothing_else() {
    for (now, late) in [("2026-01-05T09:00:00Z", 0), ("2046-01-05T09:00:00Z", 5)] {
        let judgement = Judgement { now: Some(now.parse().unwrap()), ..Judgement::default() };
        let mut overdue = 0;
        for spec in specs() {
            let folder = Folder(spec.parent().unwrap().to_owned());
            let analysis = analyse_with(&spec.file_name().unwrap().to_string_lossy(), &folder, &judgement);
            assert!(analysis.checked.is_some());
            let others: Vec<_> = analysis.diagnostics.iter().filter(|d| d.code != "action-overdue").collect();
            assert!(others.is_empty(), "{}: {others:?}", spec.display());
            overdue += analysis.diagnostics.len();
        }
        assert_eq!(overdue, late, "{now}");
    }
}

#[test]
fn committed_data_is_what_the_generator_makes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, made) in lists::all() {
        let committed = fs::read_to_string(root.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
        // Not assert_eq: two megabytes of difference help nobody.
        let first = committed.lines().zip(made.lines()).position(|(a, b)| a != b);
        assert_eq!(first, None, "{path} differs; run `cargo run --example generate`");
        assert!(committed == made, "{path} has another length; run `cargo run --example generate`");
    }
}

/// Nobody real must ever get mail or a call because somebody tried a spec out.
#[test]
fn addresses_and_numbers_are_reserved_for_examples() {
    for (path, text) in lists::all().iter().filter(|(path, _)| path.ends_with("customers.csv")) {
        let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        let column = |name: &str| header.iter().position(|h| *h == name).unwrap();
        let (email, phone) = (column("email"), column("phone"));
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(cells.len(), header.len(), "{path}: {line}");
            let (email, phone) = (cells[email], cells[phone]);
            let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
            let harmless = ["example.com", "example.org", ""].contains(&domain);
            assert!(harmless, "{path}: {email}");
            assert!(phone.is_empty() || phone[7..].starts_with("555-01"), "{path}: {phone}");
        }
    }
}

/// Returns the `survey` blocks of a page, one after the other.
fn survey_blocks(page: &Path) -> String {
    let page = fs::read_to_string(page).unwrap();
    let blocks = page.split("```survey\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.collect::<Vec<_>>().join("\n")
}

fn assert_checks(name: &str, spec: String) {
    let holidays = lists::all().into_iter().find(|(path, _)| path.ends_with("holidays-2026.csv")).unwrap().1;
    let files = [("main.survey".to_owned(), spec), ("data/holidays-2026.csv".to_owned(), holidays)];
    let analysis = analyse("main.survey", &Memory(files.into_iter().collect()));
    let found: Vec<String> =
        analysis.diagnostics.iter().map(|d| format!("{}: {} {:?}", d.code, d.message, d.help)).collect();
    assert!(found.is_empty(), "{name}: {found:#?}");
}

#[test]
fn the_readmes_specs_check_and_are_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (english, chinese) =
        (survey_blocks(&root.join("README.md")), survey_blocks(&root.join("README.zh-CN.md")));
    assert_eq!(english, chinese);
    assert_eq!(english.lines().count(), 20, "the README promises a short spec");
    assert_checks("README.md", english);
}

#[test]
fn the_pages_of_the_language_make_one_campaign() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/language");
    let mut pages: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|page| !page.ends_with(FURTHER) && !page.ends_with(OVERVIEW));
    pages.sort();
    let blocks: Vec<String> = pages.iter().map(|page| survey_blocks(page)).collect();
    assert!(pages.len() >= 6);
    assert_checks("docs/language", blocks.join("\n"));
    assert_checks(OVERVIEW, survey_blocks(&folder.join(OVERVIEW)));
}

/// The page with a whole campaign of its own.
const OVERVIEW: &str = "README.md";

/// The page whose blocks are specs of their own.
const FURTHER: &str = "7-further.md";

/// Every further word can be said, and nothing is wrong with it but that it is not carried out.
#[test]
fn every_further_word_is_read() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/language").join(FURTHER);
    let page = fs::read_to_string(page).unwrap();
    let blocks: Vec<&str> =
        page.split("```survey\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let push = r#"{"link": "{{ link }}", "title": "{{ name | default("") }}"}"#;
        let files = [("main.survey", block), ("templates/message/push.json", push)];
        let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
        let analysis = analyse("main.survey", &Memory(files.into_iter().collect()));
        let others = analysis.diagnostics.iter().filter(|d| !d.code.starts_with("not-"));
        assert_eq!(others.map(|d| &d.message).collect::<Vec<_>>(), Vec::<&String>::new());
        assert!(analysis.checked.is_some());
    }
}
