//! A sentence about a change, before it is said in a language.
//!
//! Its words stand in `templates/plan/changes.*.yaml`. A comparison gives a key and what fills the blanks; all languages
//! are written out where the change is noted.

use crate::model::checked::Text;
use crate::plan::say::Words;

/// A sentence, or a part of one.
#[derive(Debug, Clone)]
pub(super) struct Said {
    key: &'static str,
    blanks: Vec<(&'static str, Blank)>,
}

/// What fills a blank.
#[derive(Debug, Clone)]
pub(super) enum Blank {
    /// The same in every language: names, numbers, words of the spec.
    Same(String),
    /// A part with words of its own.
    Part(Said),
    /// What is in every language already.
    Each(Text),
    /// Several, and the key of what stands between them.
    Several(Vec<Blank>, &'static str),
}

impl Said {
    pub(super) fn new(key: &'static str, blanks: Vec<(&'static str, Blank)>) -> Self {
        Self { key, blanks }
    }

    fn of(&self, language: &str) -> String {
        let values: Vec<(&str, String)> =
            self.blanks.iter().map(|(name, blank)| (*name, blank.of(language))).collect();
        Words::of(language).fill(self.key, &values)
    }

    /// Says it in some languages.
    pub(super) fn text(self, languages: &[String]) -> Text {
        Text(languages.iter().map(|l| (l.clone(), self.of(l))).collect())
    }
}

impl Blank {
    fn of(&self, language: &str) -> String {
        match self {
            Self::Same(text) => text.clone(),
            Self::Part(said) => said.of(language),
            Self::Each(text) => text.get(language).to_owned(),
            Self::Several(blanks, between) => {
                let all: Vec<String> = blanks.iter().map(|blank| blank.of(language)).collect();
                all.join(Words::of(language).get(between))
            }
        }
    }

    /// Joins names; none at all are a word too.
    pub(super) fn names(names: &[String], between: &'static str) -> Self {
        match names {
            [] => Self::Part(said!("c_none")),
            names => Self::Several(names.iter().map(Self::from).collect(), between),
        }
    }

    /// Something that may be missing.
    pub(super) fn maybe(text: Option<&str>) -> Self {
        text.map_or_else(|| Self::Part(said!("c_none")), Self::from)
    }
}

impl From<String> for Blank {
    fn from(text: String) -> Self {
        Self::Same(text)
    }
}

impl From<&String> for Blank {
    fn from(text: &String) -> Self {
        Self::Same(text.clone())
    }
}

impl From<&str> for Blank {
    fn from(text: &str) -> Self {
        Self::Same(text.to_owned())
    }
}

impl From<Said> for Blank {
    fn from(part: Said) -> Self {
        Self::Part(part)
    }
}

impl From<Text> for Blank {
    fn from(text: Text) -> Self {
        Self::Each(text)
    }
}

/// Makes a sentence: `said!("c_weight", before = "60%", after = "50%")`.
macro_rules! said {
    ($key:literal) => { $crate::plan::change::said::Said::new($key, Vec::new()) };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::plan::change::said::Said::new(
            $key,
            vec![$((stringify!($name), $crate::plan::change::said::Blank::from($value))),+],
        )
    };
}
pub(super) use said;

/// Says which declaration changed: “question `overall`”.
pub(super) fn owner(keyword: &str, name: &str) -> Said {
    let named = |key: &'static str| Said::new(key, vec![("name", Blank::from(name))]);
    match (keyword, name.is_empty()) {
        ("campaign", false) => named("c_campaign"),
        ("question", false) => named("c_question"),
        ("section", false) => named("c_section"),
        ("scale", false) => named("c_scale"),
        ("score", false) => named("c_score"),
        ("channel", false) => named("c_channel"),
        ("frame", false) => named("c_frame"),
        ("events", false) => named("c_events"),
        ("stratum", false) => named("c_stratum"),
        ("case", false) => named("c_case"),
        ("action", false) => named("c_action"),
        ("score", true) => said!("c_scores"),
        ("clean", true) => said!("c_clean"),
        ("schedule", true) => said!("c_schedule"),
        ("analysis", true) => said!("c_analysis"),
        ("responses", true) => said!("c_responses"),
        ("report", true) => said!("c_report"),
        ("privacy", true) => said!("c_privacy"),
        // A `breaks` may stand in what no comparison names.
        (_, true) => said!("c_keyword", keyword = keyword),
        (_, false) => said!("c_keyword_name", keyword = keyword, name = name),
    }
}
