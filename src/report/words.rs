//! The report's own words in the languages that it speaks.
//!
//! One file a language under `templates/report`, all with the same keys (a test
//! holds that). A language without a file gets English words around its texts.

use std::collections::BTreeMap;

/// Words by key.
pub type Words = BTreeMap<String, String>;

const ZH: &str = include_str!("../../templates/report/words.zh.yaml");
const EN: &str = include_str!("../../templates/report/words.en.yaml");

/// Returns the words of a language; English ones for a language without a file.
#[must_use]
pub fn words(language: &str) -> Words {
    let text = if language == "zh" || language.starts_with("zh-") { ZH } else { EN };
    serde_yaml::from_str(text).unwrap_or_default()
}
