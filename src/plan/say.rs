//! What a plan says, in the languages that it speaks.
//!
//! Two files a language under `templates/plan`: the plan's own words, and the sentences about changes of a spec. All
//! languages have the same keys and blanks (a test holds that). The page speaks
//! the campaign's first language; what stands in the plan as a value has all of its languages. A language without a
//! file gets English words.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::model::checked::Text;
use crate::plan::words::grouped;

type Texts = BTreeMap<String, String>;

static ZH: LazyLock<Texts> = LazyLock::new(|| {
    let words = include_str!("../../templates/plan/words.zh.yaml");
    read([words, include_str!("../../templates/plan/changes.zh.yaml")])
});
static EN: LazyLock<Texts> = LazyLock::new(|| {
    let words = include_str!("../../templates/plan/words.en.yaml");
    read([words, include_str!("../../templates/plan/changes.en.yaml")])
});

fn read(files: [&str; 2]) -> Texts {
    files.into_iter().flat_map(|text| serde_yaml::from_str::<Texts>(text).unwrap_or_default()).collect()
}

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    texts: &'static Texts,
    chinese: bool,
}

impl Words {
    /// Returns the words of a language, `en` or `zh-CN`.
    #[must_use]
    pub fn of(language: &str) -> Self {
        let chinese = language == "zh" || language.starts_with("zh-");
        Self { texts: if chinese { &ZH } else { &EN }, chinese }
    }

    /// Returns the words of the first of some languages.
    #[must_use]
    pub fn first(languages: &[String]) -> Self {
        Self::of(languages.first().map_or("en", String::as_str))
    }

    /// Tells whether these are Chinese.
    #[must_use]
    pub fn chinese(&self) -> bool {
        self.chinese
    }

    /// Returns the words of a key; the key where there are none.
    #[must_use]
    pub fn get(&self, key: &'static str) -> &'static str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// Fills blanks: `{name}` becomes its value.
    #[must_use]
    pub fn fill(&self, key: &'static str, values: &[(&str, String)]) -> String {
        filled(self.get(key), values)
    }

    /// Fills blanks of words that depend on a number: `one|many`, with the number as `{n}`.
    #[must_use]
    pub fn counted_with(&self, key: &'static str, n: u64, values: &[(&str, String)]) -> String {
        let words = self.get(key);
        let (one, many) = words.split_once('|').unwrap_or((words, words));
        let number = ("n", grouped(n));
        let values: Vec<(&str, String)> = values.iter().cloned().chain(std::iter::once(number)).collect();
        filled(if n == 1 { one } else { many }, &values)
    }

    /// Writes a number with its noun: `1 row`, `2 rows`.
    #[must_use]
    pub fn counted(&self, key: &'static str, n: u64) -> String {
        self.counted_with(key, n, &[])
    }

    /// Joins names, the first few of them by name.
    #[must_use]
    pub fn names(&self, names: &[String]) -> String {
        const NAMED: usize = 8;
        // One more would take no more room than saying so.
        if names.len() <= NAMED + 1 {
            return names.join(self.get("comma"));
        }
        let n = grouped((names.len() - NAMED) as u64);
        let names = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(self.get("comma"));
        self.fill("more_names", &[("names", names), ("n", n)])
    }

    /// Closes a sentence: Chinese ones have a full stop, English lines of a list none.
    #[must_use]
    pub fn sentence(&self, text: String) -> String {
        if self.chinese { text + "。" } else { text }
    }
}

/// Fills all blanks at once, so that a value with braces stays as it is.
fn filled(words: &str, values: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(words.len() + 32);
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => out.push_str(value),
            None => {
                out.push('{');
                out.push_str(name);
                out.push('}');
            }
        }
        rest = after;
    }
    out + rest
}

/// Makes a text in all languages of a campaign.
pub fn each(languages: &[String], say: impl Fn(&Words) -> String) -> Text {
    Text(languages.iter().map(|l| (l.clone(), say(&Words::of(l)))).collect())
}

/// Says something with blanks: `say!(words, "list_once", n = grouped(3))`.
macro_rules! say {
    ($words:expr, $key:literal) => { $words.get($key).to_owned() };
    ($words:expr, $key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $words.fill($key, &[$((stringify!($name), $value.to_string())),+])
    };
}
pub(crate) use say;
