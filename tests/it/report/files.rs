//! What is written, and what stands in it.

use std::path::PathBuf;

use canvass::report::words::words;
use canvass::report::{Format, ReportData, build, write};
use jiff::Timestamp;

use super::simulate;

fn now() -> Timestamp {
    "2026-03-01T01:00:00Z".parse().unwrap()
}

fn data() -> ReportData {
    let checked = simulate::quarterly();
    let plan = simulate::plan(&checked);
    build(&checked, &plan, &simulate::records(&checked, 7), now())
}

/// A folder of its own; `CANVASS_KEEP` names one to look at afterwards.
fn folder(name: &str) -> PathBuf {
    let root = std::env::var_os("CANVASS_KEEP").map_or_else(std::env::temp_dir, PathBuf::from);
    root.join(format!("canvass-report-{name}-{}", std::process::id()))
}

const ALL: [Format; 3] = [Format::Json, Format::Markdown, Format::Html];

fn languages() -> Vec<String> {
    vec!["zh".to_owned(), "en".to_owned()]
}

#[test]
fn the_same_answers_give_the_same_files() {
    let (one, two) = (folder("one"), folder("two"));
    let first = write(&one, &data(), &ALL, &languages()).unwrap();
    let second = write(&two, &data(), &ALL, &languages()).unwrap();
    assert_eq!(first.len(), 15, "{first:?}");
    for (a, b) in first.iter().zip(&second) {
        assert!(std::fs::read(a).unwrap() == std::fs::read(b).unwrap(), "{} differs", a.display());
    }
    if std::env::var_os("CANVASS_KEEP").is_none() {
        std::fs::remove_dir_all(one).unwrap();
        std::fs::remove_dir_all(two).unwrap();
    }
}

#[test]
fn words_of_both_languages_have_the_same_keys() {
    let keys = |l| words(l).into_keys().collect::<Vec<_>>();
    assert_eq!(keys("zh"), keys("en"));
    assert!(keys("zh").len() > 100);
    for (key, zh) in words("zh") {
        let places = |s: &str| s.matches('{').count();
        assert_eq!(places(&zh), places(&words("en")[&key]), "{key}");
    }
}
