//! The form's own words: whole in every language, with the same places to fill.

use std::collections::{BTreeMap, BTreeSet};

use canvass::collect::form::strings::{SOURCES, Strings, fill};
use serde_yaml::Value;

fn flat(prefix: &str, value: &Value, all: &mut BTreeMap<String, String>) {
    match value {
        Value::Mapping(map) => {
            for (key, value) in map {
                flat(&format!("{prefix}.{}", key.as_str().unwrap()), value, all);
            }
        }
        Value::String(text) => {
            all.insert(prefix.to_owned(), text.clone());
        }
        other => panic!("{prefix} is no text: {other:?}"),
    }
}

fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}

#[test]
fn every_language_says_everything() {
    let all: Vec<(&str, BTreeMap<String, String>)> = SOURCES
        .iter()
        .map(|(tag, source)| {
            let mut texts = BTreeMap::new();
            flat("", &serde_yaml::from_str(source).unwrap(), &mut texts);
            (*tag, texts)
        })
        .collect();
    for (tag, texts) in &all {
        assert_eq!(texts.keys().collect::<Vec<_>>(), all[0].1.keys().collect::<Vec<_>>(), "{tag}");
        for (key, text) in texts {
            assert!(!text.trim().is_empty(), "{tag}{key} is empty");
            assert_eq!(places(text), places(&all[0].1[key]), "{tag}{key} fills other places");
        }
        let read = serde_yaml::from_str::<Strings>(SOURCES.iter().find(|(t, _)| t == tag).unwrap().1);
        assert!(read.is_ok(), "{tag}: {read:?}");
    }
}

#[test]
fn languages_are_found_by_their_first_part() {
    assert_eq!(Strings::of("zh-Hans-CN").language, "中文");
    assert_eq!(Strings::of("en_GB").language, "English");
    assert_eq!(Strings::of("fr").language, "English");
    assert_eq!(fill("{n} of {of}", &[("n", "2"), ("of", "5")]), "2 of 5");
}
