//! Texts in the languages of a campaign.

use serde::{Deserialize, Serialize};

/// A text in every language of the campaign, in the campaign's order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(pub Vec<(String, String)>);

impl Text {
    /// Makes a text of one language.
    #[must_use]
    pub fn single(language: &str, value: &str) -> Self {
        Self(vec![(language.to_owned(), value.to_owned())])
    }

    /// Returns the text in a language, else in the first one there is, else nothing.
    #[must_use]
    pub fn get(&self, language: &str) -> &str {
        let found = self.0.iter().find(|(l, _)| l == language).or_else(|| self.0.first());
        found.map_or("", |(_, value)| value)
    }

    /// Tells whether nothing was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(l, v)| (l, v)))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Text;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a map from language to text")
            }
            // Notes and sample clauses of plans were English alone at first.
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text::single("en", text))
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
                let mut parts = Vec::new();
                while let Some(part) = map.next_entry()? {
                    parts.push(part);
                }
                Ok(Text(parts))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
